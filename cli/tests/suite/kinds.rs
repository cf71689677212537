//! Each kind through its life: `testdata/kinds/KIND` holds policies that follow one another on one
//! backend. Each is planned, applied with consent, and planned again, which has to show no change.
//!
//! A policy may say `// flags: …` for plan and apply, and `// fails` when apply has to refuse it.

use std::fs;

use super::support::{Scratch, golden, root};

#[test]
fn auth() {
    play("auth");
}

#[test]
fn branch() {
    play("branch");
}

#[test]
fn bucket() {
    play("bucket");
}

#[test]
fn data_api() {
    play("data_api");
}

#[test]
fn domain() {
    play("domain");
}

#[test]
fn function() {
    play("function");
}

#[test]
fn trigger() {
    play("trigger");
}

#[test]
fn no_folder_is_forgotten() {
    let entries = fs::read_dir(root().join("testdata/kinds")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["auth", "branch", "bucket", "data_api", "domain", "function", "trigger"]);
}

fn play(kind: &str) {
    let scratch = Scratch::of(&format!("kinds/{kind}"));
    let mut policies: Vec<String> = fs::read_dir(scratch.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".ts"))
        .collect();
    policies.sort();
    assert!(!policies.is_empty());
    let told: Vec<String> = policies.iter().map(|policy| step(&scratch, policy)).collect();
    golden("kinds", kind, &told.join("\n"));
}

fn step(scratch: &Scratch, policy: &str) -> String {
    let text = fs::read_to_string(scratch.path().join(policy)).unwrap();
    let flags = text.lines().find_map(|line| line.strip_prefix("// flags: ")).unwrap_or_default();
    let flags: Vec<&str> = flags.split_whitespace().chain(["--config", policy]).collect();
    let run = |words: &[&str]| scratch.local(&[words, &flags].concat());
    let planned = run(&["plan"]);
    let applied = run(&["apply", "--update-existing", "--allow-protected", "--output", "json"]);
    if text.contains("// fails\n") {
        assert_eq!(applied.code, 1, "{policy}: {}", applied.text());
        return format!("# {policy}\n{}\n{}", plain(&planned.text()), plain(&applied.err));
    }
    assert_eq!(applied.code, 0, "{policy}: {}", applied.text());
    let again = run(&["plan"]);
    assert!(again.out.starts_with("No changes"), "{policy}: {}", again.text());
    format!("# {policy}\n{}", plain(&planned.text()))
}

/// Times and the ids of new branches as what they are.
fn plain(text: &str) -> String {
    let is_time = |word: &str| word.len() >= 20 && word.as_bytes()[10] == b'T' && word.ends_with('Z');
    let word = |word: &str| {
        let bare = word.trim_matches(|c| "(),".contains(c));
        if is_time(bare) {
            word.replace(bare, "[time]")
        } else if bare.starts_with("br-") && !bare.starts_with("br-local-") {
            word.replace(bare, "[branch]")
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
