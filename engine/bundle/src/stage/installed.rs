//! What is to be installed for the platform: exactly the versions that are installed in the project.
//!
//! The project's `node_modules` tells each package's version, and those of what it depends on; all of them are pinned,
//! so that the platform gets what the lock file says whenever it is installed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use serde_json::json;

use crate::manifests::Manifests;
use crate::package::Package;
use crate::reads::Reads;
use crate::root::{Reach, Root};

/// What to install in a folder of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The packages asked for, with their versions.
    pub packages: Vec<(String, String)>,
    /// Which version of what each package of these names and versions depends on.
    pins: BTreeMap<String, BTreeMap<String, String>>,
}

impl Manifest {
    /// The `package.json` for npm; the same packages give the same text.
    pub fn npm(&self) -> String {
        let text = json!({ "private": true, "dependencies": self.dependencies(), "overrides": self.pins });
        format!("{text:#}\n")
    }

    /// The `package.json` for pnpm, which takes the platform from it too.
    pub fn pnpm(&self) -> String {
        let pins = self
            .pins
            .iter()
            .flat_map(|(of, pins)| pins.iter().map(move |(name, version)| (format!("{of}>{name}"), version)));
        let overrides: BTreeMap<String, &String> = pins.collect();
        let platform = json!({ "os": ["linux"], "cpu": ["arm64"], "libc": ["glibc"] });
        let pnpm = json!({ "overrides": overrides, "supportedArchitectures": platform });
        let text = json!({ "private": true, "dependencies": self.dependencies(), "pnpm": pnpm });
        format!("{text:#}\n")
    }

    fn dependencies(&self) -> BTreeMap<&String, &String> {
        self.packages.iter().map(|(name, version)| (name, version)).collect()
    }
}

/// The manifest for `names`, as they are installed for the directory `from` of the repository `root`.
///
/// # Errors
/// Every package that is not installed.
pub fn manifest(from: &Path, root: &Path, names: &[String]) -> Result<Manifest, Failure> {
    let root = Arc::new(Root::open(root, Reads::All)?);
    let installed = Installed { manifests: Manifests::new(Arc::clone(&root)), root };
    let from = from.canonicalize().unwrap_or_else(|_| from.to_owned());
    let mut packages = BTreeMap::new();
    let mut pins: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut problems = Vec::new();
    for name in names {
        match installed.find(name, &from) {
            Some((package, version)) => {
                packages.insert(name.clone(), version);
                installed.pin(&package, &mut pins);
            }
            None => problems.push(not_installed(name)),
        }
    }
    if !problems.is_empty() {
        return Err(Failure(problems));
    }
    pins.retain(|_, pins| !pins.is_empty());
    Ok(Manifest { packages: packages.into_iter().collect(), pins })
}

struct Installed {
    root: Arc<Root>,
    manifests: Manifests,
}

impl Installed {
    /// A package and its version, as Node would find it.
    fn find(&self, name: &str, from: &Path) -> Option<(Arc<Package>, String)> {
        let places = from.ancestors().take_while(|place| place.starts_with(self.root.path()));
        places.filter(|place| !place.ends_with("node_modules")).find_map(|place| {
            let Reach::Directory(directory) = self.root.reach(&place.join("node_modules").join(name)) else {
                return None;
            };
            let package = self.manifests.package(&directory)?;
            let version = package.text("version")?;
            Some((package, version))
        })
    }

    /// Pins what a package depends on, and so on; what is not installed here is for another platform.
    fn pin(&self, package: &Arc<Package>, pins: &mut BTreeMap<String, BTreeMap<String, String>>) {
        let mut open: Vec<(PathBuf, Arc<Package>)> = vec![(package.directory.clone(), Arc::clone(package))];
        while let Some((directory, package)) = open.pop() {
            let (Some(name), Some(version)) = (package.name(), package.text("version")) else { continue };
            let key = format!("{name}@{version}");
            if pins.contains_key(&key) {
                continue;
            }
            let found: Vec<_> = package
                .dependencies()
                .into_iter()
                .filter_map(|name| Some((name.clone(), self.find(&name, &directory)?)))
                .collect();
            pins.insert(
                key,
                found.iter().map(|(name, (_, version))| (name.clone(), version.clone())).collect(),
            );
            open.extend(found.into_iter().map(|(_, (package, _))| (package.directory.clone(), package)));
        }
    }
}

fn not_installed(name: &str) -> Diagnostic {
    Diagnostic::error(codes::BUNDLE_FAILED, "an external package is not installed in the project")
        .found(format!("{name:?}"))
        .expected("the package in a node_modules folder of the repository, which tells the version to ship")
        .fix(format!(
            "install it with npm install {name}, or write includeFiles: false to ship nothing of it"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_below_a_package_is_pinned() {
        let project = tempfile::tempdir().expect("a directory");
        for (place, text) in [
            (
                "node_modules/a",
                r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "^2"}, "optionalDependencies": {"a-mac": "1"}}"#,
            ),
            ("node_modules/b", r#"{"name": "b", "version": "1.9.0"}"#),
            (
                "node_modules/a/node_modules/b",
                r#"{"name": "b", "version": "2.3.4", "peerDependencies": {"c": "*"}}"#,
            ),
            ("node_modules/c", r#"{"name": "c", "version": "3.0.0", "dependencies": {"a": "1"}}"#),
        ] {
            let directory = project.path().join(place);
            std::fs::create_dir_all(&directory).expect("directories");
            std::fs::write(directory.join("package.json"), text).expect("a file");
        }
        let source = project.path().join("src");
        std::fs::create_dir_all(&source).expect("a directory");
        let made = manifest(&source, project.path(), &["a".to_owned()]).expect("it is installed");
        assert_eq!(made.packages, [("a".to_owned(), "1.0.0".to_owned())]);
        let read: serde_json::Value = serde_json::from_str(&made.npm()).expect("JSON");
        let expected =
            json!({ "a@1.0.0": { "b": "2.3.4" }, "b@2.3.4": { "c": "3.0.0" }, "c@3.0.0": { "a": "1.0.0" } });
        assert_eq!(read["overrides"], expected);
        let told =
            manifest(&source, project.path(), &["gone".to_owned()]).expect_err("it is not").to_string();
        assert!(told.contains("\"gone\""), "{told}");
    }
}
