//! `cargo xtask peer`: the official client beside ours, both on our embedded backend.
//!
//! Four promises are checked. The same policy, applied by each to a fresh branch of its own server,
//! leaves the same state, and so does each everyday command with its files and exit code (`peer/everyday.rs`), except
//! for what `peer/differences.rs` lists with a reason. The official client works unchanged against `neonform local
//! serve`. And where both apply to one branch at once, ours loses no update without saying so (`peer/overlap.rs`).
//! Needs Node and npm, or what an earlier run installed below the target folder; else it is skipped
//! in one line. Read `peer/cases.rs` for what is applied and `peer/state.rs` for what is compared.

mod cases;
pub(crate) mod child;
pub(crate) mod clients;
mod commands;
mod compare;
mod differences;
mod everyday;
pub(crate) mod http;
pub(crate) mod install;
mod overlap;
mod parse;
pub(crate) mod server;
mod state;

use std::fs;
use std::path::Path;
use std::thread;

use crate::cargo::{binary, cargo_on_all, run as run_command, target_directory};
use crate::engine::Engine;
use clients::Clients;

/// The project of a fresh embedded backend.
pub(crate) const PROJECT: &str = "local-project-00000001";

/// Compares, or says why not; with a word only the everyday commands of the scripts whose names it is in.
pub fn run(engine: &Engine, words: &[String]) -> Result<(), String> {
    let folder = target_directory(engine)?.join("peer");
    let script = match install::official(&folder)? {
        Ok(script) => script,
        Err(why) => {
            println!("peer: skipped, {why}");
            return Ok(());
        }
    };
    run_command(&mut cargo_on_all(engine, "build"))?;
    // Below the installed packages, so that policies find them; of this run alone.
    let scratch = folder.join(format!("run-{}", std::process::id()));
    let clients = Clients { script, neonform: binary(engine)?, home: scratch.join("home") };
    let done = match words {
        [] => compare_all(&clients, &scratch),
        [word] => compare_some(&clients, &scratch, word),
        _ => Err("peer takes one word, or none".to_owned()),
    };
    let _ = fs::remove_dir_all(&scratch);
    done
}

fn compare_some(clients: &Clients, scratch: &Path, word: &str) -> Result<(), String> {
    let home = fs::create_dir_all(&clients.home);
    home.map_err(|cause| format!("no scratch folder: {cause}"))?;
    let tally = everyday::run(clients, scratch, word)?.judge(&mut differences::Accepted::default());
    match (tally.equal, tally.different) {
        (0, 0) => Err(format!("peer: no script is called {word:?}")),
        (_, 0) => Ok(()),
        (_, failures) => Err(format!("peer: {failures} failures")),
    }
}

fn compare_all(clients: &Clients, scratch: &Path) -> Result<(), String> {
    fs::create_dir_all(&clients.home).map_err(|cause| format!("no scratch folder: {cause}"))?;
    let mut accepted = differences::Accepted::default();
    // All at once: they share nothing, and most of the time is the official client starting.
    let (states, commands, overlap, everyday, parsed) = thread::scope(|scope| {
        let parsed = scope.spawn(|| parse::run(clients, &scratch.join("parse")));
        let everyday = scope.spawn(|| everyday::run(clients, &scratch.join("everyday"), ""));
        let commands = scope.spawn(|| commands::run(clients, &scratch.join("commands")));
        let overlap = scope.spawn(|| overlap::run(clients, &scratch.join("overlap")));
        let states = cases::run(clients, scratch, &mut accepted);
        (states, commands.join(), overlap.join(), everyday.join(), parsed.join())
    });
    let ended = |_| "a thread of the comparison ended".to_owned();
    let (states, commands, overlap) = (states?, commands.map_err(ended)??, overlap.map_err(ended)??);
    parsed.map_err(ended)??;
    let everyday = everyday.map_err(ended)??.judge(&mut accepted);
    let stale = accepted.unused();
    for difference in &stale {
        println!("stale   {} {}: does not occur ({})", difference.at, difference.field, difference.reason);
    }
    println!(
        "peer: {} states and the effects of {} commands equal, {} accepted differences, {} commands ok",
        states.equal,
        everyday.equal,
        accepted.used(),
        commands.ok
    );
    match states.different + everyday.different + commands.failed + overlap.wrong + stale.len() {
        0 => Ok(()),
        failures => Err(format!("peer: {failures} failures")),
    }
}
