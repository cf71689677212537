//! A plan as a reviewer meets it: in a comment, by its exit code.

use super::support::{Scratch, golden};

const EXAMPLE: &str = "examples/todo-api";

#[test]
fn a_comment_has_the_summary_first_and_the_changes_folded() {
    let scratch = Scratch::of(EXAMPLE);
    golden("review", "comment", &scratch.local(&["plan", "--output", "markdown"]).text());
    scratch.local(&["apply", "--update-existing"]).done();
    golden("review", "comment-nothing", &scratch.local(&["plan", "--output", "markdown"]).text());
    assert_eq!(scratch.local(&["apply", "--output", "markdown"]).code, 1);
}

#[test]
fn a_name_cannot_leave_its_place_in_a_comment() {
    let policy = r#"export default { buckets: { "a\n```\n</details>\n@everyone ````` x": {} } };"#;
    let scratch = Scratch::with_policy(policy);
    golden("review", "comment-hostile", &scratch.local(&["plan", "--output", "markdown"]).text());
}

#[test]
fn the_exit_code_tells_whether_there_are_changes_when_asked() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    let code = |arguments: &[&str]| scratch.local(arguments).code;
    assert_eq!(code(&["plan"]), 0);
    assert_eq!(code(&["plan", "--detailed-exitcode"]), 2);
    scratch.local(&["apply"]).done();
    assert_eq!(code(&["plan", "--detailed-exitcode"]), 0);
    scratch.write("neon.ts", "export default { bucket: {} };");
    assert_eq!(code(&["plan", "--detailed-exitcode"]), 1);
}

#[test]
fn branches_stand_side_by_side_where_they_differ() {
    let scratch = Scratch::of(EXAMPLE);
    let branches = "main,dev,new:preview/search";
    golden("review", "matrix", &scratch.run(&["eval", "--matrix", branches]).text());
    let json = scratch.run(&["eval", "--matrix", branches, "--output", "json"]).done();
    assert!(json.contains("\"new:preview/search\": {"), "{json}");
    let policy = "export default { branch: (b) => { if (b.name !== 'main') throw new Error(`not ${b.name}`); return {}; } };";
    let throwing = Scratch::with_policy(policy);
    let ran = throwing.run(&["eval", "--matrix", "main,a,b"]);
    assert!(ran.code == 1 && ran.err.contains("not a") && ran.err.contains("not b"), "{}", ran.text());
}

#[test]
fn every_change_says_where_it_is_declared() {
    let policy = "import { bucket } from './lib/bucket';
export default {
  auth: true,
  buckets: { uploads: bucket },
  functions: { api: {
    name: 'API', source: './api.ts',
    env: { A: 'a',
      B: 'b' },
    customDomains: ['x.example.com',
      'api.example.com'],
  } },
  triggers: { nightly: { type: 'schedule', function: 'api',
    cron: '0 3 * * *' } },
  branch: () => ({
    ttl: '1d',
    postgres: { computeSettings: {
      suspendTimeout: '5m' } },
    functions: { api: {
      runtime: 'nodejs24' } },
  }),
};
";
    let scratch = Scratch::with_policy(policy);
    scratch.write("lib/bucket.ts", "export const bucket = {\n  access: 'private',\n};\n");
    scratch.write("api.ts", "export default () => new Response('ok');\n");
    let json: serde_json::Value =
        serde_json::from_str(&scratch.local(&["plan", "--output", "json"]).done()).unwrap();
    let place = |value: &serde_json::Value| match &value["at"] {
        serde_json::Value::Null => "-".to_owned(),
        at => format!("{}:{}:{}", at["file"].as_str().unwrap(), at["line"], at["column"]),
    };
    let mut told = String::new();
    for change in json["changes"].as_array().unwrap() {
        told += &format!("{} {}\n", change["address"].as_str().unwrap(), place(change));
        for attribute in change["attributes"].as_array().unwrap() {
            told += &format!("  {} {}\n", attribute["name"].as_str().unwrap(), place(attribute));
        }
    }
    golden("review", "places", &told);
}

/// A policy with everything that a remark can be about: consent, drift, a warning, and names that want to be more.
const HOSTILE: &str = r###"export default {
  buckets: { "a,line=9::x\n::error::y [z](https://example.com) ##[error]%0A": {} },
  preview: { buckets: undefined },
  triggers: {},
  branch: () => ({ protected: true,
    postgres: { computeSettings: { suspendTimeout: '5m' } } }),
};
console.log('::stop-commands::x');
"###;

#[test]
fn code_scanning_gets_a_result_for_every_change_at_its_place() {
    let scratch = Scratch::of(EXAMPLE);
    golden("review", "sarif", &scratch.local(&["plan", "--output", "sarif"]).text());
    golden("review", "sarif-refused", &scratch.local(&["apply", "--output", "sarif"]).text());
    scratch.write("neon.ts", "export default {\n  bucket: {},\n  auth: 1,\n};\n");
    golden("review", "sarif-failed", &scratch.local(&["plan", "--output", "sarif"]).text());
    let hostile = Scratch::with_policy(HOSTILE);
    golden("review", "sarif-hostile", &hostile.local(&["plan", "--output", "sarif"]).text());
}

#[test]
fn a_workflow_gets_an_annotation_for_every_change_at_its_line() {
    let scratch = Scratch::of(EXAMPLE);
    golden("review", "github", &scratch.local(&["plan", "--output", "github"]).text());
    golden("review", "github-refused", &scratch.local(&["apply", "--output", "github"]).text());
    scratch.local(&["apply", "--update-existing"]).done();
    golden("review", "github-nothing", &scratch.local(&["plan", "--output", "github"]).text());
    scratch.write("neon.ts", "export default {\n  bucket: {},\n  auth: 1,\n};\n");
    golden("review", "github-failed", &scratch.local(&["plan", "--output", "github"]).text());
    let hostile = Scratch::with_policy(HOSTILE).local(&["plan", "--output", "github"]);
    golden("review", "github-hostile", &hostile.text());
    assert!(hostile.out.lines().all(|line| line.starts_with("::notice ") || line.starts_with("::warning ")));
    assert!(hostile.err.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")));
}

#[test]
fn a_plan_that_fails_is_a_comment_too() {
    let scratch = Scratch::with_policy("export default {\n  '</details> @x ```': {},\n};\n");
    golden("review", "comment-failed", &scratch.local(&["plan", "--output", "markdown"]).text());
}
