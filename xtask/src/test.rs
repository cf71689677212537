//! `cargo xtask test`: every test of the workspace, with every engine that this machine can have.
//!
//! The best engine runs everything, the conformance cases included. Where that is V8, QuickJS then
//! runs the tests that depend on the engine. The comparison with the official client needs Node and npm:
//! without them it says in one line that it was skipped.

use crate::cargo::{cargo_on_all, run};
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
    run(&mut cargo_on_all(&engine, "test"))?;
    schema::check(&engine)?;
    // Before the second engine's tests, while what is built has the first.
    peer::run(&engine, &[])?;
    if engine.feature == "v8" && !only_one {
        let second = Engine::quickjs("the same tests on the second engine");
        eprintln!("engine: QuickJS ({})", second.why);
        run(cargo_on_all(&second, "test").args(DEPENDENT.iter().flat_map(|target| ["--test", target])))?;
    }
    Ok(())
}
