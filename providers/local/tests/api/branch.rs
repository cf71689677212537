//! Branches: creating with all they inherit, listing, changing, deleting.

use serde_json::{Value, json};

use crate::harness::{Api, MAIN, PROJECT, each};

async fn create(api: &Api, body: Value) -> crate::harness::Answer {
    api.post(&format!("{PROJECT}/branches"), body).await
}

#[tokio::test]
async fn the_list_has_what_clients_look_at() {
    let api = Api::new().await;
    let list = api.get(&format!("{PROJECT}/branches")).await.expect(200);
    assert_eq!(list["annotations"], json!({}));
    assert_eq!(list["pagination"], json!({ "sort_by": "updated_at", "sort_order": "desc" }));
    let main = &list["branches"][0];
    assert_eq!(main["default"], true);
    assert_eq!(main["primary"], true);
    assert_eq!(main["current_state"], "ready");
    assert!(main.get("parent_id").is_none());
    assert!(main.get("expires_at").is_none());
    for counter in ["cpu_used_sec", "written_data_bytes", "data_transfer_bytes"] {
        assert_eq!(main[counter], 0);
    }
    let count = api.get(&format!("{PROJECT}/branches/count")).await.expect(200);
    assert_eq!(count, json!({ "count": 1 }));
}

#[tokio::test]
async fn a_branch_is_created_with_computes_and_connection_strings() {
    let api = Api::new().await;
    let body = json!({
        "branch": { "name": "preview-1", "parent_id": "br-local-main-00000001" },
        "endpoints": [{
            "type": "read_write", "autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 1,
            "suspend_timeout_seconds": 60,
        }, { "type": "read_only" }],
        "annotation_value": { "owner": "me" },
    });
    let made = create(&api, body).await.expect(201);
    assert_eq!(made["branch"]["current_state"], "init");
    assert_eq!(made["branch"]["parent_id"], "br-local-main-00000001");
    assert_eq!(made["endpoints"][0]["current_state"], "init");
    assert_eq!(made["endpoints"][0]["autoscaling_limit_min_cu"], 0.25);
    assert_eq!(made["endpoints"][0]["autoscaling_limit_max_cu"], 1);
    assert_eq!(each(&made["operations"], "action"), ["create_branch", "start_compute", "start_compute"]);
    assert_eq!(made["operations"][0]["status"], "running");
    assert_eq!(each(&made["databases"], "name"), ["neondb"]);
    let parameters = &made["connection_uris"][0]["connection_parameters"];
    assert_eq!(parameters["role"], "neondb_owner");
    assert!(parameters["pooler_host"].as_str().unwrap().contains("-pooler."));

    let id = made["branch"]["id"].as_str().unwrap();
    let found = api.get(&format!("{PROJECT}/branches/{id}")).await.expect(200);
    assert_eq!(found["branch"]["current_state"], "ready");
    assert_eq!(found["annotation"]["value"], json!({ "owner": "me" }));
    let list = api.get(&format!("{PROJECT}/branches")).await.expect(200);
    assert_eq!(list["annotations"][id]["object"]["id"], id);
}

#[tokio::test]
async fn an_empty_body_makes_a_branch_without_a_compute() {
    let api = Api::new().await;
    let request = api.request(reqwest::Method::POST, &format!("{PROJECT}/branches"));
    let made = crate::harness::answer(request.send().await.unwrap()).await.expect(201);
    assert_eq!(made["branch"]["name"], made["branch"]["id"]);
    assert_eq!(made["endpoints"], json!([]));
    assert!(made.get("connection_uris").is_none());
    assert_eq!(made["branch"]["init_source"], "parent-data");
}

#[tokio::test]
async fn a_child_inherits_everything_but_protection() {
    let api = Api::new().await;
    api.post(&format!("{MAIN}/auth"), json!({ "auth_provider": "better_auth" })).await.expect(201);
    api.post(&format!("{MAIN}/buckets"), json!({ "name": "uploads" })).await.expect(201);
    let function = format!("{MAIN}/functions/api");
    api.deploy_bundle(&function, json!({ "A": "1" })).await.expect(201);
    api.deploy_bundle(&function, json!({ "B": "2" })).await.expect(201);
    api.patch(MAIN, json!({ "branch": { "protected": true } })).await.expect(200);

    let child = api.branch("child").await;
    let main = api.get(&function).await.expect(200)["function"].clone();
    let copy = api.get(&format!("{child}/functions/api")).await.expect(200)["function"].clone();
    assert_eq!(copy["id"], main["id"]);
    assert_eq!(copy["current_deployment"], main["current_deployment"]);
    assert_ne!(copy["invocation_url"], main["invocation_url"]);
    let buckets = api.get(&format!("{child}/buckets")).await.expect(200);
    assert_eq!(each(&buckets["buckets"], "name"), ["uploads"]);
    let auth = api.get(&format!("{child}/auth")).await.expect(200);
    let main_auth = api.get(&format!("{MAIN}/auth")).await.expect(200);
    assert_eq!(auth["auth_provider_project_id"], main_auth["auth_provider_project_id"]);
    assert_ne!(auth["base_url"], main_auth["base_url"]);
    let branch = api.get(&child).await.expect(200);
    assert_eq!(branch["branch"]["protected"], false);
    let role = "roles/neondb_owner/reveal_password";
    let theirs = api.get(&format!("{MAIN}/{role}")).await.expect(200);
    let ours = api.get(&format!("{child}/{role}")).await.expect(200);
    assert_ne!(theirs, ours, "a protected parent's passwords are not passed on");

    // Later deployments stay on their branch.
    let copy = format!("{child}/functions/api");
    api.deploy_bundle(&copy, json!({})).await.expect(201);
    let newest = api.get(&copy).await.expect(200)["function"]["current_deployment"]["id"].clone();
    assert_eq!(newest, 3);
    let newest = api.get(&function).await.expect(200)["function"]["current_deployment"]["id"].clone();
    assert_eq!(newest, 2);
}

