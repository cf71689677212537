//! The Data API.

use std::time::Duration;

use neonform_local::Options;
use serde_json::json;

use crate::harness::{Api, MAIN, each};

fn path(database: &str) -> String {
    format!("{MAIN}/data-api/{database}")
}

#[tokio::test]
async fn it_is_enabled_once_per_database_and_gone_when_deleted() {
    let api = Api::new().await;
    assert!(api.get(&path("neondb")).await.refused(404).contains("not enabled"));
    assert_eq!(api.get(&path("none")).await.refused(404), "database not found");
    assert_eq!(api.post(&path("none"), json!({})).await.refused(404), "database not found");
    let made = api.post(&path("neondb"), json!({})).await.expect(201);
    let url = "https://ep-local-main-00000001.apirest.c-1.us-east-2.aws.neon.tech/neondb/rest/v1";
    assert_eq!(made, json!({ "url": url }));
    api.post(&path("neondb"), json!({})).await.refused(409);
    let found = api.get(&path("neondb")).await.expect(200);
    assert_eq!(found["url"], url);
    assert_eq!(found["status"], "active");
    assert_eq!(found["available_schemas"], json!(["auth", "public"]));
    let roles = api.get(&format!("{MAIN}/roles")).await.expect(200);
    let names = ["neondb_owner", "authenticator", "anonymous", "authenticated"];
    assert_eq!(each(&roles["roles"], "name"), names);
    assert_eq!(api.delete(&path("neondb")).await.expect(200), json!({}));
    api.delete(&path("neondb")).await.refused(404);
    api.get(&path("neondb")).await.refused(404);
}

#[tokio::test]
async fn settings_are_replaced_and_defaults_fill_in() {
    let api = Api::new().await;
    let wanted = json!({ "settings": { "db_max_rows": 500, "db_schemas": ["public", "shop"] } });
    api.post(&path("neondb"), wanted).await.expect(201);
    let found = api.get(&path("neondb")).await.expect(200);
    let with = |changes: serde_json::Value| {
        let mut all = json!({
            "db_aggregates_enabled": true, "db_anon_role": "anonymous", "db_schemas": ["public"],
            "jwt_role_claim_key": ".role", "openapi_mode": "disabled", "server_timing_enabled": false,
        });
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        all
    };
    assert_eq!(found["settings"], with(json!({ "db_max_rows": 500, "db_schemas": ["public", "shop"] })));
    let only = json!({ "settings": { "openapi_mode": "ignore-privileges" } });
    assert_eq!(api.patch(&path("neondb"), only).await.expect(201), json!({}));
    let found = api.get(&path("neondb")).await.expect(200);
    assert_eq!(found["settings"], with(json!({ "openapi_mode": "ignore-privileges" })));
    // Without settings only the schemas are read again.
    api.patch(&path("neondb"), json!({})).await.expect(201);
    assert_eq!(api.get(&path("neondb")).await.expect(200), found);
}

#[tokio::test]
async fn what_is_asked_for_is_checked() {
    let api = Api::new().await;
    api.patch(&path("neondb"), json!({})).await.refused(404);
    for (body, named) in [
        (json!({ "auth_provider": "magic" }), "auth_provider"),
        (json!({ "auth_provider": "external" }), "jwks_url"),
        (json!({ "auth_provider": "neon_auth" }), "Neon Auth"),
        (json!({ "add_default_grants": "yes" }), "add_default_grants"),
        (json!({ "jwks": "https://a.test" }), "unexpected field \"jwks\""),
        (json!({ "settings": null }), "settings"),
        (json!({ "settings": { "db_max": 1 } }), "unexpected field \"settings.db_max\""),
        (json!({ "settings": { "db_max_rows": "1" } }), "settings.db_max_rows"),
        (json!({ "settings": { "db_max_rows": -1 } }), "settings.db_max_rows"),
        (json!({ "settings": { "db_schemas": "public" } }), "settings.db_schemas"),
        (json!({ "settings": { "db_schemas": [1] } }), "settings.db_schemas"),
        (json!({ "settings": { "openapi_mode": "on" } }), "settings.openapi_mode"),
        (json!({ "settings": { "server_timing_enabled": null } }), "settings.server_timing_enabled"),
    ] {
        let message = api.post(&path("neondb"), body).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
    let external = json!({
        "auth_provider": "external", "jwks_url": "https://id.test/jwks", "provider_name": "id",
        "jwt_audience": "app", "add_default_grants": true, "skip_auth_schema": true,
    });
    api.post(&path("neondb"), external).await.expect(201);
}

#[tokio::test]
async fn with_auth_its_users_can_be_admitted() {
    let api = Api::new().await;
    api.post(&format!("{MAIN}/auth"), json!({ "auth_provider": "better_auth" })).await.expect(201);
    api.post(&path("neondb"), json!({ "auth_provider": "neon_auth" })).await.expect(201);
    let child = api.branch("child").await;
    api.get(&format!("{child}/auth")).await.expect(200);
    let message = api.get(&format!("{child}/data-api/neondb")).await.refused(404);
    assert!(message.contains("not enabled"), "{message}");
}

#[tokio::test]
async fn it_follows_its_database() {
    let api = Api::new().await;
    api.post(&path("neondb"), json!({})).await.expect(201);
    let rename = json!({ "database": { "name": "shop" } });
    api.patch(&format!("{MAIN}/databases/neondb"), rename).await.expect(200);
    api.get(&path("shop")).await.expect(200);
    api.delete(&format!("{MAIN}/databases/shop")).await.expect(200);
    assert_eq!(api.get(&path("shop")).await.refused(404), "database not found");
}

#[tokio::test]
async fn it_waits_for_the_project() {
    let api = Api::with(Options { operation_time: Duration::from_secs(60), ..Options::default() }).await;
    api.post(&path("neondb"), json!({})).await.expect(201);
    api.patch(&path("neondb"), json!({})).await.refused(423);
    api.delete(&path("neondb")).await.refused(423);
    api.get(&path("neondb")).await.expect(200);
}
