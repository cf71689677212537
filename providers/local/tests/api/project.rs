//! Projects: creating, changing, listing.

use serde_json::{Value, json};

use crate::harness::{Api, PROJECT};

#[tokio::test]
async fn a_new_project_comes_with_a_branch_a_compute_and_a_database() {
    let api = Api::bare().await;
    let body = json!({ "project": {
        "name": "shop", "region_id": "aws-eu-central-1", "pg_version": 16,
        "branch": { "name": "trunk", "database_name": "shop" },
        "default_endpoint_settings": { "autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 2 },
    } });
    let made = api.post("/projects", body).await.expect(201);
    assert_eq!(made["project"]["region_id"], "aws-eu-central-1");
    assert_eq!(made["branch"]["name"], "trunk");
    assert_eq!(made["branch"]["default"], true);
    assert_eq!(made["roles"][0]["name"], "shop_owner");
    assert!(made["roles"][0]["password"].is_string());
    assert_eq!(made["endpoints"][0]["autoscaling_limit_min_cu"], 1);
    let uri = made["connection_uris"][0]["connection_uri"].as_str().unwrap();
    assert!(uri.contains(".c-1.eu-central-1.aws.neon.tech/shop?"), "{uri}");
    let path = format!("/projects/{}", made["project"]["id"].as_str().unwrap());
    let found = api.get(&path).await.expect(200);
    assert_eq!(found["project"], made["project"]);
}

#[tokio::test]
async fn settings_are_merged_and_checked() {
    let api = Api::new().await;
    let patch = |fields: Value| api.patch(PROJECT, json!({ "project": fields }));
    let settings = json!({ "default_endpoint_settings": { "suspend_timeout_seconds": 600 } });
    patch(settings).await.expect(200);
    let settings = json!({
        "name": "renamed", "history_retention_seconds": 0,
        "default_endpoint_settings": { "autoscaling_limit_max_cu": 4 },
    });
    let project = patch(settings).await.expect(200)["project"].clone();
    assert_eq!(project["name"], "renamed");
    assert_eq!(
        project["default_endpoint_settings"],
        json!({ "autoscaling_limit_max_cu": 4, "suspend_timeout_seconds": 600 })
    );
    patch(json!({ "name": "" })).await.refused(400);
    patch(json!({ "history_retention_seconds": -1 })).await.refused(400);
    let message = patch(json!({ "default_endpoint_settings": { "size": 1 } })).await.refused(400);
    assert_eq!(message, "unexpected field \"project.default_endpoint_settings.size\"");
    api.patch("/projects/none-such-1", json!({ "project": {} })).await.refused(404);
}

#[tokio::test]
async fn what_a_new_project_asks_for_is_checked() {
    let api = Api::bare().await;
    for (fields, named) in [
        (json!({ "region_id": "mars-north-1" }), "region_id"),
        (json!({ "pg_version": 13 }), "pg_version"),
        (json!({ "pg_version": "17" }), "pg_version"),
        (json!({ "colour": "red" }), "colour"),
        (json!({ "branch": { "database_name": "" } }), "database_name"),
    ] {
        let body = json!({ "project": fields });
        let message = api.post("/projects", body).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn projects_are_paged_with_the_last_item_as_cursor() {
    let api = Api::bare().await;
    for index in 0..12 {
        let body = json!({ "project": { "name": format!("p{index}") } });
        api.post("/projects", body).await.expect(201);
    }
    let mut names = Vec::new();
    let mut path = "/projects".to_owned();
    loop {
        let page = api.get(&path).await.expect(200);
        let items = page["projects"].as_array().unwrap();
        if items.is_empty() {
            assert!(page.get("pagination").is_none());
            break;
        }
        names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        let cursor = page["pagination"]["cursor"].as_str().unwrap();
        path = format!("/projects?cursor={cursor}");
    }
    let expected: Vec<String> = (0..12).map(|index| format!("p{index}")).collect();
    assert_eq!(names, expected);
    let found = api.get("/projects?search=p11").await.expect(200);
    assert_eq!(found["projects"].as_array().unwrap().len(), 1);
    for query in ["limit=0", "limit=401", "limit=x", "cursor=zz"] {
        api.get(&format!("/projects?{query}")).await.refused(400);
    }
}
