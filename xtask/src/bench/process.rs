//! What one run of a program takes: wall time, processor time of all its threads, and memory at its largest.
//!
//! The kernel counts and tells when the process is waited for, so nothing has to look on while it runs.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// One run.
pub struct Run {
    /// When it was started.
    pub started: SystemTime,
    /// From before it was started until it was gone.
    pub wall: Duration,
    /// Processor time, of user and system together.
    pub processor: Duration,
    /// Resident memory at its largest, in bytes.
    pub memory: u64,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
}

/// Runs a program that has to succeed.
pub fn run(command: &mut Command) -> Result<Run, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (started, clock) = (SystemTime::now(), Instant::now());
    let mut child = command.spawn().map_err(|cause| format!("{command:?} cannot be run: {cause}"))?;
    let errors = child.stderr.take().map(|stream| thread::spawn(|| text(stream)));
    let output = child.stdout.take().map(text).unwrap_or_default();
    let ended = wait(child.id());
    let wall = clock.elapsed();
    let errors = errors.and_then(|reading| reading.join().ok()).unwrap_or_default();
    match ended {
        Some((true, processor, memory)) => Ok(Run { started, wall, processor, memory, output, errors }),
        _ => Err(format!("{command:?} failed:\n{errors}")),
    }
}

fn text(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    // What cannot be read of it is missing, which its reader notices.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Waits for a child: whether it succeeded, its processor time and its memory.
#[cfg(unix)]
#[allow(unsafe_code, reason = "only wait4 tells of one child what it took")]
fn wait(child: u32) -> Option<(bool, Duration, u64)> {
    let child = libc::pid_t::try_from(child).ok()?;
    let mut status = 0;
    // SAFETY: all zero is a value of this plain struct.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to variables that outlive the call.
    if unsafe { libc::wait4(child, &raw mut status, 0, &raw mut usage) } != child {
        return None;
    }
    let time = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec.try_into().unwrap_or_default())
            + Duration::from_micros(time.tv_usec.try_into().unwrap_or_default())
    };
    let memory = u64::try_from(usage.ru_maxrss).unwrap_or_default();
    // macOS counts bytes, the others blocks of 1,024.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    Some((status == 0, time(usage.ru_utime) + time(usage.ru_stime), memory * unit))
}

#[cfg(not(unix))]
fn wait(_child: u32) -> Option<(bool, Duration, u64)> {
    None
}

/// The median of some numbers.
pub fn median<T: Copy + Ord + Default>(numbers: impl IntoIterator<Item = T>) -> T {
    let mut sorted: Vec<T> = numbers.into_iter().collect();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// A time in milliseconds, as tables have it.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// A size in MiB, as tables have it.
pub fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
