//! The corpus in `testdata/policies`: what `eval` says of each, as one golden a case.

use super::support::{Scratch, golden, root};

fn check_all(folder: &str, code: i32) {
    let cases = root().join("testdata/policies").join(folder);
    let mut names: Vec<String> = std::fs::read_dir(cases)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() > 5, "the corpus moved");
    for name in names {
        let scratch = Scratch::of(&format!("policies/{folder}/{name}"));
        let ran = scratch.run_with(&["eval"], &[("REGION", "us-east-2"), ("TOKEN", "swordfish")]);
        golden(&format!("policies/{folder}"), &name, &without_stack(&ran.text()));
        assert_eq!(ran.code, code, "{name}");
        assert!(!ran.text().contains("swordfish"), "{name} shows a secret");
    }
}

/// The two engines differ in the frames they report; the place of a problem is exact on both, and
/// `engine/eval` tests stacks engine by engine.
fn without_stack(text: &str) -> String {
    let is_frame = |line: &&str| line.starts_with("  stack ") || line.starts_with("             at ");
    text.split_inclusive('\n').filter(|line| !is_frame(line)).collect()
}

#[test]
fn valid_policies_resolve() {
    check_all("valid", 0);
}

#[test]
fn invalid_policies_are_refused_with_the_place_and_the_fix() {
    check_all("invalid", 1);
}
