//! `import`: a policy from what exists, which then changes nothing.

use std::fs;

use super::status::rich;
use super::support::{Ran, Scratch, golden};

fn import(scratch: &Scratch, arguments: &[&str]) -> Ran {
    scratch.local(&[&["import"], arguments].concat())
}

fn read(scratch: &Scratch, file: &str) -> String {
    fs::read_to_string(scratch.path().join(file)).unwrap()
}

/// The policy with its block of functions and triggers uncommented, as a person would do it.
fn uncommented(policy: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for line in policy.lines() {
        let bare = line.trim_start();
        inside |= bare.starts_with("// functions:");
        inside &= bare.starts_with("//");
        text.push_str(if inside { bare.trim_start_matches("// ") } else { line });
        text.push('\n');
    }
    text
}

#[test]
fn a_rich_branch_imports_and_then_plans_nothing() {
    let scratch = rich();
    fs::remove_file(scratch.path().join("neon.ts")).unwrap();
    let ran = import(&scratch, &[]);
    golden("import", "rich", &format!("{}--- neon.ts\n{}", ran.text(), read(&scratch, "neon.ts")));
    assert_eq!(import(&scratch, &["--out", "-"]).done(), read(&scratch, "neon.ts"));
    let plan = scratch.local(&["plan"]).done();
    assert!(plan.starts_with("No changes."), "{plan}");
}

#[test]
fn functions_and_triggers_hold_once_they_are_uncommented() {
    let scratch = rich();
    for (source, slug) in [("api", "api"), ("digest", "digest"), ("health", "2fa")] {
        let code = read(&scratch, &format!("functions/{source}.ts"));
        scratch.write(&format!("src/{slug}.ts"), &code);
    }
    let policy = uncommented(&import(&scratch, &["--out", "-"]).done());
    assert!(!policy.contains("// functions"), "{policy}");
    scratch.write("neon.ts", &policy);
    golden("import", "uncommented-eval", &scratch.local(&["eval", "--branch", "main", "--default"]).text());
    let plan = scratch.local(&["plan"]).done();
    assert!(plan.starts_with("No changes."), "{plan}");
}

#[test]
fn a_child_branch_keeps_its_tuning_to_itself() {
    let scratch = rich();
    let policy = "export default { branch: () => ({ ttl: \"7d\", postgres: { computeSettings: { autoscalingLimitMaxCu: 1 } } }) };";
    scratch.write("neon.ts", policy);
    scratch.local(&["apply", "--create", "--branch", "preview/\"x\""]).done();
    let branch = ["--branch", "preview/\"x\"", "--force"];
    let policy = import(&scratch, &branch).text() + &read(&scratch, "neon.ts");
    assert!(policy.contains(r#"branch.name === "preview/\"x\"""#), "{policy}");
    assert!(
        policy.contains(r#"neonform plan --branch 'preview/"x"' --backend local:state.sqlite"#),
        "{policy}"
    );
    assert!(policy.contains("expires at \"20") && !policy.contains("ttl:"), "{policy}");
    for branch in ["preview/\"x\"", "main"] {
        let plan = scratch.local(&["plan", "--branch", branch]).done();
        assert!(plan.starts_with("No changes"), "{plan}");
    }
}

#[test]
fn a_file_that_exists_is_kept() {
    let scratch = Scratch::with_policy("export default {};\n");
    golden("import", "exists", &import(&scratch, &[]).text());
    assert!(!scratch.path().join("state.sqlite").exists(), "it is refused before anything is read");
    assert_eq!(read(&scratch, "neon.ts"), "export default {};\n");
    import(&scratch, &["--force"]).done();
    assert!(read(&scratch, "neon.ts").starts_with("import { defineConfig }"));
    let missing = import(&scratch, &["--out", "gone/neon.ts"]);
    assert!(missing.code == 1 && missing.err.contains("the policy cannot be written"), "{}", missing.text());
    let names = fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!names.into_iter().any(|name| name.to_string_lossy().contains("neonform-")), "a leftover");
}
