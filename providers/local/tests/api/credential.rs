//! Branch credentials.

use serde_json::{Value, json};

use crate::harness::{Api, MAIN, each};

const STORAGE: &str = "Default object storage credential";
const GATEWAY: &str = "Default AI gateway credential";

fn path() -> String {
    format!("{MAIN}/credentials")
}

fn wanted() -> Value {
    json!({ "scopes": ["storage:read", "functions:invoke"], "principal_type": "user", "name": "ci" })
}

async fn list(api: &Api, branch: &str) -> Value {
    api.get(&format!("{branch}/credentials")).await.expect(200)["credentials"].clone()
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[tokio::test]
async fn every_branch_has_the_platforms_credentials() {
    let api = Api::new().await;
    let child = api.branch("child").await;
    let (main, child) = (list(&api, MAIN).await, list(&api, &child).await);
    for all in [&main, &child] {
        assert_eq!(each(all, "name"), [STORAGE, GATEWAY]);
        assert_eq!(all[0]["scopes"], json!(["storage:read", "storage:write"]));
        assert_eq!(all[1]["scopes"], json!(["ai_gateway:invoke"]));
        assert_eq!(all[0]["principal_type"], "user");
    }
    assert_ne!(main[0]["token_id"], child[0]["token_id"]);
    let body = json!({ "project": { "name": "another" } });
    let made = api.post("/projects", body).await.expect(201);
    let project = made["project"]["id"].as_str().unwrap().to_owned();
    let branch = format!("/projects/{project}/branches/{}", made["branch"]["id"].as_str().unwrap());
    assert_eq!(each(&list(&api, &branch).await, "name"), [STORAGE, GATEWAY]);
}

#[tokio::test]
async fn secrets_are_shown_when_they_are_new_and_when_revealed() {
    let api = Api::new().await;
    let made = api.post(&path(), wanted()).await.expect(201);
    let id = made["token_id"].as_str().unwrap();
    let digits = id.strip_prefix("nak_live_").unwrap();
    assert!(is_hex(digits, 32), "{id}");
    assert_eq!(made["token_id_short"], digits[..12]);
    let token = made["api_token"].as_str().unwrap();
    assert!(token.starts_with(&format!("nt_live_{}_", &digits[..12])), "{token}");
    let secret = made["s3_secret_access_key"].as_str().unwrap();
    assert!(is_hex(secret.strip_prefix("nsk_live_").unwrap(), 64), "{secret}");
    assert_eq!(made["branch_id"], "br-local-main-00000001");
    let revealed = api.post(&format!("{}/{id}/reveal", path()), json!({})).await.expect(200);
    assert_eq!(revealed, json!({ "token_id": id, "api_token": token, "s3_secret_access_key": secret }));
    let listed = list(&api, MAIN).await;
    assert_eq!(listed[2]["name"], "ci");
    assert!(listed[2].get("api_token").is_none());
    let rotated = api.post(&format!("{}/{id}/rotate", path()), json!({})).await.expect(200);
    assert_eq!(rotated["token_id"], id);
    assert_ne!(rotated["api_token"], token);
    let revealed = api.post(&format!("{}/{id}/reveal", path()), json!({})).await.expect(200);
    assert_eq!(revealed["s3_secret_access_key"], rotated["s3_secret_access_key"]);
}

#[tokio::test]
async fn a_revoked_credential_stays_in_the_list() {
    let api = Api::new().await;
    let made = api.post(&path(), wanted()).await.expect(201);
    let one = format!("{}/{}", path(), made["token_id"].as_str().unwrap());
    api.delete(&one).await.expect(204);
    api.delete(&one).await.expect(204);
    assert!(list(&api, MAIN).await[2]["revoked_at"].is_string());
    api.post(&format!("{one}/reveal"), json!({})).await.refused(404);
    api.post(&format!("{one}/rotate"), json!({})).await.refused(404);
    api.post(&format!("{}/nak_live_0/reveal", path()), json!({})).await.refused(404);
    api.delete(&format!("{}/nak_live_0", path())).await.refused(404);
    let child = list(&api, &api.branch("child").await).await;
    assert_eq!(each(&child, "name"), [STORAGE, GATEWAY]);
}

#[tokio::test]
async fn a_child_inherits_what_was_issued() {
    let api = Api::new().await;
    let made = api.post(&path(), wanted()).await.expect(201);
    let branch = api.branch("child").await;
    let child = list(&api, &branch).await;
    assert_eq!(each(&child, "name"), [STORAGE, GATEWAY, "ci"]);
    assert_eq!(child[2]["token_id"], made["token_id"]);
    assert_eq!(format!("/{}", child[2]["branch_id"].as_str().unwrap()), branch[branch.rfind('/').unwrap()..]);
    let reveal = format!("{branch}/credentials/{}/reveal", made["token_id"].as_str().unwrap());
    let revealed = api.request(reqwest::Method::POST, &reveal).send().await.unwrap();
    let revealed = crate::harness::answer(revealed).await.expect(200);
    assert_eq!(revealed["api_token"], made["api_token"]);
}

#[tokio::test]
async fn what_a_credential_is_issued_for_is_checked() {
    let api = Api::new().await;
    for (body, named) in [
        (json!({ "principal_type": "user" }), "scopes"),
        (json!({ "scopes": [], "principal_type": "user" }), "scopes"),
        (json!({ "scopes": ["telemetry:write"], "principal_type": "user" }), "telemetry:write"),
        (json!({ "scopes": vec!["storage:read"; 17], "principal_type": "user" }), "scopes"),
        (json!({ "scopes": ["storage:read"] }), "principal_type"),
        (json!({ "scopes": ["storage:read"], "principal_type": "system" }), "principal_type"),
        (json!({ "scopes": ["storage:read"], "principal_type": "user", "name": "x".repeat(257) }), "name"),
        (
            json!({ "scopes": ["storage:read"], "principal_type": "user", "ttl": 1 }),
            "unexpected field \"ttl\"",
        ),
    ] {
        let message = api.post(&path(), body).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
}
