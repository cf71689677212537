//! Flags, help, version: what is refused and where it goes.

use super::support::Scratch;

#[test]
fn version_names_the_engine() {
    let scratch = Scratch::new();
    let shown = scratch.run(&["version"]).done();
    let engine = if cfg!(feature = "v8") { "V8" } else { "QuickJS" };
    assert!(shown.starts_with("neonform ") && shown.contains(engine), "{shown}");
    assert_eq!(scratch.run(&["--version"]).done(), shown);
    let json: serde_json::Value =
        serde_json::from_str(&scratch.run(&["version", "-o", "json"]).done()).unwrap();
    assert_eq!(json["engine"], engine);
}

#[test]
fn a_misspelt_flag_is_refused_and_changes_nothing() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    let ran = scratch.local(&["config", "apply", "--update-exsting"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("--update-existing") && ran.out.is_empty(), "{}", ran.text());
    assert!(!scratch.path().join("state.sqlite").exists());
}

#[test]
fn without_a_key_the_error_mentions_the_embedded_backend() {
    let scratch = Scratch::with_policy("export default {};");
    let ran = scratch.run(&["plan"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("error[missing-api-key]") && ran.err.contains("--backend local"),
        "{}",
        ran.text()
    );
}

#[test]
fn policy_output_goes_to_standard_error() {
    let scratch = Scratch::with_policy(
        "console.log(\"hello\"); process.stdout.write(\"there\\n\"); export default {};",
    );
    let ran = scratch.run(&["eval"]);
    serde_json::from_str::<serde_json::Value>(&ran.out).unwrap();
    assert!(ran.err.contains("hello") && ran.err.contains("there"), "{}", ran.text());
}

#[test]
fn errors_in_json_are_json() {
    let scratch = Scratch::with_policy("export default { auth: 5 };");
    let ran = scratch.run(&["plan", "-o", "json", "--backend", "local"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &json["errors"][0]["path"]), (1, &"auth".into()));
    assert_eq!(json["errors"][0]["at"]["line"], 1);
}

#[test]
fn an_env_file_stands_behind_the_environment() {
    let scratch =
        Scratch::with_policy("export default { buckets: { [process.env.A + process.env.B]: {} } };");
    scratch.write("vars", "A=file\nexport B='file'\n");
    let ran = scratch.run_with(&["eval", "--env", "vars"], &[("A", "shell")]);
    assert!(ran.done().contains("shellfile"));
    let missing = scratch.run(&["eval", "--env", "gone"]);
    assert!(
        missing.err.contains("the env file cannot be read") && missing.err.contains("gone"),
        "{}",
        missing.text()
    );
}
