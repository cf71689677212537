//! The objects in buckets.

use neonform_local::{BucketSeed, Seed};
use serde_json::json;

use crate::harness::{Api, MAIN, each};

const KEYS: [&str; 5] = ["a.txt", "in/1.txt", "in/2.txt", "in/deep/3.txt", "out_/4.txt"];

async fn api() -> (Api, String) {
    let api = Api::new().await;
    let bucket = BucketSeed {
        branch_id: "br-local-main-00000001".into(),
        name: "files".into(),
        access_level: "private".into(),
        objects: KEYS.map(str::to_owned).to_vec(),
    };
    api.server.seed(&Seed { buckets: vec![bucket], ..Seed::default() }).unwrap();
    (api, format!("{MAIN}/buckets/files"))
}

#[tokio::test]
async fn keys_are_listed_flat_or_in_folders() {
    let (api, bucket) = api().await;
    let all = api.get(&format!("{bucket}/objects")).await.expect(200);
    assert_eq!(each(&all["objects"], "key"), KEYS);
    assert_eq!(all["objects"][0]["size"], 0);
    assert!(all["objects"][0]["last_modified"].is_string() && all["objects"][0]["etag"].is_string());
    assert_eq!((&all["folders"], &all["is_truncated"]), (&json!([]), &json!(false)));
    assert!(all.get("next_cursor").is_none());
    let top = api.get(&format!("{bucket}/objects?delimiter=/")).await.expect(200);
    assert_eq!(top["folders"], json!(["in/", "out_/"]));
    assert_eq!(each(&top["objects"], "key"), ["a.txt"]);
    let inside = api.get(&format!("{bucket}/objects?delimiter=/&prefix=in/")).await.expect(200);
    assert_eq!(inside["folders"], json!(["in/deep/"]));
    assert_eq!(inside["prefix"], "in/");
    assert_eq!(each(&inside["objects"], "key"), ["in/1.txt", "in/2.txt"]);
    api.get(&format!("{MAIN}/buckets/none/objects")).await.refused(404);
}

#[tokio::test]
async fn folders_and_objects_are_paged_together() {
    let (api, bucket) = api().await;
    let first = api.get(&format!("{bucket}/objects?delimiter=/&limit=2")).await.expect(200);
    assert_eq!((&first["folders"], &first["is_truncated"]), (&json!(["in/"]), &json!(true)));
    assert_eq!(each(&first["objects"], "key"), ["a.txt"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("{bucket}/objects?delimiter=/&limit=2&cursor={cursor}");
    let last = api.get(&path).await.expect(200);
    assert_eq!((&last["folders"], &last["objects"]), (&json!(["out_/"]), &json!([])));
    assert_eq!(last["is_truncated"], false);
}

#[tokio::test]
async fn only_an_empty_bucket_is_deleted() {
    let (api, bucket) = api().await;
    assert_eq!(api.delete(&bucket).await.refused(409), "bucket is not empty");
    api.delete(&format!("{bucket}/objects/a.txt")).await.expect(204);
    api.delete(&format!("{bucket}/objects/a.txt")).await.refused(404);
    api.delete(&format!("{bucket}/objects/in%2Fdeep%2F3.txt")).await.expect(204);
    let by_prefix = |prefix: &str| format!("{bucket}/objects-by-prefix?prefix={prefix}");
    api.delete(&by_prefix("")).await.refused(400);
    api.delete(&by_prefix("in")).await.refused(400);
    assert_eq!(api.delete(&by_prefix("in/")).await.expect(200), json!({ "deleted": 2 }));
    assert_eq!(api.delete(&by_prefix("out%25/")).await.expect(200), json!({ "deleted": 0 }));
    assert_eq!(api.delete(&by_prefix("out_/")).await.expect(200), json!({ "deleted": 1 }));
    api.delete(&bucket).await.expect(204);
}

#[tokio::test]
async fn a_child_has_its_own_copy() {
    let (api, bucket) = api().await;
    let child = format!("{}/buckets/files", api.branch("child").await);
    api.delete(&format!("{child}/objects/a.txt")).await.expect(204);
    let objects = api.get(&format!("{bucket}/objects")).await.expect(200);
    assert_eq!(each(&objects["objects"], "key"), KEYS);
    let objects = api.get(&format!("{child}/objects")).await.expect(200);
    assert_eq!(each(&objects["objects"], "key"), KEYS[1..]);
}
