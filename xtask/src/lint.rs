//! `cargo xtask lint`: formatting and clippy; warnings are errors.

use std::process::Command;

use crate::cargo::{cargo_on_all, run, workspace};
use crate::engine::Engine;

/// Checks everything.
pub fn lint(engine: &Engine) -> Result<(), String> {
    run(Command::new("cargo").current_dir(workspace()).args(["fmt", "--all", "--check"]))?;
    run(cargo_on_all(engine, "clippy").args(["--all-targets", "--", "-D", "warnings"]))
}
