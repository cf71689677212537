//! The `.neon` context file (spec 5.3, 5.4).

use super::support::Scratch;

const POLICY: &str = "export default { buckets: { a: {} } };";

#[test]
fn the_context_names_project_and_branch() {
    let scratch = Scratch::with_policy(POLICY);
    scratch.write(".neon", r#"{ "projectId": "local-project-00000001", "branch": "nowhere" }"#);
    let ran = scratch.local(&["plan"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[branch-not-found]") && ran.err.contains("one of main"), "{}", ran.text());
    assert!(scratch.local(&["plan", "--branch", "main"]).done().contains("bucket.a"));
    assert!(scratch.local(&["plan", "--branch", "br-local-main-00000001"]).done().contains("bucket.a"));
}

#[test]
fn the_branch_of_another_project_does_not_apply() {
    let scratch = Scratch::with_policy(POLICY);
    scratch.write(".neon", r#"{ "projectId": "other-project-1", "branch": "nowhere" }"#);
    assert!(scratch.local(&["plan", "--project-id", "local-project-00000001"]).done().contains("bucket.a"));
    let ran = scratch.local(&["plan"]);
    assert!(ran.err.contains("error[not-found]") && ran.err.contains("request id"), "{}", ran.text());
}

#[test]
fn the_pinned_branch_is_printed_without_the_network() {
    let scratch = Scratch::new();
    assert_eq!(scratch.run(&["status", "--current-branch"]).code, 1);
    scratch.write("pins/x.json", r#"{ "projectId": "p", "branch": "dev" }"#);
    let ran = scratch.run(&["status", "--current-branch", "--context-file", "pins/x.json"]);
    assert_eq!(ran.done(), "dev\n");
}

#[test]
fn a_broken_context_counts_as_empty() {
    let scratch = Scratch::with_policy(POLICY);
    scratch.write(".neon", "{ not json");
    assert!(scratch.local(&["plan"]).done().contains("bucket.a"));
}
