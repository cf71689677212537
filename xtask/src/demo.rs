//! `cargo xtask demo`: the main job on an example project, each command before its output.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::cargo::{binary, cargo, run as run_command, target_directory, workspace};
use crate::engine::Engine;
use crate::files::copy;

/// What the demo types after `neonform`.
const LINK: &[&str] = &["link", "--local"];
const PLAN: &[&str] = &["plan"];
const APPLY: &[&str] = &["apply", "--update-existing"];
const CHECKOUT: &[&str] = &["checkout", "preview/search", "--create"];

/// Builds `neonform`, copies the example and plays the session.
pub fn run(engine: &Engine) -> Result<(), String> {
    let mut build = cargo(engine, "build");
    run_command(build.args([
        "--package",
        "neonform",
        "--no-default-features",
        "--features",
        engine.feature,
    ]))?;
    let folder = target_directory(engine)?.join("demo");
    let project = folder.join("todo-api");
    // What an earlier demo left is not part of this one.
    let _ = fs::remove_dir_all(&folder);
    copy(&workspace().join("testdata/examples/todo-api"), &project)
        .map_err(|cause| format!("the example cannot be copied: {cause}"))?;
    let demo = Demo { binary: binary(engine)?, project };
    demo.play()
}

struct Demo {
    binary: PathBuf,
    project: PathBuf,
}

impl Demo {
    fn play(&self) -> Result<(), String> {
        self.say("The embedded backend stands in for Neon: no account is needed.");
        self.expect(LINK, "pinned in .neon")?;
        self.say("The project declares three functions and two buckets. Nothing of it exists yet.");
        self.expect(PLAN, "5 to create")?;
        self.neonform(APPLY)?;
        self.say("Nothing changed since, so there is nothing to do.");
        self.expect(PLAN, "No changes")?;
        self.say("A shared module changes. Two of the three functions import it.");
        self.edit("lib/format.ts", "Todo list", "To-do list")?;
        self.expect(PLAN, "2 to update")?;
        self.neonform(APPLY)?;
        self.expect(PLAN, "No changes")?;
        self.say(
            "A preview branch from the same policy, whose closure tunes it differently, pinned from now on.",
        );
        self.expect(CHECKOUT, "The policy is applied")?;
        self.expect(PLAN, "No changes. Branch preview/search")?;
        self.neonform(&["functions", "list"]).map(drop)
    }

    fn say(&self, text: &str) {
        println!("\n# {text}");
    }

    fn expect(&self, words: &[&str], text: &str) -> Result<(), String> {
        let shown = self.neonform(words)?;
        if shown.contains(text) { Ok(()) } else { Err(format!("the demo expected {text:?} here")) }
    }

    fn neonform(&self, words: &[&str]) -> Result<String, String> {
        println!("\n$ neonform {}", words.join(" "));
        let mut command = Command::new(&self.binary);
        command.current_dir(&self.project).args(words).stderr(Stdio::inherit());
        let output = command.output().map_err(|cause| format!("neonform cannot be run: {cause}"))?;
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        print!("{shown}");
        if output.status.success() { Ok(shown) } else { Err(format!("neonform {} failed", words.join(" "))) }
    }

    fn edit(&self, file: &str, from: &str, to: &str) -> Result<(), String> {
        println!("\n$ sed -i 's/{from}/{to}/' {file}");
        let path = self.project.join(file);
        let text = fs::read_to_string(&path).map_err(|cause| format!("{file} cannot be read: {cause}"))?;
        fs::write(&path, text.replace(from, to)).map_err(|cause| format!("{file} cannot be written: {cause}"))
    }
}
