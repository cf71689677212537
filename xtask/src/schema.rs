//! `xtask/schema`, a workspace of its own: the schemas in `docs/schema` against the documents in `snapshots/`.

use std::process::Command;

use crate::cargo::{run, target_directory, workspace};
use crate::engine::Engine;

/// Checks its formatting, its lints and the schemas.
pub fn check(engine: &Engine) -> Result<(), String> {
    let target = target_directory(engine)?.join("schema");
    let cargo = |words: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(workspace().join("xtask/schema")).args(words).env("CARGO_TARGET_DIR", &target);
        command
    };
    run(&mut cargo(&["fmt", "--check"]))?;
    run(&mut cargo(&["clippy", "--locked", "--all-targets", "--", "-D", "warnings"]))?;
    run(&mut cargo(&["test", "--locked"]))
}
