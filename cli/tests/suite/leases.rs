//! Two applies of one checkout to one branch: the second one waits until the first has ended.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::support::Scratch;

const POLICY: &str = "export default { buckets: { a: {} } };";

/// The only lease of a scratch folder.
fn lease(scratch: &Scratch) -> File {
    let folder = std::fs::read_dir(scratch.path().join(".neonform/locks")).unwrap();
    let files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    File::options().read(true).write(true).open(&files[0]).unwrap()
}

#[test]
fn the_second_apply_waits_and_says_so() {
    let scratch = Scratch::with_policy(POLICY);
    scratch.local(&["apply"]).done();
    let held = lease(&scratch);
    held.lock().unwrap();
    scratch.write("neon.ts", "export default { buckets: { a: {}, b: {} } };");
    let mut command = Command::new(env!("CARGO_BIN_EXE_neonform"));
    command.args(["apply", "--backend", "local:state.sqlite"]).current_dir(scratch.path()).env_clear();
    command.env("NEONFORM_CACHE_DIR", scratch.path().join(".cache"));
    let mut waiting = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(waiting.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("Another apply is running on branch main (process ") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended without waiting");
    }
    assert!(waiting.try_wait().unwrap().is_none(), "it waits");
    drop(held);
    assert!(waiting.wait().unwrap().success());
    let mut out = String::new();
    waiting.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert!(out.contains("+ bucket.b") && !out.contains("bucket.a"), "{out}");
}

#[test]
fn a_plan_waits_for_nobody_and_whoever_was_killed_holds_nothing() {
    let scratch = Scratch::with_policy(POLICY);
    scratch.local(&["apply"]).done();
    let held = lease(&scratch);
    held.lock().unwrap();
    assert!(scratch.local(&["plan"]).done().starts_with("No changes."));
    // The system lets go of a lock when the last handle is closed, which is what it does for a killed process.
    drop(held);
    assert!(!scratch.local(&["apply"]).err.contains("Another apply"));
}
