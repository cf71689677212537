//! What a run says about where its time goes, as `cargo xtask bench --parts` reads it.

use crate::support::Scratch;

/// The parts of a plan; a digest is one more where a function has variables.
const PARTS: &[&str] = &[
    "engine",
    "isolate",
    "prelude",
    "policy bundle",
    "evaluation",
    "closure",
    "request",
    "environment digest",
    "function bundle",
    "refresh and diff",
    "render",
    "command",
];

#[test]
fn every_part_of_a_plan_is_told_where_that_is_asked_for() {
    let scratch = Scratch::of("examples/todo-api");
    let plan = ["plan", "--backend", "local:state.sqlite"];
    let filter = ("NEONFORM_LOG", "neonform::timing=debug");
    let ran = scratch.run_with(&plan, &[filter, ("NO_COLOR", "1")]);
    let ends = |line: &&str| line.contains(": neonform::timing: close time.busy=");
    for part in PARTS {
        let named = |line: &str| {
            let path = line.split(": neonform::timing").next().unwrap_or_default();
            path.split('{').next().unwrap_or_default().ends_with(part)
        };
        assert!(ran.err.lines().filter(ends).any(named), "{part}: {}", ran.err);
    }
    assert!(!scratch.run(&plan).err.contains("timing"));
}
