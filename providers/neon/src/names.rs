//! The names that somebody may be about to type: projects and branches, with nothing else about them.

use neonform_engine::diagnostic::Failure;
use serde::Deserialize;

use crate::client::{ApiPath, Client, Request};
use crate::target::projects_of_account;

#[derive(Deserialize)]
struct Branch {
    name: String,
}

#[derive(Deserialize)]
struct Project {
    id: String,
    #[serde(default)]
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

/// The ids of the account's projects, each with the project's name.
///
/// # Errors
/// What the API or the network said.
pub async fn projects(client: &Client) -> Result<Vec<(String, String)>, Failure> {
    let projects: Vec<Project> = client.list(projects_of_account(client).await?, "projects").await?;
    Ok(projects.into_iter().map(|project| (project.id, project.name)).collect())
}
