//! The `package.json` and `tsconfig.json` files of a repository, each read once.
//!
//! A file that does not parse counts as absent and is told about at the end.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use neonform_engine::diagnostic::Diagnostic;

use crate::faults;
use crate::package::Package;
use crate::root::{Reach, Root};
use crate::tsconfig::Tsconfig;

type ByDirectory<T> = Mutex<HashMap<PathBuf, Option<Arc<T>>>>;

/// What was read so far.
#[derive(Debug)]
pub(crate) struct Manifests {
    root: Arc<Root>,
    packages: ByDirectory<Package>,
    tsconfigs: ByDirectory<Tsconfig>,
    broken: Mutex<Vec<Diagnostic>>,
}

impl Manifests {
    /// Nothing read yet.
    pub(crate) fn new(root: Arc<Root>) -> Self {
        Self { root, packages: Mutex::default(), tsconfigs: Mutex::default(), broken: Mutex::default() }
    }

    /// The files that did not parse.
    pub(crate) fn take_broken(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.broken.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The package in `directory`, a real path.
    pub(crate) fn package(&self, directory: &Path) -> Option<Arc<Package>> {
        once(&self.packages, directory, || {
            let Reach::File(manifest) = self.root.reach(&directory.join("package.json")) else { return None };
            let text = self.root.read(&manifest).ok()?;
            let package = Package::parse(directory.to_owned(), manifest.clone(), &text);
            self.unless_broken(&manifest, package)
        })
    }

    /// The package that the files of `directory` belong to.
    pub(crate) fn package_of(&self, directory: &Path) -> Option<Arc<Package>> {
        self.upward(directory)
            .take_while(|place| !place.ends_with("node_modules"))
            .find_map(|place| self.package(place))
    }

    /// The `tsconfig.json` that holds for the files of `directory`; none does inside `node_modules`.
    pub(crate) fn tsconfig_of(&self, directory: &Path) -> Option<Arc<Tsconfig>> {
        if directory.components().any(|part| part.as_os_str() == "node_modules") {
            return None;
        }
        self.upward(directory).find_map(|place| {
            once(&self.tsconfigs, place, || {
                let config = Tsconfig::read(&self.root, place)?;
                self.unless_broken(&place.join("tsconfig.json"), config)
            })
        })
    }

    /// A directory and those above it, up to the top of the repository.
    pub(crate) fn upward<'p>(&self, directory: &'p Path) -> impl Iterator<Item = &'p Path> {
        let top = self.root.path();
        directory.ancestors().take_while(move |place| place.starts_with(top))
    }

    fn unless_broken<T>(&self, file: &Path, parsed: serde_json::Result<T>) -> Option<T> {
        parsed
            .map_err(|error| {
                let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
                broken.push(faults::broken_json(&self.root.name(file), &error));
            })
            .ok()
    }
}

fn once<T>(known: &ByDirectory<T>, directory: &Path, find: impl FnOnce() -> Option<T>) -> Option<Arc<T>> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(directory) {
        return known.clone();
    }
    let found = find().map(Arc::new);
    known.insert(directory.to_owned(), found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> (tempfile::TempDir, Manifests) {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(directory.path().join("repo/a/node_modules/b")).expect("directories");
        for (name, text) in [
            ("package.json", "{\"name\": \"outside\"}"),
            ("repo/a/package.json", "{\"name\": \"a\"}"),
            ("repo/tsconfig.json", "{;}"),
        ] {
            std::fs::write(directory.path().join(name), text).expect("a file");
        }
        let root =
            Root::open(&directory.path().join("repo"), crate::reads::Reads::All).expect("a repository");
        (directory, Manifests::new(Arc::new(root)))
    }

    #[test]
    fn a_package_ends_at_node_modules_and_at_the_top() {
        let (_directory, manifests) = repository();
        let top = manifests.root.path().to_owned();
        let name =
            |place: &str| manifests.package_of(&top.join(place)).and_then(|it| it.name().map(str::to_owned));
        assert_eq!(name("a").as_deref(), Some("a"));
        assert_eq!(name("a/node_modules/b"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn a_broken_file_is_told_about_once_and_where() {
        let (_directory, manifests) = repository();
        let place = manifests.root.path().join("a");
        assert!(manifests.tsconfig_of(&place).is_none() && manifests.tsconfig_of(&place).is_none());
        let told = manifests.take_broken();
        let places: Vec<_> = told.iter().filter_map(|it| it.at.as_ref()).map(ToString::to_string).collect();
        assert_eq!(places, ["tsconfig.json:1:2"]);
        assert!(manifests.tsconfig_of(&place.join("node_modules/b")).is_none());
    }
}
