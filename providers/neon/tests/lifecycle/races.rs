//! Two policies that are applied again and again to one branch at the same time, in whatever order it comes: a
//! run that says that it is done was overtaken after its last look, if at all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use neonform_engine::apply::{Ending, Outcome, apply};
use neonform_engine::diagnostic::codes;
use neonform_engine::event::Event;
use neonform_engine::plan::Plan;
use neonform_local::Exchange;
use serde_json::{Value as Json, json};

use super::common::node;
use super::world::World;

/// Rounds of two applies.
const ROUNDS: usize = 10;

/// One that differs from the others in every kind.
fn policy(number: usize) -> Json {
    let function = |hosts: &[&str]| {
        let key = format!("value {number}");
        json!({ "name": format!("F{number}"), "source": "./x.ts", "env": { "KEY": key }, "customDomains": hosts })
    };
    let hosts: [&[&str]; 2] =
        if number.is_multiple_of(2) { [&["a.example.com"], &[]] } else { [&[], &["a.example.com"]] };
    json!({
        "auth": true,
        "dataApi": { "settings": { "dbMaxRows": number + 1 } },
        "buckets": { "shared": {}, format!("own{}", number % 2): {} },
        "functions": { "api": function(hosts[0]), "jobs": function(hosts[1]) },
        "triggers": { "nightly": { "type": "schedule", "cron": format!("{} 3 * * *", number % 60), "function": "api" } },
    })
}

/// One apply that has ended.
struct Run {
    plan: Plan,
    outcome: Outcome,
    /// How much had been asked of the platform when the run began its last look; all of it if there was none.
    looked: usize,
}

async fn run(world: &World, policy: &Json) -> Run {
    let (provider, plan) = world.plan_of(&node(policy)).await;
    let looked = AtomicUsize::new(usize::MAX);
    let listen = |event: Event<'_>| {
        if matches!(event, Event::Looking) {
            looked.store(world.server.log().len(), Ordering::SeqCst);
        }
    };
    let outcome = apply(&provider, &plan, &|| false, &listen).await;
    Run { plan, outcome, looked: looked.into_inner() }
}

/// Where each resource was written last, by what its path ends in.
fn last_writes(log: &[Exchange]) -> HashMap<String, usize> {
    let mut last = HashMap::new();
    for (place, exchange) in log.iter().enumerate() {
        if exchange.method == "GET" || exchange.status >= 300 {
            continue;
        }
        let path = exchange.path.strip_suffix("/deployments").unwrap_or(&exchange.path);
        let named = exchange.body["name"].as_str().or(exchange.body["domain"].as_str());
        let name =
            named.filter(|_| exchange.method == "POST").or(path.rsplit('/').next()).unwrap_or_default();
        last.insert(name.to_owned(), place);
    }
    last
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost_in_silence() {
    let world = World::new(&json!({})).await;
    let (mut reported, mut stood) = (0, 0);
    for round in 0..ROUNDS {
        world.server.clear_log();
        let policies = [policy(2 * round), policy(2 * round + 1)];
        let runs = tokio::join!(run(&world, &policies[0]), run(&world, &policies[1]));
        let log = world.server.log();
        for (run, policy) in [(&runs.0, &policies[0]), (&runs.1, &policies[1])] {
            let now = world.plan_of(&node(policy)).await.1;
            let last = last_writes(&log);
            for (step, endings) in run.plan.steps.iter().zip(&run.outcome.0) {
                let failed = endings.iter().filter_map(|ending| match ending {
                    Ending::Failed(failure) => Some(failure),
                    _ => None,
                });
                for problem in failed.flat_map(|failure| &failure.0) {
                    let known = [codes::MOVED, codes::DEPLOYMENT_NOT_COMPLETED];
                    assert!(known.contains(&problem.code), "round {round}: {problem} {:?}", problem.facts);
                    reported += 1;
                }
                let is_done = endings.iter().all(|ending| matches!(ending, Ending::Done(_)));
                let stands = !now.steps.iter().any(|left| left.address == step.address);
                stood += usize::from(is_done && stands);
                if !is_done || stands {
                    continue;
                }
                let name = step.address.name();
                let written = last.get(name).or_else(|| last.get(&trigger_id(&log, name)));
                let written = written.copied().or_else(|| service_write(&log, step.address.kind()));
                assert!(
                    written.is_some_and(|place| place >= run.looked),
                    "round {round}: {} was said to be done, and was overtaken at {written:?} before {}",
                    step.address,
                    run.looked
                );
            }
        }
        let settled = run(&world, &policies[round % 2]).await;
        assert!(settled.outcome.is_complete(), "round {round}");
        assert!(world.plan_of(&node(&policies[round % 2])).await.1.is_empty(), "round {round}");
    }
    assert!(reported > 0 && stood > 0, "{reported} reported, {stood} stood: nobody met anybody");
}

/// The id of the trigger of a name, by which an update names it.
fn trigger_id(log: &[Exchange], name: &str) -> String {
    let update = log.iter().rfind(|exchange| exchange.method == "PATCH" && exchange.body["name"] == name);
    update.and_then(|exchange| exchange.path.rsplit('/').next()).unwrap_or_default().to_owned()
}

/// Where a service of the branch was written last.
fn service_write(log: &[Exchange], kind: &str) -> Option<usize> {
    let part = format!("/{}", kind.replace('_', "-"));
    log.iter().rposition(|exchange| exchange.method != "GET" && exchange.path.contains(&part))
}
