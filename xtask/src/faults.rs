//! `cargo xtask faults`: every fault at every request, and every point at which the process can be killed.
//!
//! A test run tries a share of both, always the same one. Built as the tests are.

use crate::cargo::{cargo, features, run as run_command};
use crate::engine::Engine;

/// Runs all combinations and all points.
pub fn run(engine: &Engine) -> Result<(), String> {
    let matrix = Engine::quickjs("no policy is evaluated");
    let mut faults = cargo(&matrix, "test");
    faults.args(["--package", "neonform-neon", "--test", "convergence", "--", "faults", "--nocapture"]);
    run_command(faults.env("NEONFORM_FAULT_SHARE", "1"))?;
    let mut points = cargo(engine, "test");
    points.args(["--workspace", "--no-default-features", "--features", &features(engine)]);
    points.args(["--test", "suite", "--", "crash", "--nocapture"]);
    run_command(points.env("NEONFORM_CRASH_SHARE", "1"))
}
