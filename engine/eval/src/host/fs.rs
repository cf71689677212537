//! Read-only files, bound to the repository. What is read is remembered with its hash.
//!
//! A path is first taken by its spelling: what leaves the repository is refused without asking the disk.
//! Then symbolic links are followed, and what they lead out to is refused without being opened. So is, for a
//! stranger's policy, what git ignores, packages included.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use neonform_bundle::{Input, Reads, Visible};
use sha2::{Digest, Sha256};

use super::{HIDDEN, OUTSIDE, Refusal, SANDBOX};

/// The largest file a policy may read.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The repository as a policy sees it.
pub(crate) struct Repository {
    root: PathBuf,
    visible: Visible,
    read: RefCell<BTreeMap<String, [u8; 32]>>,
}

impl Repository {
    /// The repository at `root`, a real path.
    pub(crate) fn new(root: &Path, reads: Reads) -> Self {
        // That packages may be imported does not mean that their files may be read.
        let reads = if reads == Reads::All { Reads::All } else { Reads::Shared };
        Self { root: root.to_owned(), visible: Visible::new(root, reads), read: RefCell::default() }
    }

    /// What was read so far, by path.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        self.read
            .borrow()
            .iter()
            .map(|(path, sha256)| Input { path: path.clone(), sha256: *sha256 })
            .collect()
    }

    /// The content of a regular file.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        let real = self.follow(path, "open")?;
        let found = fs::metadata(&real).map_err(|error| refusal(&error, "open", path))?;
        if found.is_dir() {
            return Err(Refusal {
                code: "EISDIR",
                message: "EISDIR: illegal operation on a directory, read".to_owned(),
            });
        }
        if !found.is_file() || found.len() > LARGEST {
            let message =
                format!("{path} is not a regular file of at most 16 MiB, and a policy may read only those");
            return Err(Refusal { code: SANDBOX, message });
        }
        let bytes = fs::read(&real).map_err(|error| refusal(&error, "open", path))?;
        let name = real.strip_prefix(&self.root).unwrap_or(&real).to_string_lossy().into_owned();
        self.read.borrow_mut().insert(name, Sha256::digest(&bytes).into());
        Ok(bytes)
    }

    /// A letter for what a path is (`f`, `d`, `l`, `o`) and its size.
    pub(crate) fn stat(&self, path: &str, follow: bool) -> Result<String, Refusal> {
        let found = if follow {
            fs::metadata(self.follow(path, "stat")?)
        } else {
            let spelled = self.spelled(path)?;
            let parent = spelled.parent().filter(|parent| parent.starts_with(&self.root));
            match (parent, spelled.file_name()) {
                (Some(parent), Some(name)) => {
                    let place = self.follow(&parent.to_string_lossy(), "lstat")?.join(name);
                    fs::symlink_metadata(self.seen(place, path)?)
                }
                _ => fs::symlink_metadata(&spelled),
            }
        };
        let found = found.map_err(|error| refusal(&error, "stat", path))?;
        Ok(format!("{}{}", letter(found.file_type()), found.len()))
    }

    /// The entries of a directory, sorted, each a letter and a name, with NUL between them.
    pub(crate) fn list(&self, path: &str) -> Result<String, Refusal> {
        let failed = |error: io::Error| refusal(&error, "scandir", path);
        let mut entries = Vec::new();
        let directory = self.follow(path, "scandir")?;
        for entry in fs::read_dir(&directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if self.visible.hidden(&directory.join(entry.file_name())).is_some() {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            entries.push((entry.file_name().to_string_lossy().into_owned(), letter(kind)));
        }
        entries.sort();
        let lines: Vec<String> = entries.into_iter().map(|(name, kind)| format!("{kind}{name}")).collect();
        Ok(lines.join("\0"))
    }

    /// The path with every symbolic link followed.
    pub(crate) fn real(&self, path: &str) -> Result<String, Refusal> {
        Ok(self.follow(path, "realpath")?.to_string_lossy().into_owned())
    }

    /// The real path of a regular file, if there is one.
    pub(crate) fn file(&self, path: &str) -> Result<Option<PathBuf>, Refusal> {
        match self.follow(path, "open") {
            Ok(real) => Ok(Some(real).filter(|real| real.is_file())),
            Err(refusal) if matches!(refusal.code, OUTSIDE | HIDDEN) => Err(refusal),
            Err(_) => Ok(None),
        }
    }

    fn follow(&self, path: &str, operation: &str) -> Result<PathBuf, Refusal> {
        let real = self.spelled(path)?.canonicalize().map_err(|error| refusal(&error, operation, path))?;
        if real.starts_with(&self.root) { self.seen(real, path) } else { Err(outside(path)) }
    }

    /// A real path, unless it must not be seen.
    fn seen(&self, real: PathBuf, path: &str) -> Result<PathBuf, Refusal> {
        match self.visible.hidden(&real) {
            None => Ok(real),
            Some(_) => Err(Refusal {
                code: HIDDEN,
                message: format!("{path} is not one of the files that a stranger's policy may read"),
            }),
        }
    }

    fn spelled(&self, path: &str) -> Result<PathBuf, Refusal> {
        if path.contains('\0') {
            return Err(Refusal {
                code: "ERR_INVALID_ARG_VALUE",
                message: "a path must not contain NUL".to_owned(),
            });
        }
        let mut spelled = PathBuf::new();
        for component in self.root.join(path).components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    spelled.pop();
                }
                other => spelled.push::<&OsStr>(other.as_ref()),
            }
        }
        if spelled.starts_with(&self.root) { Ok(spelled) } else { Err(outside(path)) }
    }
}

fn letter(kind: FileType) -> char {
    if kind.is_file() {
        'f'
    } else if kind.is_dir() {
        'd'
    } else if kind.is_symlink() {
        'l'
    } else {
        'o'
    }
}

fn outside(path: &str) -> Refusal {
    Refusal {
        code: OUTSIDE,
        message: format!("{path} is outside the repository, and a policy may read only inside"),
    }
}

/// The error as Node words it.
fn refusal(error: &io::Error, operation: &str, path: &str) -> Refusal {
    let (code, what) = match error.kind() {
        ErrorKind::NotFound => ("ENOENT", "no such file or directory"),
        ErrorKind::NotADirectory => ("ENOTDIR", "not a directory"),
        ErrorKind::PermissionDenied => ("EACCES", "permission denied"),
        _ => ("EIO", "i/o error"),
    };
    Refusal { code, message: format!("{code}: {what}, {operation} '{path}'") }
}
