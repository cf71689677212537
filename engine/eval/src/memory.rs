//! How large this process is.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The resident memory of this process in bytes; nothing where the system does not say. The file is opened once: a
/// confined process could not open it later.
pub(crate) fn resident() -> Option<usize> {
    static STATUS: OnceLock<Option<Mutex<File>>> = OnceLock::new();
    let status = STATUS.get_or_init(|| File::open("/proc/self/status").ok().map(Mutex::new));
    let mut status = status.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
    status.rewind().ok()?;
    let mut text = String::new();
    status.read_to_string(&mut text).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
