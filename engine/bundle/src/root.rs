//! The repository bound: which files may be read, and a record of those that were.
//!
//! Paths go in, real paths inside the repository come out. [`Root::read`] is the only place of this crate that
//! opens a file, and it takes paths that [`Root::reach`] gave; rolldown opens nothing but the manifests that the
//! plugin names, which came this way too. A path that leaves the repository by its spelling is refused before the
//! disk is asked, one that leaves through a symbolic link before anything behind the link is opened.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use neonform_engine::diagnostic::Failure;
use sha2::{Digest, Sha256};

use crate::faults;
use crate::reads::{Hidden, Reads, Visible};

/// A file that a bundle read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The file, relative to the repository, with forward slashes.
    pub path: String,
    /// The SHA-256 of its content.
    pub sha256: [u8; 32],
}

/// What was found where something was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A file, by its real path in the repository.
    File(String),
    /// A directory, by its real path in the repository.
    Directory(String),
    /// Nothing that counts.
    Nothing,
}

/// Everything on disk that a bundle depends on: what was read, and where something was looked for, found or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis {
    /// What was read, sorted by path.
    pub inputs: Vec<Input>,
    /// Where something was looked for, sorted by path.
    pub looked_for: Vec<(String, Found)>,
}

/// Checks bases against a repository. Each file is looked at once in the life of this value, for all bases that
/// depend on it.
#[derive(Debug)]
pub struct Checks {
    root: Root,
    contents: Mutex<HashMap<String, Option<[u8; 32]>>>,
    found: Mutex<HashMap<String, Found>>,
}

impl Checks {
    /// Checks against what may be read of the repository at `root`.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(root: &Path, reads: Reads) -> Result<Self, Failure> {
        Ok(Self { root: Root::open(root, reads)?, contents: Mutex::default(), found: Mutex::default() })
    }

    /// Whether bundling again would find and read the same.
    pub fn hold(&self, basis: &Basis) -> bool {
        let root = &self.root;
        let find = |path: &str| root.found(&root.follow(&root.path.join(path)));
        let read =
            |path: &str| std::fs::read(root.path.join(path)).ok().map(|bytes| Sha256::digest(bytes).into());
        basis.looked_for.iter().all(|(path, found)| once(&self.found, path, find) == *found)
            && basis.inputs.iter().all(|input| once(&self.contents, &input.path, read) == Some(input.sha256))
    }
}

fn once<T: Clone>(known: &Mutex<HashMap<String, T>>, path: &str, look: impl FnOnce(&str) -> T) -> T {
    if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
        return known.clone();
    }
    // Two at once may both look, and find the same.
    let found = look(path);
    known.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), found.clone());
    found
}

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A regular file, by its real path.
    File(PathBuf),
    /// A directory, by its real path.
    Directory(PathBuf),
    /// Out of the repository.
    Outside(PathBuf),
    /// To something that must not be read, by its real path.
    Hidden(PathBuf, Hidden),
    /// Nowhere, or to something that is neither file nor directory.
    Nothing,
}

/// The largest file that is read for a stranger.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The repository.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
    visible: Visible,
    read: Mutex<BTreeMap<String, [u8; 32]>>,
    reached: Mutex<BTreeMap<String, Found>>,
}

impl Root {
    /// The repository at `path`, and how much of it may be read.
    pub(crate) fn open(path: &Path, reads: Reads) -> Result<Self, Failure> {
        match path.canonicalize() {
            Ok(real) => Ok(Self {
                visible: Visible::new(&real, reads),
                path: real,
                read: Mutex::default(),
                reached: Mutex::default(),
            }),
            Err(error) => Err(faults::unreadable(&path.display().to_string(), &error.to_string()).into()),
        }
    }

    /// The real path of the repository.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How much of it may be read.
    pub(crate) fn visible(&self) -> &Visible {
        &self.visible
    }

