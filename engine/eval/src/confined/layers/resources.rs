//! What the system lets this process take, and what it inherited: a floor below the caps of the sandbox.
#![allow(unsafe_code, reason = "limits are set through C functions")]

use crate::Limits;

/// Seconds of processor time for bundling and everything that the engine does of its own.
const SPARE_SECONDS: u64 = 60;

/// Bytes for the program, its threads and the bundler.
const SPARE_BYTES: u64 = 1024 * 1024 * 1024;

/// Open files: the bundler opens several at once.
const FILES: u64 = 256;

/// Confines this process; what holds it now.
pub(super) fn confine(limits: &Limits) -> Result<String, String> {
    close_inherited();
    let seconds = limits.time.as_secs().saturating_mul(4).saturating_add(SPARE_SECONDS);
    // Not the address space: the engine reserves far more of it than it uses.
    let bytes = (limits.process_bytes() as u64).saturating_add(SPARE_BYTES);
    set(libc::RLIMIT_CORE, 0)?;
    set(libc::RLIMIT_FSIZE, 0)?;
    set(libc::RLIMIT_NOFILE, FILES)?;
    set(libc::RLIMIT_CPU, seconds)?;
    set(libc::RLIMIT_DATA, bytes)?;
    let mebibytes = bytes / 1024 / 1024;
    Ok(format!(
        "{seconds} s of processor time, {mebibytes} MiB of data, {FILES} open files, no core, no file grows"
    ))
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
type Resource = libc::c_int;

fn set(resource: Resource, most: u64) -> Result<(), String> {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: the pointer is to a limit that outlives the call.
    match unsafe { libc::setrlimit(resource, &raw const limit) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error().to_string()),
    }
}

/// Closes every file that the parent of our parent may have left open, but for the three that are ours.
fn close_inherited() {
    #[cfg(target_os = "linux")]
    // SAFETY: nothing in this process has opened a file yet that it still needs.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32);
    }
}
