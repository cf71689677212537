//! `cargo xtask test`: every test of the workspace, with every engine that this machine can have.
//!
//! The best engine runs everything and the conformance cases. Where that is V8, QuickJS then runs
//! the crates that depend on the engine, and the cases once more.

use crate::cargo::{cargo, features, run};
use crate::engine::{self, Engine};
use crate::{conformance, lint};

/// Crates whose behaviour depends on the engine.
const DEPENDENT: [&str; 2] = ["neonform-eval", "neonform"];

/// Runs the tests.
pub fn run_tests(named: Option<String>) -> Result<(), String> {
    let only_one = named.is_some();
    let engine = engine::choose(named)?;
    lint::lint(&engine)?;
    let mut all = cargo(&engine, "test");
    run(all.args(["--workspace", "--no-default-features", "--features", &features(&engine)]))?;
    conformance::run_default(&engine)?;
    if engine.feature == "v8" && !only_one {
        let second = Engine::quickjs("the same tests on the second engine");
        let mut dependent = cargo(&second, "test");
        DEPENDENT.iter().for_each(|package| {
            dependent.args(["--package", package]);
        });
        run(dependent.args(["--no-default-features", "--features", second.feature]))?;
        conformance::run_default(&second)?;
    }
    Ok(())
}
