//! Installing external packages for the platform that functions run on, in a folder of their own (spec 6.5).
//!
//! The folder is named after what is installed in it and kept in the user's cache, so that it is made once. The
//! package manager runs without scripts, for linux, arm64, glibc; it is never run in the project. It is pnpm where the
//! project has a lock file of pnpm, and npm otherwise: yarn has no flags for another platform.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use neonform_bundle::stage::Manifest;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use sha2::{Digest, Sha256};
use tokio::process::Command;

use crate::cache;

/// How long an installation may take.
const LONGEST: Duration = Duration::from_secs(120);
/// The last lines of what the package manager said that are shown.
const SHOWN: usize = 12;

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// npm.
    Npm,
    /// pnpm.
    Pnpm,
}

impl Manager {
    /// The one that the lock file nearest to `from`, up to `root`, is of.
    pub fn of(from: &Path, root: &Path) -> Self {
        let known = [
            ("pnpm-lock.yaml", Self::Pnpm),
            ("package-lock.json", Self::Npm),
            ("yarn.lock", Self::Npm),
            ("bun.lock", Self::Npm),
        ];
        let places = from.ancestors().take_while(|place| place.starts_with(root));
        let found = places.flat_map(|place| known.map(|(file, manager)| (place.join(file), manager)));
        found.into_iter().find(|(file, _)| file.is_file()).map_or(Self::Npm, |(_, manager)| manager)
    }

    fn program(self) -> &'static str {
        match self {
            Self::Npm if cfg!(windows) => "npm.cmd",
            Self::Npm => "npm",
            Self::Pnpm if cfg!(windows) => "pnpm.cmd",
            Self::Pnpm => "pnpm",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &[
                "install",
                "--cpu=arm64",
                "--os=linux",
                "--libc=glibc",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--install-strategy=hoisted",
            ],
            // Files and no links, as an archive needs them.
            Self::Pnpm => &[
                "install",
                "--ignore-scripts",
                "--ignore-workspace",
                "--no-lockfile",
                "--config.node-linker=hoisted",
                "--config.package-import-method=copy",
            ],
        }
    }

    /// The `package.json` that it installs from.
    pub fn manifest(self, manifest: &Manifest) -> String {
        match self {
            Self::Npm => manifest.npm(),
            Self::Pnpm => manifest.pnpm(),
        }
    }
}

/// A folder with these packages installed; it lasts as long as this value where there is no cache.
#[derive(Debug)]
pub struct Installed {
    /// The folder; the packages are in its `node_modules`.
    pub folder: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// Installs what a manifest says, unless that was done before.
///
/// # Errors
/// When the package manager is not there, fails, or takes too long.
pub async fn install(manager: Manager, manifest: &Manifest) -> Result<Installed, Failure> {
    let kept = cache::folder().map(|folder| folder.join("packages").join(key(manager, manifest)));
    if let Some(folder) = kept.as_ref().filter(|folder| folder.join("node_modules").is_dir()) {
        return Ok(Installed { folder: folder.clone(), _temporary: None });
    }
    let scratch = scratch(kept.as_deref()).map_err(|cause| unwritable(&cause))?;
    let text = manager.manifest(manifest);
    std::fs::write(scratch.path().join("package.json"), text).map_err(|cause| unwritable(&cause))?;
    run(scratch.path(), manager, manifest).await?;
    match kept {
        Some(folder) => {
            let made = scratch.keep();
            cache::settle(&made, &folder).map_err(|cause| unwritable(&cause))?;
            Ok(Installed { folder, _temporary: None })
        }
        None => Ok(Installed { folder: scratch.path().to_owned(), _temporary: Some(scratch) }),
    }
}

fn key(manager: Manager, manifest: &Manifest) -> String {
    let mut digest = Sha256::new();
    digest.update(b"neonform packages 1\0");
    digest.update(manager.program());
    digest.update(manager.arguments().join(" "));
    digest.update(manager.manifest(manifest));
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A scratch folder beside the place that it goes to, so that it can be moved there.
fn scratch(place: Option<&Path>) -> std::io::Result<tempfile::TempDir> {
    match place.and_then(Path::parent) {
        Some(parent) => {
            std::fs::create_dir_all(parent)?;
            tempfile::Builder::new().prefix(".new-").tempdir_in(parent)
        }
        None => tempfile::tempdir(),
    }
}

async fn run(folder: &Path, manager: Manager, manifest: &Manifest) -> Result<(), Failure> {
    let running = Command::new(manager.program())
        .args(manager.arguments())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| not_there(manager, manifest, &cause))?;
    match tokio::time::timeout(LONGEST, running.wait_with_output()).await {
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => {
            // pnpm reports on standard output.
            let said = [output.stdout, output.stderr].concat();
            Err(failed(manager, manifest, &String::from_utf8_lossy(&said)))
        }
        Ok(Err(cause)) => Err(failed(manager, manifest, &cause.to_string())),
        Err(_) => {
            let late = format!("it did not end within {} seconds", LONGEST.as_secs());
            Err(failed(manager, manifest, &late))
        }
    }
}

fn listed(manifest: &Manifest) -> String {
    let names = manifest.packages.iter().map(|(name, version)| format!("{name}@{version}"));
    names.collect::<Vec<_>>().join(", ")
}

fn not_there(manager: Manager, manifest: &Manifest, cause: &std::io::Error) -> Failure {
    let program = manager.program();
    Diagnostic::error(
        codes::BUNDLE_FAILED,
        format!("{program} cannot be run, and external packages have to be installed with it"),
    )
    .found(listed(manifest))
    .fix(format!("install {program}, or write includeFiles: false to ship nothing of the packages"))
    .fact("cause", cause.to_string())
    .into()
}

fn failed(manager: Manager, manifest: &Manifest, said: &str) -> Failure {
    let unsupported = said.contains("EBADPLATFORM") || said.contains("notsup");
    let summary = if unsupported {
        "an external package does not support linux on arm64".to_owned()
    } else {
        format!("{} could not install external packages for linux on arm64", manager.program())
    };
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let said = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
    Diagnostic::error(codes::BUNDLE_FAILED, summary)
        .found(listed(manifest))
        .fix("check the network and the registry's settings, then run the command again")
        .fact("it said", said)
        .into()
}

fn unwritable(cause: &std::io::Error) -> Failure {
    Diagnostic::error(
        codes::UNREADABLE_FILE,
        "external packages cannot be installed: no folder can be written",
    )
    .fix("make room, or point NEONFORM_CACHE_DIR at a folder that can be written")
    .fact("cause", cause.to_string())
    .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_nearest_lock_file_says_which() {
        let folder = tempfile::tempdir().unwrap();
        let nested = folder.path().join("packages/web");
        std::fs::create_dir_all(&nested).unwrap();
        let manager = || Manager::of(&nested.join("f.ts"), folder.path());
        assert_eq!(manager(), Manager::Npm);
        std::fs::write(folder.path().join("pnpm-lock.yaml"), "").unwrap();
        assert_eq!(manager(), Manager::Pnpm);
        std::fs::write(nested.join("package-lock.json"), "").unwrap();
        assert_eq!(manager(), Manager::Npm);
    }
}
