//! Creating a branch from the policy: what is said when it does not come to its end.

use super::support::{Ran, Scratch, golden};

/// A hostname is unique on the platform: a second branch cannot have the one of `main`.
const POLICY: &str = r#"
const source = "./hello.js";
export default {
  buckets: { uploads: {} },
  functions: { web: { name: "web", source, customDomains: ["shop.example.com"] } },
  branch: (branch) => (branch.isDefault ? {} : { functions: { web: { customDomains: ["shop.example.com"] } } }),
};
"#;

fn scratch() -> Scratch {
    let scratch = Scratch::with_policy(POLICY);
    scratch.write("hello.js", "export default { fetch: () => new Response('hello') };");
    scratch.local(&["apply"]).done();
    scratch
}

/// Ids and times of a new branch as what they are.
fn plain(ran: &Ran) -> String {
    let mut text = ran.text();
    while let Some(start) =
        text.match_indices("br-").map(|(at, _)| at).find(|at| !text[*at..].starts_with("br-local-"))
    {
        let length = text[start..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap();
        text.replace_range(start..start + length, "[branch]");
    }
    let request = text.lines().find_map(|line| line.trim().strip_prefix("request id "));
    match request.map(|id| id.trim().to_owned()) {
        Some(id) => text.replace(&id, "[request]"),
        None => text,
    }
}

#[test]
fn a_branch_whose_policy_fails_half_way_is_there_and_can_be_gone_on_with() {
    let scratch = scratch();
    let failed = scratch.local(&["apply", "--branch", "preview", "--create"]);
    golden("creation", "partial", &plain(&failed));
    scratch.write(
        "neon.ts",
        &POLICY.replace(r#"["shop.example.com"] } } }"#, r#"["preview.example.com"] } } }"#),
    );
    let again = scratch.local(&["apply", "--branch", "preview"]);
    assert!(again.done().contains("CNAME  preview.example.com"));
    assert!(scratch.local(&["plan", "--branch", "preview"]).done().starts_with("No changes"));
}

#[test]
fn what_failed_and_what_was_skipped_is_told_in_every_format() {
    let apply = ["apply", "--branch", "preview", "--create", "--prune=buckets", "--output"];
    for format in ["json", "sarif", "github"] {
        let scratch = scratch();
        // The domain fails, and what is deleted waits for everything else.
        scratch.write("neon.ts", &POLICY.replace("buckets: { uploads: {} },", ""));
        let ran = scratch.local(&[&apply[..], &[format]].concat());
        golden("creation", &format!("partial-{format}"), &plain(&ran));
    }
}

#[test]
fn what_is_known_beforehand_makes_nothing() {
    let scratch = scratch();
    scratch.write("neon.ts", r#"export default { functions: { f: { name: "f", source: "./gone.js" } } };"#);
    assert_eq!(scratch.local(&["apply", "--branch", "preview", "--create"]).code, 1);
    let missing = scratch.local(&["status", "--branch", "preview"]);
    assert!(missing.err.contains("branch-not-found"), "{}", missing.text());
}

#[test]
fn a_branch_that_exists_is_taken_as_it_is() {
    let scratch = scratch();
    let first = scratch.local(&["apply", "--branch", "main", "--create"]);
    assert!(first.done().starts_with("No changes"));
}

#[test]
fn create_says_what_it_needs() {
    let scratch = scratch();
    golden("creation", "no-name", &scratch.local(&["apply", "--create"]).text());
    let id = ["plan", "--create", "--branch", "br-cool-forest-a1b2c3d4"];
    golden("creation", "an-id", &scratch.local(&id).text());
}

#[test]
fn prune_names_kinds() {
    let scratch = scratch();
    golden("creation", "prune-unknown-kind", &scratch.local(&["plan", "--prune=functions,databases"]).text());
    let spaced = scratch.local(&["plan", "--prune", "functions"]);
    assert!(spaced.code != 0 && spaced.err.contains("a word too many"), "{}", spaced.text());
    assert!(scratch.local(&["plan", "--prune-data"]).err.contains("--prune"));
}
