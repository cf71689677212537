//! Policies of strangers: what the flags say, and what is refused because of them.

use super::support::Scratch;

#[test]
fn a_policy_sees_no_variable_but_those_that_are_allowed() {
    let scratch = Scratch::with_policy(
        "export default { buckets: { [`a-${process.env.A}`]: {}, [`b-${process.env.B ?? \"none\"}`]: {} } };",
    );
    let env = [("A", "one"), ("B", "two")];
    let seen = |flags: &[&str]| scratch.run_with(&[&["eval"], flags].concat(), &env).done();
    assert!(seen(&[]).contains("\"b-two\""));
    let one = seen(&["--env-allow", "A,C"]);
    assert!(one.contains("\"a-one\"") && one.contains("\"b-none\""), "{one}");
    assert!(seen(&["--env-allow", "A", "--env-allow", "B"]).contains("\"b-two\""));
    assert!(seen(&["--untrusted", "--env-allow", "A,B"]).contains("\"b-two\""));
}

#[test]
fn a_policy_of_a_stranger_is_never_applied() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    for command in ["apply", "deploy"] {
        let ran = scratch.local(&[command, "--untrusted"]);
        assert_eq!(ran.code, 1, "{}", ran.text());
        assert!(ran.err.contains("error[usage]: a stranger's policy is never applied"), "{}", ran.text());
    }
    assert!(!scratch.path().join("state.sqlite").exists());
}