    /// Follows `path`, which must be absolute.
    pub(crate) fn reach(&self, path: &Path) -> Reach {
        let spelled = normalise(path);
        if !spelled.starts_with(&self.path) {
            return Reach::Outside(spelled);
        }
        let reach = self.follow(&spelled);
        let found = self.found(&reach);
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        reached.entry(self.name(&spelled)).or_insert(found);
        reach
    }

    fn follow(&self, spelled: &Path) -> Reach {
        let Ok(real) = spelled.canonicalize() else { return Reach::Nothing };
        if !real.starts_with(&self.path) {
            return Reach::Outside(real);
        }
        if let Some(why) = self.visible.hidden(&real) {
            return Reach::Hidden(real, why);
        }
        match real.metadata() {
            Ok(about) if about.is_file() => Reach::File(real),
            Ok(about) if about.is_dir() => Reach::Directory(real),
            _ => Reach::Nothing,
        }
    }

    fn found(&self, reach: &Reach) -> Found {
        match reach {
            Reach::File(real) => Found::File(self.name(real)),
            Reach::Directory(real) => Found::Directory(self.name(real)),
            Reach::Outside(_) | Reach::Hidden(..) | Reach::Nothing => Found::Nothing,
        }
    }

    /// What was read and looked for so far.
    pub(crate) fn basis(&self) -> Basis {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        Basis {
            inputs: self.inputs(),
            looked_for: reached.iter().map(|(path, found)| (path.clone(), found.clone())).collect(),
        }
    }

    /// The content of a file that [`Root::reach`] gave.
    pub(crate) fn read(&self, real: &Path) -> io::Result<Vec<u8>> {
        if self.visible.reads() != Reads::All && std::fs::metadata(real)?.len() > LARGEST {
            return Err(io::Error::other("it is larger than 16 MiB, and a stranger's code may not be"));
        }
        let bytes = std::fs::read(real)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.entry(self.name(real)).or_insert_with(|| Sha256::digest(&bytes).into());
        Ok(bytes)
    }

    /// How a file is named in messages, maps and records: relative, with forward slashes.
    pub(crate) fn name(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.path).unwrap_or(path);
        let text = relative.to_string_lossy();
        if std::path::MAIN_SEPARATOR == '/' {
            text.into_owned()
        } else {
            text.replace(std::path::MAIN_SEPARATOR, "/")
        }
    }

    /// What was read so far, sorted by path.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.iter().map(|(path, sha256)| Input { path: path.clone(), sha256: *sha256 }).collect()
    }
}

/// `path` without `.` and `..`, by spelling alone, as Node resolves a relative specifier.
pub(crate) fn normalise(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> (tempfile::TempDir, Root) {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(directory.path().join("repo")).expect("a directory");
        std::fs::write(directory.path().join("repo/a.ts"), "a").expect("a file");
        std::fs::write(directory.path().join("secret"), "s").expect("a file");
        let root = Root::open(&directory.path().join("repo"), Reads::All).expect("a repository");
        (directory, root)
    }

    #[test]
    fn a_spelling_that_leaves_is_refused() {
        let (_directory, root) = repository();
        let path = root.path().join("x/../../secret");
        assert!(matches!(root.reach(&path), Reach::Outside(to) if to.ends_with("secret")));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leaves_is_refused_and_one_that_stays_is_followed() {
        let (_directory, root) = repository();
        let link = |name: &str, to: &str| {
            std::os::unix::fs::symlink(to, root.path().join(name)).expect("a link");
            root.reach(&root.path().join(name))
        };
        assert!(matches!(link("out", "../secret"), Reach::Outside(_)));
        assert_eq!(link("in", "a.ts"), Reach::File(root.path().join("a.ts")));
        assert_eq!(link("loop", "loop"), Reach::Nothing);
    }

    #[test]
    fn what_is_read_is_recorded_once() {
        let (_directory, root) = repository();
        for _ in 0..2 {
            root.read(&root.path().join("a.ts")).expect("readable");
        }
        let inputs = root.inputs();
        assert_eq!(inputs.len(), 1);
        assert_eq!(inputs[0].path, "a.ts");
        assert_eq!(inputs[0].sha256[..2], [0xca, 0x97]);
    }
}
