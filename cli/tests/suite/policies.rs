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
        golden(&format!("policies/{folder}"), &name, &ran.text());
        assert_eq!(ran.code, code, "{name}");
        assert!(!ran.text().contains("swordfish"), "{name} shows a secret");
    }
}

#[test]
fn valid_policies_resolve() {
    check_all("valid", 0);
}

#[test]
fn invalid_policies_are_refused_with_the_place_and_the_fix() {
    check_all("invalid", 1);
}
