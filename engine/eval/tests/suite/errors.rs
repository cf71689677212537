//! What a policy that fails says, and where it says it failed.

use super::support::compare;
use super::{Project, check, check_files};

#[test]
fn a_thrown_error_has_its_message_place_and_calls() {
    check(
        "const env = (name) => {\n  const value = process.env[name];\n  if (!value) throw new Error(`${name} is not set`);\n  return value;\n};\nconst all = { db: [env('DATABASE_URL')] };\nexport default all;",
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:3:15
        found DATABASE_URL is not set
        stack: at env (neon.ts:3:21) | at neon.ts:6:20",
    );
}

#[test]
fn engine_errors_say_their_kind() {
    check(
        "export default { a: undefined.x };",
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:1:31
        found TypeError: Cannot read properties of undefined (reading 'x')
        stack: at neon.ts:1:31",
    );
}

#[test]
fn anything_can_be_thrown() {
    let thrown = |what: &str, found: &str| {
        check(
            &format!("throw {what}; export default {{}};"),
            &format!(
                "error[evaluation-failed] the policy threw while it was evaluated\nat neon.ts:1:1\nfound {found}"
            ),
        );
    };
    thrown("'text'", "text");
    thrown("undefined", "undefined");
    thrown("null", "null");
    thrown("42", "42");
    thrown("Symbol('s')", "a symbol");
    thrown("{ message: 'own' }", "[object Object]");
    thrown("{ toString() { throw 1 } }", "a value that cannot be shown");
    thrown("Object.create(null)", "a value that cannot be shown");
    thrown(
        "new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })",
        "a value that cannot be shown",
    );
}

#[test]
fn hostile_errors_are_shown_as_far_as_they_go() {
    check(
        "const e = new Error('x'); Object.defineProperty(e, 'message', { get() { throw 1 } }); Object.defineProperty(e, 'stack', { value: 7 }); throw e; export default 1;",
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:1:136
        found Error",
    );
    check(
        "throw new Error('x'.repeat(5000)); export default 1;",
        &format!(
            "error[evaluation-failed] the policy threw while it was evaluated\nat neon.ts:1:1\nfound {}…\nstack: at neon.ts:1:7",
            "x".repeat(2000)
        ),
    );
}

#[test]
fn the_platforms_codes_are_kept() {
    check_files(
        &[(
            "neon.ts",
            "import { PlatformError, ErrorCode } from \"@neon/config/v1\";\nthrow new PlatformError(ErrorCode.INVALID_CONFIG, 'bad');\nexport default 1;",
        )],
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:2:1
        found bad
        code: PLATFORM_INVALID_CONFIG
        stack: at neon.ts:2:7",
    );
}

#[test]
fn promises_that_nobody_waits_for_fail() {
    check(
        "Promise.reject(new Error('lost')); export default {};",
        "error[evaluation-failed] a promise of the policy was rejected and nothing handles it
        at neon.ts:1:16
        found lost
        stack: at neon.ts:1:16",
    );
    check("const p = Promise.reject(1); await null; p.catch(() => {}); export default {};", "{}");
    check(
        "await Promise.reject('waited for'); export default {};",
        "error[evaluation-failed] the policy threw while it was evaluated\nfound waited for",
    );
    check(
        "await new Promise(() => {}); export default {};",
        "error[evaluation-failed] a top-level `await` of the policy never settles
        fix await only what the policy itself, a file or a timer resolves; there is no network to wait for",
    );
}

#[test]
fn a_missing_default_export_names_what_there_is() {
    let missing = |policy: &str, found: &str| {
        check(
            policy,
            &format!(
                "error[no-default-export] the policy has no default export\nfound {found}\nexpect export default defineConfig({{ ... }})"
            ),
        );
    };
    missing("const a = 1;", "no exports");
    missing("export const policy = {}, b = 1;", "the exports b, policy");
    missing("export default null;", "a default export without a value");
    missing("export default undefined;", "a default export without a value");
}

#[test]
fn deep_recursion_is_an_error_like_any_other() {
    let text = Project::new(&[("neon.ts", "const f = () => f() + 1;\nf();\nexport default 1;")]).run(&[]);
    assert!(text.starts_with("error[evaluation-failed]"), "{text}");
    assert_eq!(text.matches("at f (neon.ts:1:").count(), 10, "{text}");
}

#[test]
fn secrets_of_the_environment_do_not_appear_by_themselves() {
    let mut project = Project::new(&[("neon.ts", "process.env.TOKEN.missing.x; export default 1;")]);
    project.env.insert("TOKEN".to_owned(), "s3cret".to_owned());
    let text = project.run(&[]);
    assert!(text.starts_with("error[evaluation-failed]") && !text.contains("s3cret"), "{text}");
}

#[test]
fn a_missing_repository_is_said() {
    let project = Project::new(&[("neon.ts", "export default 1;")]);
    let request = neonform_eval::Request {
        policy: project.path().join("neon.ts"),
        root: project.path().join("gone"),
        env: Default::default(),
        env_allow: None,
        untrusted: false,
        confined: None,
        reads: Default::default(),
        now: 0,
        limits: Default::default(),
        console: std::sync::Arc::new(|_| {}),
    };
    let failure = super::support::block_on(neonform_eval::load(request)).unwrap_err();
    compare(failure.0[0].code.id, "unreadable-file");
}

#[test]
fn what_a_package_throws_is_shown_where_the_policy_calls_it() {
    check_files(
        &[
            ("neon.ts", "import { parse } from 'strict';\nexport default { a: parse('x') };"),
            ("node_modules/strict/package.json", "{ \"name\": \"strict\", \"main\": \"index.js\" }"),
            (
                "node_modules/strict/index.js",
                "exports.parse = function parse(text) {\n  throw new Error('no ' + text);\n};",
            ),
        ],
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:2:21
        found no x
        stack: at parse (node_modules/strict/index.js:2:9) | at neon.ts:2:21",
    );
}
