//! The names that somebody may be about to type: branches, with nothing else about them.

use neonform_engine::diagnostic::Failure;
use serde::Deserialize;

use crate::client::{ApiPath, Client, Request};

#[derive(Deserialize)]
struct Branch {
    name: String,
}

/// The names of a project's branches.
///
/// # Errors
/// What the API or the network said.
pub async fn branches(client: &Client, project: &str) -> Result<Vec<String>, Failure> {
    let request = Request::get("listBranches", ApiPath::new(&["projects", project, "branches"]));
    let branches: Vec<Branch> = client.list(request, "branches").await?;
    Ok(branches.into_iter().map(|branch| branch.name).collect())
}
