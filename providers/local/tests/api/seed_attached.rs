//! Seeds of what hangs off a branch or a function, and scripted deployments.

use neonform_local::{CredentialSeed, DataApiSeed, DomainSeed, Seed, TriggerSeed};
use serde_json::json;

use crate::harness::{Api, MAIN, PROJECT, each};

fn branch_id() -> String {
    "br-local-main-00000001".to_owned()
}

#[tokio::test]
async fn a_seeded_data_api_reports_what_it_was_given() {
    let api = Api::new().await;
    let seeded = |name: &str, settings| DataApiSeed {
        branch_id: branch_id(),
        database_name: name.into(),
        url: format!("https://data.example.test/{name}"),
        settings,
        ..DataApiSeed::default()
    };
    let data_api = vec![seeded("neondb", Some(json!({ "db_max_rows": 5 }))), seeded("shop", None)];
    api.server.seed(&Seed { data_api, ..Seed::default() }).unwrap();
    let path = format!("{MAIN}/data-api/neondb");
    let found = api.get(&path).await.expect(200);
    assert_eq!(found["url"], "https://data.example.test/neondb");
    assert_eq!(found["settings"], json!({ "db_max_rows": 5 }));
    let silent = api.get(&format!("{MAIN}/data-api/shop")).await.expect(200);
    assert!(silent["settings"].is_null() && silent.get("settings").is_some(), "{silent}");
    api.patch(&path, json!({ "settings": {} })).await.expect(201);
    let found = api.get(&path).await.expect(200);
    assert_eq!(found["settings"]["db_anon_role"], "anonymous");
}

#[tokio::test]
async fn seeded_triggers_and_domains_need_no_function() {
    let api = Api::new().await;
    let triggers = vec![
        TriggerSeed {
            branch_id: branch_id(),
            id: "trigger-2".into(),
            trigger_type: "schedule".into(),
            name: "nightly".into(),
            function_slug: "cron".into(),
            enabled: true,
            inherited: true,
            cron: Some("0 3 * * *".into()),
            ..TriggerSeed::default()
        },
        TriggerSeed {
            branch_id: branch_id(),
            id: "trigger-1".into(),
            trigger_type: "storage_object_created".into(),
            name: "ingest".into(),
            function_slug: "api".into(),
            function_path: "/in".into(),
            bucket_name: Some("b".into()),
            ..TriggerSeed::default()
        },
    ];
    let domains = vec![DomainSeed {
        branch_id: branch_id(),
        domain: "shop.example.com".into(),
        entity_type: "site".into(),
        entity_id: "web".into(),
        cname_target: String::new(),
    }];
    api.server.seed(&Seed { triggers, domains, ..Seed::default() }).unwrap();
    let list = api.get(&format!("{MAIN}/triggers")).await.expect(200)["triggers"].clone();
    assert_eq!(each(&list, "function_path"), ["/in", "/"]);
    assert_eq!(list[0]["storage_object_created"], json!({ "bucket_name": "b" }));
    assert_eq!((&list[1]["inherited"], &list[1]["enabled"]), (&json!(true), &json!(true)));
    let list = api.get(&format!("{MAIN}/custom-domains")).await.expect(200);
    assert_eq!(each(&list["custom_domains"], "entity_type"), ["site"]);
    assert_eq!(each(&list["custom_domains"], "cname_target"), [""]);
}

#[tokio::test]
async fn a_seeded_branch_has_only_seeded_credentials_and_no_secrets() {
    let api = Api::new().await;
    let branch = neonform_local::BranchSeed {
        id: "br-cool-forest-a1b2c3d4".into(),
        project_id: "local-project-00000001".into(),
        name: "seeded".into(),
        ..neonform_local::BranchSeed::default()
    };
    let credential = CredentialSeed {
        branch_id: branch.id.clone(),
        token_id: "nak_live_db7e75a5d4857c0664650ee4469c6708".into(),
        scopes: vec!["telemetry:write".into()],
        principal_type: "function".into(),
        created_at: Some("2025-01-15T10:30:00Z".into()),
        ..CredentialSeed::default()
    };
    let seed = Seed { branches: vec![branch], credentials: vec![credential], ..Seed::default() };
    api.server.seed(&seed).unwrap();
    let path = format!("{PROJECT}/branches/br-cool-forest-a1b2c3d4/credentials");
    let list = api.get(&path).await.expect(200);
    let expected = json!({
        "token_id": "nak_live_db7e75a5d4857c0664650ee4469c6708", "token_id_short": "db7e75a5d485",
        "scopes": ["telemetry:write"], "principal_type": "function",
        "branch_id": "br-cool-forest-a1b2c3d4", "created_at": "2025-01-15T10:30:00Z",
    });
    assert_eq!(list["credentials"], json!([expected]));
    let one = format!("{path}/nak_live_db7e75a5d4857c0664650ee4469c6708");
    api.post(&format!("{one}/reveal"), json!({})).await.refused(409);
    api.post(&format!("{one}/rotate"), json!({})).await.refused(422);
}

#[tokio::test]
async fn deployments_made_after_the_seed_follow_the_script() {
    let api = Api::new().await;
    let path = format!("{MAIN}/functions/api");
    api.deploy_bundle(&path, json!({})).await.expect(201);
    let statuses = ["pending", "building", "completed"].map(str::to_owned).to_vec();
    let deployment_status = vec![("api".to_owned(), statuses)];
    api.server.seed(&Seed { deployment_status, ..Seed::default() }).unwrap();
    let read = async || {
        let function = api.get(&path).await.expect(200)["function"].clone();
        let status = function["current_deployment"]["status"].as_str().unwrap().to_owned();
        (status, function["active_deployment"]["id"].as_i64().unwrap())
    };
    assert_eq!(read().await, ("completed".to_owned(), 1), "it was there before");
    api.deploy_bundle(&path, json!({})).await.expect(201);
    let listed = async || {
        let list = api.get(&format!("{MAIN}/functions")).await.expect(200);
        list["functions"][0]["current_deployment"]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(listed().await, "pending");
    assert_eq!(read().await, ("pending".to_owned(), 1));
    assert_eq!(read().await, ("building".to_owned(), 1));
    assert_eq!(listed().await, "building");
    assert_eq!(listed().await, "building");
    assert_eq!(read().await, ("completed".to_owned(), 2));
    assert_eq!(read().await, ("completed".to_owned(), 2));
}
