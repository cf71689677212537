//! Plans that are saved, shown, and applied as they were read or not at all.

use std::fs;

use super::support::{Ran, Scratch, golden};

const EXAMPLE: &str = "examples/todo-api";
const POLICY: &str = "import { access } from './lib/access';
export default {
  buckets: { uploads: { access } },
  functions: { api: { name: process.env.TITLE ?? 'API', source: './api.ts', env: { TOKEN: process.env.TOKEN ?? 'none' } } },
};";

fn scratch() -> Scratch {
    let scratch = Scratch::with_policy(POLICY);
    scratch.write("lib/access.ts", "export const access = 'private';");
    scratch.write("api.ts", "import { word } from './lib/word';\nexport default () => new Response(word);");
    scratch.write("lib/word.ts", "export const word = 'hello';");
    scratch
}

fn local(scratch: &Scratch, arguments: &[&str], env: &[(&str, &str)]) -> Ran {
    scratch.run_with(&[arguments, &["--backend", "local:state.sqlite"]].concat(), env)
}

const TOKEN: (&str, &str) = ("TOKEN", "swordfish-7d1c");

#[test]
fn a_saved_plan_is_shown_as_it_was_and_applied_once() {
    let scratch = Scratch::of(EXAMPLE);
    let planned = scratch.local(&["plan", "--out", "main.plan"]);
    assert!(planned.err.contains("neonform apply main.plan"), "{}", planned.err);
    for format in ["human", "json", "neon-json", "markdown", "github"] {
        let again = scratch.local(&["plan", "--output", format]).done();
        assert_eq!(scratch.run(&["show", "main.plan", "--output", format]).done(), again, "{format}");
    }
    let refused = scratch.local(&["apply", "main.plan"]);
    assert!(refused.code == 1 && refused.err.contains("pass --update-existing"), "{}", refused.text());
    let applied = scratch.local(&["apply", "main.plan", "--update-existing"]).done();
    assert!(applied.contains("Applied: 6 changes."), "{applied}");
    assert_eq!(scratch.local(&["plan", "--detailed-exitcode"]).code, 0);
    let twice = scratch.local(&["apply", "main.plan", "--update-existing"]);
    assert!(twice.code == 1 && twice.err.contains("bucket.todo-exports: there"), "{}", twice.text());
    let other = scratch.local(&["apply", "main.plan", "--prune"]);
    assert!(other.code == 1 && other.err.contains("contradict each other"), "{}", other.text());
}

