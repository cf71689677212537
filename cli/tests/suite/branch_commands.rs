//! `branches`: listed, created, renamed, deleted, apart from a policy.

use super::support::{Scratch, golden};

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.run(&["link", "--local", "--no-env-pull"]).done();
    scratch
}

/// Ids and times of what is made as what they are.
fn plain(text: &str) -> String {
    let words = text.split_inclusive(|c: char| " ()\n\",/".contains(c)).map(|word| {
        let (bare, end) = word.split_at(word.trim_end_matches(|c: char| " ()\n\",/".contains(c)).len());
        let is_id = bare.starts_with("br-") && !bare.starts_with("br-local") && bare.split('-').count() == 4;
        // As wide as they are, for the columns.
        let bare = if is_id { "br-".to_owned() + &"x".repeat(10) } else { bare.to_owned() };
        let bare = if bare.starts_with("20") && bare.ends_with('Z') {
            "2026-01-01T00:00:00Z".to_owned()
        } else {
            bare
        };
        bare + end
    });
    words.collect()
}

fn columns(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn branches_are_made_listed_renamed_and_deleted() {
    let scratch = scratch();
    let create =
        ["branches", "create", "--name", "dev", "--expires-at", "2026-12-01T00:00:00Z", "--cu", "0.5-2"];
    golden("branch-commands", "create", &plain(&scratch.run(&create).text()));
    scratch.run(&["branches", "create", "--name", "safe", "--protected", "--parent", "main"]).done();
    let listed = scratch.run(&["branch", "list"]).done();
    let listed = columns(&listed);
    assert_eq!(listed[0], ["Name", "Expires", "Id", "State"]);
    assert_eq!(listed[1][..3], ["main", "default,", "pinned"]);
    assert_eq!(listed[2][..2], ["dev", "2026-12-01T00:00:00Z"]);
    assert_eq!(listed[3][..3], ["safe", "protected", "never"]);
    golden("branch-commands", "list-json", &plain(&scratch.run(&["branches", "list", "-o", "json"]).text()));
    let raw: serde_json::Value =
        serde_json::from_str(&scratch.run(&["branches", "list", "-o", "neon-json"]).done()).unwrap();
    assert!(raw.as_array().is_some_and(|all| all.len() == 3 && all[0]["current_state"].is_string()), "{raw}");
    let one = scratch.run(&["branches", "get", "dev"]).done();
    assert_eq!((one.lines().count(), columns(&one)[1][0]), (2, "dev"));
    let narrow = scratch.run_with(&["branches", "list"], &[("COLUMNS", "40")]).done();
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
    let renamed = scratch.run(&["branches", "rename", "dev", "preview", "-o", "json"]).text();
    golden("branch-commands", "rename-json", &plain(&renamed));
    golden(
        "branch-commands",
        "delete-unasked",
        &plain(&scratch.run(&["branches", "delete", "preview"]).text()),
    );
    assert!(scratch.run(&["branches", "delete", "preview", "--yes"]).done().contains("was deleted"));
    assert!(!scratch.run(&["branches", "list"]).done().contains("preview"));
    let gone = scratch.run(&["branches", "delete", "preview", "--yes"]);
    assert!(gone.code == 1 && gone.err.contains("branch-not-found"), "{}", gone.text());
}

#[test]
fn a_new_name_goes_where_the_old_one_is_pinned() {
    let scratch = scratch();
    scratch.run(&["checkout", "dev", "--create", "--no-env-pull"]).done();
    scratch.run(&["branches", "rename", "dev", "preview"]).done();
    assert_eq!(scratch.run(&["status", "--current-branch"]).done(), "preview\n");
    let deleted = scratch.run(&["branches", "delete", "preview", "--yes"]);
    assert!(deleted.err.contains("still pinned"), "{}", deleted.text());
}

#[test]
fn what_the_platform_refuses_and_what_is_no_size_is_said() {
    let scratch = scratch();
    let taken = scratch.run(&["branches", "create", "--name", "main"]);
    assert!(taken.code == 1 && taken.err.contains("already-exists"), "{}", taken.text());
    for size in ["0", "x", "1-", "-1", "NaN"] {
        let ran = scratch.run(&["branches", "create", "--name", "dev", &format!("--cu={size}")]);
        assert!(ran.code == 1 && ran.err.contains("expected a size"), "{}", ran.text());
    }
    scratch.run(&["branches", "create", "--name", "safe", "--protected"]).done();
    let protected = scratch.run(&["branches", "delete", "safe", "--yes"]);
    assert!(protected.code == 1 && protected.err.contains("--allow-protected"), "{}", protected.text());
    let default = scratch.run(&["branches", "delete", "main", "--yes"]);
    assert!(default.code == 1 && default.err.contains("request id"), "{}", default.text());
}
