//! What is pulled of which service, what a branch may lack, and what does not stop a pull.

use neonform_local::{Delivery, Edit, Fault};
use serde_json::Value as Json;

use super::env::World;
use super::support::golden;

const EVERYTHING: &str = r#"export default {
  auth: true, dataApi: true, aiGateway: true, buckets: { uploads: {} },
  functions: { api: { name: "api", source: "./api.ts", env: { KEY: process.env.NOT_SET_ANYWHERE } } },
};"#;

/// A world whose branch has what the policy says.
fn with_everything() -> World {
    let world = World::with_policy(EVERYTHING);
    world.scratch.write("api.ts", "export default { fetch: () => new Response('hello') };");
    world.run_with(&["apply"], &[("NOT_SET_ANYWHERE", "x")]).done();
    world
}

fn unavailable(operation: &str) -> Fault {
    Fault {
        operation: operation.to_owned(),
        status: 503,
        message: "this feature is not available in this region".to_owned(),
        ..Fault::default()
    }
}

#[test]
fn everything_that_the_policy_declares_is_pulled_without_knowing_a_functions_values() {
    let world = with_everything();
    world.run(&["env", "pull"]).done();
    assert_eq!(
        world.names(".env.local"),
        [
            "DATABASE_URL",
            "DATABASE_URL_UNPOOLED",
            "NEON_BRANCH",
            "NEON_AUTH_BASE_URL",
            "NEON_AUTH_JWKS_URL",
            "NEON_DATA_API_URL",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ENDPOINT_URL_S3",
            "AWS_REGION",
            "NEON_AI_GATEWAY_TOKEN",
            "NEON_AI_GATEWAY_BASE_URL",
            "NEON_FUNCTION_API_BASE_URL"
        ]
    );
    // Without a policy the branch says the same, in the same words.
    let from_policy = world.read(".env.local");
    std::fs::remove_file(world.scratch.path().join("neon.ts")).unwrap();
    world.run(&["env", "pull", "--file", "from-branch"]).done();
    assert_eq!(world.read("from-branch"), from_policy);
    world.end();
}

#[test]
fn the_closure_decides_for_the_branch_and_its_other_problems_stop_a_pull() {
    let policy = "export default { functions: { api: { name: 'api', source: './api.ts' } },
      branch: (b) => { if (b.name === 'main') throw new Error('not here');
        return { functions: { api: { env: { KEY: process.env.NOT_SET } } } }; } };";
    let world = World::with_policy(policy);
    let ran = world.run(&["env", "pull"]);
    assert!(ran.code == 1 && ran.err.contains("error[closure-threw]"), "{}", ran.text());
    assert!(!world.has(".env.local"));
    world.scratch.write("neon.ts", &policy.replace("'main'", "'other'"));
    world.run(&["env", "pull"]).done();
    world.scratch.write("neon.ts", "export default { auth: 5, functions: { api: { name: 'a', source: './a.ts', env: { K: process.env.NO } } } };");
    let ran = world.run(&["env", "pull"]);
    assert!(ran.code == 1 && ran.err.contains("error[wrong-type]"), "{}", ran.text());
    assert!(!ran.err.contains("unset-variable"), "{}", ran.text());
    world.end();
}

#[test]
fn all_that_the_branch_lacks_is_told_at_once_and_nothing_is_written_or_minted() {
    let world = World::with_policy(EVERYTHING);
    let ran = world.run(&["env", "pull"]);
    golden("env", "branch-lacks", &ran.text());
    assert!(!world.has(".env.local"));
    assert_eq!((world.asked("createCredential"), world.asked("revealCredential")), (0, 0));
    world.end();
}

#[test]
fn a_service_that_is_named_has_to_be_there() {
    let world = World::new();
    for service in ["auth", "data-api", "functions", "object-storage"] {
        let ran = world.run(&["env", "pull", "-s", service]);
        assert!(ran.code == 1 && ran.err.contains("error[not-found]"), "{service}: {}", ran.text());
    }
    // The URL of a function can be asked for before there is one; a deprecated name is known.
    world.run(&["env", "pull", "-e", "NEON_FUNCTION_HELLO_BASE_URL"]).done();
    assert_eq!(world.names(".env.local"), ["NEON_FUNCTION_HELLO_BASE_URL"]);
    let old = world.run(&["env", "pull", "-s", "storage"]);
    assert!(old.err.contains("object-storage"), "{}", old.text());
    world.end();
}

