//! Operations and the project lock.

use std::time::Duration;

use neonform_local::Options;
use serde_json::json;

use crate::harness::{Api, MAIN, PROJECT, each};

async fn slow() -> Api {
    Api::with(Options { operation_time: Duration::from_millis(400), ..Options::default() }).await
}

#[tokio::test]
async fn one_change_at_a_time() {
    let api = slow().await;
    let branches = format!("{PROJECT}/branches");
    let made = api.post(&branches, json!({ "branch": { "name": "a" } })).await.expect(201);
    let message = api.post(&branches, json!({ "branch": { "name": "b" } })).await.refused(423);
    assert_eq!(
        message,
        "project already has running conflicting operations, scheduling of new ones is prohibited"
    );
    api.patch(MAIN, json!({ "branch": { "name": "trunk" } })).await.refused(423);
    let compute = format!("{PROJECT}/endpoints/ep-local-main-00000001");
    api.patch(&compute, json!({ "endpoint": {} })).await.refused(423);
    api.delete(&compute).await.refused(423);
    api.post(&format!("{MAIN}/roles"), json!({ "role": { "name": "r" } })).await.refused(423);
    api.post(&format!("{MAIN}/auth"), json!({ "auth_provider": "better_auth" })).await.refused(423);

    // What schedules nothing is not held up, nor is another project.
    api.post(&format!("{MAIN}/buckets"), json!({ "name": "b" })).await.expect(201);
    api.deploy_bundle(&format!("{MAIN}/functions/api"), json!({})).await.expect(201);
    api.get(MAIN).await.expect(200);
    api.post("/projects", json!({ "project": {} })).await.expect(201);

    let id = made["operations"][0]["id"].as_str().unwrap();
    let path = format!("{PROJECT}/operations/{id}");
    let running = api.get(&path).await.expect(200)["operation"].clone();
    assert_eq!(running["status"], "running");
    tokio::time::sleep(Duration::from_millis(450)).await;
    let finished = api.get(&path).await.expect(200)["operation"].clone();
    assert_eq!(finished["status"], "finished");
    assert_eq!(finished["total_duration_ms"], 400);
    api.post(&branches, json!({ "branch": { "name": "b" } })).await.expect(201);
}

#[tokio::test]
async fn operations_are_listed_newest_first() {
    let api = Api::new().await;
    api.branch("a").await;
    let list = format!("{PROJECT}/operations");
    let page = api.get(&format!("{list}?limit=3")).await.expect(200);
    assert_eq!(each(&page["operations"], "action"), ["start_compute", "create_branch", "start_compute"]);
    assert!(page["operations"][0]["endpoint_id"].is_string());
    assert!(page["operations"][1].get("endpoint_id").is_none());
    let cursor = page["pagination"]["cursor"].as_str().unwrap();
    let rest = api.get(&format!("{list}?cursor={cursor}")).await.expect(200);
    assert_eq!(each(&rest["operations"], "action"), ["create_timeline"]);
    api.get(&format!("{list}/none")).await.refused(404);
    api.get(&format!("{list}?limit=1001")).await.refused(400);
}
