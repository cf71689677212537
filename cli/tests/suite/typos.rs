//! What is misspelt or belongs to the reference gets an answer that says what to use, as a problem like any other.

use serde_json::Value as Json;

use super::support::Scratch;

/// A project with a function on the embedded backend.
fn scratch() -> Scratch {
    let scratch = Scratch::of("examples/todo-api");
    scratch.local(&["apply", "--update-existing"]).done();
    scratch.local(&["apply", "--update-existing", "--create", "--branch", "preview/login"]).done();
    scratch
}

fn check(scratch: &Scratch, arguments: &[&str], fix: &str) {
    let ran = scratch.local(arguments);
    let line = ran.err.lines().find(|line| line.trim_start().starts_with("fix")).unwrap_or_default();
    assert!(
        ran.code == 1 && ran.err.contains("error[") && line.contains(fix),
        "{arguments:?}: {}",
        ran.text()
    );
}

#[test]
fn commands_and_flags() {
    let scratch = Scratch::new();
    check(&scratch, &["plna"], "did you mean plan?");
    check(&scratch, &["config", "aply"], "did you mean apply?");
    check(&scratch, &["env", "pul"], "did you mean pull?");
    check(&scratch, &["apply", "--update-exsting"], "did you mean --update-existing?");
    check(&scratch, &["plan", "--brnach", "x"], "did you mean --branch?");
    check(&scratch, &["plan", "--output", "jsno"], "did you mean json?");
    check(&scratch, &["plan", "--updat"], "look it up with --help");
    check(&scratch, &["plan", "--detailed-exit"], "did you mean --detailed-exitcode?");
    check(&scratch, &["plan", "--zzz"], "look it up with --help");
    check(&scratch, &["plan", "extra"], "leave it out");
    check(&scratch, &["plan", "--config"], "add the value");
    check(&scratch, &["explain"], "add it");
    check(&scratch, &["plan", "--create", "--all-branches"], "leave one of them out");
    check(&scratch, &["plan", "--parallelism", "0"], "correct it");
}

#[test]
fn what_only_the_reference_has() {
    let scratch = Scratch::new();
    check(&scratch, &["psql"], "the neon command line's: neon psql");
    check(&scratch, &["plan", "--profile", "work"], "pass --api-key");
    check(&scratch, &["plan", "--config-dir=/x"], "NEON_API_KEY");
    let accepted = scratch.local(&["status", "--no-analytics", "--color"]);
    assert_eq!(accepted.code, 0, "{}", accepted.text());
}

#[test]
fn branches_functions_kinds_and_words() {
    let scratch = scratch();
    check(&scratch, &["status", "--branch", "preview/logn"], "did you mean preview/login?");
    check(&scratch, &["plan", "--branch", "mian"], "did you mean main?");
    check(&scratch, &["plan", "--redeploy=apj"], "did you mean api?");
    check(&scratch, &["plan", "--prune=bukets"], "did you mean buckets?");
    check(&scratch, &["explain", "function.apl"], "did you mean function.api?");
    check(&scratch, &["explain", "api"], "did you mean function.api?");
    check(&scratch, &["functions", "get", "apii"], "did you mean api?");
    check(&scratch, &["env", "pull", "--service", "postgers"], "did you mean postgres?");
    check(&scratch, &["env", "pull", "--env", "DATABASE_ULR"], "did you mean DATABASE_URL?");
    check(&scratch, &["status", "--branch", "staging"], "name an existing branch");
}

#[test]
fn machines_get_them_as_json() {
    let ran = Scratch::new().run(&["plan", "--updat", "-o", "json"]);
    let json: Json = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.text()));
    assert_eq!((ran.code, &json["errors"][0]["code"]), (1, &"usage".into()));
}
