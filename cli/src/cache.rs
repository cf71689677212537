//! Where this program keeps what it can make again: one folder of the user, safe to delete at any time.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::env;

/// The folder: as the environment says, else where the platform keeps such things.
///
/// Nothing when there is no home either; then nothing is kept.
pub fn folder() -> Option<PathBuf> {
    let given = |name| env::given(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let below = |base: PathBuf| base.join("neonform");
    let home = || given(env::HOME).or_else(|| given(env::USERPROFILE));
    given(env::NEONFORM_CACHE_DIR)
        .or_else(|| given(env::XDG_CACHE_HOME).map(below))
        .or_else(|| given(env::LOCALAPPDATA).map(below))
        .or_else(|| {
            let own = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
            home().map(|home| below(home.join(own)))
        })
}

/// Writes a file whole or not at all, whoever else writes it.
///
/// # Errors
/// When it cannot be written.
pub fn write(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    let mut scratch = tempfile::NamedTempFile::new_in(folder)?;
    scratch.write_all(content)?;
    scratch.persist(file)?;
    Ok(())
}

/// Puts a finished folder in its place in one step; another run that was faster wins, and its folder is as good.
///
/// # Errors
/// When it can neither be put there nor is there already.
pub fn settle(made: &Path, place: &Path) -> std::io::Result<()> {
    match std::fs::rename(made, place) {
        Err(_) if place.is_dir() => Ok(()),
        settled => settled,
    }
}

/// Deletes the files of a folder that were written longest ago, until those that are left are within the limit.
pub fn trim(folder: &Path, limit: u64) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((about.modified().ok()?, about.len(), entry.path()))
        })
        .collect();
    let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
    files.sort();
    for (_, size, path) in files {
        if total <= limit {
            break;
        }
        // Another run may have deleted it, which is as good.
        let _ = std::fs::remove_file(path);
        total = total.saturating_sub(size);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_oldest_files_go_first() {
        let folder = tempfile::tempdir().unwrap();
        for (age, name) in [(30, "oldest"), (20, "older"), (10, "newest")] {
            let file = folder.path().join(name);
            write(&file, &[0; 100]).unwrap();
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            std::fs::File::options().write(true).open(&file).unwrap().set_modified(then).unwrap();
        }
        trim(folder.path(), 250);
        assert!(!folder.path().join("oldest").exists() && folder.path().join("older").exists());
        trim(folder.path(), 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_there_already_is_as_good() {
        let place = tempfile::tempdir().unwrap();
        let (made, kept) = (place.path().join("made"), place.path().join("kept"));
        for folder in [&made, &kept] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join("file"), "").unwrap();
        }
        assert!(settle(&made, &kept).is_ok());
        assert!(settle(&made, &place.path().join("gone/kept")).is_err());
    }
}
