//! Computes and their sizes.

use serde_json::{Value, json};

use crate::harness::{Api, PROJECT, each};

#[tokio::test]
async fn a_compute_has_a_host_in_its_region() {
    let api = Api::new().await;
    let path = format!("{PROJECT}/endpoints/ep-local-main-00000001");
    let found = api.get(&path).await.expect(200)["endpoint"].clone();
    assert_eq!(found["host"], "ep-local-main-00000001.c-1.us-east-2.aws.neon.tech");
    assert_eq!(found["proxy_host"], "c-1.us-east-2.aws.neon.tech");
    assert_eq!(found["type"], "read_write");
    assert_eq!(found["suspend_timeout_seconds"], 0);
    assert_eq!(found["settings"], json!({ "pg_settings": {} }));
    assert!(found.get("name").is_none());
    let branch = api.branch("other").await;
    let all = api.get(&format!("{PROJECT}/endpoints")).await.expect(200);
    assert_eq!(all["endpoints"].as_array().unwrap().len(), 2);
    let own = api.get(&format!("{branch}/endpoints")).await.expect(200);
    assert_eq!(own["endpoints"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn sizes_come_from_the_project_unless_given() {
    let api = Api::new().await;
    let defaults = json!({ "project": { "default_endpoint_settings": {
        "autoscaling_limit_min_cu": 0.5, "autoscaling_limit_max_cu": 4, "suspend_timeout_seconds": 120,
    } } });
    api.patch(PROJECT, defaults).await.expect(200);
    let branch = api.branch("a").await;
    let path = format!("{branch}/endpoints");
    let made = api.get(&path).await.expect(200)["endpoints"][0].clone();
    assert_eq!(made["autoscaling_limit_min_cu"], 0.5);
    assert_eq!(made["autoscaling_limit_max_cu"], 4);
    assert_eq!(made["suspend_timeout_seconds"], 120);
}

#[tokio::test]
async fn updates_keep_what_they_do_not_mention() {
    let api = Api::new().await;
    let path = format!("{PROJECT}/endpoints/ep-local-main-00000001");
    let patch = |fields: Value| api.patch(&path, json!({ "endpoint": fields }));
    patch(json!({ "autoscaling_limit_max_cu": 4, "suspend_timeout_seconds": -1 })).await.expect(200);
    let changed = patch(json!({ "autoscaling_limit_min_cu": 1, "name": "primary" })).await.expect(200);
    assert_eq!(changed["endpoint"]["autoscaling_limit_min_cu"], 1);
    assert_eq!(changed["endpoint"]["autoscaling_limit_max_cu"], 4);
    assert_eq!(changed["endpoint"]["suspend_timeout_seconds"], -1);
    assert_eq!(changed["endpoint"]["name"], "primary");
    assert_eq!(each(&changed["operations"], "action"), ["apply_config"]);
    for fields in [
        json!({ "autoscaling_limit_min_cu": 5 }),
        json!({ "autoscaling_limit_max_cu": 0.75 }),
        json!({ "autoscaling_limit_max_cu": "4" }),
        json!({ "suspend_timeout_seconds": 59 }),
        json!({ "suspend_timeout_seconds": 604_801 }),
        json!({ "suspend_timeout_seconds": 60.5 }),
        json!({ "settings": { "colour": {} } }),
        json!({ "branch_id": "br-local-main-00000001" }),
    ] {
        patch(fields).await.refused(400);
    }
    let missing = format!("{PROJECT}/endpoints/ep-none");
    api.patch(&missing, json!({ "endpoint": {} })).await.refused(404);
}

#[tokio::test]
async fn a_branch_has_one_read_write_compute() {
    let api = Api::new().await;
    let create = |kind: &str| {
        let body = json!({ "endpoint": { "branch_id": "br-local-main-00000001", "type": kind } });
        let path = format!("{PROJECT}/endpoints");
        let api = &api;
        async move { api.post(&path, body).await }
    };
    create("read_write").await.refused(409);
    let made = create("read_only").await.expect(201);
    let path = format!("{PROJECT}/endpoints/{}", made["endpoint"]["id"].as_str().unwrap());
    let gone = api.delete(&path).await.expect(200);
    assert_eq!(each(&gone["operations"], "action"), ["suspend_compute"]);
    api.delete(&path).await.expect(204);
    api.delete(&format!("{PROJECT}/endpoints/ep-local-main-00000001")).await.expect(200);
    create("read_write").await.expect(201);
    let body = json!({ "endpoint": { "branch_id": "br-none-of-these", "type": "read_only" } });
    api.post(&format!("{PROJECT}/endpoints"), body).await.refused(404);
}
