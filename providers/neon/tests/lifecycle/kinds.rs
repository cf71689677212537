//! What single kinds promise beyond the goldens of the command line.

use neonform_engine::prune::{Kinds, Prune};
use neonform_local::{BranchSeed, BucketSeed, EndpointSeed, Seed, TriggerSeed};
use serde_json::{Value as Json, json};

use super::common::node;
use super::world::World;

const PROJECT: &str = "local-project-00000001";
const MAIN: &str = "br-local-main-00000001";
const CHILD: &str = "br-local-child-00000001";

fn everything() -> Json {
    json!({
        "auth": true,
        "dataApi": { "settings": { "dbMaxRows": 10 } },
        "buckets": { "uploads": {} },
        "functions": { "api": { "name": "Api", "source": "./x.ts", "customDomains": ["a.example.com"] } },
        "triggers": {
            "nightly": { "type": "schedule", "cron": "0 3 * * *", "function": "api" },
            "ingest": { "type": "storage_object_created", "bucket": "uploads", "function": "api" },
        },
    })
}

fn addresses(plan: &neonform_engine::plan::Plan) -> Vec<String> {
    plan.changes().map(|(address, change)| format!("{} {address}", change.action.glyph())).collect()
}

#[tokio::test]
async fn every_list_is_read_once() {
    let world = World::new(&everything()).await;
    world.server.clear_log();
    world.plan().await;
    let mut asked: Vec<&str> = world.server.log().iter().map(|exchange| exchange.operation).collect();
    asked.retain(|operation| !operation.ends_with("Organizations") && *operation != "listProjects");
    asked.sort_unstable();
    let expected = [
        "getNeonAuth",
        "getNeonDataApi",
        "getProject",
        "listBranchBuckets",
        "listBranchCustomDomains",
        "listBranchDatabases",
        "listBranchFunctions",
        "listBranchTriggers",
        "listBranches",
        "listEndpoints",
    ];
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn everything_is_made_in_dependency_order() {
    let world = World::new(&everything()).await;
    world.converges().await;
    let writes: Vec<&str> = world
        .server
        .log()
        .iter()
        .filter(|exchange| exchange.method != "GET")
        .map(|exchange| exchange.operation)
        .collect();
    let place = |operation: &str| writes.iter().position(|found| *found == operation).unwrap();
    assert!(place("enableNeonAuth") < place("enableProjectBranchDataApi"), "{writes:?}");
    assert!(place("deployBranchFunction") < place("registerBranchCustomDomain"), "{writes:?}");
    assert!(place("deployBranchFunction") < place("createBranchTrigger"), "{writes:?}");
}

#[tokio::test]
async fn settings_that_nobody_names_survive_an_update() {
    let world = World::new(
        &json!({ "auth": true, "dataApi": { "settings": { "dbMaxRows": 10, "dbAnonRole": "guest" } } }),
    )
    .await;
    world.converges().await;
    let fewer = json!({ "auth": true, "dataApi": { "settings": { "dbMaxRows": 20 } } });
    let world = World { policy: node(&fewer), ..world };
    world.converges().await;
    let update =
        world.server.log().into_iter().rfind(|exchange| exchange.operation == "updateProjectBranchDataApi");
    let settings = update.unwrap().body["settings"].clone();
    assert_eq!((&settings["db_max_rows"], &settings["db_anon_role"]), (&json!(20), &json!("guest")));
}

#[tokio::test]
async fn a_data_api_without_auth_has_another_provider() {
    let external =
        json!({ "dataApi": { "authProvider": "external", "jwksUrl": "https://issuer.example.test/jwks" } });
    let world = World::new(&external).await;
    world.converges().await;
    let world = World { policy: node(&json!({ "auth": true, "dataApi": true })), ..world };
    let (_, plan) = world.plan().await;
    assert_eq!(addresses(&plan), ["+ auth"]);
    assert_eq!(plan.drift.iter().map(|found| found.address.to_string()).collect::<Vec<_>>(), ["data_api"]);
}

#[tokio::test]
async fn buckets_with_objects_go_only_with_their_data() {
    let world = World::new(&json!({ "buckets": { "kept": {} } })).await;
    world.converges().await;
    let bucket = |name: &str, objects: &[&str]| BucketSeed {
        branch_id: MAIN.to_owned(),
        name: name.to_owned(),
        access_level: "private".to_owned(),
        objects: objects.iter().map(ToString::to_string).collect(),
    };
    let seed =
        Seed { buckets: vec![bucket("empty", &[]), bucket("full", &["a", "dir/b"])], ..Seed::default() };
    world.server.seed(&seed).unwrap();
    let mut world = world;
    world.purpose.prune = Prune { kinds: Kinds::All, with_data: false };
    assert_eq!(addresses(&world.plan().await.1), ["- bucket.empty"]);
    world.converges().await;
    world.purpose.prune.with_data = true;
    assert_eq!(addresses(&world.plan().await.1), ["- bucket.full"]);
    world.converges().await;
}

#[tokio::test]
async fn a_bucket_that_is_filled_meanwhile_is_not_deleted() {
    let world = World::new(&json!({ "buckets": { "kept": {} } })).await;
    world.converges().await;
    let mut bucket = BucketSeed {
        branch_id: MAIN.to_owned(),
        name: "idle".to_owned(),
        access_level: "private".to_owned(),
        objects: Vec::new(),
    };
    world.server.seed(&Seed { buckets: vec![bucket.clone()], ..Seed::default() }).unwrap();
    let mut world = world;
    world.purpose.prune = Prune { kinds: Kinds::All, with_data: false };
    let (provider, plan) = world.plan().await;
    bucket.objects = vec!["new".to_owned()];
    let replaced = neonform_local::Replacement { buckets: Some(vec![bucket]), ..Default::default() };
    let fault = neonform_local::Fault {
        operation: "listProjectBranchBucketObjects".to_owned(),
        replace: Some(Box::new(replaced)),
        ..Default::default()
    };
    world.server.inject(vec![fault]);
    let outcome = neonform_engine::apply::apply(&provider, &plan, &|| false, &|_| {}).await;
    assert!(!outcome.is_complete());
    assert_eq!(world.count("deleteBranchBucket"), 0);
}

fn scheduled() -> Json {
    json!({
        "functions": { "api": { "name": "Api", "source": "./x.ts" } },
        "triggers": { "nightly": { "type": "schedule", "cron": "0 3 * * *", "function": "api" } },
    })
}

/// A child branch that got a disabled copy of its parent's trigger.
async fn child(policy: &Json) -> World {
    let world = World::new(&scheduled()).await;
    let trigger = TriggerSeed {
        branch_id: CHILD.to_owned(),
        id: "trigger-1".to_owned(),
        trigger_type: "schedule".to_owned(),
        name: "nightly".to_owned(),
        function_slug: "api".to_owned(),
        inherited: true,
        cron: Some("0 3 * * *".to_owned()),
        ..TriggerSeed::default()
    };
    let branch = BranchSeed {
        id: CHILD.to_owned(),
        project_id: PROJECT.to_owned(),
        name: "child".to_owned(),
        parent_id: Some(MAIN.to_owned()),
        ..BranchSeed::default()
    };
    let endpoint = EndpointSeed {
        id: "ep-local-child-00000001".to_owned(),
        branch_id: CHILD.to_owned(),
        endpoint_type: "read_write".to_owned(),
        min_cu: 0.25,
        max_cu: 2.0,
        ..EndpointSeed::default()
    };
    let seed = Seed {
        branches: vec![branch],
        endpoints: vec![endpoint],
        triggers: vec![trigger],
        ..Seed::default()
    };
    world.server.seed(&seed).unwrap();
    World { policy: node(policy), branch: Some("child".to_owned()), ..world }
}

#[tokio::test]
async fn an_inherited_trigger_stays_off_through_an_update() {
    let mut policy = scheduled();
    policy["triggers"]["nightly"]["cron"] = json!("0 4 * * *");
    let world = child(&policy).await;
    world.converges().await;
    let update = world.server.log().into_iter().find(|exchange| exchange.operation == "updateBranchTrigger");
    assert_eq!(update.unwrap().body["enabled"], json!(false));
    let (_, plan) = world.plan().await;
    assert_eq!(plan.drift.len(), 1, "it is the branch's own now, and still off");
}

#[tokio::test]
async fn an_inherited_trigger_is_turned_on_in_so_many_words() {
    let mut policy = scheduled();
    policy["triggers"]["nightly"]["enabled"] = json!(true);
    let world = child(&policy).await;
    world.converges().await;
    assert!(world.plan().await.1.drift.is_empty());
}

#[tokio::test]
async fn pruning_never_touches_services() {
    let world = World::new(&everything()).await;
    world.converges().await;
    let mut world = World { policy: node(&json!({})), ..world };
    let all = ["functions", "buckets", "triggers", "domains"].map(str::to_owned).to_vec();
    world.purpose.prune = Prune { kinds: Kinds::Named(all), with_data: true };
    let (_, plan) = world.plan().await;
    let expected = [
        "- trigger.ingest",
        "- trigger.nightly",
        "- domain.a.example.com",
        "- function.api",
        "- bucket.uploads",
    ];
    assert_eq!(addresses(&plan), expected);
    world.converges().await;
    assert_eq!(world.count("deleteProjectBranchDataApi"), 0);
}
