//! One project: a copy next to the installed packages, its bundle, and its archive unpacked elsewhere.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use neonform_bundle::archive::archive;
use neonform_bundle::{FunctionModule, FunctionOptions, function, function_entry};

use crate::install;

/// A copy of a project.
pub(crate) struct Project {
    /// The repository: the installed packages.
    root: &'static Path,
    copy: tempfile::TempDir,
}

/// A copy of the project `name`; `None` where its packages are not to be had.
pub(crate) fn prepared(name: &str) -> Option<Project> {
    let root = install::installed()?;
    let copy = tempfile::tempdir_in(root).expect("a directory");
    install::copy(&install::projects().join(name), copy.path());
    Some(Project { root, copy })
}

impl Project {
    /// How the repository calls a file of the project.
    pub(crate) fn name_of(&self, file: &str) -> String {
        let directory = self.copy.path().strip_prefix(self.root).expect("inside");
        directory.join(file).display().to_string()
    }

    /// The bundle.
    pub(crate) async fn bundled(&self) -> FunctionModule {
        let entry = self.entry();
        let options = FunctionOptions { source_map: true, ..FunctionOptions::default() };
        let module = function(&entry, self.root, &options).await;
        module.unwrap_or_else(|failure| panic!("{:#?}", failure.0))
    }

    fn entry(&self) -> PathBuf {
        let with_jsx = self.copy.path().join("index.tsx");
        if with_jsx.is_file() { with_jsx } else { function_entry(self.copy.path()).expect("an entry") }
    }

    /// A directory with nothing but what is in the archive, by its real path.
    pub(crate) async fn unpacked(&self) -> Unpacked {
        let bytes = archive(&self.bundled().await.files).expect("within the limits");
        let directory = tempfile::tempdir().expect("a directory");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).expect("an entry");
            let name = entry.name().expect("text").into_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("readable");
            std::fs::write(directory.path().join(name), content).expect("a file");
        }
        let real = directory.path().canonicalize().expect("a directory");
        Unpacked { real, _directory: directory }
    }
}

/// A directory that goes away.
pub(crate) struct Unpacked {
    real: PathBuf,
    _directory: tempfile::TempDir,
}

impl Unpacked {
    /// Its real path.
    pub(crate) fn path(&self) -> &Path {
        &self.real
    }
}
