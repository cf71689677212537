//! What is sent for buckets.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{Driver, Outputs};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::spec::{Bucket, Operation};
use crate::client::Request;
use crate::scope::Scope;

/// A bucket as reported.
#[derive(Debug, Clone)]
pub struct BucketLive {
    /// Its access level; one that this version does not know reads as `private` (API spec 5).
    pub access: String,
}

#[derive(Deserialize)]
struct Listed {
    buckets: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    #[serde(default)]
    access_level: Option<String>,
}

impl Driver<Scope> for Bucket {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, BucketLive)>, Failure> {
        let request =
            Request::get("listBranchBuckets", scope.in_branch(&["buckets"])).feature("Object storage");
        let listed: Listed = scope.client.send(request).await?;
        let known = |level: String| if level == "public_read" { level } else { "private".to_owned() };
        let read = |item: Item| {
            let access = known(item.access_level.unwrap_or_default());
            (item.name, BucketLive { access })
        };
        Ok(listed.buckets.into_iter().map(read).collect())
    }

    async fn apply(
        &self,
        scope: &Scope,
        address: &Address,
        operation: Operation,
    ) -> Result<Outputs, Failure> {
        let Operation::Create(access) = operation;
        let body = json!({ "name": address.name(), "access_level": access });
        let request = Request::post("createBranchBucket", scope.in_branch(&["buckets"]));
        scope.client.send::<Json>(request.json(body).feature("Object storage")).await?;
        Ok(Outputs::new())
    }
}
