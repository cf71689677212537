//! The main job end to end: plan, apply, nothing to do, an edit, exactly what it changes.

use super::support::{Scratch, golden};

const EXAMPLE: &str = "examples/todo-api";

fn check(scratch: &Scratch, arguments: &[&str], name: &str) {
    golden("main_job", name, &scratch.local(arguments).text());
}

#[test]
fn from_nothing_to_converged_and_through_an_edit() {
    let scratch = Scratch::of(EXAMPLE);
    check(&scratch, &["plan"], "1-plan-creates");
    check(&scratch, &["apply"], "2-apply-needs-consent");
    let applied = scratch.local(&["apply", "--update-existing"]);
    assert!(applied.done().contains("Applied: 6 changes."));
    check(&scratch, &["plan"], "3-plan-nothing");
    check(&scratch, &["apply", "--output", "json"], "4-apply-nothing-json");
    let path = scratch.path().join("lib/format.ts");
    let edited = std::fs::read_to_string(&path).unwrap().replace("Todo list", "To-do list");
    std::fs::write(path, edited).unwrap();
    check(&scratch, &["plan"], "5-plan-after-edit");
    check(&scratch, &["config", "plan", "--output", "neon-json"], "6-plan-neon-json");
    scratch.local(&["deploy"]).done();
    check(&scratch, &["plan", "--output", "json"], "7-plan-nothing-json");
    check(&scratch, &["status"], "8-status");
}

#[test]
fn a_plan_in_each_format() {
    let scratch = Scratch::of(EXAMPLE);
    check(&scratch, &["plan", "--output", "json"], "formats-json");
    check(&scratch, &["plan", "--output", "neon-json"], "formats-neon-json");
}

#[test]
fn a_preview_is_tuned_differently() {
    let scratch = Scratch::of(EXAMPLE);
    golden("main_job", "eval-preview", &scratch.run(&["eval", "--branch", "preview/search", "--new"]).text());
}

#[test]
fn an_environment_change_deploys_without_code_and_shows_no_value() {
    let scratch = Scratch::of(EXAMPLE);
    scratch.local(&["apply", "--update-existing"]).done();
    let arguments = ["apply", "--backend", "local:state.sqlite"];
    let ran = scratch.run_with(&arguments, &[("LOG_LEVEL", "swordfish-debug")]);
    let text = ran.text();
    assert!(text.contains("function.api") && !text.contains("bundle"), "{text}");
    assert!(!text.contains("swordfish"), "{text}");
    let again =
        scratch.run_with(&["plan", "--backend", "local:state.sqlite"], &[("LOG_LEVEL", "swordfish-debug")]);
    assert!(again.done().starts_with("No changes."));
    let database = std::fs::read(scratch.path().join("state.sqlite")).unwrap();
    let stored = String::from_utf8_lossy(&database).contains("swordfish");
    assert!(!stored, "the embedded backend stores no values");
}

#[test]
fn a_protected_branch_needs_consent_every_time() {
    let policy = "export default { buckets: { a: {} }, branch: () => ({ protected: true }) };";
    let scratch = Scratch::with_policy(policy);
    scratch.local(&["apply", "--update-existing"]).done();
    scratch.write("neon.ts", &policy.replace("a: {}", "a: {}, b: {}"));
    golden("main_job", "protected", &scratch.local(&["apply"]).text());
    check(&scratch, &["apply", "--output", "json"], "protected-json");
    assert!(scratch.local(&["plan"]).done().contains("+ bucket.b"));
    scratch.local(&["apply", "--allow-protected"]).done();
}

#[test]
fn bucket_access_that_differs_is_shown_and_not_changed() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    scratch.local(&["apply"]).done();
    scratch.write("neon.ts", "export default { buckets: { a: { access: \"public_read\" } } };");
    golden("main_job", "access-drift", &scratch.local(&["plan"]).text());
}

#[test]
fn a_bundle_that_cannot_build_fails_before_any_change() {
    let policy =
        "export default { buckets: { a: {} }, functions: { f: { name: \"F\", source: \"./gone.ts\" } } };";
    let scratch = Scratch::with_policy(policy);
    golden("main_job", "no-source", &scratch.local(&["apply"]).text());
    scratch.write("neon.ts", "export default { buckets: { a: {} } };");
    assert!(scratch.local(&["plan"]).done().contains("+ bucket.a"));
}
