//! `link` and `init`: from nothing to a directory that knows its project, branch and backend.

use neonform_local::{BranchSeed, Options, ProjectSeed, Seed};
use serde_json::json;

use super::platform::Platform;
use super::support::{Scratch, golden};

fn file(scratch: &Scratch, name: &str) -> String {
    std::fs::read_to_string(scratch.path().join(name)).unwrap_or_default()
}

#[test]
fn a_new_user_has_a_function_on_a_preview_in_five_commands() {
    let scratch = Scratch::new();
    golden("link", "init", &scratch.run(&["init"]).text());
    golden("link", "local", &scratch.run(&["link", "--local"]).text());
    assert!(scratch.run(&["plan"]).done().contains("function.hello"));
    scratch.run(&["apply"]).done();
    scratch.run(&["checkout", "preview", "--create"]).done();
    let plan = scratch.run(&["plan"]);
    assert!(plan.err.starts_with("On the embedded backend .neonform/local.sqlite"), "{}", plan.text());
    assert!(plan.done().starts_with("No changes. Branch preview"));
    assert!(file(&scratch, ".env.local").contains("NEON_FUNCTION_HELLO_BASE_URL="));
}

#[test]
fn init_touches_nothing_that_exists() {
    let scratch = Scratch::new();
    scratch.write("neon.mts", "export default {};");
    let ran = scratch.run(&["init"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("neon.mts") && !scratch.path().join("functions").exists(), "{}", ran.text());
    let scratch = Scratch::new();
    scratch.write("functions/hello.ts", "mine");
    assert!(scratch.run(&["init"]).done().starts_with("Wrote neon.ts.\n"));
    assert_eq!(file(&scratch, "functions/hello.ts"), "mine");
}

#[test]
fn the_embedded_backend_is_pinned_beside_the_context_file_and_nowhere_else() {
    let scratch = Scratch::new();
    scratch.run(&["link", "--local=state.sqlite", "--no-env-pull"]).done();
    assert!(file(&scratch, ".neon").contains("\"backend\": \"local:state.sqlite\""));
    assert!(scratch.path().join("state.sqlite").exists());
    // From below it is the same one.
    scratch.write("below/keep", "");
    let mut below = std::process::Command::new(env!("CARGO_BIN_EXE_neonform"));
    below.args(["branches", "list"]).current_dir(scratch.path().join("below")).env_clear();
    let listed = String::from_utf8(below.output().unwrap().stdout).unwrap();
    assert!(listed.contains("main") && listed.contains("pinned"), "{listed}");
    for elsewhere in ["local:/tmp/x.sqlite", "local:../x.sqlite", "local:", "sqlite"] {
        scratch.write(".neon", &json!({ "projectId": "p", "backend": elsewhere }).to_string());
        let ran = scratch.run(&["branches", "list"]);
        assert!(ran.code == 1 && ran.err.contains("there is no such backend"), "{}", ran.text());
    }
    // A flag comes first.
    let other = scratch.run(&["branches", "list", "--backend", "neon"]);
    assert!(other.err.contains("missing-api-key"), "{}", other.text());
}

#[test]
fn what_is_pinned_can_be_forgotten_and_written_unseen() {
    let scratch = Scratch::new();
    let offline =
        ["link", "--no-checks", "--project-id", "p-1", "--branch", "dev", "--org-id", "org-1", "-o", "json"];
    golden("link", "offline-json", &scratch.run(&offline).text());
    golden("link", "offline-file", &file(&scratch, ".neon"));
    assert!(scratch.run(&["link", "--no-checks", "--branch", "dev"]).err.contains("--project-id"));
    scratch.run(&["link", "--clear"]).done();
    assert_eq!(file(&scratch, ".neon"), "{}");
    assert_eq!(scratch.run(&["status", "--current-branch"]).code, 1);
    golden("link", "local-json", &scratch.run(&["link", "--local", "--no-env-pull", "-o", "json"]).text());
}

#[test]
fn of_several_projects_and_branches_one_has_to_be_named() {
    let platform = Platform::start(Options::default());
    let project = |id: &str, name: &str| ProjectSeed {
        id: id.to_owned(),
        name: name.to_owned(),
        region_id: "aws-us-east-2".to_owned(),
        pg_version: 17,
        ..ProjectSeed::default()
    };
    let branch = |project: &str, name: &str| BranchSeed {
        id: format!("br-{name}-seed-{project}").replace("-project-", ""),
        project_id: project.to_owned(),
        name: name.to_owned(),
        default: name == "main",
        ..BranchSeed::default()
    };
    let seed = Seed {
        projects: vec![project("a-project-1", "first"), project("b-project-2", "second")],
        branches: vec![
            branch("a-project-1", "main"),
            branch("a-project-1", "dev"),
            branch("b-project-2", "main"),
        ],
        ..Seed::default()
    };
    platform.server.seed(&seed).unwrap();
    let scratch = Scratch::new();
    let env = [("NEON_API_KEY", "key"), ("NEON_API_HOST", platform.server.url())];
    let link = |flags: &[&str]| scratch.run_with(&[&["link", "--no-env-pull"], flags].concat(), &env);
    golden("link", "several-projects", &link(&[]).text());
    golden("link", "several-branches", &link(&["--project-id", "a-project-1"]).text());
    assert!(link(&["--project-id", "a-project-1", "-y"]).done().contains("Branch main"));
    assert!(link(&["--branch", "dev"]).done().contains("Branch dev"));
    assert!(link(&["--project-id", "b-project-2"]).done().contains("Branch main"));
    let gone = link(&["--project-id", "gone-project-3"]);
    assert!(gone.code == 1 && file(&scratch, ".neon").contains("b-project-2"), "{}", gone.text());
    platform.end();
}
