//! Whether the layers hold here: a confined process tries what it must not be able to, and says what came of it.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Command;

use neonform_engine::diagnostic::Failure;
use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant};

use super::process::Process;
use super::wire::{Aims, Ask, Layer, Tell};
use super::{Program, broken};
use crate::Limits;

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What.
    pub what: String,
    /// Whether it ought to work.
    pub allowed: bool,
    /// Whether it worked, or was not kept from working.
    pub worked: bool,
    /// How it ended.
    pub outcome: String,
}

/// The layers of this machine, and what came of each attempt.
#[derive(Debug, Clone)]
pub struct Probed {
    /// The layers.
    pub layers: Vec<Layer>,
    /// What was tried.
    pub attempts: Vec<Attempt>,
}

/// Starts a confined process that may read `root`, and has it try what it must not.
///
/// # Errors
/// When it cannot be started or does not answer.
pub async fn probe(program: &Program, root: &Path) -> Result<Probed, Failure> {
    let limits = Limits::UNTRUSTED;
    let due = Instant::now() + Duration::from_secs(10);
    let mut process = Process::start(program)?;
    let aims = Aims { root: root.to_owned(), outside: program.path.clone() };
    process.ask(&Ask::Probe(aims), &limits).await?;
    let layers = process.ready(due, &limits).await?;
    match process.hear(due, &limits).await? {
        Tell::Probed(attempts) => Ok(Probed { layers, attempts }),
        _ => Err(broken("another answer than was asked for")),
    }
}

/// Tries everything.
pub(super) fn attempts(aims: &Aims) -> Vec<Attempt> {
    let new = aims.root.join(".neonform-probe");
    let made = File::create(&new).map(drop);
    if made.is_ok() {
        // It should not have been possible; leave no trace of it.
        drop(std::fs::remove_file(&new));
    }
    let nobody = "/nonexistent/neonform";
    vec![
        tried("list the repository", true, std::fs::read_dir(&aims.root).map(drop)),
        tried("start a thread", true, std::thread::Builder::new().spawn(|| {}).map(drop)),
        tried("open a file outside of the repository", false, File::open(&aims.outside).map(drop)),
        tried("write a file in the repository", false, made),
        tried("connect to a server", false, std::net::TcpStream::connect("127.0.0.1:9").map(drop)),
        tried("start a process", false, Command::new(nobody).spawn().map(drop)),
        tried("become another program", false, become_another(nobody)),
        tried("signal the process that started it", false, signal_parent()),
        tried("set up io_uring", false, set_up_io_uring()),
        tried("read the environment it was given", false, read_environment()),
    ]
}

/// An error other than a refusal means that nothing kept it from working but what it was tried on.
fn tried(what: &str, allowed: bool, result: io::Result<()>) -> Attempt {
    let worked = match &result {
        Ok(()) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported),
    };
    let outcome = result.map_or_else(|error| error.to_string(), |()| "done".to_owned());
    let outcome = outcome.split(" (os error").next().unwrap_or_default();
    Attempt { what: what.to_owned(), allowed, worked, outcome: outcome.to_owned() }
}

fn read_environment() -> io::Result<()> {
    match std::env::vars_os().next() {
        Some((name, _)) => Err(io::Error::other(format!("there is {}", name.to_string_lossy()))),
        None => Err(io::Error::new(ErrorKind::PermissionDenied, "it is empty")),
    }
}

#[cfg(unix)]
fn become_another(program: &str) -> io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(&mut Command::new(program)))
}

#[cfg(not(unix))]
fn become_another(_: &str) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "signals are sent through C functions")]
fn signal_parent() -> io::Result<()> {
    let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap_or(0);
    // SAFETY: signal 0 only asks whether one could be sent.
    done(unsafe { libc::kill(parent, 0) }.into())
}

#[cfg(not(unix))]
fn signal_parent() -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "there is no safe way to ask for what is denied")]
fn set_up_io_uring() -> io::Result<()> {
    // SAFETY: without a place for its parameters the call fails in any case.
    done(unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, std::ptr::null::<u8>()) })
}

#[cfg(not(target_os = "linux"))]
fn set_up_io_uring() -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn done(result: i64) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
