//! Setting a branch back to another's state.

use neonform_local::Seed;
use serde_json::{Value, json};

use crate::harness::{Api, MAIN, PROJECT, each};

const SOURCE: &str = "br-local-main-00000001";

async fn databases(api: &Api, branch: &str) -> Value {
    api.get(&format!("{branch}/databases")).await.expect(200)["databases"].clone()
}

async fn add_database(api: &Api, branch: &str, name: &str) {
    let body = json!({ "database": { "name": name, "owner_name": "neondb_owner" } });
    api.post(&format!("{branch}/databases"), body).await.expect(201);
}

#[tokio::test]
async fn a_reset_takes_over_the_parents_databases() {
    let api = Api::new().await;
    let branch = api.branch("child").await;
    add_database(&api, &branch, "mine").await;
    api.post(&format!("{branch}/data-api/mine"), json!({})).await.expect(201);
    add_database(&api, MAIN, "theirs").await;
    let body = json!({ "source_branch_id": SOURCE });
    let reset = api.post(&format!("{branch}/restore"), body).await.expect(200);
    assert!(reset["branch"]["last_reset_at"].is_string());
    assert_eq!(reset["branch"]["parent_id"], SOURCE);
    assert!(!reset["operations"].as_array().unwrap().is_empty());
    assert_eq!(each(&databases(&api, &branch).await, "name"), ["neondb", "theirs"]);
    api.get(&format!("{branch}/data-api/mine")).await.refused(404);
    let endpoints = api.get(&format!("{branch}/endpoints")).await.expect(200);
    assert_eq!(endpoints["endpoints"].as_array().unwrap().len(), 1, "computes stay");
}

#[tokio::test]
async fn a_reset_starts_the_lifetime_anew() {
    let api = Api::new().await;
    let at = |hour: i64| Seed { now: Some(1_790_899_200_000 + hour * 3_600_000), ..Seed::default() };
    api.server.seed(&at(0)).unwrap();
    let body = json!({ "branch": { "name": "short", "expires_at": "2026-10-03T00:00:00Z" } });
    let made = api.post(&format!("{PROJECT}/branches"), body).await.expect(201);
    let path = format!("{PROJECT}/branches/{}/restore", made["branch"]["id"].as_str().unwrap());
    api.server.seed(&at(5)).unwrap();
    let reset = api.post(&path, json!({ "source_branch_id": SOURCE })).await.expect(200);
    assert_eq!(reset["branch"]["expires_at"], "2026-10-03T05:00:00Z");
}

#[tokio::test]
async fn what_was_can_be_kept_and_must_be_when_there_are_children() {
    let api = Api::new().await;
    let branch = api.branch("middle").await;
    add_database(&api, &branch, "mine").await;
    let id = branch.rsplit('/').next().unwrap();
    let body = json!({ "branch": { "name": "leaf", "parent_id": id } });
    let leaf = api.post(&format!("{PROJECT}/branches"), body).await.expect(201);
    let leaf = format!("{PROJECT}/branches/{}", leaf["branch"]["id"].as_str().unwrap());
    let restore = format!("{branch}/restore");
    let message = api.post(&restore, json!({ "source_branch_id": SOURCE })).await.refused(422);
    assert_eq!(message, "Branch has children, preserve_under_name is required");
    let taken = json!({ "source_branch_id": SOURCE, "preserve_under_name": "leaf" });
    api.post(&restore, taken).await.refused(409);
    let body = json!({ "source_branch_id": SOURCE, "preserve_under_name": "old" });
    let reset = api.post(&restore, body).await.expect(200);
    let kept = reset["branch"]["parent_id"].as_str().unwrap();
    assert_eq!(api.get(&leaf).await.expect(200)["branch"]["parent_id"], kept);
    let kept = format!("{PROJECT}/branches/{kept}");
    let found = api.get(&kept).await.expect(200);
    assert_eq!(found["branch"]["name"], "old");
    assert_eq!(found["branch"]["parent_id"], SOURCE);
    assert_eq!(each(&databases(&api, &kept).await, "name"), ["neondb", "mine"]);
    assert_eq!(each(&databases(&api, &branch).await, "name"), ["neondb"]);
}

#[tokio::test]
async fn what_a_restore_says_is_checked() {
    let api = Api::new().await;
    let path = format!("{MAIN}/restore");
    for (body, status) in [
        (json!({}), 400),
        (json!({ "source_branch_id": SOURCE }), 400),
        (json!({ "source_branch_id": SOURCE, "source_lsn": "0/1" }), 422),
        (json!({ "source_branch_id": SOURCE, "source_lsn": "1" }), 400),
        (json!({ "source_branch_id": SOURCE, "source_timestamp": "2026-01-01T00:00:00" }), 400),
        (
            json!({
                "source_branch_id": SOURCE, "source_lsn": "0/1",
                "source_timestamp": "2026-01-01T00:00:00Z",
            }),
            400,
        ),
        (json!({ "source_branch_id": "br-none-none-00000000" }), 404),
        (json!({ "source_branch_id": SOURCE, "preserve_under_name": "" }), 400),
        (json!({ "source_branch_id": SOURCE, "name": "x" }), 400),
    ] {
        api.post(&path, body).await.refused(status);
    }
    let body = json!({ "source_branch_id": SOURCE, "source_lsn": "0/1E88838", "preserve_under_name": "old" });
    api.post(&path, body).await.expect(200);
}
