//! What a program costs: time, processor and memory, of it and of everything that it started.
//!
//! The program gets a process group of its own, and what it leaves behind becomes our child (Linux),
//! so that each of its processes is waited for and says what it cost: esbuild below Node too. Time is
//! until the program itself ends. Memory is the peak of the largest process, not the sum, which is
//! kinder to whoever starts several.

use std::process::Command;
use std::time::Duration;

/// What one run cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// User and system time of all processes.
    pub processor: Duration,
    /// Peak resident memory of the largest process, in bytes.
    pub memory: u64,
}

/// Runs a program to its end; what it printed is returned beside what it cost.
#[cfg(unix)]
pub fn measure(command: &mut Command) -> Result<(Cost, String), String> {
    use std::os::unix::process::CommandExt;
    use std::process::Stdio;
    use std::time::Instant;

    use crate::peer::child;

    reaper::adopt_orphans();
    let program = format!("{command:?}");
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = Instant::now();
    let mut process = command.spawn().map_err(|cause| format!("{program} cannot be run: {cause}"))?;
    let output = process.stdout.take().map(child::read);
    let errors = process.stderr.take().map(child::read);
    let group = i32::try_from(process.id()).map_err(|_| "a process has no number".to_owned())?;
    let mut cost = Cost::default();
    let mut success = None;
    let mut ended = started;
    loop {
        // Once the program is over, what is left of it has a moment to go.
        let limit = success.is_some().then_some(Duration::from_secs(2));
        if limit.is_some_and(|limit| ended.elapsed() > limit) {
            break;
        }
        match reaper::next(group, limit.is_none())? {
            reaper::Next::None => break,
            reaper::Next::Running => std::thread::sleep(Duration::from_millis(2)),
            reaper::Next::Ended { process, successful, processor, memory } => {
                cost.processor += processor;
                cost.memory = cost.memory.max(memory);
                if process == group {
                    ended = Instant::now();
                    cost.wall = ended - started;
                    success = Some(successful);
                }
            }
        }
    }
    let (output, errors) = (child::text(output), child::text(errors));
    match success {
        Some(true) => Ok((cost, output + &errors)),
        _ => Err(format!("{program} failed:\n{output}{errors}")),
    }
}

/// Elsewhere nothing tells what a program cost.
#[cfg(not(unix))]
pub fn measure(_command: &mut Command) -> Result<(Cost, String), String> {
    Err("bench: what a program costs is measured on Unix only".to_owned())
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "std waits for a child without saying what it cost")]
mod reaper {
    use std::io;
    use std::time::Duration;

    /// What became of a process of a group.
    pub enum Next {
        /// There is none left.
        None,
        /// None has ended yet.
        Running,
        /// One has ended.
        Ended { process: i32, successful: bool, processor: Duration, memory: u64 },
    }

    /// Makes processes that lose their parent below us our children.
    pub fn adopt_orphans() {
        #[cfg(target_os = "linux")]
        // SAFETY: takes a number and changes a flag of this process. Where it fails, orphans are not counted.
        let _ = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
    }

    /// The next process of a group that ends; `patient` waits for it.
    pub fn next(group: i32, patient: bool) -> Result<Next, String> {
        let (mut status, options) = (0, if patient { 0 } else { libc::WNOHANG });
        // SAFETY: `rusage` is plain numbers, for which zero is a value.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: both places live as long as the call.
        let process = unsafe { libc::wait4(-group, &raw mut status, options, &raw mut usage) };
        match process {
            0 => Ok(Next::Running),
            1.. => Ok(Next::Ended {
                process,
                successful: libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
                processor: time(usage.ru_utime) + time(usage.ru_stime),
                memory: u64::try_from(usage.ru_maxrss).unwrap_or_default() * UNIT,
            }),
            _ => match io::Error::last_os_error() {
                error if error.raw_os_error() == Some(libc::ECHILD) => Ok(Next::None),
                error if error.kind() == io::ErrorKind::Interrupted => Ok(Next::Running),
                error => Err(format!("a program cannot be waited for: {error}")),
            },
        }
    }

    /// What `ru_maxrss` counts in.
    const UNIT: u64 = if cfg!(target_os = "macos") { 1 } else { 1024 };

    #[allow(clippy::useless_conversion, reason = "microseconds are of another type on macOS")]
    fn time(spent: libc::timeval) -> Duration {
        let seconds = u64::try_from(spent.tv_sec).unwrap_or_default();
        Duration::from_secs(seconds) + Duration::from_micros(u64::try_from(spent.tv_usec).unwrap_or_default())
    }
}
