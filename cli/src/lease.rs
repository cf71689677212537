//! One apply at a time to a branch from one checkout: the next one says that it waits, and waits.
//!
//! The lease is a lock on a file in the project's own folder. The system lets go of it when the process ends,
//! however it ends, so that it is never stale and waiting for it comes to an end: that is why nothing fails here and
//! there is no limit to set. It is taken before anything of the branch is read. It is advice among runs of one checkout;
//! what others do meanwhile is seen afterwards (`engine/src/standing.rs`), and `docs/two-at-once.md` says why there is no
//! lease on the branch itself. Where a file system has no locks, there is no lease and nothing else changes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use neonform_engine::target::Target;
use sha2::{Digest, Sha256};

use crate::backend::own_folder;
use crate::bundler::hex;
use crate::output::text::printable;
use crate::print;

/// The leases of a checkout, and the one that this run has.
pub struct Leases {
    folder: PathBuf,
    quiet: bool,
    held: Mutex<Option<File>>,
}

impl Leases {
    /// Those of the checkout around a directory.
    pub fn around(working: &Path, quiet: bool) -> Self {
        Self { folder: own_folder(working).join("locks"), quiet, held: Mutex::default() }
    }

    /// Takes the lease on a branch, which this run has until it ends. Says whether it had to wait: then
    /// what was read of the branch before is old.
    pub async fn take(&self, target: &Target) -> bool {
        // Not every folder can be written to, and not every file system has locks.
        let Ok(file) = open(&self.folder, target) else { return false };
        let waited = match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::Error(_)) => return false,
            Err(TryLockError::WouldBlock) => true,
        };
        let file = if waited {
            self.say(target, &file);
            let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
            let Ok(Ok(file)) = locked.await else { return true };
            file
        } else {
            file
        };
        // Only for whoever waits next.
        let _ = sign(&file);
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        waited
    }

    fn say(&self, target: &Target, file: &File) {
        if !self.quiet {
            let holder = holder(file).map_or(String::new(), |process| format!(" (process {process})"));
            print::note(&format!(
                "Another apply is running on branch {}{holder}; waiting until it has ended.",
                printable(&target.name)
            ));
        }
    }
}

/// The file that stands for a branch. Its id is somebody else's word, so that it is in the file's name as a digest.
fn open(folder: &Path, target: &Target) -> std::io::Result<File> {
    fs::create_dir_all(folder)?;
    let branch = target.id.as_deref().unwrap_or_default();
    let digest = Sha256::digest(format!("{}\0{branch}", target.project));
    let path = folder.join(format!("{}.lock", hex(&digest[..8])));
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn sign(mut file: &File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

/// The process that has the lease, where it has signed and the system lets others read that.
fn holder(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.parse().ok()
}
