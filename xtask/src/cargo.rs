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

/// The engine's feature in every package that has it, for a command on the whole workspace.
pub fn features(engine: &Engine) -> String {
    let packages = ["neonform", "neonform-conformance", "neonform-eval"];
    packages.map(|package| format!("{package}/{}", engine.feature)).join(",")
}

/// Runs a command and fails when it fails.
pub fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|cause| format!("{command:?} cannot be run: {cause}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {command:?}")) }
}