#[test]
fn a_saved_plan_holds_what_it_relied_on() {
    let scratch = scratch();
    local(&scratch, &["plan", "--out", "p.json"], &[TOKEN]).done();
    let saved = fs::read_to_string(scratch.path().join("p.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&saved).unwrap();
    assert_eq!(format!("{json:#}\n"), saved);
    json["checksum"] = "sha256:[of all that follows]".into();
    json["madeAt"] = "[time]".into();
    json["madeBy"] = "neonform [version]".into();
    json["environment"]["salt"] = "[random]".into();
    json["environment"]["read"]["TOKEN"] = "[slow]".into();
    for place in ["/target/createdAt", "/plan/target/createdAt"] {
        if let Some(at) = json.pointer_mut(place) {
            *at = "[time]".into();
        }
    }
    golden("saved", "file", &format!("exit 0\n--- stdout\n{json:#}\n--- stderr\n"));
}

#[test]
fn everything_that_moved_is_named_with_both_values_and_nothing_is_changed() {
    let scratch = scratch();
    local(&scratch, &["apply"], &[TOKEN]).done();
    scratch.write("lib/access.ts", "export const access = 'private'; // and nothing else");
    local(&scratch, &["plan", "--redeploy", "--out", "p.json"], &[TOKEN]).done();
    let saved = fs::read_to_string(scratch.path().join("p.json")).unwrap();
    assert!(!saved.contains("swordfish") && saved.contains("\"TOKEN\": \""), "{saved}");

    scratch.write("lib/word.ts", "export const word = 'goodbye';");
    fs::remove_file(scratch.path().join("lib/access.ts")).unwrap();
    scratch.write(
        "neon.ts",
        &POLICY.replace("import { access } from './lib/access';", "const access = 'private';"),
    );
    local(&scratch, &["apply", "--redeploy"], &[TOKEN]).done();
    let env = [("TOKEN", "another"), ("TITLE", "A title")];
    golden("saved", "moved", &local(&scratch, &["apply", "p.json"], &env).text());
    golden("saved", "moved-refresh", &local(&scratch, &["apply", "p.json", "--refresh-ok"], &env).text());
    assert_eq!(local(&scratch, &["plan", "--detailed-exitcode"], &[TOKEN]).code, 0);
}

#[test]
fn a_plan_that_comes_out_the_same_is_applied_where_that_is_agreed_to() {
    let scratch = scratch();
    local(&scratch, &["plan", "--out", "p.json"], &[TOKEN]).done();
    scratch.write("lib/access.ts", "// A comment.\nexport const access = 'private';");
    let stale = local(&scratch, &["apply", "p.json"], &[TOKEN]);
    assert!(stale.code == 1 && stale.err.contains("file lib/access.ts: sha256:"), "{}", stale.text());
    // A secret that the plan does not show is a difference all the same.
    let secret = local(&scratch, &["apply", "p.json", "--refresh-ok"], &[("TOKEN", "another")]);
    assert!(secret.code == 1 && secret.err.contains("function.api environment"), "{}", secret.text());
    local(&scratch, &["apply", "p.json", "--refresh-ok"], &[TOKEN]).done();
    assert_eq!(local(&scratch, &["plan", "--detailed-exitcode"], &[TOKEN]).code, 0);
}

#[test]
fn a_damaged_file_is_an_error_that_names_it() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    scratch.local(&["plan", "--out", "p.json"]).done();
    let saved = fs::read_to_string(scratch.path().join("p.json")).unwrap();
    let damaged = [
        ("truncated", saved[..saved.find("\"inputs\"").unwrap()].to_owned()),
        ("tampered", saved.replace("\"private\"", "\"public_read\"")),
        ("newer", saved.replacen("\"version\": 1", "\"version\": 2", 1)),
        ("not-json", "export default {}".to_owned()),
        ("another", "{ \"format\": \"neonform-snapshot\", \"version\": 1 }".to_owned()),
        ("list", "[]".to_owned()),
    ];
    for (name, text) in damaged {
        assert_ne!(text, saved, "{name}");
        scratch.write("p.json", &text);
        let ran = scratch.local(&["apply", "p.json"]);
        assert_eq!(ran.err, scratch.run(&["show", "p.json"]).err, "{name}");
        if name == "tampered" {
            // Two checksums that depend on the time are in it.
            assert!(
                ran.code == 1 && ran.err.contains("the saved plan is not as it was written"),
                "{}",
                ran.text()
            );
        } else {
            golden("saved", name, &ran.text());
        }
    }
    assert_eq!(scratch.local(&["plan", "--detailed-exitcode"]).code, 2);
}

#[test]
fn a_file_of_nonsense_under_a_right_checksum_is_an_error_too() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    scratch.local(&["plan", "--out", "p.json"]).done();
    let saved = fs::read_to_string(scratch.path().join("p.json")).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(&saved).unwrap();
    let keys: Vec<String> = parsed.as_object().unwrap().keys().cloned().collect();
    for key in keys.iter().filter(|key| !["format", "version", "checksum"].contains(&key.as_str())) {
        for nonsense in
            [serde_json::json!(null), serde_json::json!([1]), serde_json::json!({ "x": { "y": 1 } })]
        {
            let mut file = parsed.clone();
            file[key] = nonsense;
            scratch.write("p.json", &file.to_string());
            let told = scratch.run(&["show", "p.json"]);
            // The error says which checksum would have been right: a forger has it.
            let right = told.err.split("content with the checksum ").nth(1).unwrap().lines().next().unwrap();
            file["checksum"] = right.into();
            scratch.write("p.json", &file.to_string());
            let ran = scratch.run(&["show", "p.json"]);
            let survives = ["madeBy", "neonJson", "policy"].contains(&key.as_str());
            assert!(
                ran.code == 1 && ran.err.contains("error[") || survives && ran.code == 0,
                "{key}: {}",
                ran.text()
            );
        }
    }
}

#[test]
fn a_plan_for_one_branch_does_not_apply_to_another() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    scratch.local(&["plan", "--branch", "dev", "--create", "--out", "dev.json"]).done();
    let refused = scratch.local(&["apply", "dev.json", "--branch", "main"]);
    golden("saved", "another-branch", &refused.text());
    scratch.local(&["apply", "dev.json"]).done();
    assert_eq!(scratch.local(&["plan", "--branch", "dev", "--detailed-exitcode"]).code, 0);
    let again = scratch.local(&["apply", "dev.json"]);
    assert!(again.code == 1 && again.err.contains("the branch's exists: true"), "{}", again.text());
}
