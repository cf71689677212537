//! Files that we write for people: they appear whole or not at all.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

/// Why a file was not written.
pub enum Stopped {
    /// There is a file already.
    Exists,
    /// What the system said.
    Io(io::Error),
}

impl fmt::Display for Stopped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => out.write_str("it exists"),
            Self::Io(cause) => cause.fmt(out),
        }
    }
}

impl From<io::Error> for Stopped {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

/// Writes a neighbour and puts it in the file's place; in the place of another one only with `force`.
///
/// # Errors
/// When there is a file already, or the system refuses.
pub fn write(path: &Path, text: &[u8], force: bool) -> Result<(), Stopped> {
    let neighbour = neighbour(path);
    let placed = fill(&neighbour, OpenOptions::new(), text)
        .map_err(Stopped::Io)
        .and_then(|()| place(&neighbour, path, force));
    // Where it was put in place by its name it is gone already.
    let _ = fs::remove_file(&neighbour);
    placed
}

/// Writes a file, also in the place of another one.
///
/// # Errors
/// When the system refuses; `summary` says what that means.
pub fn write_over(working: &Path, named: &Path, text: &[u8], summary: &str) -> Result<(), Failure> {
    write(&working.join(named), text, true).map_err(|stopped| {
        Diagnostic::error(codes::USAGE, summary)
            .found(named.display().to_string())
            .fix("name a file in a directory that can be written to with --out")
            .fact("cause", stopped.to_string())
            .into()
    })
}

/// Writes a file that only its owner reads, also in the place of another one; through a link, what it leads to.
///
/// # Errors
/// When the system refuses; what was there is as it was.
pub fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| led_to(path));
    let neighbour = neighbour(&path);
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let placed = fill(&neighbour, options, text).and_then(|()| fs::rename(&neighbour, &path));
    let _ = fs::remove_file(&neighbour);
    placed
}

/// Where a link leads that leads nowhere yet.
fn led_to(path: &Path) -> PathBuf {
    match (fs::read_link(path), path.parent()) {
        (Ok(target), Some(folder)) => folder.join(target),
        _ => path.to_owned(),
    }
}

fn fill(neighbour: &Path, mut options: OpenOptions, text: &[u8]) -> io::Result<()> {
    let mut file = options.write(true).create_new(true).open(neighbour)?;
    file.write_all(text)?;
    file.sync_all()
}

/// A link never takes the place of a file, a rename does.
fn place(neighbour: &Path, path: &Path, force: bool) -> Result<(), Stopped> {
    if force {
        return Ok(fs::rename(neighbour, path)?);
    }
    match fs::hard_link(neighbour, path) {
        Ok(()) => Ok(()),
        Err(_) if path.symlink_metadata().is_ok() => Err(Stopped::Exists),
        // Not every file system has links.
        Err(_) => Ok(fs::rename(neighbour, path)?),
    }
}

fn neighbour(path: &Path) -> PathBuf {
    path.with_file_name(format!(".neonform-{:016x}.tmp", rand::random::<u64>()))
}
