//! Triggers.

use neonform_local::Seed;
use serde_json::{Value, json};

use crate::harness::{Api, MAIN, each};

const NOT_A_PATH: &str = "invalid function trigger path";

fn nightly() -> Value {
    json!({
        "type": "schedule", "name": "nightly", "function_slug": "api",
        "schedule": { "cron": "15 3 * * *" },
    })
}

fn ingest() -> Value {
    json!({
        "type": "storage_object_created", "name": "ingest", "function_slug": "api",
        "storage_object_created": { "bucket_name": "assets", "prefix": "in/" },
        "function_path": "/ingest", "enabled": false,
    })
}

fn with(mut body: Value, changes: Value) -> Value {
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

/// With a function to call.
async fn api() -> (Api, String) {
    let api = Api::new().await;
    api.deploy_bundle(&format!("{MAIN}/functions/api"), json!({})).await.expect(201);
    (api, format!("{MAIN}/triggers"))
}

async fn created(api: &Api, path: &str, body: Value) -> (String, Value) {
    let made = api.post(path, body).await.expect(201)["trigger"].clone();
    (format!("{path}/{}", made["trigger_id"].as_str().unwrap()), made)
}

#[tokio::test]
async fn triggers_come_and_go() {
    let (api, path) = api().await;
    // Friday, 2026-10-02 00:00.
    api.server.seed(&Seed { now: Some(1_790_899_200_000), ..Seed::default() }).unwrap();
    let (one, made) = created(&api, &path, nightly()).await;
    assert!(one.contains("/trigger-"), "{one}");
    assert_eq!(made["function_path"], "/");
    assert_eq!(made["schedule"], json!({ "cron": "15 3 * * *" }));
    assert_eq!((&made["enabled"], &made["inherited"]), (&json!(true), &json!(false)));
    assert_eq!(made["next_run_at"], "2026-10-02T03:15:00.000000Z");
    assert_eq!(api.get(&one).await.expect(200)["trigger"], made);
    let (two, made) = created(&api, &path, ingest()).await;
    assert_eq!(made["storage_object_created"], json!({ "bucket_name": "assets", "prefix": "in/" }));
    assert!(made.get("next_run_at").is_none() && made.get("schedule").is_none(), "{made}");
    let list = api.get(&path).await.expect(200);
    let ids = each(&list["triggers"], "trigger_id");
    assert!(ids.len() == 2 && ids.is_sorted(), "{ids:?}");
    api.delete(&two).await.expect(204);
    api.delete(&two).await.refused(404);
    api.get(&two).await.refused(404);
}

#[tokio::test]
async fn what_a_new_trigger_says_is_checked() {
    let (api, path) = api().await;
    api.post(&path, nightly()).await.expect(201);
    assert_eq!(
        api.post(&path, with(ingest(), json!({ "name": "nightly" }))).await.refused(409),
        "function trigger name already exists on branch"
    );
    assert_eq!(
        api.post(&path, with(ingest(), json!({ "function_slug": "none" }))).await.refused(404),
        "target function not visible on branch"
    );
    let long = format!("/{}", "a".repeat(2048));
    let bucket = |watched: Value| with(ingest(), json!({ "storage_object_created": watched }));
    let cron = |text: &str| with(nightly(), json!({ "name": "n", "schedule": { "cron": text } }));
    for (body, named) in [
        (with(ingest(), json!({ "type": "hourly" })), "type"),
        (with(ingest(), json!({ "name": "" })), "name"),
        (with(ingest(), json!({ "name": "x".repeat(257) })), "name"),
        (with(ingest(), json!({ "function_path": "in" })), NOT_A_PATH),
        (with(ingest(), json!({ "function_path": "/a?b" })), NOT_A_PATH),
        (with(ingest(), json!({ "function_path": "/a#b" })), NOT_A_PATH),
        (with(ingest(), json!({ "function_path": long })), NOT_A_PATH),
        (with(ingest(), json!({ "enabled": null })), "enabled"),
        (with(ingest(), json!({ "bucket": "assets" })), "unexpected field \"bucket\""),
        (with(ingest(), json!({ "schedule": { "cron": "* * * * *" } })), "unexpected field \"schedule\""),
        (with(ingest(), json!({ "type": "schedule" })), "\"schedule\" is required"),
        (bucket(json!({})), "storage_object_created.bucket_name"),
        (bucket(json!({ "bucket_name": "b", "prefix": "" })), "storage_object_created.prefix"),
        (bucket(json!({ "bucket_name": "b", "prefix": "x".repeat(1025) })), "storage_object_created.prefix"),
        (bucket(json!({ "bucket_name": "b", "suffix": "x" })), "storage_object_created.suffix"),
        (cron("0 25 * * *"), "cron: cron value is outside field bounds"),
        (cron("@daily"), "cron: expected five fields"),
    ] {
        let message = api.post(&path, body).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn a_change_names_the_type_and_something_else() {
    let (api, path) = api().await;
    let (one, made) = created(&api, &path, nightly()).await;
    created(&api, &path, ingest()).await;
    let change = |body: Value| api.patch(&one, body);
    for (body, status) in [
        (json!({ "enabled": false }), 400),
        (json!({ "type": "schedule" }), 400),
        (json!({ "type": "storage_object_created", "enabled": false }), 400),
        (json!({ "type": "schedule", "storage_object_created": { "bucket_name": "b" } }), 400),
        (json!({ "type": "schedule", "schedule": {} }), 400),
        (json!({ "type": "schedule", "function_slug": "none" }), 404),
        (json!({ "type": "schedule", "name": "ingest" }), 409),
    ] {
        change(body).await.refused(status);
    }
    assert_eq!(api.get(&one).await.expect(200)["trigger"]["version"], made["version"]);
    let same_name = change(json!({ "type": "schedule", "name": "nightly", "enabled": false }));
    let changed = same_name.await.expect(200)["trigger"].clone();
    assert_eq!(changed["enabled"], false);
    assert!(changed["next_run_at"].is_null() && changed.get("next_run_at").is_some(), "{changed}");
    assert_eq!(changed["schedule"], made["schedule"]);
    assert!(changed["version"].as_i64() > made["version"].as_i64());
}

#[tokio::test]
async fn what_is_watched_is_replaced_whole() {
    let (api, path) = api().await;
    let (one, _) = created(&api, &path, ingest()).await;
    let watch = |watched: Value| {
        api.patch(&one, json!({ "type": "storage_object_created", "storage_object_created": watched }))
    };
    watch(json!({ "prefix": "x/" })).await.refused(400);
    let changed = watch(json!({ "bucket_name": "other" })).await.expect(200);
    assert_eq!(changed["trigger"]["storage_object_created"], json!({ "bucket_name": "other" }));
    assert_eq!(changed["trigger"]["function_path"], "/ingest");
}

#[tokio::test]
async fn a_child_has_its_parents_triggers_switched_off() {
    let (api, path) = api().await;
    let (one, made) = created(&api, &path, nightly()).await;
    created(&api, &path, ingest()).await;
    let child = format!("{}/triggers", api.branch("child").await);
    let inherited = format!("{child}/{}", made["trigger_id"].as_str().unwrap());
    let found = api.get(&inherited).await.expect(200)["trigger"].clone();
    assert_eq!((&found["inherited"], &found["enabled"]), (&json!(true), &json!(false)));
    assert!(found["next_run_at"].is_null());
    api.post(&child, nightly()).await.refused(409);
    let moved = json!({ "type": "schedule", "function_path": "/night" });
    let changed = api.patch(&inherited, moved).await.expect(200)["trigger"].clone();
    assert_eq!((&changed["inherited"], &changed["enabled"]), (&json!(false), &json!(false)));
    let on = json!({ "type": "schedule", "enabled": true });
    let changed = api.patch(&inherited, on).await.expect(200)["trigger"].clone();
    assert_eq!(changed["enabled"], true);
    assert!(changed["next_run_at"].is_string());
    assert_eq!(api.get(&one).await.expect(200)["trigger"], made, "the parent's is another");
    api.delete(&inherited).await.expect(204);
    let list = api.get(&child).await.expect(200);
    assert_eq!(each(&list["triggers"], "name"), ["ingest"]);
}

#[tokio::test]
async fn triggers_outlive_their_function() {
    let (api, path) = api().await;
    let (one, _) = created(&api, &path, nightly()).await;
    api.delete(&format!("{MAIN}/functions/api")).await.expect(204);
    api.get(&one).await.expect(200);
    api.patch(&one, json!({ "type": "schedule", "enabled": false })).await.expect(200);
}
