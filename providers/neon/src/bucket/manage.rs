//! Single buckets, for commands without a policy: what is there, create one, delete one.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use serde::Deserialize;
use serde_json::json;

use super::driver::{self, FEATURE};
use crate::client::Request;
use crate::reported::Reported;
use crate::scope::Scope;

/// Objects that are counted at most.
const COUNTED: usize = 100;

/// A bucket.
#[derive(Debug, Clone, Deserialize)]
pub struct BucketReport {
    /// Its name.
    pub name: String,
    /// Who may read it.
    #[serde(default)]
    pub access_level: Option<String>,
    /// When it was created.
    #[serde(default)]
    pub created_at: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    buckets: Vec<Reported<BucketReport>>,
}

#[derive(Deserialize)]
struct Created {
    bucket: Reported<BucketReport>,
}

/// What is in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// How many objects there are, as far as they were counted.
    pub objects: usize,
    /// Whether there may be more.
    pub more: bool,
}

/// Every bucket of the branch.
///
/// # Errors
/// What the API or the network said.
pub async fn list(scope: &Scope) -> Result<Vec<Reported<BucketReport>>, Failure> {
    let request = Request::get("listBranchBuckets", scope.in_branch(&["buckets"])).feature(FEATURE);
    Ok(scope.client.send::<Listed>(request).await?.buckets)
}

/// Creates a bucket.
///
/// # Errors
/// When the branch has one of this name; what the API or the network said.
pub async fn create(scope: &Scope, name: &str, access: &str) -> Result<Reported<BucketReport>, Failure> {
    let body = json!({ "name": name, "access_level": access });
    let request = Request::post("createBranchBucket", scope.in_branch(&["buckets"])).json(body);
    // One that is there already is refused, so that what is found after a lost answer is the one that was made.
    let before = list(scope).await?;
    if let Some(found) = before.iter().find(|bucket| bucket.read.name == name) {
        return Err(Diagnostic::error(codes::ALREADY_EXISTS, "the branch has a bucket of this name")
            .found(format!("{name}, {}", found.read.access_level.as_deref().unwrap_or("private")))
            .fix("choose another name, or use the one that is there")
            .into());
    }
    let look = || async {
        let found = list(scope)
            .await?
            .into_iter()
            .find(|bucket| bucket.read.name == name && bucket.read.access_level.as_deref() == Some(access));
        Ok(found.map(|bucket| Created { bucket }))
    };
    Ok(scope.client.make::<Created, _>(request.feature(FEATURE), look).await?.bucket)
}

/// Looks into a bucket.
///
/// # Errors
/// What the API or the network said.
pub async fn contents(scope: &Scope, name: &str) -> Result<Contents, Failure> {
    let objects = driver::objects(scope, name, &COUNTED.to_string()).await?.len();
    Ok(Contents { objects, more: objects >= COUNTED })
}

/// Deletes a bucket, and with this consent the objects in it first.
///
/// # Errors
/// When it is not empty; what the API or the network said.
pub async fn delete(scope: &Scope, name: &str, with_objects: bool) -> Result<(), Failure> {
    driver::delete(scope, name, with_objects).await
}
