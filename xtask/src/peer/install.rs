//! The official client below the target folder: installed from npm once, kept for the next run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value as Json;

use super::child;

/// The release that we are a drop-in for, with the packages that its policies and applications import.
const PACKAGES: [(&str, &str); 5] = [
    ("neon", "6.2.3"),
    ("@neon/config", "1.8.2"),
    ("@neon/config-runtime", "1.7.2"),
    ("@neon/env", "0.15.0"),
    ("@neondatabase/env", "0.7.0"),
];

/// The oldest Node that it runs on.
const NODE: u32 = 20;

const ANSWER: Duration = Duration::from_secs(20);
const INSTALL: Duration = Duration::from_secs(300);

/// The client's script, or why there is none here. Failing to install what npm offers is an error.
pub fn official(folder: &Path) -> Result<Result<PathBuf, String>, String> {
    if let Err(why) = node() {
        return Ok(Err(why));
    }
    if script(folder).is_none() {
        if let Err(why) = npm_answers() {
            return Ok(Err(why));
        }
        install(folder)?;
    }
    script(folder).map(Ok).ok_or_else(|| "npm installed other versions than asked".to_owned())
}

fn node() -> Result<(), String> {
    let found = child::run(Command::new("node").arg("--version"), ANSWER)
        .map_err(|_| "there is no Node on this machine".to_owned())?;
    let version = found.output.trim();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE => Ok(()),
        _ => Err(format!("it needs Node {NODE}, here is {version:?}")),
    }
}

fn npm_answers() -> Result<(), String> {
    let (name, version) = PACKAGES[0];
    let asked = child::run(npm().args(["view", &format!("{name}@{version}"), "version"]), ANSWER)
        .map_err(|why| format!("the official client is not installed and {why}"))?;
    if asked.success && asked.output.contains(version) {
        return Ok(());
    }
    Err(format!("the official client is not installed and npm does not find {name} {version}"))
}

fn install(folder: &Path) -> Result<(), String> {
    let prepared = fs::create_dir_all(folder).and_then(|()| {
        fs::write(folder.join("package.json"), "{ \"private\": true, \"type\": \"module\" }\n")
    });
    prepared.map_err(|cause| format!("no folder for the official client: {cause}"))?;
    println!("peer: installing the official client from npm");
    let mut command = npm();
    command.current_dir(folder).args([
        "install",
        "--save-exact",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
    ]);
    command.args(PACKAGES.map(|(name, version)| format!("{name}@{version}")));
    let done = child::run(&mut command, INSTALL)?;
    if done.success { Ok(()) } else { Err(format!("npm install failed:\n{}", done.errors)) }
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// The script, if all packages are there in the right version.
fn script(folder: &Path) -> Option<PathBuf> {
    let modules = folder.join("node_modules");
    let manifest = |name: &str| -> Option<Json> {
        serde_json::from_str(&fs::read_to_string(modules.join(name).join("package.json")).ok()?).ok()
    };
    let right =
        PACKAGES.iter().all(|(name, version)| manifest(name).is_some_and(|it| it["version"] == *version));
    let script = modules.join("neon").join(manifest("neon")?["bin"]["neon"].as_str()?);
    (right && script.is_file()).then_some(script)
}
