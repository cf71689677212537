//! A ledger in a file that several processes use: locked for as long as it takes to read and write it.
//!
//! Nothing depends on it: a file that cannot be locked, read or understood counts as none, and it can be deleted at
//! any time. It holds times and names of operations, nothing about an account.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::ledger::{self, Ledger};

/// How often a lock that somebody holds is tried, and the pause in between: others hold it for far less than a
/// millisecond, unless they were stopped.
const ATTEMPTS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(2);
/// A file larger than this is not ours.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Acts on the ledger of a file; nothing when the file cannot be used.
pub(super) async fn with<T>(path: &Path, act: impl Fn(&mut Ledger, u64) -> T) -> Option<T> {
    let mut file = open(path)?;
    for _ in 0..ATTEMPTS {
        match file.try_lock() {
            // The lock goes with the file, also when this process is killed.
            Ok(()) => return change(&mut file, act),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}

fn open(path: &Path) -> Option<File> {
    let open = || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    open().ok().or_else(|| {
        std::fs::create_dir_all(path.parent()?).ok()?;
        open().ok()
    })
}

fn change<T>(file: &mut File, act: impl Fn(&mut Ledger, u64) -> T) -> Option<T> {
    let mut text = Vec::new();
    file.take(LARGEST).read_to_end(&mut text).ok()?;
    let mut ledger: Ledger = serde_json::from_slice(&text).unwrap_or_default();
    // The time is told while the file is locked, so that moments come in order.
    let done = act(&mut ledger, ledger::now());
    let text = serde_json::to_vec(&ledger).ok()?;
    file.rewind().ok()?;
    file.set_len(0).ok()?;
    file.write_all(&text).ok()?;
    Some(done)
}
