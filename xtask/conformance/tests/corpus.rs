//! Every case that is at hand passes: our own, and the shared corpus where it stands beside the project.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

fn run(cases: &str) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(cases);
    if !directory.is_dir() && cases.starts_with("..") {
        eprintln!("{cases} is not here, so its cases are not run");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_neonform-conformance")).arg(directory).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    // Past the capture of the test runner: the summary belongs into CI's log.
    eprintln!("{cases}: {}", text.lines().last().unwrap_or("no output"));
    assert!(output.status.success(), "{text}");
}

#[test]
fn our_own_cases() {
    run("testdata/conformance");
}

#[test]
fn the_shared_corpus() {
    run("../shared/conformance/cases");
}
