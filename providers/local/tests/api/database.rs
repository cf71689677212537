//! Databases, roles, connection strings.

use neonform_local::{BranchSeed, EndpointSeed, ProjectSeed, RoleSeed, Seed};
use serde_json::json;

use crate::harness::{Api, MAIN, PROJECT, each};

#[tokio::test]
async fn databases_come_and_go() {
    let api = Api::new().await;
    let path = format!("{MAIN}/databases");
    let create = |name: &str, owner: &str| {
        let body = json!({ "database": { "name": name, "owner_name": owner } });
        let (api, path) = (&api, &path);
        async move { api.post(path, body).await }
    };
    let made = create("shop", "neondb_owner").await.expect(201);
    assert!(made["database"]["id"].is_i64());
    assert_eq!(each(&made["operations"], "action"), ["apply_config"]);
    create("shop", "neondb_owner").await.refused(409);
    create("shop2", "nobody").await.refused(404);
    create("", "neondb_owner").await.refused(400);
    api.post(&path, json!({ "database": { "name": "x" } })).await.refused(400);
    let list = api.get(&path).await.expect(200);
    assert_eq!(each(&list["databases"], "name"), ["neondb", "shop"]);
    api.delete(&format!("{path}/shop")).await.expect(200);
    api.delete(&format!("{path}/shop")).await.expect(204);
}

#[tokio::test]
async fn passwords_are_shown_when_made_and_when_revealed() {
    let api = Api::new().await;
    let path = format!("{MAIN}/roles");
    let made = api.post(&path, json!({ "role": { "name": "app" } })).await.expect(201);
    let password = made["role"]["password"].as_str().unwrap();
    let list = api.get(&path).await.expect(200);
    assert!(list["roles"][1].get("password").is_none());
    assert_eq!(list["roles"][1]["authentication_method"], "password");
    let shown = api.get(&format!("{path}/app/reveal_password")).await.expect(200);
    assert_eq!(shown["password"], password);
    let reset = api.post(&format!("{path}/app/reset_password"), json!({})).await.expect(200);
    assert_ne!(reset["role"]["password"], password);

    let mute = json!({ "role": { "name": "mute", "no_login": true } });
    let mute = api.post(&path, mute).await.expect(201);
    assert_eq!(mute["role"]["authentication_method"], "no_login");
    api.get(&format!("{path}/mute/reveal_password")).await.refused(404);
    api.get(&format!("{path}/none/reveal_password")).await.refused(404);
    api.post(&path, json!({ "role": { "name": "app" } })).await.refused(409);
    api.delete(&format!("{path}/neondb_owner")).await.refused(422);
    api.delete(&format!("{path}/app")).await.expect(200);
    api.delete(&format!("{path}/app")).await.expect(204);
}

#[tokio::test]
async fn a_project_may_not_store_passwords() {
    let api = Api::bare().await;
    let seed = Seed {
        projects: vec![ProjectSeed {
            id: "p-1".into(),
            region_id: "aws-us-east-2".into(),
            pg_version: 17,
            without_passwords: true,
            ..ProjectSeed::default()
        }],
        branches: vec![BranchSeed {
            id: "br-a-b-1".into(),
            project_id: "p-1".into(),
            name: "main".into(),
            default: true,
            ..BranchSeed::default()
        }],
        endpoints: vec![EndpointSeed {
            id: "ep-a-b-1".into(),
            branch_id: "br-a-b-1".into(),
            endpoint_type: "read_write".into(),
            min_cu: 1.0,
            max_cu: 1.0,
            suspend_timeout_seconds: None,
        }],
        roles: vec![RoleSeed { branch_id: "br-a-b-1".into(), name: "app".into(), password: None }],
        ..Seed::default()
    };
    api.server.seed(&seed).unwrap();
    let path = "/projects/p-1/branches/br-a-b-1/roles/app/reveal_password";
    api.get(path).await.refused(412);
}

#[tokio::test]
async fn connection_strings_name_the_compute() {
    let api = Api::new().await;
    let query = "database_name=neondb&role_name=neondb_owner";
    let uri = |query: String| {
        let api = &api;
        async move { api.get(&format!("{PROJECT}/connection_uri?{query}")).await }
    };
    let direct = uri(query.to_owned()).await.expect(200)["uri"].clone();
    let direct = direct.as_str().unwrap();
    assert!(direct.starts_with("postgresql://neondb_owner:npg_"), "{direct}");
    assert!(
        direct.ends_with(
            "@ep-local-main-00000001.c-1.us-east-2.aws.neon.tech/neondb\
             ?sslmode=require&channel_binding=require"
        ),
        "{direct}"
    );
    let pooled = uri(format!("{query}&pooled=true")).await.expect(200)["uri"].clone();
    assert!(pooled.as_str().unwrap().contains("@ep-local-main-00000001-pooler.c-1."));
    let branch = api.branch("a").await;
    let id = branch.rsplit('/').next().unwrap();
    let other = uri(format!("{query}&branch_id={id}&pooled=false")).await.expect(200)["uri"].clone();
    assert!(!other.as_str().unwrap().contains("ep-local-main"));
    for (query, status) in [
        ("role_name=neondb_owner", 400),
        ("database_name=neondb", 400),
        ("database_name=neondb&role_name=neondb_owner&pooled=yes", 400),
        ("database_name=none&role_name=neondb_owner", 404),
        ("database_name=neondb&role_name=none", 404),
        ("database_name=neondb&role_name=neondb_owner&branch_id=br-none", 404),
        ("database_name=neondb&role_name=neondb_owner&endpoint_id=ep-none", 404),
    ] {
        uri(query.to_owned()).await.refused(status);
    }
}

#[tokio::test]
async fn one_database_and_one_role_can_be_read() {
    let api = Api::new().await;
    let database = api.get(&format!("{MAIN}/databases/neondb")).await.expect(200)["database"].clone();
    assert_eq!(database["owner_name"], "neondb_owner");
    assert_eq!(api.get(&format!("{MAIN}/databases/none")).await.refused(404), "database not found");
    let role = api.get(&format!("{MAIN}/roles/neondb_owner")).await.expect(200)["role"].clone();
    assert_eq!(role["authentication_method"], "password");
    assert!(role.get("password").is_none());
    assert_eq!(api.get(&format!("{MAIN}/roles/none")).await.refused(404), "role not found");
}

#[tokio::test]
async fn a_database_can_be_renamed_and_given_away() {
    let api = Api::new().await;
    api.post(&format!("{MAIN}/roles"), json!({ "role": { "name": "bob" } })).await.expect(201);
    let path = format!("{MAIN}/databases/neondb");
    let other = json!({ "database": { "name": "shop", "owner_name": "neondb_owner" } });
    api.post(&format!("{MAIN}/databases"), other).await.expect(201);
    for (body, status) in [
        (json!({ "database": { "owner_name": "nobody" } }), 404),
        (json!({ "database": { "name": "shop" } }), 409),
        (json!({ "database": { "name": "" } }), 400),
        (json!({ "database": { "colour": 1 } }), 400),
        (json!({}), 400),
    ] {
        api.patch(&path, body).await.refused(status);
    }
    let changed = api.patch(&path, json!({ "database": { "name": "db", "owner_name": "bob" } })).await;
    let changed = changed.expect(200);
    assert_eq!(
        (&changed["database"]["name"], &changed["database"]["owner_name"]),
        (&json!("db"), &json!("bob"))
    );
    assert!(!changed["operations"].as_array().unwrap().is_empty());
    api.get(&path).await.refused(404);
}
