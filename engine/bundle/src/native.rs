//! Packages in a bundle that look as if they need a native library, which no bundle contains (spec 6.6).
//!
//! Each package is asked in turn whether it has such a library, has one in a package for one platform only, builds
//! one when it is installed, or says where to download one. The first sign becomes a warning; it may be wrong, so
//! it fails nothing. Nothing outside the repository is looked at, and symbolic links below a package are not
//! followed.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::manifests::Manifests;
use crate::package::Package;
use crate::platform;
use crate::root::{Reach, Root};

/// How many directories deep a library may be in its package.
const LEVELS: usize = 4;

const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

/// What scripts that build or fetch a library are made with.
const BUILD_TOOLS: [&str; 6] =
    ["node-gyp", "node-pre-gyp", "prebuild", "cmake-js", "napi-postinstall", "cargo-cp-artifact"];

/// The warnings about the packages that `files` belong to, sorted by the name of the package.
pub(crate) fn warnings<'f>(
    files: impl Iterator<Item = &'f Path>,
    external: &[String],
    manifests: &Manifests,
    root: &Root,
) -> Vec<String> {
    let packages: BTreeMap<_, _> =
        files.filter_map(package_of).filter(|(name, _)| !external.contains(name)).collect();
    packages
        .into_iter()
        .filter_map(|(name, directory)| {
            let evidence = evidence(&directory, manifests, root)?;
            Some(format!(
                "the package \"{name}\" is bundled, but a native library cannot be: {evidence}; to ship the package \
                 with its files, declare externalPackages: [\"{name}\"]"
            ))
        })
        .collect()
}

/// The name and the directory of the package that a file is in: what follows the last `node_modules`.
fn package_of(file: &Path) -> Option<(String, PathBuf)> {
    let parts: Vec<_> = file.components().collect();
    let first = parts.iter().rposition(|part| part.as_os_str() == "node_modules")? + 1;
    let is_scoped = parts.get(first)?.as_os_str().to_string_lossy().starts_with('@');
    let last = first + usize::from(is_scoped);
    // Behind the package there must be its file.
    parts.get(last + 1)?;
    let name: Vec<_> = parts.get(first..=last)?.iter().map(|part| part.as_os_str()).collect();
    Some((name.join(OsStr::new("/")).to_string_lossy().into_owned(), parts.get(..=last)?.iter().collect()))
}

/// The first sign of a native library, in words.
fn evidence(directory: &Path, manifests: &Manifests, root: &Root) -> Option<String> {
    let package = manifests.package(directory);
    if package.as_deref().is_some_and(|package| !platform::admits(package)) {
        return None;
    }
    if let Some(library) = library(directory, LEVELS) {
        return Some(format!("it contains {}", within(&library, directory)));
    }
    let package = package?;
    for (name, place) in optional_packages(&package, manifests, root) {
        let limited = manifests.package(&place).filter(|found| platform::is_limited(found));
        if let Some(library) = limited.and_then(|_| library(&place, LEVELS)) {
            let library = within(&library, &place);
            return Some(format!("its optional dependency \"{name}\" contains {library}"));
        }
    }
    if let Some((script, text)) = build_script(&package) {
        return Some(format!("its \"{script}\" script is `{text}`"));
    }
    let says_where =
        package.field("binary").is_some_and(|binary| !matches!(binary, Value::Null | Value::Bool(_)));
    says_where.then(|| "its package.json has a \"binary\" field".to_owned())
}

/// The first `.node` or `.so` file at most `levels` directories below a directory, a nearer one first.
fn library(directory: &Path, levels: usize) -> Option<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(directory).ok()?.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let of_kind = |is: fn(&std::fs::FileType) -> bool| {
        let entries = entries.iter();
        entries
            .filter(move |entry| entry.file_type().is_ok_and(|kind| is(&kind)))
            .map(std::fs::DirEntry::path)
    };
    let is_library =
        |file: &PathBuf| file.extension().is_some_and(|extension| extension == "node" || extension == "so");
    of_kind(std::fs::FileType::is_file).find(is_library).or_else(|| {
        let below = levels.checked_sub(1)?;
        let own = of_kind(std::fs::FileType::is_dir).filter(|path| !path.ends_with("node_modules"));
        own.into_iter().find_map(|path| library(&path, below))
    })
}

/// The optional dependencies that are installed, with their directories.
fn optional_packages(package: &Package, manifests: &Manifests, root: &Root) -> Vec<(String, PathBuf)> {
    let Some(Value::Object(optional)) = package.field("optionalDependencies") else { return Vec::new() };
    let installed = |name: &String| {
        manifests.upward(&package.directory).find_map(|place| {
            match root.reach(&place.join("node_modules").join(name)) {
                Reach::Directory(directory) => Some((name.clone(), directory)),
                Reach::File(_) | Reach::Outside(_) | Reach::Hidden(..) | Reach::Nothing => None,
            }
        })
    };
    optional.keys().filter_map(installed).collect()
}

fn build_script(package: &Package) -> Option<(&'static str, &str)> {
    let scripts = package.field("scripts")?;
    INSTALL_SCRIPTS.into_iter().find_map(|name| {
        let text = scripts.get(name)?.as_str()?;
        BUILD_TOOLS.iter().any(|tool| text.contains(tool)).then_some((name, text))
    })
}

fn within(file: &Path, directory: &Path) -> String {
    file.strip_prefix(directory).unwrap_or(file).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_follows_the_last_node_modules() {
        let name =
            |file: &str| package_of(Path::new(file)).map(|(name, at)| (name, at.display().to_string()));
        let is = |name: &str, at: &str| Some((name.to_owned(), at.to_owned()));
        assert_eq!(name("/r/node_modules/a/b/c.js"), is("a", "/r/node_modules/a"));
        assert_eq!(
            name("/r/node_modules/a/node_modules/@s/b/c.js"),
            is("@s/b", "/r/node_modules/a/node_modules/@s/b")
        );
        assert_eq!(name("/r/src/a.js"), None);
        assert_eq!(name("/r/node_modules/a.js"), None);
    }

    #[test]
    fn a_platform_is_excluded_by_name_or_by_a_list_without_it() {
        let other = |text: &str| {
            let package = Package::parse(PathBuf::new(), PathBuf::new(), text.as_bytes()).expect("JSON");
            (platform::is_limited(&package), !platform::admits(&package))
        };
        assert_eq!(other(r#"{}"#), (false, false));
        assert_eq!(other(r#"{"os": ["linux"], "cpu": "arm64"}"#), (true, false));
        assert_eq!(other(r#"{"os": ["!win32"]}"#), (true, false));
        assert_eq!(other(r#"{"os": ["!linux"]}"#), (true, true));
        assert_eq!(other(r#"{"os": ["linux"], "libc": ["musl"]}"#), (true, true));
    }
}
