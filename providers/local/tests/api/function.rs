//! Functions and their deployments.

use std::collections::BTreeSet;
use std::time::Duration;

use neonform_local::Options;
use serde_json::{Value, json};

use crate::harness::{Api, MAIN, bundle, each, form};

async fn function(api: &Api, path: &str) -> Value {
    api.get(path).await.expect(200)["function"].clone()
}

#[tokio::test]
async fn the_first_deployment_creates_the_function() {
    let api = Api::new().await;
    let path = format!("{MAIN}/functions/api");
    api.get(&path).await.refused(404);
    let made = api.deploy_bundle(&path, json!({ "REGION": "ohio", "GREETING": "hi" })).await;
    let made = made.expect(201)["deployment"].clone();
    assert_eq!(made["id"], 1);
    assert_eq!(made["status"], "pending");
    let found = function(&api, &path).await;
    assert_eq!(found["name"], "api");
    assert_eq!(
        found["invocation_url"],
        "https://br-local-main-00000001-api.compute.c-1.us-east-2.aws.neon.tech/"
    );
    let current = &found["current_deployment"];
    assert_eq!(current["status"], "completed");
    assert_eq!(current["memory_mib"], 2048);
    assert_eq!(current["runtime"], "nodejs24");
    assert_eq!(current["environment"], json!(["GREETING", "REGION"]));
    assert!(current.get("error").is_none());
    assert_eq!(found["active_deployment"], *current);
}

#[tokio::test]
async fn what_is_left_out_is_taken_over() {
    let api = Api::new().await;
    let path = format!("{MAIN}/functions/api");
    let message = api.deploy(&path, form(None, Some(json!({ "A": "1" })))).await.refused(400);
    assert!(message.contains("\"zip\" is required"), "{message}");
    api.get(&path).await.refused(404);
    api.deploy_bundle(&path, json!({ "A": "1", "B": "2" })).await.expect(201);
    let changes = json!({ "A": "", "C": "3" });
    let made = api.deploy(&path, form(None, Some(changes))).await.expect(201);
    assert_eq!(made["deployment"]["id"], 2);
    assert_eq!(made["deployment"]["environment"], json!(["B", "C"]));
    let only_code = form(Some(bundle("index.js", b"1")), None);
    let made = api.deploy(&path, only_code).await.expect(201);
    assert_eq!(made["deployment"]["environment"], json!(["B", "C"]));
}

#[tokio::test]
async fn a_failed_build_leaves_the_last_good_one_serving() {
    let api = Api::new().await;
    let path = format!("{MAIN}/functions/api");
    api.deploy_bundle(&path, json!({})).await.expect(201);
    let without_entry = form(Some(bundle("main.mjs", b"1")), None);
    api.deploy(&path, without_entry).await.expect(201);
    let found = function(&api, &path).await;
    assert_eq!(found["current_deployment"]["id"], 2);
    assert_eq!(found["current_deployment"]["status"], "failed");
    let error = found["current_deployment"]["error"].as_str().unwrap();
    assert!(error.contains("index.mjs"), "{error}");
    assert_eq!(found["active_deployment"]["id"], 1);
    api.deploy(&path, form(Some(b"not a zip".to_vec()), None)).await.expect(201);
    let found = function(&api, &path).await;
    assert_eq!(found["current_deployment"]["status"], "failed");
    // The same code again fails again.
    api.deploy(&path, form(None, Some(json!({ "A": "1" })))).await.expect(201);
    let found = function(&api, &path).await;
    assert_eq!(found["current_deployment"]["id"], 4);
    assert_eq!(found["current_deployment"]["status"], "failed");
}

#[tokio::test]
async fn a_build_takes_its_time() {
    let api = Api::with(Options { deployment_time: Duration::from_millis(600), ..Options::default() }).await;
    let path = format!("{MAIN}/functions/api");
    api.deploy_bundle(&path, json!({})).await.expect(201);
    let found = function(&api, &path).await;
    assert_eq!(found["current_deployment"]["status"], "pending");
    assert!(found.get("active_deployment").is_none());
    tokio::time::sleep(Duration::from_millis(350)).await;
    let found = function(&api, &path).await;
    assert_eq!(found["current_deployment"]["status"], "building");
    tokio::time::sleep(Duration::from_millis(350)).await;
    let found = function(&api, &path).await;
    assert_eq!(found["current_deployment"]["status"], "completed");
    assert_eq!(found["active_deployment"]["id"], 1);
}

#[tokio::test]
async fn deployments_at_the_same_moment_get_ids_of_their_own() {
    let api = Api::new().await;
    let path = format!("{MAIN}/functions/api");
    let zip = bundle("index.mjs", &[b'x'; 50_000]);
    let deploy = || api.deploy(&path, form(Some(zip.clone()), None));
    let (a, b, c, d) = tokio::join!(deploy(), deploy(), deploy(), deploy());
    let ids: BTreeSet<i64> =
        [a, b, c, d].into_iter().map(|made| made.expect(201)["deployment"]["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_function_can_be_renamed_unless_it_is_inherited() {
    let api = Api::new().await;
    let path = format!("{MAIN}/functions/api");
    api.deploy_bundle(&path, json!({})).await.expect(201);
    let named = api.patch(&path, json!({ "name": "  The API " })).await.expect(200);
    assert_eq!(named["function"]["name"], "The API");
    let child = format!("{}/functions/api", api.branch("child").await);
    assert_eq!(function(&api, &child).await["name"], "The API");
    api.patch(&child, json!({ "name": "mine" })).await.refused(404);
    api.deploy_bundle(&child, json!({})).await.expect(201);
    api.patch(&child, json!({ "name": "mine" })).await.expect(200);
    let reset = api.patch(&path, json!({ "name": null })).await.expect(200);
    assert_eq!(reset["function"]["name"], "api");
    for body in [
        json!({}),
        json!({ "name": " " }),
        json!({ "name": "x".repeat(257) }),
        json!({ "name": 1 }),
        json!({ "name": "a", "slug": "b" }),
    ] {
        api.patch(&path, body).await.refused(400);
    }
}

#[tokio::test]
async fn a_deleted_function_starts_over() {
    let api = Api::new().await;
    let path = format!("{MAIN}/functions/api");
    api.deploy_bundle(&path, json!({ "A": "1" })).await.expect(201);
    api.delete(&path).await.expect(204);
    assert_eq!(api.delete(&path).await.refused(404), "function not found");
    let made = api.deploy_bundle(&path, json!({})).await.expect(201);
    assert_eq!(made["deployment"]["id"], 1);
    assert_eq!(made["deployment"]["environment"], json!([]));
}

#[tokio::test]
async fn functions_are_listed_in_pages() {
    let api = Api::new().await;
    let slugs: Vec<String> = (0..105).map(|index| format!("f{index}")).collect();
    for slug in &slugs {
        api.deploy_bundle(&format!("{MAIN}/functions/{slug}"), json!({})).await.expect(201);
    }
    let list = format!("{MAIN}/functions");
    let first = api.get(&list).await.expect(200);
    assert_eq!(first["functions"].as_array().unwrap().len(), 100);
    let next = first["pagination"]["next"].as_str().unwrap();
    let second = api.get(&format!("{list}?cursor={next}")).await.expect(200);
    assert!(second.get("pagination").is_none());
    let listed = [each(&first["functions"], "slug"), each(&second["functions"], "slug")].concat();
    assert_eq!(listed, slugs);
    api.get(&format!("{list}?limit=1001")).await.refused(400);
}
