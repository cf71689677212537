//! Documents for machines, one of each sort: `xtask/schema` checks that the schemas say exactly what is in them.

use super::support::{Ran, Scratch, golden};

/// A policy whose plan has everything: what needs consent, what cannot be made, drift, a warning, a report.
const EVERYTHING: &str = r#"export default {
  auth: true,
  buckets: { kept: { access: "public_read" }, made: {} },
  preview: { aiGateway: true },
  functions: { api: { name: "API", source: "./api.ts", env: { TOKEN: "swordfish" }, customDomains: ["shop.example.com"] } },
  triggers: { nightly: { type: "storage_object_created", function: "api", bucket: "made" } },
  branch: () => ({ postgres: { computeSettings: { suspendTimeout: "5m" } } }),
};
"#;

/// What is there before: an inherited and another trigger, a bucket of another access, one that nobody declares.
const BEFORE: &str = r#"export default {
  buckets: { kept: {}, left: {} },
  functions: { api: { name: "API", source: "./api.ts" } },
  triggers: { nightly: { type: "schedule", function: "api", cron: "0 3 * * *" } },
};
"#;

fn scratch() -> Scratch {
    let scratch = Scratch::with_policy(BEFORE);
    scratch.write("api.ts", "export default () => new Response('ok');\n");
    scratch.local(&["apply"]).done();
    scratch.write("neon.ts", EVERYTHING);
    scratch
}

fn check(name: &str, ran: &Ran) {
    assert!(!ran.text().contains("swordfish"), "{name} shows a secret");
    golden("formats", name, &ran.text());
}

#[test]
fn a_plan_with_everything_in_it() {
    let scratch = scratch();
    let flags = ["plan", "--show-unmanaged", "--output"];
    for format in ["json", "neon-json", "markdown", "sarif", "github"] {
        check(&format!("plan-{format}"), &scratch.local(&[&flags[..], &[format]].concat()));
    }
    check("apply-impossible-json", &scratch.local(&["apply", "--output", "json"]));
    check("apply-impossible-neon-json", &scratch.local(&["apply", "--output", "neon-json"]));
}

#[test]
fn what_became_of_it() {
    let scratch = scratch();
    scratch.write("neon.ts", &EVERYTHING.replace("nightly", "arrived"));
    let apply = ["apply", "--update-existing", "--prune=buckets", "--prune-data", "--output"];
    let ran = scratch.local(&[&apply[..], &["json"]].concat());
    // What is told meanwhile comes in the order in which requests end.
    check("apply-json", &Ran { err: String::new(), ..ran });
}

#[test]
fn several_branches() {
    let scratch = scratch();
    check("plan-branches-json", &scratch.local(&["plan", "--all-branches", "--output", "json"]));
    check("eval-matrix-json", &scratch.run(&["eval", "--matrix", "main,new:x", "--output", "json"]));
    scratch.write("neon.ts", "export default { branch: () => ({ ttl: \"7\" }) };\n");
    check("plan-branches-failed-json", &scratch.local(&["plan", "--all-branches", "--output", "json"]));
}

#[test]
fn what_was_evaluated_bundled_or_wrong() {
    let scratch = scratch();
    check("eval-json", &scratch.run(&["eval", "--branch", "dev", "--output", "json"]));
    check("bundle-json", &scratch.run(&["bundle", "--output", "json"]));
    scratch.write(
        "neon.ts",
        "export default { bucket: {}, auth: 1, branch: () => ({ ttl: \"7\", functions: {} }) };\n",
    );
    check("errors-json", &scratch.local(&["plan", "--output", "json"]));
    scratch.write("neon.ts", "export default { branch: () => ({ ttl: \"7\" }) };\n");
    check("errors-of-the-closure-json", &scratch.local(&["plan", "--output", "json"]));
    for format in ["sarif", "github"] {
        let ran = scratch.run(&["plan", "--output", format]);
        check(&format!("errors-without-a-place-{format}"), &ran);
        assert_eq!(ran.code, 1);
    }
}
