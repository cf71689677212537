//! What a bundle is made of: the files whose code is in it, and which of them import which.
//!
//! This is what is left after tree shaking; all that was read is in the inputs. Helpers of the bundler, modules
//! from `data:` URLs and stand-ins are no files and not listed. Neither is a file of which nothing is left because
//! its constants were put where they are used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::root::Root;

/// A file that has code in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The file, relative to the repository, with forward slashes.
    pub path: String,
    /// How much of the bundle comes from it, in bytes before the bundle is minified. Of a style sheet, its size.
    pub bytes_in_bundle: usize,
    /// The SHA-256 of its content.
    pub sha256: [u8; 32],
    /// The paths of the modules in the bundle that it imports, sorted.
    pub imports: Vec<String>,
}

/// The files of a bundle with their sizes in it, and who imports whom among all that was looked at.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Bytes by file, by real path.
    pub(crate) sizes: BTreeMap<PathBuf, usize>,
    /// From importer to imported, by real path.
    pub(crate) imports: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

impl Parts {
    /// The files that have code in the bundle.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.sizes.iter().filter(|(_, size)| **size > 0).map(|(file, _)| file.as_path())
    }

    /// The modules, sorted by path.
    pub(crate) fn modules(&self, root: &Root) -> Vec<Module> {
        let digests: BTreeMap<_, _> =
            root.inputs().into_iter().map(|input| (input.path, input.sha256)).collect();
        let mut modules: Vec<_> = self
            .files()
            .filter_map(|file| {
                let path = root.name(file);
                let sha256 = *digests.get(&path)?;
                let bytes_in_bundle = self.sizes.get(file).copied().unwrap_or_default();
                Some(Module { path, bytes_in_bundle, sha256, imports: self.imports_of(file, root) })
            })
            .collect();
        modules.sort_by(|a, b| a.path.cmp(&b.path));
        modules
    }

    fn imports_of(&self, file: &Path, root: &Root) -> Vec<String> {
        let imported = self.imports.get(file).into_iter().flatten();
        let in_bundle = imported.filter(|file| self.sizes.get(*file).is_some_and(|size| *size > 0));
        let mut names: Vec<_> = in_bundle.map(|file| root.name(file)).collect();
        names.sort();
        names
    }
}
