//! Plans for several branches at once: which are meant, how they stand side by side, what one failure does.

use super::platform::Platform;
use super::support::{Ran, Scratch, golden};

const POLICY: &str = r#"
console.error("loaded");
export default {
  buckets: { uploads: {}, "monthly-exports": {} },
  functions: { api: { name: "API", source: "./api.ts" } },
  branch: (branch) => {
    if (branch.name === "broken") return { ttl: "7" };
    return branch.isDefault ? { protected: true } : {};
  },
};
"#;

/// Four branches: one as the policy says, one with changes, one with a function less, one that no plan can be made for.
fn project() -> Scratch {
    let scratch = Scratch::with_policy(&POLICY.replace("\"monthly-exports\": {}", ""));
    scratch.write("api.ts", "export default { fetch: () => new Response('1') };");
    scratch.local(&["apply", "--update-existing"]).done();
    scratch.local(&["apply", "--branch", "preview/new", "--create"]).done();
    scratch.write("neon.ts", POLICY);
    scratch.local(&["apply", "--branch", "preview/done", "--create"]).done();
    scratch.write("neon.ts", "export default {};");
    scratch.local(&["apply", "--branch", "broken", "--create"]).done();
    scratch.write("neon.ts", POLICY);
    scratch.write("api.ts", "export default { fetch: () => new Response('2') };");
    scratch.local(&["apply", "--branch", "preview/done", "--update-existing"]).done();
    scratch
}

fn plan(scratch: &Scratch, arguments: &[&str]) -> Ran {
    scratch.local(&[&["plan"], arguments].concat())
}

#[test]
fn branches_stand_side_by_side_in_every_format() {
    let scratch = project();
    golden("branches", "all", &plan(&scratch, &["--all-branches"]).text());
    golden("branches", "details", &plan(&scratch, &["--branches", "preview/*", "--details"]).text());
    golden("branches", "markdown", &plan(&scratch, &["--all-branches", "--output", "markdown"]).text());
    golden("branches", "quiet", &plan(&scratch, &["--branches", "preview/d*"]).text());
}

#[test]
fn each_branch_has_the_object_that_its_own_plan_prints() {
    let scratch = project();
    let printed = plan(&scratch, &["--branches", "preview/*", "--output", "json"]).done();
    let mut several: serde_json::Value = serde_json::from_str(&printed).unwrap();
    for row in several["branches"].as_array_mut().unwrap() {
        let one = plan(&scratch, &["--branch", row["branch"].as_str().unwrap(), "--output", "json"]).done();
        assert_eq!(row["plan"], serde_json::from_str::<serde_json::Value>(&one).unwrap());
        row["plan"] = "[plan]".into();
        row["branchId"] = "[id]".into();
    }
    golden("branches", "json", &format!("{several:#}"));
}

#[test]
fn the_table_turns_where_it_would_be_too_wide() {
    let scratch = project();
    let ran = |columns, patterns: &[&str]| {
        let arguments = [&["plan", "--backend", "local:state.sqlite"], patterns].concat();
        scratch.run_with(&arguments, &[("COLUMNS", columns)]).done()
    };
    golden("branches", "width-40-one", &ran("40", &["--branches", "main"]));
    golden("branches", "width-40-three", &ran("40", &["--branches", "preview/*", "--branches", "main"]));
}

#[test]
fn the_exit_code_is_that_of_the_worst_branch() {
    let scratch = project();
    let code = |arguments: &[&str]| plan(&scratch, &[arguments, &["--detailed-exitcode"]].concat()).code;
    assert_eq!(code(&["--branches", "preview/done"]), 0);
    assert_eq!(code(&["--branches", "preview/*"]), 2);
    assert_eq!(code(&["--all-branches"]), 1);
    assert_eq!(plan(&scratch, &["--branches", "preview/*"]).code, 0);
    assert_eq!(plan(&scratch, &["--branches", "broken"]).code, 1);
}

#[test]
fn what_cannot_be_done_on_one_branch_can_be_on_another() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {}, b: {} } };");
    scratch.local(&["apply"]).done();
    scratch.write("neon.ts", "export default { buckets: { b: {} } };");
    scratch.local(&["apply", "--branch", "dev", "--create"]).done();
    scratch.write("neon.ts", "export default { buckets: { c: {} } };");
    scratch.local(&["apply"]).done();
    // On dev nothing of what exists is declared, and everything of a kind is not pruned unasked.
    golden("branches", "impossible-for-one", &plan(&scratch, &["--all-branches", "--prune"]).text());
}

#[test]
fn a_branch_that_cannot_be_read_is_told_and_one_that_is_refused_for_now_is_waited_for() {
    let scratch = project();
    let found = plan(&scratch, &["--branches", "preview/*", "--output", "json"]).done();
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let id = |row: usize| found["branches"][row]["branchId"].as_str().unwrap().to_owned();
    let refusal = |row, status, times, retry_after| neonform_local::Fault {
        operation: "listBranchFunctions".to_owned(),
        matching: Some(id(row)),
        status,
        message: "not now".to_owned(),
        request_id: Some("req-1".to_owned()),
        retry_after,
        times,
        ..neonform_local::Fault::default()
    };
    let options = neonform_local::Options {
        file: Some(scratch.path().join("state.sqlite")),
        ..neonform_local::Options::default()
    };
    let Platform { server, runtime } = Platform::start(options);
    server.inject(vec![refusal(0, 403, None, None), refusal(1, 429, Some(2), Some(1))]);
    let env = [("NEON_API_KEY", "swordfish"), ("NEON_API_HOST", server.url())];
    let started = std::time::Instant::now();
    let ran = scratch.run_with(&["plan", "--branches", "preview/*"], &env);
    // Asked to wait a second, twice.
    assert!(started.elapsed() >= std::time::Duration::from_secs(2), "{}", ran.text());
    golden("branches", "unreadable", &ran.text().replace(&id(0), "[id]"));
    runtime.block_on(server.shutdown());
}

#[test]
fn the_policy_is_loaded_and_the_project_read_once() {
    let scratch = project();
    let arguments = ["plan", "--branches", "preview/*", "--backend", "local:state.sqlite"];
    let ran = scratch.run_with(&arguments, &[("NEONFORM_LOG", "neonform_neon=debug"), ("NO_COLOR", "1")]);
    let times = |text: &str| ran.err.matches(text).count();
    assert_eq!(times("loaded"), 1, "{}", ran.text());
    let once = ["getProject\"", "listBranches\"", "listEndpoints\""];
    assert_eq!(once.map(times), [1; 3], "{}", ran.text());
    assert_eq!(times("listBranchFunctions\""), 2, "{}", ran.text());
}

#[test]
fn what_names_no_branch_or_contradicts_itself_is_refused() {
    let scratch = project();
    golden("branches", "none", &plan(&scratch, &["--branches", "staging/*", "--branches", "!main"]).text());
    golden("branches", "malformed", &plan(&scratch, &["--branches", "[a", "--branches", "!{b"]).text());
    for arguments in [
        &["--all-branches", "--branch", "main"][..],
        &["--branches", "x", "--create"],
        &["--all-branches", "--branches", "x"],
        &["--details"],
        &["--all-branches", "--output", "neon-json"],
        &["--all-branches", "--out", "plan.json"],
    ] {
        let ran = plan(&scratch, arguments);
        assert!(ran.code == 1 && ran.out.is_empty(), "{arguments:?}: {}", ran.text());
    }
}
