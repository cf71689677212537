//! The user, the organizations, the regions.

use serde_json::json;

use crate::harness::{Api, PROJECT};

#[tokio::test]
async fn the_user_and_the_regions_are_made_up() {
    let api = Api::new().await;
    let user = api.get("/users/me").await.expect(200);
    for field in ["id", "login", "email", "name", "last_name", "image", "plan"] {
        assert!(user[field].is_string(), "{field}");
    }
    assert_eq!(user["auth_accounts"], json!([]));
    let auth = api.get("/auth").await.expect(200);
    assert_eq!(auth["auth_method"], "api_key_user");
    let regions = api.get("/regions").await.expect(200);
    assert_eq!(regions["regions"][0]["region_id"], "aws-us-east-2");
    assert_eq!(regions["regions"][0]["default"], true);
}

#[tokio::test]
async fn the_organization_leads_to_the_only_project() {
    let api = Api::new().await;
    let organizations = api.get("/users/me/organizations").await.expect(200);
    let id = organizations["organizations"][0]["id"].as_str().unwrap();
    let found = api.get(&format!("/organizations/{id}")).await.expect(200);
    assert_eq!(found["id"], id);
    let projects = api.get(&format!("/projects?limit=2&org_id={id}")).await.expect(200);
    assert_eq!(projects["projects"].as_array().unwrap().len(), 1);
    assert_eq!(projects["projects"][0]["id"], PROJECT["/projects/".len()..]);
    api.get("/organizations/org-other").await.refused(404);
}

#[tokio::test]
async fn several_organizations_must_be_told_apart() {
    let api = Api::new().await;
    let body = json!({ "project": { "org_id": "org-second" } });
    api.post("/projects", body).await.expect(201);
    let message = api.get("/projects").await.refused(400);
    assert!(message.contains("org_id is required"), "{message}");
    let listed = api.get("/projects?org_id=org-second").await.expect(200);
    assert_eq!(listed["projects"].as_array().unwrap().len(), 1);
}
