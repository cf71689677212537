//! `checkout`: a branch is found or made, pinned, and its variables pulled; the last lines say how things are.

use super::support::{Ran, Scratch, golden};
#[cfg(target_os = "linux")]
use super::terminal::{Typed, on_terminal};

/// A hostname is unique on the platform: a second branch cannot have the one of `main`.
const POLICY: &str = r#"
const source = "./hello.js";
export default {
  buckets: { uploads: {} },
  functions: { web: { name: "web", source, customDomains: ["shop.example.com"] } },
  branch: (branch) => (branch.isDefault ? {} : { ttl: "7d", functions: { web: { customDomains: HOSTS } } }),
};
"#;

fn policy(host: &str) -> String {
    POLICY.replace("HOSTS", &format!("[\"{host}\"]"))
}

fn scratch() -> Scratch {
    let scratch = Scratch::with_policy(&policy("preview.example.com"));
    scratch.write("hello.js", "export default { fetch: () => new Response('hello') };");
    scratch.local(&["apply"]).done();
    scratch
}

fn pinned(scratch: &Scratch) -> String {
    scratch.run(&["status", "--current-branch"]).done().trim().to_owned()
}

fn file(scratch: &Scratch, name: &str) -> String {
    std::fs::read_to_string(scratch.path().join(name)).unwrap_or_default()
}

/// Ids, times and secrets as what they are.
fn plain(ran: &Ran) -> String {
    let text = ran.text();
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| " ()\n\",/".contains(c)) {
        let (bare, end) = word.split_at(word.trim_end_matches(|c: char| " ()\n\",/".contains(c)).len());
        let is_id = bare.starts_with("br-") && !bare.starts_with("br-local") && bare.split('-').count() == 4;
        let is_time = bare.starts_with("20") && bare.ends_with('Z');
        plain.push_str(match (is_id, is_time) {
            (true, _) => "[branch]",
            (_, true) => "[time]",
            _ => bare,
        });
        plain.push_str(end);
    }
    let request = plain.lines().find_map(|line| line.trim().strip_prefix("request id "));
    match request.map(|id| id.trim().to_owned()) {
        Some(id) => plain.replace(&id, "[request]"),
        None => plain,
    }
}

#[test]
fn a_branch_that_exists_is_pinned_and_its_variables_are_pulled() {
    let scratch = scratch();
    scratch.local(&["branches", "create", "--name", "dev"]).done();
    let ran = scratch.local(&["checkout", "dev"]);
    golden("checkout", "existing", &plain(&ran));
    assert_eq!(pinned(&scratch), "dev");
    assert!(file(&scratch, ".env.local").contains("NEON_BRANCH=dev\n"));
    assert_eq!(file(&scratch, ".gitignore"), ".neon\n.env.local\n");
    // The policy is left alone: the new branch has no lifetime.
    assert!(scratch.local(&["plan"]).done().contains("expiresAt"));
    // By id, and back.
    assert!(scratch.local(&["checkout", "br-local-main-00000001"]).done().contains("Branch main"));
    assert_eq!(pinned(&scratch), "main");
}

#[test]
fn a_branch_is_made_from_the_policy_in_one_go() {
    let scratch = scratch();
    let ran = scratch.local(&["checkout", "preview", "--create"]);
    golden("checkout", "created", &plain(&ran));
    assert_eq!(pinned(&scratch), "preview");
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
    // Once more it is there, and whole.
    let again = scratch.local(&["checkout", "preview", "--create", "--no-env-pull"]);
    golden("checkout", "created-before", &plain(&again));
}

#[test]
fn programs_get_one_document() {
    let scratch = scratch();
    let ran = scratch.local(&["checkout", "preview", "--create", "-o", "json"]);
    golden("checkout", "created-json", &plain(&ran));
    golden("checkout", "existing-json", &plain(&scratch.local(&["checkout", "main", "-o", "json"])));
    let quiet = scratch.local(&["checkout", "preview", "-o", "neon-json"]);
    assert_eq!((quiet.code, quiet.out.as_str()), (0, ""));
}

