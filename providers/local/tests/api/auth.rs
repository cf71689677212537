//! Neon Auth.

use serde_json::json;

use crate::harness::{Api, MAIN, each};

#[tokio::test]
async fn auth_is_enabled_once() {
    let api = Api::new().await;
    let path = format!("{MAIN}/auth");
    api.get(&path).await.refused(404);
    let body = json!({ "auth_provider": "better_auth", "database_name": "neondb" });
    let made = api.post(&path, body.clone()).await.expect(201);
    assert_eq!(made["pub_client_key"], "");
    assert_eq!(made["schema_name"], "neon_auth");
    let base = "https://ep-local-main-00000001.neonauth.c-1.us-east-2.aws.neon.tech/neondb/auth";
    assert_eq!(made["base_url"], base);
    assert_eq!(made["jwks_url"], format!("{base}/.well-known/jwks.json"));
    api.post(&path, body).await.refused(409);
    let found = api.get(&path).await.expect(200);
    assert_eq!(found["db_name"], "neondb");
    assert_eq!(found["owned_by"], "neon");
    assert_eq!(found["auth_provider_project_id"], made["auth_provider_project_id"]);
    let roles = api.get(&format!("{MAIN}/roles")).await.expect(200);
    assert_eq!(
        each(&roles["roles"], "name"),
        ["neondb_owner", "authenticator", "anonymous", "authenticated"]
    );
}

#[tokio::test]
async fn auth_can_be_disabled_and_enabled_again() {
    let api = Api::new().await;
    let path = format!("{MAIN}/auth");
    let enable = || api.post(&path, json!({ "auth_provider": "better_auth" }));
    api.delete(&path).await.refused(404);
    enable().await.expect(201);
    assert_eq!(api.delete(&path).await.expect(200), json!({}));
    api.get(&path).await.refused(404);
    enable().await.expect(201);
}

#[tokio::test]
async fn what_auth_is_asked_for_is_checked() {
    let api = Api::new().await;
    let path = format!("{MAIN}/auth");
    api.post(&path, json!({})).await.refused(400);
    api.post(&path, json!({ "auth_provider": "magic" })).await.refused(400);
    let body = json!({ "auth_provider": "better_auth", "database": "neondb" });
    let message = api.post(&path, body).await.refused(400);
    assert_eq!(message, "unexpected field \"database\"");
    let body = json!({ "auth_provider": "better_auth", "database_name": "none" });
    api.post(&path, body).await.refused(404);
}
