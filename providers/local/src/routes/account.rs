//! Who is asking, and what they may choose from: the user, organizations, regions.
//!
//! A local backend has one made-up user. Its organizations are those its projects belong to, or
//! one made-up organization while there is none, so that clients can find a project by themselves.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Kind, Route};
use crate::call::{Call, Reply, World};
use crate::error::ApiError;

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/users/me", "getCurrentUser", current_user),
        Route::get("/users/me/organizations", "listOrganizations", list),
        Route::get("/organizations/{org_id}", "getOrganization", get),
        Route::get("/auth", "getAuthInfo", auth_info),
        Route::get("/regions", "listRegions", regions),
    ],
    inherit: None,
};

pub(super) const USER_ID: &str = "00000000-0000-4000-8000-000000000001";
const DEFAULT_ORGANIZATION: &str = "org-local-00000001";
const EPOCH: &str = "2025-01-01T00:00:00Z";

/// Id, name, latitude, longitude; the first is the default.
const REGIONS: &[[&str; 4]] = &[
    ["aws-us-east-2", "AWS US East 2 (Ohio)", "39.9612", "-82.9988"],
    ["aws-us-east-1", "AWS US East 1 (N. Virginia)", "38.9940", "-77.4524"],
    ["aws-us-west-2", "AWS US West 2 (Oregon)", "45.8696", "-119.6880"],
    ["aws-eu-central-1", "AWS Europe Central 1 (Frankfurt)", "50.1109", "8.6821"],
    ["aws-eu-west-2", "AWS Europe West 2 (London)", "51.5074", "-0.1278"],
    ["aws-ap-southeast-1", "AWS Asia Pacific 1 (Singapore)", "1.3521", "103.8198"],
    ["aws-ap-southeast-2", "AWS Asia Pacific 2 (Sydney)", "-33.8688", "151.2093"],
    ["aws-sa-east-1", "AWS South America East 1 (São Paulo)", "-23.5505", "-46.6333"],
];

pub(super) const DEFAULT_REGION: &str = REGIONS[0][0];

pub(super) fn is_region(id: &str) -> bool {
    REGIONS.iter().any(|region| region[0] == id)
}

/// The organizations there are; never none.
pub(super) fn organizations(world: &World<'_>) -> Result<BTreeSet<String>, ApiError> {
    let mut query =
        world.sql.prepare_cached("SELECT DISTINCT org_id FROM project WHERE org_id IS NOT NULL")?;
    let mut found: BTreeSet<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if found.is_empty() {
        found.insert(DEFAULT_ORGANIZATION.to_owned());
    }
    Ok(found)
}

/// The organization meant by a request that names none, which only works while there is one.
pub(super) fn sole_organization(world: &World<'_>) -> Result<String, ApiError> {
    let mut all = organizations(world)?.into_iter();
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(ApiError::invalid("org_id is required, you have access to several organizations")),
    }
}

fn organization_json(id: &str) -> Value {
    json!({
        "id": id, "name": "local", "handle": id, "plan": "launch", "managed_by": "console",
        "created_at": EPOCH, "updated_at": EPOCH,
    })
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let all = organizations(&call.world)?;
    let all: Vec<Value> = all.iter().map(|id| organization_json(id)).collect();
    Reply::ok(json!({ "organizations": all }))
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let id = call.param("org_id");
    if !organizations(&call.world)?.contains(id) {
        return Err(ApiError::absent("organization"));
    }
    Reply::ok(organization_json(id))
}

fn current_user(_: &Call<'_>) -> Result<Reply, ApiError> {
    Reply::ok(json!({
        "id": USER_ID, "login": "local", "email": "local@localhost", "name": "Local",
        "last_name": "User", "image": "", "plan": "launch", "projects_limit": 100,
        "branches_limit": 5000, "max_autoscaling_limit": 56, "active_seconds_limit": 0,
        "auth_accounts": [],
    }))
}

fn auth_info(_: &Call<'_>) -> Result<Reply, ApiError> {
    Reply::ok(json!({ "account_id": USER_ID, "auth_method": "api_key_user" }))
}

fn regions(_: &Call<'_>) -> Result<Reply, ApiError> {
    let all: Vec<Value> = REGIONS
        .iter()
        .map(|[id, name, latitude, longitude]| {
            json!({
                "region_id": id, "name": name, "default": *id == DEFAULT_REGION,
                "geo_lat": latitude, "geo_long": longitude,
            })
        })
        .collect();
    Reply::ok(json!({ "regions": all }))
}
