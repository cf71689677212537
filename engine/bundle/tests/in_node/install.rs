//! The packages of all projects, installed once and kept between runs.
//!
//! One `package.json` asks for what those of all projects ask for; its digest names the folder, so a changed version
//! is a new folder. An install that fails half way leaves none.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const OLDEST_NODE: u32 = 20;

/// What npm says when it is the network's fault.
const NO_REGISTRY: [&str; 9] = [
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "EHOSTUNREACH",
    "ERR_SOCKET_TIMEOUT",
    "npm error code E5",
];

/// The directory with all the projects.
pub(crate) fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/bundles")
}

/// A directory with `node_modules` and the local packages; `None` where it cannot be had.
pub(crate) fn installed() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Option<PathBuf>> = OnceLock::new();
    INSTALLED
        .get_or_init(|| {
            install()
                .map_err(|why| {
                    // Past the test runner, which keeps what passing tests print.
                    writeln!(std::io::stderr(), "in_node: skipped, {why}").expect("a standard error");
                })
                .ok()
        })
        .as_deref()
}

fn install() -> Result<PathBuf, String> {
    let node = output(Command::new("node").arg("--version"))?;
    let major = node.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST_NODE) {
        return Err(format!("node is {}, and {OLDEST_NODE} is needed", node.trim()));
    }
    output(Command::new("npm").arg("--version"))?;
    let manifest = format!("{:#}\n", manifest());
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("in_node-{}", digest(&manifest)));
    if !place.is_dir() {
        let fresh = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
        std::fs::write(fresh.path().join("package.json"), manifest).expect("a file");
        copy(&projects().join("packages"), &fresh.path().join("packages"));
        let flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"];
        output(Command::new("npm").arg("install").args(flags).current_dir(fresh.path()))?;
        // Another process may have been faster; its install is as good.
        if let Err(error) = std::fs::rename(fresh.path(), &place) {
            assert!(place.is_dir(), "{error}");
        }
    }
    Ok(place.canonicalize().expect("a directory"))
}

/// Standard output of a command. A missing command or registry is no defect; anything else is.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let ended = command.output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).into_owned());
    }
    match NO_REGISTRY.iter().find(|sign| errors.contains(*sign)) {
        Some(sign) => Err(format!("{name} does not reach the registry ({sign})")),
        None => panic!("{command:?} failed:\n{errors}"),
    }
}

/// What all projects need. Local packages are where the copies are.
fn manifest() -> Value {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for project in std::fs::read_dir(projects()).expect("projects").flatten() {
        let Ok(text) = std::fs::read_to_string(project.path().join("package.json")) else { continue };
        let manifest: Value = serde_json::from_str(&text).expect("JSON");
        for (name, version) in manifest["dependencies"].as_object().into_iter().flatten() {
            let version = version.as_str().expect("a version").replace("file:../", "file:./");
            let known = all.insert(name.clone(), version.clone());
            assert!(known.is_none_or(|known| known == version), "two versions of {name}");
        }
    }
    json!({"private": true, "dependencies": all})
}

/// Of the manifest and the local packages, since these are copied.
fn digest(manifest: &str) -> String {
    let mut digest = Sha256::new_with_prefix(manifest);
    for (path, content) in files(&projects().join("packages")) {
        digest.update(path.to_string_lossy().as_bytes());
        digest.update(content);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Copies a directory.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (path, content) in files(from) {
        let file = to.join(path);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
        std::fs::write(file, content).expect("a file");
    }
}

/// The files below a directory by relative path.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let name = PathBuf::from(entry.file_name());
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|(path, content)| (name.join(path), content)));
        } else {
            found.insert(name, std::fs::read(entry.path()).expect("a file"));
        }
    }
    found
}
