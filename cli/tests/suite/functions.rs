//! `neonform functions`: deployed without a policy, followed, shown and deleted; with what the server was told.

use std::io::{Read, Write};
use std::net::TcpListener;

use neonform_local::{BranchSeed, DomainSeed, Exchange, FunctionSeed, Options, Seed, TriggerSeed};
use serde_json::{Value, json};

use super::platform::Platform;
use super::support::{Ran, Scratch, golden};

pub(super) const BRANCH: &str = "br-local-main-00000001";
/// Some day in 2026.
const NOW: i64 = 1_780_000_000_000;
const CODE: &str = "export default { fetch: () => new Response('hello') };";

/// A platform whose clock stands, and a folder with a function's code.
pub(super) struct World {
    pub(super) scratch: Scratch,
    pub(super) platform: Platform,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(&Seed::default())
    }

    pub(super) fn with(seed: &Seed) -> Self {
        let scratch = Scratch::new();
        scratch.write("f.ts", CODE);
        let platform = Platform::start(Options::default());
        let frozen = Seed { now: Some(NOW), ..Seed::default() };
        platform.server.seed(&frozen).unwrap();
        platform.server.seed(seed).unwrap();
        Self { scratch, platform }
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ran {
        let environment = [
            ("NEON_API_KEY", "napi_key"),
            ("NEON_API_HOST", self.platform.server.url()),
            ("NEON_FUNCTIONS_POLL_INTERVAL_MS", "20"),
        ];
        self.scratch.run_with(arguments, &environment)
    }

    /// What the server was told by requests of one operation, oldest first.
    pub(super) fn told(&self, operation: &str) -> Vec<Exchange> {
        self.platform.server.log().into_iter().filter(|exchange| exchange.operation == operation).collect()
    }

    fn bodies(&self, operation: &str) -> Vec<Value> {
        self.told(operation).into_iter().map(|exchange| exchange.body).collect()
    }

    /// What the API says of a function.
    fn function(&self, slug: &str) -> Value {
        serde_json::from_str(&self.run(&["functions", "get", slug, "-o", "neon-json"]).done()).unwrap()
    }
}

