//! Two applies to one branch at once: whoever's writes do not stand ends in a failure that says so.

use neonform_engine::apply::{Outcome, apply};
use neonform_engine::diagnostic::codes;
use neonform_engine::event::Event;
use neonform_engine::kind::Provider;
use neonform_engine::node::Node;
use neonform_engine::plan::Plan;
use neonform_engine::prune::{Kinds, Prune};
use neonform_local::{BucketSeed, Fault, Replacement};
use neonform_neon::Scope;
use neonform_neon::client::Request;
use serde_json::{Value as Json, json};

use super::common::node;
use super::endings;
use super::world::World;

fn function(key: &str) -> Json {
    json!({ "functions": { "api": { "name": "Api", "source": "./x.ts", "env": { "KEY": key } } } })
}

/// What the failures of an outcome say was found and written; every one says that something moved.
fn moved(outcome: &Outcome) -> Vec<String> {
    let problems = outcome.failures().flat_map(|failure| &failure.0);
    problems
        .map(|problem| {
            assert_eq!(problem.code, codes::MOVED, "{problem}");
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            format!("{} | {}", text(&problem.found), text(&problem.expected))
        })
        .collect()
}

/// What is replaced right before a request is looked at, as if somebody else had been faster.
fn fault(operation: &str, replacement: Replacement) -> Fault {
    let replace = Some(Box::new(replacement));
    Fault { operation: operation.to_owned(), replace, ..Fault::default() }
}

fn replaced(operation: &str, buckets: Vec<BucketSeed>) -> Fault {
    fault(operation, Replacement { buckets: Some(buckets), ..Replacement::default() })
}

fn bucket(access: &str) -> BucketSeed {
    let (branch_id, access_level) = ("br-local-main-00000001".to_owned(), access.to_owned());
    BucketSeed { branch_id, name: "one".to_owned(), access_level, objects: Vec::new() }
}

async fn applied((provider, plan): &(Provider<Scope>, Plan)) -> Outcome {
    apply(provider, plan, &|| false, &|_| {}).await
}

/// Applies the world's policy, and does something else once everything was tried and not looked at again.
async fn overtaken(world: &World, other: impl AsyncFn(&Provider<Scope>) + Send + Sync) -> Outcome {
    let (provider, plan) = world.plan().await;
    let listen = |event: Event<'_>| {
        if matches!(event, Event::Looking) {
            let other = other(&provider);
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(other));
        }
    };
    apply(&provider, &plan, &|| false, &listen).await
}