#[tokio::test]
async fn names_are_unique() {
    let api = Api::new().await;
    let path = api.branch("one").await;
    let message = create(&api, json!({ "branch": { "name": "one" } })).await.refused(409);
    assert_eq!(message, "branch already exists; branch_name:\"one\"");
    let rename = json!({ "branch": { "name": "main" } });
    let message = api.patch(&path, rename).await.refused(409);
    assert_eq!(message, "branch already exists; branch_name:\"main\"");
    let same = json!({ "branch": { "name": "one" } });
    api.patch(&path, same).await.expect(200);
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_refused() {
    let api = Api::new().await;
    for (body, named) in [
        (json!({ "branch": { "nmae": "x" } }), "unexpected field \"branch.nmae\""),
        (json!({ "extra": 1 }), "unexpected field \"extra\""),
        (json!({ "branch": { "name": 7 } }), "branch.name"),
        (json!({ "branch": { "name": "" } }), "branch.name"),
        (json!({ "branch": { "name": "x".repeat(257) } }), "branch.name"),
        (json!({ "branch": { "parent_lsn": "zz" } }), "branch.parent_lsn"),
        (json!({ "branch": { "init_source": "magic" } }), "branch.init_source"),
        (json!({ "endpoints": [{}] }), "endpoints[0].type"),
        (json!({ "endpoints": [{ "type": "fast" }] }), "endpoints[0].type"),
        (json!({ "endpoints": [{ "type": "read_write" }, { "type": "read_write" }] }), "endpoints"),
        (
            json!({ "endpoints": [{ "type": "read_write", "autoscaling_limit_min_cu": 3.5 }] }),
            "autoscaling_limit_min_cu",
        ),
        (json!({ "annotation_value": { "a": 1 } }), "annotation_value"),
        (json!([]), "must be an object"),
    ] {
        let message = create(&api, body).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
    let body = json!({ "branch": { "parent_id": "br-no-such-branch" } });
    create(&api, body).await.refused(404);
    let count = api.get(&format!("{PROJECT}/branches/count")).await.expect(200);
    assert_eq!(count["count"], 1, "nothing was created on the way");
}

#[tokio::test]
async fn deleting_has_rules() {
    let api = Api::new().await;
    let parent = api.branch("parent").await;
    let id = parent.rsplit('/').next().unwrap();
    let body = json!({ "branch": { "name": "child", "parent_id": id } });
    let child = create(&api, body).await.expect(201)["branch"]["id"].clone();
    let message = api.delete(&parent).await.refused(422);
    assert_eq!(message, format!("cannot delete branch that has children: {id}"));
    api.delete(MAIN).await.refused(422);
    let child = format!("{PROJECT}/branches/{}", child.as_str().unwrap());
    api.patch(&child, json!({ "branch": { "protected": true } })).await.expect(200);
    api.delete(&child).await.refused(422);
    api.patch(&child, json!({ "branch": { "protected": false } })).await.expect(200);
    let gone = api.delete(&child).await.expect(200);
    assert_eq!(each(&gone["operations"], "action"), ["delete_timeline"]);
    let gone = api.delete(&parent).await.expect(200);
    assert_eq!(each(&gone["operations"], "action"), ["suspend_compute", "delete_timeline"]);
    api.delete(&parent).await.expect(204);
    assert_eq!(api.get(&parent).await.refused(404), "branch not found");
    let endpoints = api.get(&format!("{PROJECT}/endpoints")).await.expect(200);
    assert_eq!(endpoints["endpoints"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_schema_only_branch_is_a_root() {
    let api = Api::new().await;
    let body = json!({ "branch": { "name": "schema", "init_source": "schema-only" } });
    let made = create(&api, body).await.expect(201);
    assert!(made["branch"].get("parent_id").is_none());
    assert_eq!(made["branch"]["default"], false);
    let path = format!("{PROJECT}/branches/{}", made["branch"]["id"].as_str().unwrap());
    api.delete(&path).await.refused(422);
}

#[tokio::test]
async fn another_branch_can_become_the_default() {
    let api = Api::new().await;
    let path = api.branch("next").await;
    let answer = api.post(&format!("{path}/set_as_default"), json!({})).await.expect(200);
    assert_eq!(answer["branch"]["default"], true);
    let main = api.get(MAIN).await.expect(200);
    assert_eq!(main["branch"]["default"], false);
}

#[tokio::test]
async fn the_list_is_paged_sorted_and_searched() {
    let api = Api::new().await;
    for index in 0..7 {
        api.branch(&format!("b{index}")).await;
    }
    let mut names = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("{PROJECT}/branches?limit=3&sort_by=name&sort_order=asc{next}");
        let page = api.get(&path).await.expect(200);
        names.extend(each(&page["branches"], "name").into_iter().map(str::to_owned));
        match page["pagination"]["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(names, ["b0", "b1", "b2", "b3", "b4", "b5", "b6", "main"]);
    let found = api.get(&format!("{PROJECT}/branches?search=b3")).await.expect(200);
    assert_eq!(each(&found["branches"], "name"), ["b3"]);
    for query in ["limit=0", "limit=10001", "sort_by=size", "sort_order=up", "cursor=q"] {
        api.get(&format!("{PROJECT}/branches?{query}")).await.refused(400);
    }
}