#[test]
fn a_policy_that_fails_half_way_leaves_a_pinned_branch_and_the_same_command_goes_on() {
    let scratch = scratch();
    scratch.write("neon.ts", &policy("shop.example.com"));
    let failed = scratch.local(&["checkout", "preview", "--create"]);
    golden("checkout", "partial", &plain(&failed));
    assert_eq!(pinned(&scratch), "preview");
    assert!(file(&scratch, ".env.local").contains("NEON_BRANCH=preview\n"));
    golden(
        "checkout",
        "partial-again-json",
        &plain(&scratch.local(&["checkout", "preview", "--create", "-o", "json"])),
    );
    scratch.write("neon.ts", &policy("preview.example.com"));
    let again = scratch.local(&["checkout", "preview", "--create"]);
    golden("checkout", "gone-on-with", &plain(&again));
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
}

#[test]
fn what_cannot_begin_leaves_nothing() {
    let scratch = scratch();
    scratch.local(&["checkout", "main", "--no-env-pull"]).done();
    scratch.write("neon.ts", r#"export default { functions: { f: { name: "f", source: "./gone.js" } } };"#);
    let ran = scratch.local(&["checkout", "preview", "--create"]);
    golden("checkout", "nothing", &plain(&ran));
    assert_eq!(pinned(&scratch), "main");
    assert!(!scratch.local(&["branches", "list"]).done().contains("preview"));
    let json = scratch.local(&["checkout", "preview", "--create", "-o", "json"]);
    let errors: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &errors["errors"][0]["code"]), (1, &"bundle-failed".into()));
    assert!(!scratch.path().join(".env.local").exists());
}

#[test]
fn without_a_policy_the_branch_is_bare() {
    let scratch = Scratch::new();
    let ran = scratch.local(&["checkout", "dev", "--create"]);
    golden("checkout", "bare", &plain(&ran));
    assert_eq!(pinned(&scratch), "dev");
}

#[test]
fn a_broken_policy_is_in_nobodys_way_on_a_branch_that_exists() {
    let scratch = scratch();
    scratch.write("neon.ts", "export default { auth: 5 };");
    let ran = scratch.local(&["checkout", "main"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.err.contains("warning[") && ran.out.contains("pinned in .neon"), "{}", ran.text());
}

#[test]
fn a_branch_that_is_missing_or_not_named_is_an_error_that_says_how() {
    let scratch = scratch();
    golden("checkout", "missing", &scratch.local(&["checkout", "preview"]).text());
    golden(
        "checkout",
        "missing-id",
        &scratch.local(&["checkout", "br-cool-forest-a1b2c3d4", "--create"]).text(),
    );
    golden("checkout", "unnamed", &scratch.local(&["checkout"]).text());
    golden("checkout", "unnamed-create", &scratch.local(&["checkout", "--create"]).text());
    assert!(!scratch.path().join(".neon").exists());
    let both = scratch.local(&["checkout", "main", "--branch", "main"]);
    assert!(both.code == 1 && both.err.contains("contradict each other"), "{}", both.text());
}

#[cfg(unix)]
#[test]
fn a_context_file_that_cannot_be_written_is_said_after_the_branch_was_made() {
    let scratch = scratch();
    // A folder stands where the file would be.
    scratch.write("pins/.neon/keep", "");
    let ran = scratch.local(&["checkout", "preview", "--create", "--context-file", "pins/.neon"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("was created and is not pinned"), "{}", ran.text());
    assert!(ran.out.contains("Next: neonform checkout preview --create"), "{}", ran.text());
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_asks() {
    let scratch = scratch();
    scratch.local(&["branches", "create", "--name", "dev"]).done();
    let flags = ["--no-env-pull", "--backend", "local:state.sqlite"];
    let on = |words: &[&str], typed: &[Typed<'_>]| {
        on_terminal(&scratch, 60, &[words, &flags].concat(), &[], typed)
    };
    let picked = on(&["checkout"], &[("Which branch?", b"dev\r")]);
    assert!(picked.code == 0 && picked.text.contains("Branch dev ("), "{}", picked.text);
    assert_eq!(pinned(&scratch), "dev");
    let none = on(&["checkout"], &[("Which branch?", &[27])]);
    assert!(none.code == 1 && none.text.contains("nothing was changed"), "{}", none.text);
    let refused = on(&["checkout", "preview"], &[("Create it?", b"n\r")]);
    assert!(refused.code == 1 && refused.text.contains("branch-not-found"), "{}", refused.text);
    let agreed = on(&["checkout", "preview"], &[("Create it?", b"y\r")]);
    assert!(agreed.code == 0 && agreed.text.contains("The policy is applied."), "{}", agreed.text);
    assert_eq!(pinned(&scratch), "preview");
}
