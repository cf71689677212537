//! Calling cargo with an engine's features and variables.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::engine::Engine;

/// The workspace's root.
pub fn workspace() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// `cargo SUBCOMMAND` in the workspace, with the engine's archive if it has one.
pub fn cargo(engine: &Engine, subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace()).arg(subcommand).arg("--locked");
    if let Some(archive) = &engine.archive {
        command.env("RUSTY_V8_ARCHIVE", archive);
    }
    command
}

/// `cargo SUBCOMMAND` on the whole workspace with the engine. Selecting packages would select other features of what
/// they share, and build it again.
pub fn cargo_on_all(engine: &Engine, subcommand: &str) -> Command {
    let packages = ["neonform", "neonform-conformance", "neonform-eval"];
    let features = packages.map(|package| format!("{package}/{}", engine.feature)).join(",");
    let mut command = cargo(engine, subcommand);
    command.args(["--workspace", "--no-default-features", "--features", &features]);
    command
}

/// Runs a command and fails when it fails.
pub fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|cause| format!("{command:?} cannot be run: {cause}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {command:?}")) }
}

/// Where cargo builds.
pub fn target_directory(engine: &Engine) -> Result<PathBuf, String> {
    let output = cargo(engine, "metadata").args(["--format-version", "1", "--no-deps"]).output();
    let output = output.map_err(|cause| format!("cargo metadata cannot be run: {cause}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let directory = text.split_once("\"target_directory\":\"").and_then(|(_, rest)| rest.split_once('"'));
    directory
        .map(|(path, _)| PathBuf::from(path))
        .ok_or_else(|| "cargo metadata names no target folder".to_owned())
}

/// The program, where a build has left it.
pub fn binary(engine: &Engine) -> Result<PathBuf, String> {
    let name = format!("neonform{}", std::env::consts::EXE_SUFFIX);
    Ok(target_directory(engine)?.join("debug").join(name))
}
