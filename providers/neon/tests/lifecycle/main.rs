//! Plan and apply against the embedded backend, with requests that fail: every run ends in a report,
//! and the next one converges.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

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

use world::{World, node};

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
    world.server.inject(vec![fault("deployBranchFunction", "/functions/jobs/")]);
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
async fn a_write_that_took_effect_without_an_answer_is_seen_by_the_next_run() {
    for (operation, on) in
        [("createBranchBucket", "two"), ("deployBranchFunction", "/functions/api/"), ("enableNeonAuth", "")]
    {
        let world = World::new(&policy()).await;
        let lost = Fault { after_effect: true, hang_up: true, ..fault(operation, on) };
        world.server.inject(vec![lost]);
        assert!(!world.apply().await.1.is_complete(), "{operation}");
        let sent = world.count(operation);
        world.converges().await;
        assert_eq!(world.count(operation), sent, "{operation} is not repeated");
    }
}

#[tokio::test]
async fn a_lost_rename_is_made_up_for() {
    let world = World::new(&policy()).await;
    world.server.inject(vec![Fault { hang_up: true, ..fault("updateBranchFunction", "") }]);
    assert!(!world.apply().await.1.is_complete());
    world.server.clear_log();
    world.converges().await;
    assert_eq!((world.count("deployBranchFunction"), world.count("updateBranchFunction")), (0, 1));
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