fn names(deployment: &Value) -> Vec<&str> {
    deployment["environment"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

fn policy(env: &str) -> String {
    format!(r#"export default {{ functions: {{ api: {{ name: "api", source: "./f.ts", env: {env} }} }} }};"#)
}

#[test]
fn a_plan_sees_no_change_in_what_was_deployed_without_it() {
    let world = World::new();
    golden(
        "functions",
        "deploy",
        &world.run(&["functions", "deploy", "api", "--src", "f.ts", "--env", "A=1"]).text(),
    );
    world.scratch.write("neon.ts", &policy(r#"{ A: "1" }"#));
    assert!(world.run(&["plan"]).done().starts_with("No changes"));
    // New code with the variables as they were, and the other way around.
    world.scratch.write("f.ts", &CODE.replace("hello", "hello again"));
    world.run(&["function", "deploy", "api", "--src", "."]).text();
    world.run(&["function", "deploy", "api", "--src", "f.ts"]).done();
    assert!(world.run(&["plan"]).done().starts_with("No changes"));
    world.run(&["functions", "deploy", "api", "--env", "A=2", "--env", "A=3"]).done();
    world.scratch.write("neon.ts", &policy(r#"{ A: "3" }"#));
    assert!(world.run(&["plan"]).done().starts_with("No changes"));
    let sent = world.bodies("deployBranchFunction");
    assert_eq!(sent.iter().map(|body| body.get("zip").is_some()).collect::<Vec<_>>(), [true, true, false]);
    let function = world.function("api");
    assert_eq!(names(&function["current_deployment"]).len(), 2, "the variable and one marker: {function}");
}

#[test]
fn variables_that_are_not_known_leave_no_marker_that_counts() {
    let world = World::new();
    world.run(&["functions", "deploy", "api", "--src", "f.ts", "--env", "A=1"]).done();
    golden(
        "functions",
        "deploy-unmarked",
        &world.run(&["functions", "deploy", "api", "--env", "B=2"]).text(),
    );
    golden("functions", "get-unmarked", &world.run(&["functions", "get", "api", "-E"]).text());
    world.scratch.write("neon.ts", &policy(r#"{ A: "1", B: "2" }"#));
    assert!(world.run(&["plan"]).done().contains("something else has deployed it since"));
    // Deleted, and everything said again: known once more, but not the code behind it.
    world.run(&["functions", "deploy", "api", "--env", "B="]).done();
    assert_eq!(names(&world.function("api")["active_deployment"])[0], "A");
    assert!(
        !world
            .run(&["functions", "deploy", "api", "--env", "A=1", "--src", "f.ts"])
            .err
            .contains("no marker")
    );
    world.scratch.write("neon.ts", &policy(r#"{ A: "1" }"#));
    assert!(world.run(&["plan"]).done().starts_with("No changes"));
}

#[test]
fn files_are_taken_as_they_are_where_that_is_asked_for() {
    let world = World::new();
    world.scratch.write("built/index.mjs", CODE);
    world.scratch.write("built/words.txt", "a b c");
    world.scratch.write("other/words.txt", "a b c");
    world.run(&["functions", "deploy", "api", "--src", "built", "--no-bundle"]).done();
    assert_eq!(world.bodies("deployBranchFunction")[0]["zip"]["entries"], json!(["index.mjs", "words.txt"]));
    golden("functions", "deploy-as-it-is", &world.run(&["functions", "deploy", "api", "--no-bundle"]).text());
    golden(
        "functions",
        "deploy-no-entry",
        &world.run(&["functions", "deploy", "api", "--src", "other", "--no-bundle"]).text(),
    );
    golden("functions", "deploy-nowhere", &world.run(&["functions", "deploy", "api", "--src", "src"]).text());
}

#[test]
fn everything_wrong_with_the_command_is_said_at_once_and_no_value_is_shown() {
    let world = World::new();
    let ran =
        world.run(&["functions", "deploy", "A_b", "--entry", "x", "--env", "swordfish", "--env", "=tench"]);
    golden("functions", "deploy-usage", &ran.text());
    golden("functions", "deploy-nothing", &world.run(&["functions", "deploy", "api"]).text());
    golden(
        "functions",
        "deploy-first",
        &world.run(&["functions", "deploy", "api", "--env", "A=swordfish"]).text(),
    );
    assert!(world.told("deployBranchFunction").is_empty());
    let logged =
        ["functions", "deploy", "api", "--src", "f.ts", "--env", "A=swordfish", "-vv", "--trace", "trace"];
    let ran = world.run(&logged);
    let trace = std::fs::read_to_string(world.scratch.path().join("trace")).unwrap();
    assert!(ran.code == 0 && !(ran.text() + &trace).contains("swordfish"), "{}", ran.text());
    let raw: Value = serde_json::from_str(
        &world.run(&["functions", "deploy", "api", "--env", "A=swordfish", "-o", "neon-json"]).done(),
    )
    .unwrap();
    let function = world.function("api");
    assert_eq!((&raw["id"], &raw["invocation_url"]), (&json!(2), &function["invocation_url"]));
    assert_eq!(raw["environment"], function["current_deployment"]["environment"]);
    let ran = world.run(&["functions", "deploy", "api", "--env", "A=swordfish", "--wiat"]);
    assert_eq!((ran.code, ran.text().contains("swordfish")), (1, false), "{}", ran.text());
}

fn building(statuses: &[&str]) -> Seed {
    Seed {
        deployment_status: vec![("api".to_owned(), statuses.iter().map(ToString::to_string).collect())],
        deployment_error: vec![("api".to_owned(), "the build ran out of memory".to_owned())],
        ..Seed::default()
    }
}

#[test]
fn a_deployment_is_followed_until_it_has_ended() {
    let deploy = ["functions", "deploy", "api", "--src", "f.ts"];
    let world = World::with(&building(&["pending", "building", "building", "completed"]));
    golden("functions", "deploy", &world.run(&[&deploy[..], &["--env", "A=1"]].concat()).text());
    assert!(world.told("getBranchFunction").len() >= 4);
    let world = World::with(&building(&["building", "failed"]));
    let ran = world.run(&deploy);
    assert_eq!(ran.code, 1);
    golden("functions", "deploy-failed", &ran.text());
    let again = world.run(&[&deploy[..], &["-o", "json"]].concat());
    golden("functions", "deploy-failed-json", &again.text());
    golden("functions", "get-failed-json", &world.run(&["functions", "get", "api", "-o", "json"]).text());
    let world = World::with(&building(&["building"]));
    let ran = world.run(&[&deploy[..], &["--no-wait"]].concat());
    golden("functions", "deploy-no-wait", &ran.text());
    let late = [
        ("NEON_API_KEY", "napi_key"),
        ("NEON_API_HOST", world.platform.server.url()),
        ("NEON_FUNCTIONS_POLL_INTERVAL_MS", "20"),
        ("NEON_FUNCTIONS_POLL_TIMEOUT_MS", "100"),
    ];
    golden("functions", "deploy-late", &world.scratch.run_with(&deploy, &late).text());
}

#[test]
fn an_outage_while_it_is_waited_for_is_no_failure_of_the_build() {
    let world = World::with(&building(&["building", "completed"]));
    world.platform.server.inject(vec![neonform_local::Fault {
        operation: "getBranchFunction".to_owned(),
        skip: 1,
        times: Some(1),
        status: 404,
        message: "function not found".to_owned(),
        ..neonform_local::Fault::default()
    }]);
    world.run(&["functions", "deploy", "api", "--src", "f.ts"]).done();
}

/// A server that answers every request like this, and passes on what was asked.
pub(super) fn answering(status: &'static str) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (sender, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap();
            let _ = sender.send(String::from_utf8_lossy(&buffer[..read]).into_owned());
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

/// A function that is called at this URL.
pub(super) fn called_at(url: &str) -> Seed {
    let function = FunctionSeed {
        branch_id: BRANCH.to_owned(),
        slug: "api".to_owned(),
        invocation_url: url.to_owned(),
        ..FunctionSeed::default()
    };
    Seed { functions: vec![function], ..Seed::default() }
}

/// Without what differs from run to run.
pub(super) fn steady(ran: &Ran, url: &str) -> String {
    let text = ran.text().replace(url, "http://[function]/");
    let words = text.split_inclusive([' ', '\n', ',']);
    let mut is_time = false;
    let steady = words.map(|word| {
        let replaced = if std::mem::take(&mut is_time) {
            word.replace(|c: char| c.is_ascii_digit(), "").replacen("", "1", 1)
        } else {
            word.to_owned()
        };
        is_time = word.trim_end() == "after" || word.starts_with("\"milliseconds\":");
        replaced
    });
    steady.collect()
}

#[test]
fn a_probe_asks_the_function_without_the_key() {
    let probe = ["functions", "deploy", "api", "--src", "f.ts", "--probe"];
    let (url, asked) = answering("404 Not Found");
    let world = World::with(&called_at(&url));
    golden("functions", "probe", &steady(&world.run(&probe), &url));
    let request = asked.recv().unwrap().to_lowercase();
    assert!(request.starts_with("get / http/1.1") && !request.contains("napi_key"), "{request}");
    assert!(!request.contains("authorization"), "{request}");
    golden("functions", "probe-json", &steady(&world.run(&[&probe[..], &["-o", "json"]].concat()), &url));
    let (url, _asked) = answering("502 Bad Gateway");
    let world = World::with(&called_at(&url));
    let ran = world.run(&probe);
    assert_eq!(ran.code, 1);
    golden("functions", "probe-unreached", &steady(&ran, &url));
    let world = World::with(&called_at("http://127.0.0.1:1/"));
    let ran = world.run(&[&probe[..], &["-o", "json"]].concat());
    assert!(
        ran.code == 1 && ran.err.contains("error[probe-failed]") && ran.out.contains(r#""reached": false"#)
    );
    golden("functions", "probe-unreached-json", &steady(&ran, "http://127.0.0.1:1/"));
}

#[test]
fn functions_are_listed_shown_and_deleted() {
    let world = World::with(&Seed {
        triggers: vec![TriggerSeed {
            branch_id: BRANCH.to_owned(),
            id: "trigger-1".to_owned(),
            trigger_type: "schedule".to_owned(),
            name: "nightly".to_owned(),
            function_slug: "api".to_owned(),
            cron: Some("0 3 * * *".to_owned()),
            ..TriggerSeed::default()
        }],
        domains: vec![DomainSeed {
            branch_id: BRANCH.to_owned(),
            domain: "api.example.com".to_owned(),
            entity_type: "function".to_owned(),
            entity_id: "api".to_owned(),
            ..DomainSeed::default()
        }],
        ..Seed::default()
    });
    golden("functions", "list-none", &world.run(&["functions", "list"]).text());
    world.run(&["functions", "deploy", "api", "--src", "f.ts"]).done();
    world.run(&["functions", "deploy", "mail", "--src", "f.ts", "--env", "TOKEN=swordfish"]).done();
    golden("functions", "list", &world.run(&["functions", "list"]).text());
    golden("functions", "list-json", &world.run(&["functions", "list", "-o", "json"]).text());
    let raw: Value =
        serde_json::from_str(&world.run(&["functions", "list", "--output", "neon-json"]).done()).unwrap();
    assert_eq!(raw.as_array().unwrap()[1], world.function("mail"));
    assert!(raw[1]["active_deployment"]["memory_mib"].is_i64());
    golden("functions", "get", &world.run(&["functions", "get", "mail", "--list-env-variables"]).text());
    golden("functions", "get-unknown", &world.run(&["functions", "get", "mial"]).text());
    golden("functions", "delete-refused", &world.run(&["functions", "delete", "api"]).text());
    golden("functions", "delete-unknown", &world.run(&["functions", "delete", "web", "--yes"]).text());
    assert!(world.told("deleteBranchFunction").is_empty());
    golden("functions", "delete", &world.run(&["functions", "delete", "api", "--yes"]).text());
    golden(
        "functions",
        "delete-json",
        &world.run(&["functions", "delete", "mail", "-y", "-o", "json"]).text(),
    );
    assert_eq!(world.run(&["functions", "list", "-o", "neon-json"]).done(), "[]\n");
}

#[test]
fn a_protected_branch_takes_consent() {
    let production = BranchSeed {
        id: "br-production-11112222".to_owned(),
        project_id: "local-project-00000001".to_owned(),
        name: "production".to_owned(),
        protected: true,
        ..BranchSeed::default()
    };
    let world = World::with(&Seed { branches: vec![production], ..Seed::default() });
    world.scratch.write(".neon", r#"{ "projectId": "local-project-00000001", "branchId": "production" }"#);
    let deploy = ["functions", "deploy", "api", "--src", "f.ts"];
    golden("functions", "protected", &world.run(&deploy).text());
    for refused in [
        &["functions", "delete", "api", "--yes"][..],
        &["domains", "add", "api.example.com", "--slug", "api"],
        &["triggers", "create", "--name", "t", "--function-slug", "api", "--cron", "* * * * *"],
        &["buckets", "create", "b"],
        &["buckets", "delete", "b", "--yes"],
    ] {
        let ran = world.run(refused);
        assert!(ran.code == 1 && ran.err.contains("error[protected-branch]"), "{}", ran.text());
    }
    world.run(&[&deploy[..], &["--allow-protected"]].concat()).done();
}

#[test]
fn formats_that_only_plans_have_are_refused() {
    let world = World::new();
    for format in ["markdown", "sarif", "github"] {
        for command in
            [&["functions", "list"][..], &["triggers", "list"], &["buckets", "list"], &["domains", "list"]]
        {
            let ran = world.run(&[command, &["-o", format]].concat());
            assert!(ran.code == 1 && ran.err.starts_with("error[usage]"), "{}", ran.text());
        }
    }
    assert!(world.platform.server.log().is_empty());
}
