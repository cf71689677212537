//! Policies of strangers: what the flags say, and what is refused because of them.

use super::support::Scratch;

#[test]
fn a_policy_sees_no_variable_but_those_that_are_allowed() {
    let scratch = Scratch::with_policy(
        "export default { buckets: { [`a-${process.env.A}`]: {}, [`b-${process.env.B ?? \"none\"}`]: {} } };",
    );
    let env = [("A", "one"), ("B", "two")];
    let seen = |flags: &[&str]| scratch.run_with(&[&["eval"], flags].concat(), &env).done();
    assert!(seen(&[]).contains("\"b-two\""));
    let one = seen(&["--env-allow", "A,C"]);
    assert!(one.contains("\"a-one\"") && one.contains("\"b-none\""), "{one}");
    assert!(seen(&["--env-allow", "A", "--env-allow", "B"]).contains("\"b-two\""));
    assert!(seen(&["--untrusted", "--env-allow", "A,B"]).contains("\"b-two\""));
}

#[test]
fn a_policy_of_a_stranger_is_never_applied() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    for command in ["apply", "deploy"] {
        let ran = scratch.local(&[command, "--untrusted"]);
        assert_eq!(ran.code, 1, "{}", ran.text());
        assert!(ran.err.contains("error[usage]: a stranger's policy is never applied"), "{}", ran.text());
    }
    assert!(!scratch.path().join("state.sqlite").exists());
    // A saved plan is there to be applied.
    assert_eq!(scratch.local(&["plan", "--untrusted", "--out", "plan.json"]).code, 1);
    assert!(!scratch.path().join("plan.json").exists());
}

#[test]
fn packages_are_imported_only_where_that_is_allowed() {
    let scratch =
        Scratch::with_policy("import { name } from \"p\"; export default { buckets: { [name]: {} } };");
    scratch.write("node_modules/p/index.js", "export const name = \"from-package\";");
    let refused = scratch.run(&["eval", "--untrusted"]);
    assert!(
        refused.err.contains("error[sandbox]") && refused.err.contains("--allow-packages"),
        "{}",
        refused.text()
    );
    assert!(scratch.run(&["eval", "--untrusted", "--allow-packages"]).done().contains("from-package"));
    assert_eq!(scratch.run(&["eval", "--allow-packages"]).code, 1);
}

#[test]
fn a_run_asks_about_a_limited_number_of_branches() {
    let scratch = Scratch::with_policy("export default { branch: () => ({}) };");
    let names: Vec<String> = (0..101).map(|number| format!("b{number}")).collect();
    let ran = scratch.run(&["eval", "--untrusted", "--matrix", &names.join(",")]);
    assert!(ran.code == 1 && ran.err.contains("at most 100 in one run"), "{}", ran.text());
    assert_eq!(scratch.run(&["eval", "--untrusted", "--matrix", &names[1..].join(",")]).code, 0);
}

#[test]
fn no_line_of_the_output_is_a_policys_own() {
    let scratch = Scratch::with_policy(
        "console.log(\"a\\n::add-mask::b\\u001b[2J\"); console.log(\"x\".repeat(100_000)); export default {};",
    );
    let ran = scratch.run(&["eval", "--untrusted"]);
    assert!(ran.err.contains("policy: \\::add-mask::b\\u{1b}[2J\n"), "{}", ran.text());
    assert!(ran.err.contains("printed more than 64 KiB") && ran.err.len() < 1000, "{}", ran.text());
}

#[test]
fn the_layers_are_tried_and_hold() {
    let scratch = Scratch::new();
    let ran = scratch.run_with(&["sandbox", "-o", "json"], &[("SECRET", "hunter2")]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let results = |result: &str| -> Vec<&str> {
        let attempts = told["attempts"].as_array().unwrap().iter();
        attempts
            .filter(|tried| tried["result"] == result)
            .filter_map(|tried| tried["what"].as_str())
            .collect()
    };
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(results("allowed"), ["list the repository", "start a thread"]);
    let layers = told["layers"].as_array().unwrap();
    if layers.iter().all(|layer| layer["active"] == true) {
        assert_eq!(results("denied").len(), 8, "{}", ran.text());
    } else {
        assert!(ran.err.contains("a layer is missing on this machine"), "{}", ran.text());
    }
    assert!(!ran.text().contains("hunter2"));
    let screen = scratch.run(&["sandbox"]).done();
    assert!(screen.lines().count() < 45, "{screen}");
    for line in screen.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// A process that is lost, and what the system knows of it before.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_dies_is_a_diagnostic() {
    use std::fs;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let scratch = Scratch::with_policy("for (;;);");
    let mut run = Command::new(env!("CARGO_BIN_EXE_neonform"));
    run.args(["eval", "--untrusted", "--timeout", "60"]).current_dir(scratch.path()).env("SECRET", "hunter2");
    let run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let parent = format!("PPid:\t{}\n", run.id());
    let status = |pid: &str| fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let child = || {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let mut names = processes.filter_map(|entry| entry.file_name().into_string().ok());
        names.find(|pid| status(pid).contains(&parent))
    };
    let mut found = None;
    for _ in 0..200 {
        std::thread::sleep(Duration::from_millis(25));
        // The engine runs once there are threads for it.
        found = child().filter(|pid| !status(pid).contains("Threads:\t1\n"));
        if found.is_some() {
            break;
        }
    }
    let child = found.unwrap();
    assert!(status(&child).contains("NoNewPrivs:\t1\n"), "{}", status(&child));
    assert_eq!(fs::read_to_string(format!("/proc/{child}/environ")).unwrap(), "");
    assert!(Command::new("kill").args(["-9", &child]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("error[evaluation-failed]: the policy ended the process"), "{told}");
    assert!(told.contains("signal: 9"), "{told}");
}

#[test]
fn the_context_file_of_a_stranger_chooses_no_backend() {
    let scratch = Scratch::with_policy("export default {};");
    scratch.write(".neon", r#"{ "projectId": "local-project-00000001", "backend": "local" }"#);
    assert!(scratch.run(&["plan"]).done().starts_with("No changes"));
    let strange = scratch.run(&["plan", "--untrusted"]);
    assert!(strange.code == 1 && strange.err.contains("missing-api-key"), "{}", strange.text());
}
