//! State put in place directly.

use neonform_local::{
    AuthSeed, BranchSeed, BucketSeed, DatabaseSeed, DeploymentSeed, EndpointSeed, FunctionSeed, ProjectSeed,
    Seed, StoreError,
};
use serde_json::json;

use crate::harness::Api;

const BRANCH: &str = "/projects/shy-lake-31415926/branches/br-cool-forest-a1b2c3d4";

fn seed() -> Seed {
    let branch_id = || "br-cool-forest-a1b2c3d4".to_owned();
    Seed {
        projects: vec![ProjectSeed {
            id: "shy-lake-31415926".into(),
            name: "storefront".into(),
            region_id: "aws-us-east-2".into(),
            pg_version: 17,
            org_id: Some("org-falling-sun-20481632".into()),
            default_min_cu: Some(0.25),
            default_max_cu: Some(4.0),
            ..ProjectSeed::default()
        }],
        branches: vec![BranchSeed {
            id: branch_id(),
            project_id: "shy-lake-31415926".into(),
            name: "main".into(),
            default: true,
            expires_at: Some("2026-10-06T12:00:00.000Z".into()),
            ..BranchSeed::default()
        }],
        endpoints: vec![EndpointSeed {
            id: "ep-cool-forest-a1b2c3d4".into(),
            branch_id: branch_id(),
            endpoint_type: "read_write".into(),
            min_cu: 0.25,
            max_cu: 2.0,
            suspend_timeout_seconds: Some(600),
        }],
        databases: vec![DatabaseSeed {
            branch_id: branch_id(),
            name: "neondb".into(),
            owner_name: "neondb_owner".into(),
        }],
        auth: vec![AuthSeed {
            branch_id: branch_id(),
            auth_provider_project_id: "auth-project-1".into(),
            jwks_url: "https://auth.example.test/jwks.json".into(),
            ..AuthSeed::default()
        }],
        buckets: vec![BucketSeed {
            branch_id: branch_id(),
            name: "uploads".into(),
            access_level: "public_read".into(),
            ..BucketSeed::default()
        }],
        functions: vec![FunctionSeed {
            branch_id: branch_id(),
            slug: "api".into(),
            invocation_url: "https://api.example.test/".into(),
            current_deployment: Some(DeploymentSeed {
                id: 3,
                status: "building".into(),
                environment: vec!["B".into(), "A".into()],
                ..DeploymentSeed::default()
            }),
            active_deployment_id: Some(2),
            ..FunctionSeed::default()
        }],
        created_branch_id: Some("br-quiet-meadow-a1b2c3d4".into()),
        created_endpoint_id: Some("ep-quiet-meadow-a1b2c3d4".into()),
        now: Some(1_791_201_600_000),
        ..Seed::default()
    }
}

#[tokio::test]
async fn seeded_state_is_reported_as_it_was_given() {
    let api = Api::bare().await;
    api.server.seed(&seed()).unwrap();
    let branch = api.get(BRANCH).await.expect(200)["branch"].clone();
    assert_eq!(branch["expires_at"], "2026-10-06T12:00:00.000Z");
    for absent in ["created_at", "updated_at", "state_changed_at", "ttl_interval_seconds"] {
        assert!(branch.get(absent).is_none(), "{absent}");
    }
    let auth = api.get(&format!("{BRANCH}/auth")).await.expect(200);
    assert_eq!(auth["auth_provider"], "better_auth");
    assert!(auth.get("base_url").is_none());
    let function = api.get(&format!("{BRANCH}/functions/api")).await.expect(200);
    let function = &function["function"];
    assert_eq!(function["id"], "api");
    assert_eq!(function["current_deployment"]["status"], "building");
    assert_eq!(function["current_deployment"]["environment"], json!(["A", "B"]));
    assert_eq!(function["active_deployment"]["id"], 2);
    let made = api.deploy_bundle(&format!("{BRANCH}/functions/api"), json!({})).await.expect(201);
    assert_eq!(made["deployment"]["id"], 4);
    assert_eq!(made["deployment"]["created_at"], "2026-10-05T12:00:00Z");
}

#[tokio::test]
async fn pinned_ids_are_used_once() {
    let api = Api::bare().await;
    api.server.seed(&seed()).unwrap();
    let branches = "/projects/shy-lake-31415926/branches";
    let body = |name: &str| json!({ "branch": { "name": name }, "endpoints": [{ "type": "read_write" }] });
    // The parent was seeded with an expiration, so the rules have to be off for a child.
    api.post(branches, body("a")).await.refused(422);
    api.server.seed(&Seed { lenient_expiration: true, ..Seed::default() }).unwrap();
    let made = api.post(branches, body("a")).await.expect(201);
    assert_eq!(made["branch"]["id"], "br-quiet-meadow-a1b2c3d4");
    assert_eq!(made["endpoints"][0]["id"], "ep-quiet-meadow-a1b2c3d4");
    assert_eq!(made["endpoints"][0]["autoscaling_limit_max_cu"], 4);
    let made = api.post(branches, body("b")).await.expect(201);
    assert_ne!(made["branch"]["id"], "br-quiet-meadow-a1b2c3d4");
    let both = json!({ "branch": { "protected": true, "expires_at": "2026-10-12T12:00:00Z" } });
    api.patch(BRANCH, both).await.expect(200);
}

#[tokio::test]
async fn a_seed_is_taken_whole_or_not_at_all() {
    let api = Api::bare().await;
    let mut twice = seed();
    twice.buckets.push(twice.buckets[0].clone());
    assert!(matches!(api.server.seed(&twice), Err(StoreError::Refused(_))));
    api.get("/projects/shy-lake-31415926").await.refused(404);
    let mut orphan = seed();
    orphan.branches.clear();
    assert!(matches!(api.server.seed(&orphan), Err(StoreError::Refused(_))));
    let never = Seed { now: Some(i64::MAX), ..Seed::default() };
    assert!(matches!(api.server.seed(&never), Err(StoreError::OutOfRange("now"))));
}

#[tokio::test]
async fn a_known_creation_time_gives_an_interval() {
    let api = Api::bare().await;
    let mut seed = seed();
    seed.branches[0].created_at = Some("2026-10-05T12:00:00Z".into());
    api.server.seed(&seed).unwrap();
    let branch = api.get(BRANCH).await.expect(200)["branch"].clone();
    assert_eq!(branch["ttl_interval_seconds"], 86_400);
}
