//! Installing external packages for the platform that functions run on, in a folder of their own (spec 6.5).
//!
//! The folder is named after what is installed in it and kept in the user's cache, so that it is made once. The
//! package manager runs without scripts, for linux, arm64, glibc; it is never run in the project.

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

const ARGUMENTS: [&str; 9] = [
    "install",
    "--cpu=arm64",
    "--os=linux",
    "--libc=glibc",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--install-strategy=hoisted",
];

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
/// When npm is not there, fails, or takes too long.
pub async fn install(manifest: &Manifest) -> Result<Installed, Failure> {
    let kept = cache::folder().map(|folder| folder.join("packages").join(key(manifest)));
    if let Some(folder) = kept.as_ref().filter(|folder| folder.join("node_modules").is_dir()) {
        return Ok(Installed { folder: folder.clone(), _temporary: None });
    }
    let scratch = scratch(kept.as_deref()).map_err(|cause| unwritable(&cause))?;
    std::fs::write(scratch.path().join("package.json"), &manifest.text)
        .map_err(|cause| unwritable(&cause))?;
    run(scratch.path(), manifest).await?;
    match kept {
        Some(folder) => {
            let made = scratch.keep();
            cache::settle(&made, &folder).map_err(|cause| unwritable(&cause))?;
            Ok(Installed { folder, _temporary: None })
        }
        None => Ok(Installed { folder: scratch.path().to_owned(), _temporary: Some(scratch) }),
    }
}

fn key(manifest: &Manifest) -> String {
    let mut digest = Sha256::new();
    digest.update(b"neonform packages 1\0");
    digest.update(ARGUMENTS.join(" "));
    digest.update(&manifest.text);
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

async fn run(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let running = Command::new(npm)
        .args(ARGUMENTS)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| no_npm(manifest, &cause))?;
    match tokio::time::timeout(LONGEST, running.wait_with_output()).await {
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => Err(failed(manifest, &String::from_utf8_lossy(&output.stderr))),
        Ok(Err(cause)) => Err(failed(manifest, &cause.to_string())),
        Err(_) => Err(failed(manifest, &format!("it did not end within {} seconds", LONGEST.as_secs()))),
    }
}

fn listed(manifest: &Manifest) -> String {
    let names = manifest.packages.iter().map(|(name, version)| format!("{name}@{version}"));
    names.collect::<Vec<_>>().join(", ")
}

fn no_npm(manifest: &Manifest, cause: &std::io::Error) -> Failure {
    Diagnostic::error(
        codes::BUNDLE_FAILED,
        "npm cannot be run, and external packages have to be installed with it",
    )
    .found(listed(manifest))
    .fix("install Node with npm, or write includeFiles: false to ship nothing of the packages")
    .fact("cause", cause.to_string())
    .into()
}

fn failed(manifest: &Manifest, said: &str) -> Failure {
    let unsupported = said.contains("EBADPLATFORM") || said.contains("notsup");
    let summary = if unsupported {
        "an external package does not support linux on arm64"
    } else {
        "npm could not install external packages for linux on arm64"
    };
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let said = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
    Diagnostic::error(codes::BUNDLE_FAILED, summary)
        .found(listed(manifest))
        .fix("check the network and the registry's settings, then run the command again")
        .fact("npm", said)
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
