//! A workflow of GitHub Actions: whether it has the shape that we promise, and its shell steps, run for real.

use std::fs;
use std::process::Command;

use serde_json::{Map, Value as Json};

use super::world::World;
use crate::support::root;

/// Expressions that a recipe may use, but for the outputs of its own steps; what each is in a test.
pub const EXPRESSIONS: &[(&str, &str)] = &[
    ("secrets.NEON_API_KEY", "swordfish"),
    ("vars.NEON_PROJECT_ID", "local-project-00000001"),
    ("vars.NEONFORM_GIT", "https://example.com/neonform"),
    ("vars.NEONFORM_REV", "0000000"),
    ("env.NEONFORM_REV", "0000000"),
    ("runner.os", "Linux"),
    ("github.token", "token"),
    ("github.repository", "owner/project"),
    ("github.event.pull_request.number", "7"),
    ("github.event.workflow_run.id", "1"),
    ("github.event.workflow_run.head_repository.owner.login", "stranger"),
    ("github.event.workflow_run.head_branch", "patch-1"),
    ("github.event.workflow_run.head_sha", "abc123"),
];
/// The step that cannot run in a test.
const INSTALL: &str = r#"cargo install --locked --git "$NEONFORM_GIT" --rev "$NEONFORM_REV" neonform"#;

/// A parsed workflow.
pub struct Workflow(Json);

/// What one step did.
pub struct Step {
    pub code: i32,
    pub text: String,
}

impl Workflow {
    pub fn parse(text: &str) -> Self {
        Self(serde_saphyr::from_str(text).unwrap_or_else(|cause| panic!("{cause}\n{text}")))
    }

    /// A file below `docs/recipes`.
    pub fn read(file: &str) -> Self {
        Self::parse(&fs::read_to_string(root().join("docs/recipes").join(file)).unwrap())
    }

    /// What is wrong with it.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |holds: bool, what: String| {
            if !holds {
                faults.push(what);
            }
        };
        for key in ["name", "on", "permissions", "concurrency", "jobs"] {
            check(!self.0[key].is_null(), format!("no {key}"));
        }
        let events = ["pull_request", "push", "schedule", "workflow_dispatch", "workflow_run"];
        for event in keys(&self.0["on"]) {
            check(events.contains(&event.as_str()), format!("event {event}"));
        }
        check(self.0["permissions"].is_object(), "permissions are not listed".to_owned());
        for (scope, access) in self.0["permissions"].as_object().into_iter().flatten() {
            let may_write = ["pull-requests", "issues"].contains(&scope.as_str());
            check(access == "read" || may_write && access == "write", format!("{scope}: {access}"));
        }
        check(!keys(&self.0["jobs"]).is_empty(), "no job".to_owned());
        for (name, job) in self.0["jobs"].as_object().into_iter().flatten() {
            check(job["runs-on"].is_string(), format!("{name}: no runs-on"));
            check(job["permissions"].is_null(), format!("{name}: permissions of its own"));
            let steps = job["steps"].as_array();
            check(steps.is_some_and(|steps| !steps.is_empty()), format!("{name}: no steps"));
            for step in steps.into_iter().flatten() {
                match (step["uses"].as_str(), step["run"].as_str()) {
                    (Some(action), None) => {
                        check(is_pinned(action), format!("{name}: {action} is not pinned"))
                    }
                    (None, Some(script)) => {
                        check(
                            !script.contains("${{"),
                            format!("{name}: an expression in a script: {script}"),
                        );
                        check(step["name"].is_string(), format!("{name}: a script without a name"));
                    }
                    _ => check(false, format!("{name}: a step is either uses or run: {step}")),
                }
            }
        }
        let mut found = Vec::new();
        expressions(&self.0, &mut found);
        for expression in found {
            let is_output = expression.starts_with("steps.") && expression.contains(".outputs.");
            let is_known = EXPRESSIONS.iter().any(|(known, _)| *known == expression);
            check(is_output || is_known, format!("unknown expression {expression}"));
        }
        faults
    }

    /// Runs a job's shell steps in order, up to the first that fails.
    pub fn run(&self, job: &str, world: &World) -> Vec<Step> {
        let job = &self.0["jobs"][job];
        assert!(job.is_object(), "there is no such job");
        let mut outputs = Vec::new();
        let mut done = Vec::new();
        for step in job["steps"].as_array().unwrap() {
            let Some(script) = step["run"].as_str() else { continue };
            if step["name"] == "Install neonform" {
                assert_eq!(script, INSTALL);
                continue;
            }
            let mut env = Map::new();
            for scope in [&self.0, job, step] {
                env.extend(scope["env"].as_object().cloned().unwrap_or_default());
            }
            let env =
                env.into_iter().map(|(name, value)| (name, substituted(value.as_str().unwrap(), &outputs)));
            let ran = one(script, env.collect(), world);
            let id = step["id"].as_str().unwrap_or_default();
            outputs.extend(
                world
                    .take_outputs()
                    .into_iter()
                    .map(|(name, value)| (format!("steps.{id}.outputs.{name}"), value)),
            );
            let failed = ran.code != 0;
            done.push(ran);
            if failed {
                break;
            }
        }
        done
    }
}

/// One script as the runner starts it.
fn one(script: &str, env: Vec<(String, String)>, world: &World) -> Step {
    let file = world.path().join("step.sh");
    fs::write(&file, script).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&file);
    bash.current_dir(world.workspace()).env_clear().envs(world.env()).envs(env);
    let output = bash.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Step { code: output.status.code().unwrap_or(-1), text: String::from_utf8_lossy(&text).into_owned() }
}

fn keys(value: &Json) -> Vec<String> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

/// By major version, or by commit.
fn is_pinned(action: &str) -> bool {
    let Some((name, version)) = action.split_once('@') else { return false };
    let is_major = version.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let is_commit = version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit());
    name.contains('/') && (is_major || is_commit)
}

/// The text between `${{` and `}}`, everywhere.
fn expressions(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::String(text) => {
            found.extend(
                text.split("${{").skip(1).map(|rest| rest.split("}}").next().unwrap().trim().to_owned()),
            );
        }
        Json::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Json::Object(entries) => entries.values().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

fn substituted(text: &str, outputs: &[(String, String)]) -> String {
    let mut parts = text.split("${{");
    let mut result = parts.next().unwrap().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").unwrap();
        let expression = expression.trim();
        let of_step =
            outputs.iter().rev().find(|(name, _)| name == expression).map(|(_, value)| value.as_str());
        let known = || EXPRESSIONS.iter().find(|(name, _)| *name == expression).map(|(_, value)| *value);
        let value = of_step.or_else(known).unwrap_or_else(|| panic!("unknown expression {expression}"));
        result += value;
        result += rest;
    }
    result
}
