//! `cargo xtask test`: every test of the workspace, with every engine that this machine can have.
//!
//! The best engine runs everything, the conformance cases included. Where that is V8, QuickJS then
//! runs the tests that depend on the engine. The comparison with the official client needs Node and npm:
//! without them it says in one line that it was skipped.

use crate::cargo::{cargo, features, run};
use crate::engine::{self, Engine};
use crate::lint;
use crate::{peer, schema};

/// Test targets whose outcome depends on the engine: policies, the command line, conformance cases.
const DEPENDENT: [&str; 2] = ["suite", "corpus"];

/// Runs the tests.
pub fn run_tests(named: Option<String>) -> Result<(), String> {
    let only_one = named.is_some();
    let engine = engine::choose(named)?;
    lint::lint(&engine)?;
    // Always the whole workspace: selecting packages would select other features of what they share,
    // and build it again.
    run(cargo(&engine, "test").args([
        "--workspace",
        "--no-default-features",
        "--features",
        &features(&engine),
    ]))?;
    schema::check(&engine)?;
    // Before the second engine's tests, while what is built has the first.
    peer::run(&engine)?;
    if engine.feature == "v8" && !only_one {
        let second = Engine::quickjs("the same tests on the second engine");
        eprintln!("engine: QuickJS ({})", second.why);
        let mut tests = cargo(&second, "test");
        tests.args(["--workspace", "--no-default-features", "--features", &features(&second)]);
        run(tests.args(DEPENDENT.iter().flat_map(|target| ["--test", target])))?;
    }
    Ok(())
}
