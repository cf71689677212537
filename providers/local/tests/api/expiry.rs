//! Which branches expire, and what happens then.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use neonform_local::Seed;
use serde_json::{Value, json};

use crate::harness::{Answer, Api, MAIN, PROJECT};

const NOW: i64 = 1_791_201_600_000; // 2026-10-05T12:00:00Z

/// A server whose clock stands still.
async fn frozen() -> Api {
    let api = Api::new().await;
    set_now(&api, NOW);
    api
}

fn set_now(api: &Api, ms: i64) {
    let seed = Seed { now: Some(ms), ..Seed::default() };
    api.server.seed(&seed).unwrap();
}

async fn create(api: &Api, branch: Value) -> Answer {
    api.post(&format!("{PROJECT}/branches"), json!({ "branch": branch })).await
}

#[tokio::test]
async fn seconds_are_kept_and_the_interval_is_counted_from_now() {
    let api = frozen().await;
    let wanted = json!({ "name": "a", "expires_at": "2026-10-12T14:00:00.600+02:00" });
    let made = create(&api, wanted).await.expect(201)["branch"].clone();
    assert_eq!(made["created_at"], "2026-10-05T12:00:00Z");
    assert_eq!(made["expires_at"], "2026-10-12T12:00:00Z");
    assert_eq!(made["ttl_interval_seconds"], 604_801);
}

#[tokio::test]
async fn an_interval_asked_for_a_moment_ago_comes_back_whole() {
    let api = Api::new().await;
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let at = Timestamp::from_millisecond(i64::try_from(ms).unwrap() + 3_600_000).unwrap();
    let made = create(&api, json!({ "expires_at": at.to_string() })).await.expect(201);
    assert_eq!(made["branch"]["ttl_interval_seconds"], 3600);
}

#[tokio::test]
async fn a_malformed_time_is_400_and_an_impossible_one_422() {
    let api = frozen().await;
    for text in ["tomorrow", "2026-10-12", "2026-10-12T12:00:00"] {
        let message = create(&api, json!({ "expires_at": text })).await.refused(400);
        assert!(message.contains("branch.expires_at"), "{message}");
    }
    create(&api, json!({ "expires_at": 7 })).await.refused(400);
    create(&api, json!({ "expires_at": null })).await.refused(400);
    for text in ["2026-10-05T12:00:00Z", "2025-01-01T00:00:00Z", "2026-11-04T12:00:01Z"] {
        create(&api, json!({ "expires_at": text })).await.refused(422);
    }
    create(&api, json!({ "expires_at": "2026-11-04T12:00:00Z" })).await.expect(201);
}

#[tokio::test]
async fn null_clears_and_omission_keeps() {
    let api = frozen().await;
    let path = api.branch("a").await;
    let patch = |fields: Value| api.patch(&path, json!({ "branch": fields }));
    patch(json!({ "expires_at": "2026-10-06T12:00:00Z" })).await.expect(200);
    let kept = patch(json!({ "name": "b" })).await.expect(200);
    assert_eq!(kept["branch"]["expires_at"], "2026-10-06T12:00:00Z");
    let cleared = patch(json!({ "expires_at": null })).await.expect(200);
    assert!(cleared["branch"].get("expires_at").is_none());
    assert!(cleared["branch"].get("ttl_interval_seconds").is_none());
    assert_eq!(cleared["operations"], json!([]));
}

#[tokio::test]
async fn protected_default_and_parent_branches_do_not_expire() {
    let api = frozen().await;
    let at = "2026-10-06T12:00:00Z";
    let expire = json!({ "branch": { "expires_at": at } });
    api.patch(MAIN, expire.clone()).await.refused(422);
    create(&api, json!({ "protected": true, "expires_at": at })).await.refused(422);

    let path = api.branch("a").await;
    let id = path.rsplit('/').next().unwrap();
    api.patch(&path, json!({ "branch": { "protected": true } })).await.expect(200);
    api.patch(&path, expire.clone()).await.refused(422);
    let both = json!({ "branch": { "protected": false, "expires_at": at } });
    api.patch(&path, both).await.expect(200);
    api.patch(&path, json!({ "branch": { "protected": true } })).await.refused(422);
    api.post(&format!("{path}/set_as_default"), json!({})).await.refused(422);
    create(&api, json!({ "parent_id": id })).await.refused(422);

    api.patch(&path, json!({ "branch": { "expires_at": null } })).await.expect(200);
    create(&api, json!({ "parent_id": id })).await.expect(201);
    api.patch(&path, expire).await.refused(422);
}

#[tokio::test]
async fn an_expired_branch_is_gone() {
    let api = frozen().await;
    let path = api.branch("a").await;
    let expire = json!({ "branch": { "expires_at": "2026-10-05T13:00:00Z" } });
    api.patch(&path, expire).await.expect(200);
    set_now(&api, NOW + 3_599_000);
    api.get(&path).await.expect(200);
    set_now(&api, NOW + 3_600_000);
    assert_eq!(api.get(&path).await.refused(404), "branch not found");
    let endpoints = api.get(&format!("{PROJECT}/endpoints")).await.expect(200);
    assert_eq!(endpoints["endpoints"].as_array().unwrap().len(), 1);
    create(&api, json!({ "name": "a" })).await.expect(201);
}
