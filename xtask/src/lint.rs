//! `cargo xtask lint`: formatting and clippy; warnings are errors.

use std::process::Command;

use crate::cargo::{cargo, features, run, workspace};
use crate::engine::Engine;

/// Checks everything.
pub fn lint(engine: &Engine) -> Result<(), String> {
    run(Command::new("cargo").current_dir(workspace()).args(["fmt", "--all", "--check"]))?;
    let mut clippy = cargo(engine, "clippy");
    clippy.args(["--workspace", "--all-targets", "--no-default-features", "--features", &features(engine)]);
    run(clippy.args(["--", "-D", "warnings"]))
}
