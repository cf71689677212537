//! Questions on a terminal: answered by keys, ended by Ctrl-C, and never asked where nobody can answer.

use std::fs;

use super::support::Scratch;
use super::terminal::{INTERRUPT, Screen, Typed, on_terminal};

const ESCAPE: &[u8] = &[27];
const QUESTION: &str = "Overwrite neon.ts?";
const MINE: &str = "export default {};\n";

fn import(scratch: &Scratch, env: &[(&str, &str)], typed: &[Typed<'_>]) -> Screen {
    on_terminal(scratch, 80, &["import", "--backend", "local:state.sqlite"], env, typed)
}

fn policy(scratch: &Scratch) -> String {
    fs::read_to_string(scratch.path().join("neon.ts")).unwrap()
}

#[test]
fn yes_does_it_and_everything_else_does_not() {
    let scratch = Scratch::with_policy(MINE);
    for no in [&b"n\r"[..], b"\r", ESCAPE] {
        let refused = import(&scratch, &[], &[(QUESTION, no)]);
        assert_eq!((refused.code, policy(&scratch).as_str()), (1, MINE), "{}", refused.raw);
        assert!(refused.text.contains("error[already-exists]"), "{}", refused.text);
    }
    let done = import(&scratch, &[], &[(QUESTION, b"y\r")]);
    assert_eq!(done.code, 0, "{}", done.raw);
    assert!(policy(&scratch).contains("defineConfig"), "{}", policy(&scratch));
}

#[test]
fn an_interrupt_ends_with_130_and_changes_nothing() {
    let scratch = Scratch::with_policy(MINE);
    let ended = import(&scratch, &[], &[(QUESTION, INTERRUPT)]);
    assert_eq!((ended.code, policy(&scratch).as_str()), (130, MINE), "{}", ended.raw);
    assert!(ended.text.ends_with("Interrupted."), "{}", ended.text);
    assert!(!scratch.path().join("state.sqlite").exists());
    let (hidden, shown) = (ended.raw.rfind("\u{1b}[?25l"), ended.raw.rfind("\u{1b}[?25h"));
    assert!(hidden < shown || hidden.is_none(), "the cursor is left hidden: {:?}", ended.raw);
}

#[test]
fn nobody_is_asked_in_ci_on_a_dumb_terminal_or_in_a_pipe() {
    let scratch = Scratch::with_policy(MINE);
    for env in [("CI", "true"), ("CI", "1"), ("TERM", "dumb")] {
        let refused = import(&scratch, &[env], &[]);
        assert!(refused.code == 1 && !refused.text.contains(QUESTION), "{env:?}: {}", refused.text);
    }
    let asked = import(&scratch, &[("CI", "false"), ("NO_COLOR", "1")], &[(QUESTION, b"n\r")]);
    assert!(asked.text.contains(QUESTION) && !asked.raw.contains("\u{1b}[3"), "{:?}", asked.raw);
    let piped = scratch.local(&["import"]);
    assert!(piped.code == 1 && !piped.err.contains(QUESTION), "{}", piped.text());
}

#[test]
fn a_deletion_is_asked_about() {
    let scratch = Scratch::new();
    scratch.local(&["buckets", "create", "uploads"]).done();
    let delete = |keys: &[u8]| {
        let arguments = ["buckets", "delete", "uploads", "--backend", "local:state.sqlite"];
        on_terminal(&scratch, 80, &arguments, &[], &[("Delete bucket uploads from branch main?", keys)])
    };
    for no in [&b"n\r"[..], b"\r", ESCAPE] {
        let refused = delete(no);
        assert!(refused.code == 1 && refused.text.contains("nothing was deleted"), "{}", refused.text);
    }
    assert!(scratch.local(&["buckets", "list"]).done().contains("uploads"));
    let done = delete(b"y\r");
    assert!(
        done.code == 0 && done.text.contains("Deleted bucket uploads from branch main."),
        "{}",
        done.text
    );
    assert!(!scratch.local(&["buckets", "list"]).done().contains("uploads"));
}
