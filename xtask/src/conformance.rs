//! `cargo xtask conformance`: builds the runner with an engine and runs it.

use std::process::Command;

use crate::cargo::{cargo, run as run_command, workspace};
use crate::engine::Engine;

/// Runs the cases that the words name.
pub fn run(engine: &Engine, words: &[String]) -> Result<(), String> {
    let mut command = runner(engine);
    if words.first().is_none_or(|word| word.starts_with("--")) {
        command.arg(workspace().join("../shared/conformance/cases"));
    }
    // A directory on the command line is taken against the directory it was given in.
    let here = std::env::current_dir().map_err(|cause| format!("no working directory: {cause}"))?;
    let absolute = |(index, word): (usize, &String)| {
        if index == 0 && !word.starts_with("--") { here.join(word).into_os_string() } else { word.into() }
    };
    run_command(command.args(words.iter().enumerate().map(absolute)))
}

fn runner(engine: &Engine) -> Command {
    let mut command = cargo(engine, "run");
    command.args(["--quiet", "--package", "neonform-conformance", "--no-default-features", "--features"]);
    command.args([engine.feature, "--"]);
    command
}
