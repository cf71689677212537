//! Which files of installed packages importing some of them reaches.
//!
//! Node's own resolution, followed from module to module. A package with a module that may reach files which are
//! not named is taken whole, and so is one with a native binary; what such a package depends on is followed too.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use super::requests;
use crate::manifests::Manifests;
use crate::package::Package;
use crate::resolve::{Form, Resolver, Rules, Target};
use crate::root::{Reach, Root};

/// What was reached.
#[derive(Debug, Default)]
pub(super) struct Traced {
    /// By directory, relative to the folder.
    pub(super) packages: BTreeMap<String, Reached>,
    /// Relative imports that lead nowhere.
    pub(super) warnings: Vec<String>,
}

/// What was reached of one package.
#[derive(Debug)]
pub(super) struct Reached {
    /// Its name.
    pub(super) name: String,
    /// What its manifest says.
    pub(super) manifest: Arc<Package>,
    /// Its files, by real path.
    pub(super) files: BTreeSet<PathBuf>,
}

/// Follows imports of `entries` from the folder `root`.
pub(super) fn trace(root: &Arc<Root>, entries: &[String]) -> Result<Traced, Failure> {
    let manifests = Arc::new(Manifests::new(Arc::clone(root)));
    let resolver = Resolver::new(Arc::clone(root), Arc::clone(&manifests), Rules::staged());
    let mut tracer = Tracer {
        root,
        manifests: &manifests,
        resolver,
        waiting: VecDeque::new(),
        seen: BTreeSet::new(),
        whole: BTreeSet::new(),
        traced: Traced::default(),
        problems: Vec::new(),
    };
    for entry in entries {
        tracer.package(entry, root.path());
    }
    while let Some(file) = tracer.waiting.pop_front() {
        tracer.file(&file);
    }
    let Tracer { traced, problems, .. } = tracer;
    if problems.is_empty() { Ok(traced) } else { Err(Failure(problems)) }
}

struct Tracer<'a> {
    root: &'a Arc<Root>,
    manifests: &'a Manifests,
    resolver: Resolver,
    waiting: VecDeque<PathBuf>,
    seen: BTreeSet<PathBuf>,
    whole: BTreeSet<PathBuf>,
    traced: Traced,
    problems: Vec<Diagnostic>,
}

impl Tracer<'_> {
    /// What importing and requiring a package from a directory leads to; all of it where neither leads anywhere, as
    /// for one that only holds a binary.
    fn package(&mut self, specifier: &str, from: &Path) {
        let found: Vec<PathBuf> = [Form::Import, Form::Require]
            .into_iter()
            .filter_map(|form| match self.resolver.resolve(specifier, from, form) {
                Ok(Target::File(file)) => Some(file),
                _ => None,
            })
            .collect();
        if !found.is_empty() {
            return self.waiting.extend(found);
        }
        let name = super::package_name(specifier);
        for place in from.ancestors().take_while(|place| place.starts_with(self.root.path())) {
            if let Reach::Directory(directory) = self.root.reach(&place.join("node_modules").join(name)) {
                return self.take_whole(&directory);
            }
        }
    }

    fn file(&mut self, file: &Path) {
        if !self.seen.insert(file.to_owned()) {
            return;
        }
        let Some(package) = file.parent().and_then(|place| self.manifests.package_of(place)) else { return };
        self.note(&package, file.to_owned());
        let extension = file.extension().and_then(|extension| extension.to_str());
        if extension == Some("node") {
            return self.take_whole(&package.directory);
        }
        if !matches!(extension, Some("js" | "mjs" | "cjs") | None) {
            return;
        }
        let Ok(bytes) = self.root.read(file) else { return };
        let requests = requests::of(file, &String::from_utf8_lossy(&bytes));
        let from = file.parent().unwrap_or(file).to_owned();
        for (form, specifier) in requests.modules {
            match self.resolver.resolve(&specifier, &from, form) {
                Ok(Target::File(found)) => self.waiting.push_back(found),
                Ok(Target::External(_) | Target::Data) => {}
                Err(_) if specifier.starts_with('.') => {
                    let name = self.root.name(file);
                    self.traced.warnings.push(format!("{name} imports {specifier:?}, which is not there"));
                }
                // A package that is not installed is an optional one, or is missed when the function runs.
                Err(_) => {}
            }
        }
        if requests.open_ended {
            self.take_whole(&package.directory);
        }
    }

    fn take_whole(&mut self, directory: &Path) {
        let Some(package) = self.manifests.package(directory) else { return };
        if !self.whole.insert(package.directory.clone()) {
            return;
        }
        for file in self.all_of(&package.directory) {
            self.note(&package, file.clone());
            // Its modules are followed as well: they import other packages.
            self.waiting.push_back(file);
        }
        for dependency in package.dependencies() {
            self.package(&dependency, &package.directory);
        }
    }

    /// Every file of a package that may matter when it runs, without packages inside it.
    fn all_of(&mut self, directory: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![directory.to_owned()];
        while let Some(place) = open.pop() {
            for entry in std::fs::read_dir(&place).into_iter().flatten().flatten() {
                let path = entry.path();
                let name = entry.file_name().to_string_lossy().into_owned();
                match entry.file_type() {
                    Ok(kind) if kind.is_symlink() => self.problems.push(link(&self.root.name(&path))),
                    Ok(kind) if kind.is_dir() && is_own(&place, &name) => open.push(path),
                    Ok(kind) if kind.is_file() && matters(&name) => found.push(path),
                    _ => {}
                }
            }
        }
        found
    }

    fn note(&mut self, package: &Arc<Package>, file: PathBuf) {
        let place = self.root.name(&package.directory);
        let name = || match package.name() {
            Some(name) => name.to_owned(),
            None => place.rsplit("node_modules/").next().unwrap_or_default().to_owned(),
        };
        let reached = self.traced.packages.entry(place.clone()).or_insert_with(|| Reached {
            name: name(),
            manifest: Arc::clone(package),
            files: BTreeSet::from([package.manifest.clone()]),
        });
        reached.files.insert(file);
    }
}

/// Types, maps and prose are for people and compilers, sources in C for the installation.
fn matters(name: &str) -> bool {
    let lower = name.to_lowercase();
    let skipped = [
        ".d.ts",
        ".d.mts",
        ".d.cts",
        ".map",
        ".md",
        ".markdown",
        ".tsbuildinfo",
        ".gyp",
        ".gypi",
        ".c",
        ".cc",
        ".cpp",
        ".h",
        ".hpp",
    ];
    !skipped.iter().any(|ending| lower.ends_with(ending)) && !lower.contains(".musl.")
}

/// Neither other packages nor, as packages with prebuilt binaries have them, those for another platform.
fn is_own(place: &Path, name: &str) -> bool {
    name != "node_modules" && (!place.ends_with("prebuilds") || name.starts_with("linux-arm64"))
}

fn link(name: &str) -> Diagnostic {
    Diagnostic::error(
        codes::BUNDLE_FAILED,
        "an external package holds a symbolic link, which an archive cannot",
    )
    .found(format!("{name:?}"))
    .fix("bundle the package instead, or use a version without the link")
}
