//! Where a branch's AI gateway is. Nothing answers there.

use serde_json::json;

use super::branch;
use super::{Kind, Route};
use crate::call::{Call, Reply};
use crate::error::ApiError;
use crate::hosts;

pub(crate) const KIND: Kind = Kind {
    routes: &[Route::get(
        "/projects/{project_id}/branches/{branch_id}/ai_gateway",
        "getProjectBranchAiGateway",
        get,
    )],
    inherit: None,
};

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    Reply::ok(json!({
        "enabled": true,
        "base_url": hosts::ai_gateway_url(&branch.id, &project.region_id),
    }))
}
