//! `git`: branches of the repository and branches of the database, with the real git.

use std::process::Command;

use super::support::{Ran, Scratch, golden};

fn git(scratch: &Scratch, words: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(words).current_dir(scratch.path()).env_clear();
    let own = std::path::Path::new(env!("CARGO_BIN_EXE_neonform")).parent().unwrap();
    let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap());
    git.env("PATH", path).env("HOME", scratch.path().join("home")).env("GIT_CONFIG_NOSYSTEM", "1");
    git.env("NEONFORM_CACHE_DIR", scratch.path().join(".cache"));
    let output = git.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "git {words:?}: {}", text(&output.stderr));
    text(&output.stdout) + &text(&output.stderr)
}

fn run(scratch: &Scratch, arguments: &[&str]) -> Ran {
    scratch.run_with(arguments, &[("PATH", &std::env::var("PATH").unwrap())])
}

/// A repository with a commit, linked to the embedded backend.
fn repository() -> Scratch {
    let scratch = Scratch::new();
    git(&scratch, &["init", "-q", "-b", "main", "."]);
    run(&scratch, &["link", "--local", "--no-env-pull"]).done();
    git(&scratch, &["add", ".gitignore"]);
    git(&scratch, &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "first"]);
    scratch
}

fn pinned(scratch: &Scratch) -> String {
    scratch.run(&["status", "--current-branch"]).done().trim().to_owned()
}

#[test]
fn checkout_without_a_name_offers_what_belongs_to_the_git_branch() {
    let scratch = repository();
    git(&scratch, &["checkout", "-qb", "Feature/Log-In!"]);
    let ran = run(&scratch, &["checkout"]);
    assert!(ran.err.contains("neonform checkout feature/log-in --create"), "{}", ran.text());
    run(&scratch, &["git", "map", "shared"]).done();
    let ran = run(&scratch, &["checkout"]);
    assert!(ran.err.contains("neonform checkout shared --create"), "{}", ran.text());
}

#[test]
fn sync_checks_out_and_remembers() {
    let scratch = repository();
    git(&scratch, &["checkout", "-qb", "topic"]);
    let missing = run(&scratch, &["git", "sync", "--no-env-pull"]);
    assert!(missing.code == 1 && missing.err.contains("branch-not-found"), "{}", missing.text());
    run(&scratch, &["git", "sync", "--create", "--no-env-pull"]).done();
    assert_eq!(pinned(&scratch), "topic");
    golden("git", "status", &run(&scratch, &["git", "status"]).text());
    golden("git", "status-json", &run(&scratch, &["git", "status", "-o", "json"]).text());
    // A new name in the database goes into the notes.
    run(&scratch, &["branches", "rename", "topic", "renamed"]).done();
    git(&scratch, &["checkout", "-q", "main"]);
    run(&scratch, &["git", "sync", "--no-env-pull"]).done();
    assert_eq!(pinned(&scratch), "main");
    git(&scratch, &["checkout", "-q", "topic"]);
    run(&scratch, &["git", "sync", "--no-env-pull"]).done();
    assert_eq!(pinned(&scratch), "renamed");
}

#[test]
fn a_hook_follows_git_checkout_and_never_stands_in_its_way() {
    let scratch = repository();
    run(&scratch, &["git", "install"]).done();
    run(&scratch, &["branches", "create", "--name", "topic"]).done();
    let said = git(&scratch, &["checkout", "-qb", "topic"]);
    assert_eq!(pinned(&scratch), "topic", "{said}");
    assert!(!said.contains("is pinned"), "{said}");
    // There is no such branch, and git does not mind.
    git(&scratch, &["checkout", "-qb", "unknown"]);
    assert_eq!(pinned(&scratch), "topic");
    run(&scratch, &["git", "uninstall"]).done();
    git(&scratch, &["checkout", "-q", "main"]);
    assert_eq!(pinned(&scratch), "topic");
    // Somebody else's hook stays.
    scratch.write(".git/hooks/post-checkout", "#!/bin/sh\n");
    let refused = run(&scratch, &["git", "install"]);
    assert!(refused.code == 1 && refused.err.contains("neonform git sync"), "{}", refused.text());
    assert!(run(&scratch, &["git", "uninstall"]).done().contains("not changed"));
}

#[test]
fn what_is_gone_is_forgotten_and_deleted_only_when_asked() {
    let scratch = repository();
    for branch in ["a", "b"] {
        git(&scratch, &["checkout", "-qb", branch]);
        run(&scratch, &["git", "sync", "--create", "--no-env-pull"]).done();
    }
    git(&scratch, &["checkout", "-q", "main"]);
    git(&scratch, &["branch", "-qD", "a"]);
    let kept = run(&scratch, &["git", "cleanup", "--prune-neon-branches"]);
    assert!(kept.code == 1 && kept.err.contains("--yes"), "{}", kept.text());
    assert!(run(&scratch, &["git", "status"]).done().contains("Noted: a for a"));
    let pruned = run(&scratch, &["git", "cleanup", "--prune-neon-branches", "--yes"]).done();
    assert!(pruned.contains("Branch a (") && pruned.contains("Forgotten: a"), "{pruned}");
    git(&scratch, &["branch", "-qD", "b"]);
    assert!(run(&scratch, &["git", "cleanup"]).done().contains("--prune-neon-branches: b"));
    let listed = run(&scratch, &["branches", "list"]).done();
    assert!(!listed.contains("\na ") && listed.contains("\nb "), "{listed}");
}

#[test]
fn outside_of_a_repository_it_says_so() {
    let scratch = Scratch::new();
    let ran = run(&scratch, &["git", "status"]);
    assert!(ran.code == 1 && ran.err.contains("not a git repository"), "{}", ran.text());
}