#[tokio::test]
async fn a_deployment_that_replaced_somebody_elses_is_not_counted_as_done() {
    for before in [None, Some(function("0"))] {
        let world = World::new(&function("1")).await;
        let earlier = i32::from(before.is_some());
        if let Some(before) = before {
            assert!(applied(&world.plan_of(&node(&before)).await).await.is_complete());
        }
        let (first, second) = (world.plan_of(&node(&function("2"))).await, world.plan().await);
        assert!(applied(&first).await.is_complete());
        let outcome = applied(&second).await;
        assert_eq!(endings(&second.1, &outcome), ["function.api failed"]);
        let told = moved(&outcome).concat();
        let expected =
            format!("function \"api\": deployment {} was made | deployment {}", earlier + 2, earlier + 1);
        assert!(told.starts_with(&expected), "{told}");
        // The same variables are deployed, and nobody knows with what else.
        assert!(!world.plan().await.1.is_empty());
        world.converges().await;
        assert_eq!(world.count("deployBranchFunction"), 3 + usize::try_from(earlier).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_was_replaced_meanwhile_is_reported() {
    let world = World::new(&function("1")).await;
    let outcome = overtaken(&world, async |_| {
        assert!(applied(&world.plan_of(&node(&function("2"))).await).await.is_complete());
    })
    .await;
    assert_eq!(moved(&outcome), ["function.api: deployment 2 | deployment 1, as it was written"]);
    let (_, plan) = world.plan_of(&node(&function("2"))).await;
    assert!(plan.is_empty(), "the other one is what it says");
    world.converges().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_policy_makes_of_a_resource_meanwhile_is_reported() {
    let function = |hosts: &[&str]| json!({ "name": "F", "source": "./x.ts", "customDomains": hosts });
    let trigger = |cron: &str| json!({ "nightly": { "type": "schedule", "cron": cron, "function": "api" } });
    let cases = [
        (
            json!({ "functions": { "api": function(&[]) }, "triggers": trigger("0 3 * * *") }),
            json!({ "functions": { "api": function(&[]) }, "triggers": trigger("0 4 * * *") }),
            "trigger.nightly: cron 0 4 * * * | cron 0 3 * * *, as it was written",
        ),
        (
            json!({ "functions": { "api": function(&["a.example.com"]), "jobs": function(&[]) } }),
            json!({ "functions": { "api": function(&[]), "jobs": function(&["a.example.com"]) } }),
            "domain.a.example.com: function jobs | function api, as it was written",
        ),
        (
            json!({ "auth": true, "dataApi": { "settings": { "dbMaxRows": 10 } } }),
            json!({ "auth": true, "dataApi": { "settings": { "dbMaxRows": 20 } } }),
            "data_api: settings.dbMaxRows 20 | settings.dbMaxRows 10, as it was written",
        ),
    ];
    for (policy, other, told) in cases {
        let world = World::new(&policy).await;
        let other = node(&other);
        let outcome = overtaken(&world, async |_| {
            assert!(applied(&world.plan_of(&other).await).await.is_complete());
        })
        .await;
        assert_eq!(moved(&outcome), [told]);
        assert!(world.plan_of(&other).await.1.is_empty());
        world.converges().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_takes_away_or_sets_back_meanwhile_is_reported() {
    let mut world = World::new(&json!({ "auth": true, "branch": "closure" })).await;
    let neonform_engine::node::Shape::Object(entries) = &mut world.policy.shape else { panic!() };
    entries[1].node = Node::new(neonform_engine::node::Shape::Function);
    world.tuning = Some(node(&json!({ "protected": true })));
    let outcome = overtaken(&world, async |provider| {
        let scope = &provider.client;
        let gone = Request::delete("disableNeonAuth", scope.in_branch(&["auth"]));
        scope.client.delete(gone).await.unwrap();
        let back = Request::patch("updateBranch", scope.in_branch(&[]));
        let back = back.json(json!({ "branch": { "protected": false } }));
        scope.client.send::<Json>(back).await.unwrap();
    })
    .await;
    let told = moved(&outcome);
    assert_eq!(told[0], "branch.main: protected false | protected true, as it was written");
    assert_eq!(told[1], "auth: it is gone | database neondb, as it was written");
}

#[tokio::test]
async fn a_bucket_is_reported_that_is_gone_or_another_one() {
    for (buckets, told) in [(Vec::new(), "it is gone"), (vec![bucket("public_read")], "access public_read")] {
        let world = World::new(&json!({ "buckets": { "one": {} } })).await;
        let (provider, plan) = world.plan().await;
        world.server.inject(vec![replaced("listBranchBuckets", buckets)]);
        let outcome = applied(&(provider, plan)).await;
        assert_eq!(moved(&outcome), [format!("bucket.one: {told} | access private, as it was written")]);
    }
}

#[tokio::test]
async fn what_was_created_since_the_plan_is_done_if_it_is_the_same() {
    for (access, told) in
        [("private", None), ("public_read", Some("one: access public_read | access private"))]
    {
        let world = World::new(&json!({ "buckets": { "one": {} } })).await;
        let planned = world.plan().await;
        world.server.inject(vec![replaced("createBranchBucket", vec![bucket(access)])]);
        assert_eq!(moved(&applied(&planned).await), told.into_iter().collect::<Vec<_>>());
    }
    let trigger = |cron: &str| {
        let mut policy = function("1");
        policy["triggers"] = json!({ "nightly": { "type": "schedule", "cron": cron, "function": "api" } });
        policy
    };
    let told = "nightly: schedule, cron 0 4 * * *, function api, path /, enabled | \
                schedule, cron 0 3 * * *, function api, path /, enabled";
    for (cron, told) in [("0 3 * * *", None), ("0 4 * * *", Some(told))] {
        let world = World::new(&function("1")).await;
        world.converges().await;
        let planned = world.plan_of(&node(&trigger("0 3 * * *"))).await;
        assert!(applied(&world.plan_of(&node(&trigger(cron))).await).await.is_complete());
        assert_eq!(moved(&applied(&planned).await), told.into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_trigger_that_was_deleted_since_the_plan_is_not_updated() {
    let trigger = |cron: &str| {
        let mut policy = function("1");
        policy["triggers"] = json!({ "nightly": { "type": "schedule", "cron": cron, "function": "api" } });
        node(&policy)
    };
    let world = World { policy: trigger("0 3 * * *"), ..World::new(&json!({})).await };
    world.converges().await;
    let planned = world.plan_of(&trigger("0 4 * * *")).await;
    let gone = Replacement { triggers: Some(Vec::new()), ..Replacement::default() };
    world.server.inject(vec![fault("updateBranchTrigger", gone)]);
    let told = moved(&applied(&planned).await);
    assert!(told[0].starts_with("nightly: there is no trigger with the id trigger-"), "{told:?}");
}

#[tokio::test]
async fn what_was_changed_since_the_plan_is_not_deleted() {
    let all = |key: &str, cron: &str| {
        let mut policy = function(key);
        policy["triggers"] = json!({ "nightly": { "type": "schedule", "cron": cron, "function": "api" } });
        node(&policy)
    };
    let mut world = World { policy: all("1", "0 3 * * *"), ..World::new(&json!({})).await };
    world.converges().await;
    world.policy = node(&json!({}));
    world.purpose.prune = Prune { kinds: Kinds::Named(vec!["triggers".to_owned()]), with_data: false };
    let triggers = world.plan().await;
    world.purpose.prune.kinds = Kinds::Named(vec!["functions".to_owned()]);
    let functions = world.plan().await;
    world.purpose.prune = Prune::default();
    assert!(applied(&world.plan_of(&all("2", "0 4 * * *")).await).await.is_complete());
    let told = moved(&applied(&triggers).await);
    assert!(told[0].starts_with("nightly: schedule, cron 0 4 * * *"), "{told:?}");
    assert_eq!(moved(&applied(&functions).await), ["api: deployment 2 | deployment 1"]);
    assert!(world.plan_of(&all("2", "0 4 * * *")).await.1.is_empty(), "everything is there");
}

#[tokio::test]
async fn settings_of_others_are_not_set_back() {
    let settings = |settings: Json| node(&json!({ "auth": true, "dataApi": { "settings": settings } }));
    let world = World { policy: settings(json!({ "dbMaxRows": 1 })), ..World::new(&json!({})).await };
    world.converges().await;
    let planned = world.plan_of(&settings(json!({ "dbMaxRows": 2 }))).await;
    assert!(applied(&world.plan_of(&settings(json!({ "dbAnonRole": "guest" }))).await).await.is_complete());
    let told = moved(&applied(&planned).await);
    assert!(told[0].contains("guest"), "{told:?}");
    let world = World { policy: settings(json!({ "dbMaxRows": 2 })), ..world };
    world.converges().await;
    assert!(world.plan_of(&settings(json!({ "dbAnonRole": "guest" }))).await.1.is_empty());
}

#[tokio::test]
async fn a_run_that_cannot_look_again_does_not_say_that_it_is_done() {
    let world = World::new(&json!({ "buckets": { "one": {}, "two": {} } })).await;
    let planned = world.plan().await;
    world.server.inject(vec![Fault {
        operation: "listBranchBuckets".to_owned(),
        status: 401,
        times: Some(1),
        ..Fault::default()
    }]);
    let outcome = applied(&planned).await;
    let problems: Vec<_> = outcome.failures().flat_map(|failure| &failure.0).collect();
    let note = "bucket.one and 1 more: written; whether it stands could not be looked at";
    assert_eq!(problems.len(), 1);
    assert!(problems[0].facts.contains(&("meanwhile", note.to_owned())), "{:?}", problems[0]);
    assert!(world.plan().await.1.is_empty());
}

#[tokio::test]
async fn each_kind_that_was_changed_is_looked_at_once() {
    let function = |name: &str| json!({ "name": name, "source": "./x.ts" });
    let many: Json = (0..20).map(|number| (format!("f{number}"), function("F"))).collect();
    let world = World::new(&json!({ "functions": many, "buckets": { "one": {}, "two": {} } })).await;
    let planned = world.plan().await;
    world.server.clear_log();
    let outcome = applied(&planned).await;
    let reads = world.server.log().into_iter().filter(|exchange| exchange.method == "GET");
    let mut reads: Vec<&str> = reads.map(|exchange| exchange.operation).collect();
    reads.sort_unstable();
    assert_eq!(reads, ["listBranchBuckets", "listBranchFunctions"]);
    let urls = outcome.outputs(&planned.1).filter(|(_, (name, _))| name == "invocationUrl");
    assert_eq!(urls.count(), 20);
    world.server.clear_log();
    world.converges().await;
    assert_eq!(world.count("listBranchFunctions"), 2, "nothing was written: nothing is looked at again");
}
