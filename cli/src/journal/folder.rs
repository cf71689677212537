//! Where journals are kept: `.neonform/journal/<UTC time>-<run>.jsonl` of the repository, the newest of them.
//!
//! The name sorts by time. The process that writes a journal holds a lock on it, which goes with the process
//! however it ends: by that a run that was killed is told from one that still runs.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::read::Run;
use crate::backend::{folder_path, own_folder};

/// How many journals are kept: the newest.
const KEPT: usize = 100;
const ENDING: &str = ".jsonl";

/// Makes a journal and takes the oldest away: the run's id, and the file.
pub(super) fn create(working: &Path, now: Timestamp) -> io::Result<(String, File)> {
    let folder = own_folder(working).join("journal");
    fs::create_dir_all(&folder)?;
    let run = format!("{:08x}", rand::random::<u32>());
    let time = format!("{now:.3}").replace(['-', ':'], "");
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(folder.join(format!("{time}-{run}{ENDING}")))?;
    // Where there are no locks a run that still runs looks like one that was killed.
    let _ = file.try_lock();
    // The one just made is among them. What cannot be deleted stays, which harms nobody.
    for (path, _) in paths(&folder).into_iter().skip(KEPT) {
        let _ = fs::remove_file(path);
    }
    Ok((run, file))
}

/// Every journal of the repository around a directory, the newest first: the run's id, and what reads it.
pub fn list(working: &Path) -> Vec<(String, impl FnOnce() -> io::Result<Run>)> {
    let folder = folder_path(working).join("journal");
    let read = |(path, run): (PathBuf, String)| (run.clone(), move || read(&path, run));
    paths(&folder).into_iter().map(read).collect()
}

/// The journals of a folder with their runs' ids, the newest first.
fn paths(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(PathBuf, String)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (_, run) = name.strip_suffix(ENDING)?.rsplit_once('-')?;
            Some((entry.path(), run.to_owned()))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

fn read(path: &Path, run: String) -> io::Result<Run> {
    let file = File::open(path)?;
    let is_running = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    let bytes = fs::read(path)?;
    Ok(Run::of(run, &String::from_utf8_lossy(&bytes), is_running))
}
