//! Snapshots of branches, and what differs between snapshots, branches, policies and plans.

use std::fs;

use super::support::{Scratch, golden};

const EXAMPLE: &str = "examples/todo-api";

#[test]
fn a_snapshot_is_stable_and_tells_when_its_branch_moves() {
    let scratch = Scratch::of(EXAMPLE);
    scratch.local(&["apply", "--update-existing"]).done();
    let ran = scratch.local(&["snapshot"]);
    golden("comparing", "snapshot", &ran.text());
    let first = ran.done();
    scratch.local(&["snapshot", "--out", "main.json"]).done();
    assert_eq!(fs::read_to_string(scratch.path().join("main.json")).unwrap(), first);
    fs::create_dir(scratch.path().join("snapshots")).unwrap();
    fs::rename(scratch.path().join("main.json"), scratch.path().join("snapshots/main.json")).unwrap();
    golden("comparing", "check-same", &scratch.local(&["snapshot", "--check"]).text());

    let policy = fs::read_to_string(scratch.path().join("neon.ts")).unwrap();
    scratch.write("neon.ts", &policy.replace("Todo API", "To do"));
    scratch.local(&["apply"]).done();
    for format in ["human", "json", "markdown", "github"] {
        let ran = scratch.local(&["snapshot", "--check", "--output", format]);
        golden("comparing", &format!("check-{format}"), &ran.text());
    }
    scratch.write("snapshots/broken.json", "{");
    scratch.write("snapshots/gone.json", &first.replace("\"branch\": \"main\"", "\"branch\": \"nowhere\""));
    assert_eq!(scratch.local(&["snapshot", "--check"]).code, 1);
    fs::remove_file(scratch.path().join("snapshots/broken.json")).unwrap();
    golden("comparing", "check-gone", &scratch.local(&["snapshot", "--check"]).text());
}

#[test]
fn two_branches_are_compared_in_every_format() {
    let scratch = Scratch::of(EXAMPLE);
    scratch.local(&["apply", "--update-existing"]).done();
    scratch.local(&["apply", "--branch", "dev", "--create"]).done();
    scratch.write("old.ts", "export default { buckets: { scratch: {} } };");
    scratch.local(&["apply", "--branch", "dev", "--config", "old.ts"]).done();
    for format in ["human", "json", "markdown", "sarif", "github", "neon-json"] {
        let ran =
            scratch.local(&["diff", "branch:main", "branch:dev", "--output", format, "--detailed-exitcode"]);
        golden("comparing", &format!("branches-{format}"), &ran.text());
    }
    golden(
        "comparing",
        "same",
        &scratch.local(&["diff", "branch:dev", "branch:dev", "--detailed-exitcode"]).text(),
    );
}

#[test]
fn files_are_compared_without_a_connection_and_with_what_a_policy_makes_of_a_branch() {
    let scratch = Scratch::of(EXAMPLE);
    scratch.local(&["snapshot", "--out", "before.json"]).done();
    scratch.local(&["plan", "--out", "p.json"]).done();
    let planned = scratch.run(&["diff", "before.json", "p.json"]).done();
    golden("comparing", "planned", &planned);
    let policy = scratch.local(&["diff", "before.json", "policy"]).done();
    assert_eq!(policy.replace("policy for branch main", "p.json"), planned);
    scratch.local(&["apply", "p.json", "--update-existing"]).done();
    let after = scratch.local(&["diff", "p.json", "branch:main"]).done();
    assert_eq!(after, "No differences between p.json and branch main.\n");
    let fresh = scratch.local(&["diff", "policy:main", "policy:preview/x"]).done();
    assert!(fresh.contains("computeSettings.autoscalingLimitMaxCu"), "{fresh}");
    let nothing = scratch.run(&["diff", "before.json", "missing.json"]);
    assert!(nothing.code == 1 && nothing.err.contains("missing.json"), "{}", nothing.text());
}
