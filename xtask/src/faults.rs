//! `cargo xtask faults`: every fault at every request, and every point at which the process can be killed.
//!
//! A test run tries a share of both, always the same one. Built as the tests are.

use crate::cargo::{cargo_on_all, run as run_command};
use crate::engine::Engine;

/// Runs all combinations and all points.
pub fn run(engine: &Engine) -> Result<(), String> {
    let mut faults = cargo_on_all(engine, "test");
    faults.args(["--test", "convergence", "--", "faults", "--nocapture"]);
    run_command(faults.env("NEONFORM_FAULT_SHARE", "1"))?;
    let mut points = cargo_on_all(engine, "test");
    points.args(["--test", "suite", "--", "crash", "--nocapture"]);
    run_command(points.env("NEONFORM_CRASH_SHARE", "1"))
}
