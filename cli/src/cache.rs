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
