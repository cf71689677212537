//! Takes away from this process what evaluation does not need. Applied by its only thread, before any other starts.

#[cfg(target_os = "linux")]
mod files;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod system_calls;
#[cfg(unix)]
mod resources;

use std::path::Path;

use super::wire::Layer;
use crate::Limits;

/// Confines this process to reading `root`; what each layer takes away, or why it is missing.
pub(super) fn confine(root: &Path, limits: &Limits) -> Vec<Layer> {
    // A policy's memory is read from a file that is out of reach from here on.
    crate::memory::resident();
    // System calls last: the other layers need some that it takes away.
    let layers = [
        ("limits", confine_resources(limits)),
        ("Landlock", confine_files(root)),
        ("seccomp", confine_system_calls()),
    ];
    let told = |(name, result): (&str, Result<String, String>)| {
        let active = result.is_ok();
        let (Ok(detail) | Err(detail)) = result;
        Layer { name: name.to_owned(), active, detail }
    };
    layers.map(told).into()
}

fn confine_resources(limits: &Limits) -> Result<String, String> {
    #[cfg(unix)]
    return resources::confine(limits);
    #[cfg(not(unix))]
    {
        let _ = limits;
        Err("this system has none that neonform knows of".to_owned())
    }
}

fn confine_files(root: &Path) -> Result<String, String> {
    #[cfg(target_os = "linux")]
    return files::confine(root);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = root;
        Err("only Linux has it".to_owned())
    }
}

fn confine_system_calls() -> Result<String, String> {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    return system_calls::confine();
    #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    Err("only Linux on x86-64 and arm64 has it".to_owned())
}
