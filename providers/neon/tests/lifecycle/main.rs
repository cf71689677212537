//! Plan and apply against the embedded backend, with requests that fail: every run ends in a report,
//! and the next one converges.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod kinds;
mod observing;
mod races;
mod two;
mod world;

use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::plan::Plan;
use neonform_engine::value::Secret;
use neonform_local::Fault;
use serde_json::{Value as Json, json};

use common::node;
use world::World;

fn policy() -> Json {
    let function = |name: &str| json!({ "name": name, "source": "./x.ts", "env": { "KEY": "value" } });
    json!({
        "auth": true,
        "buckets": { "one": {}, "two": { "access": "public_read" } },
        "functions": { "api": function("Api"), "jobs": function("Jobs"), "tail": function("Tail") },
    })
}

fn fault(operation: &str, on: &str) -> Fault {
    let matching = (!on.is_empty()).then(|| on.to_owned());
    Fault { operation: operation.to_owned(), matching, status: 500, times: Some(1), ..Fault::default() }
}

/// The function `api` after a deployment of which we know nothing.
fn by_another_tool() -> neonform_local::FunctionSeed {
    neonform_local::FunctionSeed {
        branch_id: "br-local-main-00000001".to_owned(),
        slug: "api".to_owned(),
        id: "fn-1".to_owned(),
        name: "Api".to_owned(),
        invocation_url: "https://example.com".to_owned(),
        current_deployment: Some(neonform_local::DeploymentSeed {
            id: 2,
            status: "completed".to_owned(),
            runtime: "nodejs24".to_owned(),
            environment: vec!["KEY".to_owned()],
            error: None,
        }),
        active_deployment_id: Some(2),
    }
}

fn endings(plan: &Plan, outcome: &Outcome) -> Vec<String> {
    let word = |ending: &Ending| match ending {
        Ending::Done(_) => "done",
        Ending::Failed(_) => "failed",
        Ending::Skipped(_) => "skipped",
    };
    let steps = plan.steps.iter().zip(&outcome.0);
    steps
        .flat_map(|(step, endings)| endings.iter().map(|e| format!("{} {}", step.address, word(e))))
        .collect()
}

#[tokio::test]
async fn applied_once_there_is_nothing_to_do() {
    let world = World::new(&policy()).await;
    world.converges().await;
    world.server.clear_log();
    world.converges().await;
    let log = world.server.log();
    assert!(log.iter().all(|exchange| exchange.method == "GET"), "a second apply changes nothing");
}

#[tokio::test]
async fn a_failure_stops_nothing_that_does_not_depend_on_it() {
    let world = World::new(&policy()).await;
    world.server.inject(vec![Fault { status: 422, ..fault("deployBranchFunction", "/functions/jobs/") }]);
    let (plan, outcome) = world.apply().await;
    let expected = [
        "auth done",
        "bucket.one done",
        "bucket.two done",
        "function.api done",
        "function.jobs failed",
        "function.tail done",
    ];
    assert_eq!(endings(&plan, &outcome), expected);
    assert_eq!(outcome.failures().count(), 1);
    world.converges().await;
}

#[tokio::test]
async fn what_was_made_without_an_answer_is_seen_and_not_made_again() {
    for (operation, on) in [("createBranchBucket", "two"), ("deployBranchFunction", "/functions/api/")] {
        let whole = World::new(&policy()).await;
        whole.converges().await;
        let world = World::new(&policy()).await;
        let lost = Fault { after_effect: true, hang_up: true, ..fault(operation, on) };
        world.server.inject(vec![lost]);
        world.converges().await;
        assert_eq!(world.count(operation), whole.count(operation), "{operation} is not repeated");
    }
}

#[tokio::test]
async fn what_was_not_made_is_asked_for_again_unless_something_else_came_in_between() {
    let world = World::new(&policy()).await;
    let lost = Fault { hang_up: true, ..fault("deployBranchFunction", "/functions/api/") };
    world.server.inject(vec![lost.clone()]);
    world.converges().await;
    assert_eq!(world.count("deployBranchFunction"), 4);

    let mut changed = policy();
    changed["functions"]["api"]["env"]["KEY"] = json!("other");
    let world = World { policy: node(&changed), ..world };
    let (provider, plan) = world.plan().await;
    let foreign =
        neonform_local::Replacement { functions: Some(vec![by_another_tool()]), ..Default::default() };
    world.server.inject(vec![Fault { replace: Some(Box::new(foreign)), ..lost }]);
    let before = world.count("deployBranchFunction");
    let outcome = neonform_engine::apply::apply(&provider, &plan, &|| false, &|_| {}).await;
    assert_eq!(outcome.failures().count(), 1);
    assert_eq!(world.count("deployBranchFunction"), before + 1, "ours is not sent over the other one");
}

#[tokio::test]
async fn a_lost_rename_is_made_up_for() {
    let world = World::new(&policy()).await;
    let lost = Fault { hang_up: true, ..fault("updateBranchFunction", "/functions/api") };
    // More often than a run tries it.
    world.server.inject(vec![Fault { times: Some(4), ..lost.clone() }]);
    assert!(!world.apply().await.1.is_complete());
    world.server.clear_log();
    world.server.inject(vec![lost]);
    world.converges().await;
    assert_eq!((world.count("deployBranchFunction"), world.count("updateBranchFunction")), (0, 2));
}

#[tokio::test]
async fn locks_limits_and_outages_are_waited_out() {
    let world = World::new(&policy()).await;
    let passing = |operation: &str, status| Fault { status, times: Some(2), ..fault(operation, "") };
    world.server.inject(vec![
        passing("listBranches", 503),
        passing("enableNeonAuth", 423),
        passing("createBranchBucket", 429),
        passing("deployBranchFunction", 503),
    ]);
    world.converges().await;
}

#[tokio::test]
async fn a_deployment_by_another_tool_is_drift_and_is_taken_back() {
    let world = World::new(&policy()).await;
    world.converges().await;
    let (provider, _) = world.plan().await;
    let path = provider.client.in_branch(&["functions", "api", "deployments"]);
    let parts = vec![neonform_neon::client::Part::text("environment", Secret::new(r#"{"OTHER":"1"}"#))];
    let request = neonform_neon::client::Request::post("deployBranchFunction", path).multipart(parts);
    provider.client.client.send::<Json>(request).await.unwrap();
    let (_, plan) = world.plan().await;
    let (address, change) = plan.changes().next().expect("a change");
    assert_eq!((address.to_string().as_str(), plan.changes().count()), ("function.api", 1));
    assert!(
        change.attributes.iter().any(|attribute| attribute.name == "env.OTHER" && attribute.after.is_none())
    );
    world.converges().await;
}

#[tokio::test]
async fn what_nobody_declares_is_listed_and_left_alone() {
    let world = World::new(&policy()).await;
    world.converges().await;
    let smaller = json!({ "buckets": { "one": {} }, "functions": policy()["functions"].clone() });
    let world = World { policy: node(&smaller), ..world };
    let (_, plan) = world.plan().await;
    let names: Vec<String> = plan.undeclared.iter().map(ToString::to_string).collect();
    assert_eq!((names, plan.is_empty()), (vec!["bucket.two".to_owned()], true));
}
