//! Branches apart from a policy: listed, created bare, renamed, deleted (API spec 6.4).
//!
//! Everything is returned as the platform reported it.

use neonform_engine::diagnostic::Failure;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::creation::NewBranch;
use super::driver::{body, is};
use crate::client::{ApiPath, Client, Request};

fn in_project(project: &str, rest: &[&str]) -> ApiPath {
    ApiPath::new(&["projects", project]).join(rest)
}

/// Every branch of a project.
///
/// # Errors
/// What the API or the network said.
pub async fn list(client: &Client, project: &str) -> Result<Vec<Json>, Failure> {
    client.list(Request::get("listBranches", in_project(project, &["branches"])), "branches").await
}

/// A branch that was created.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Json")]
pub struct Created {
    /// Its id.
    pub id: String,
    /// `branch`, `endpoints` and what else the platform answered.
    pub answer: Json,
}

impl TryFrom<Json> for Created {
    type Error = &'static str;

    fn try_from(answer: Json) -> Result<Self, Self::Error> {
        let id = answer["branch"]["id"].as_str().ok_or("missing field `branch.id`")?.to_owned();
        Ok(Self { id, answer })
    }
}

/// Creates a branch with everything that one call carries.
///
/// # Errors
/// What the API or the network said, where looking does not show that it was made.
pub async fn create(client: &Client, project: &str, new: &NewBranch) -> Result<Created, Failure> {
    let path = || in_project(project, &["branches"]);
    let look = || async {
        let branches: Vec<Json> = client.list(Request::get("listBranches", path()), "branches").await?;
        let made = branches.into_iter().find(|branch| is(branch, new));
        Ok(made.and_then(|branch| Created::try_from(json!({ "branch": branch })).ok()))
    };
    client.make(Request::post("createBranch", path()).json(body(new)), look).await
}

/// Gives a branch another name.
///
/// # Errors
/// What the API or the network said.
pub async fn rename(client: &Client, project: &str, id: &str, name: &str) -> Result<Json, Failure> {
    let body = json!({ "branch": { "name": name } });
    let request = Request::patch("updateBranch", in_project(project, &["branches", id])).json(body);
    client.send::<Json>(request).await.map(|answer| answer["branch"].clone())
}

/// Deletes a branch with everything on it; one that is gone already is no failure.
///
/// # Errors
/// What the API or the network said.
pub async fn delete(client: &Client, project: &str, id: &str) -> Result<(), Failure> {
    client.delete(Request::delete("deleteBranch", in_project(project, &["branches", id]))).await
}
