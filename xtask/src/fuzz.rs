//! `cargo xtask fuzz`: the fuzz tests on many more cases than a test run tries.
//!
//! They are tests of the crates that they are about: saved plans, snapshots, env and context files in `cli`, the API's
//! answers in `providers/neon`, exported policy values in `engine/eval`. Each run starts somewhere else and says where; the
//! same two numbers give the same cases.

use crate::cargo::{cargo_on_all, run as run_command};
use crate::converge::how_many_and_where;
use crate::engine::Engine;

/// How many times the cases of a test run, unless a number says otherwise.
const TIMES: u64 = 20;

/// Runs so many times the usual cases, from where the second word says.
pub fn run(engine: &Engine, words: &[String]) -> Result<(), String> {
    let (times, seed) = how_many_and_where(words, TIMES)?;
    eprintln!("{times} times the usual cases; again with: cargo xtask fuzz {times} {seed}");
    let mut tests = cargo_on_all(engine, "test");
    // By target: names of other tests have the word in them as well.
    tests.args([
        "--test",
        "fuzz",
        "--test",
        "suite",
        "--no-fail-fast",
        "--",
        "fuzz::",
        "whatever_",
        "_without_end_",
    ]);
    tests.env("NEONFORM_FUZZ_CASES", times.to_string()).env("NEONFORM_FUZZ_SEED", seed.to_string());
    run_command(&mut tests)
}