#[test]
fn what_is_named_is_pulled_whatever_the_policy_says() {
    let world = with_everything();
    world.scratch.write("neon.ts", "this is no policy");
    for (words, expected) in [
        (
            &["-s", "auth", "-e", "DATABASE_URL"][..],
            &["DATABASE_URL", "NEON_BRANCH", "NEON_AUTH_BASE_URL", "NEON_AUTH_JWKS_URL"][..],
        ),
        (&["--services", "functions"], &["NEON_BRANCH", "NEON_FUNCTION_API_BASE_URL"]),
        (&["-e", "AWS_REGION,NEON_DATA_API_URL"], &["NEON_DATA_API_URL", "AWS_REGION"]),
        (&["-e", "NEON_AI_GATEWAY_BASE_URL"], &["NEON_AI_GATEWAY_BASE_URL"]),
    ] {
        let file = format!(".env{}", words.concat());
        world.run(&[&["env", "pull", "--file", &file], words].concat()).done();
        assert_eq!(world.names(&file), expected, "{words:?}");
    }
    assert_eq!(world.asked("revealCredential"), 0, "nobody asked for a secret");
    world.end();
}

#[test]
fn a_gateway_that_nobody_asked_for_and_that_does_not_answer_is_a_warning() {
    let world = World::new();
    let pull = ["env", "pull", "-o", "json"];
    world.run(&pull).done();
    let (token, url) = ("NEON_AI_GATEWAY_TOKEN", "NEON_AI_GATEWAY_BASE_URL");
    let (kept, branch_url) = (world.value(".env.local", token), world.value(".env.local", url));
    world.platform.server.inject(vec![unavailable("listCredentials")]);
    let ran = world.run(&pull);
    assert!(ran.err.contains("warning[feature-unavailable]"), "{}", ran.text());
    let told: Json = serde_json::from_str(&ran.done()).unwrap();
    assert_eq!(told["skippedServices"], serde_json::json!(["ai-gateway"]));
    assert_eq!((world.value(".env.local", token), world.value(".env.local", url)), (kept, branch_url));
    // What is of another branch is not worth keeping, however it looks.
    for other in ["https://br-other-api.ai.example.com", "https://br-local-main-00000001-api.ai.@example.com"]
    {
        world.scratch.write(".env.local", &format!("{token}=t\n{url}={other}\n"));
        world.run(&pull).done();
        assert!(!world.names(".env.local").iter().any(|name| name == token || name == url), "{other}");
    }
    // Who asks for it is told that it is an error.
    let asked = world.run(&["env", "pull", "-s", "ai-gateway"]);
    assert!(asked.code == 1 && asked.err.contains("error[feature-unavailable]"), "{}", asked.text());
    world.end();
}

#[test]
fn a_region_without_functions_and_buckets_still_has_a_database() {
    let world = World::new();
    world.platform.server.inject(vec![unavailable("listBranchFunctions"), unavailable("listBranchBuckets")]);
    world.scratch.write(".env.local", "NEON_FUNCTION_OLD_BASE_URL=kept\n");
    let ran = world.run(&["env", "pull"]);
    assert!(ran.code == 0 && !ran.err.contains("warning"), "{}", ran.text());
    assert_eq!(world.value(".env.local", "NEON_FUNCTION_OLD_BASE_URL"), "kept", "it may still be there");
    // An outage is not the same.
    world.platform.server.clear_faults();
    let outage = Fault { message: "try again later".to_owned(), ..unavailable("listBranchFunctions") };
    world.platform.server.inject(vec![Fault { status: 500, ..outage }]);
    assert_eq!(world.run(&["env", "pull"]).code, 1);
    world.end();
}

#[test]
fn a_value_that_is_no_line_is_refused_without_showing_it() {
    let world = World::new();
    let uri = Fault {
        operation: "getConnectionUri".to_owned(),
        after_effect: true,
        delivery: Some(Delivery::Edited(Edit::new(|answer| {
            answer["uri"] = "postgres://a:hunter2@ep-1.example.com/b\nPATH=/tmp".into();
        }))),
        ..Fault::default()
    };
    world.platform.server.inject(vec![uri]);
    let ran = world.run(&["env", "pull"]);
    assert!(ran.code == 1 && ran.err.contains("error[unexpected-answer]"), "{}", ran.text());
    assert!(!ran.text().contains("hunter2") && !world.has(".env.local"), "{}", ran.text());
    world.end();
}
