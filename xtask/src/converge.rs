//! `cargo xtask converge`: the properties of convergence on many more cases than a test run tries.
//!
//! Each run starts somewhere else and says where; the same two numbers give the same cases. Built as the
//! tests are, since with optimisation everything would be built again.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::cargo::{cargo_on_all, run as run_command};
use crate::engine::Engine;

/// Cases of all properties together, unless a number says otherwise.
const CASES: u64 = 10_000;

/// Runs as many cases as the first word says, from where the second one says.
pub fn run(engine: &Engine, words: &[String]) -> Result<(), String> {
    let (cases, seed) = how_many_and_where(words, CASES)?;
    eprintln!("{cases} cases; again with: cargo xtask converge {cases} {seed}");
    let mut tests = cargo_on_all(engine, "test");
    tests.args(["--test", "convergence"]);
    tests.env("NEONFORM_PROPERTY_CASES", cases.to_string()).env("NEONFORM_PROPERTY_SEED", seed.to_string());
    run_command(&mut tests)
}

/// How many cases the first word says, and where the second one says to start: somewhere else on every run.
pub fn how_many_and_where(words: &[String], usually: u64) -> Result<(u64, u64), String> {
    let number = |word: &String| word.parse::<u64>().map_err(|_| format!("{word:?} is not a number"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ok((words.first().map_or(Ok(usually), number)?, words.get(1).map_or(Ok(now), number)?))
}
