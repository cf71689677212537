//! Buckets and object storage.

use serde_json::json;

use crate::harness::{Api, MAIN, each};

#[tokio::test]
async fn buckets_come_and_go() {
    let api = Api::new().await;
    let path = format!("{MAIN}/buckets");
    let made = api.post(&path, json!({ "name": "uploads" })).await.expect(201);
    assert_eq!(made["bucket"]["access_level"], "private");
    assert!(made["bucket"]["created_at"].is_string());
    let public = json!({ "name": "assets", "access_level": "public_read" });
    api.post(&path, public).await.expect(201);
    let list = api.get(&path).await.expect(200);
    assert_eq!(each(&list["buckets"], "name"), ["uploads", "assets"]);
    assert_eq!(each(&list["buckets"], "access_level"), ["private", "public_read"]);
    api.delete(&format!("{path}/uploads")).await.expect(204);
    assert_eq!(api.delete(&format!("{path}/uploads")).await.refused(404), "bucket not found");
}

#[tokio::test]
async fn a_bucket_that_makes_no_sense_is_refused() {
    let api = Api::new().await;
    let path = format!("{MAIN}/buckets");
    api.post(&path, json!({ "name": "uploads" })).await.expect(201);
    api.post(&path, json!({ "name": "uploads" })).await.refused(409);
    for (body, named) in [
        (json!({}), "\"name\" is required"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(256) }), "name"),
        (json!({ "name": "a", "access_level": "public" }), "access_level"),
        (json!({ "name": "a", "access_level": null }), "access_level"),
        (json!({ "name": "a", "access": "private" }), "unexpected field \"access\""),
    ] {
        let message = api.post(&path, body).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn names_with_odd_characters_survive_the_path() {
    let api = Api::new().await;
    let path = format!("{MAIN}/buckets");
    api.post(&path, json!({ "name": "a/b c?é" })).await.expect(201);
    api.delete(&format!("{path}/a%2Fb%20c%3F%C3%A9")).await.expect(204);
}

#[tokio::test]
async fn storage_has_an_address() {
    let api = Api::new().await;
    let storage = api.get(&format!("{MAIN}/storage")).await.expect(200);
    assert_eq!(storage["region"], "us-east-2");
    assert_eq!(storage["s3_endpoint"], "https://br-local-main-00000001.storage.c-1.us-east-2.aws.neon.tech");
}
