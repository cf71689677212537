//! What is sent for buckets.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::kind::{Driver, Outputs, Prior, Seen};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::spec::{Bucket, Operation, is_unaddressable};
use crate::client::Request;
use crate::moved::moved;
use crate::scope::Scope;

pub(super) const FEATURE: &str = "Object storage";

/// A bucket as reported.
#[derive(Debug, Clone)]
pub struct BucketLive {
    /// Its access level; one that this version does not know reads as `private` (API spec 5).
    pub access: String,
    /// Whether there are objects in it; known only once it was examined.
    pub holds_objects: Option<bool>,
}

#[derive(Deserialize)]
struct Listed {
    buckets: Vec<Item>,
}

#[derive(Deserialize)]
struct Objects {
    #[serde(default)]
    objects: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    #[serde(default)]
    access_level: Option<String>,
}

impl Item {
    fn live(&self) -> BucketLive {
        let is_public = self.access_level.as_deref() == Some("public_read");
        let access = if is_public { "public_read" } else { "private" }.to_owned();
        BucketLive { access, holds_objects: None }
    }
}

impl Driver<Scope> for Bucket {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, BucketLive)>, Failure> {
        Ok(list(scope).await?.into_iter().map(|item| (item.name.clone(), item.live())).collect())
    }

    async fn look(&self, scope: &Scope, _names: &[&str], attempt: u32) -> Result<Seen<BucketLive>, Failure> {
        scope.before_look(attempt).await?;
        self.read(scope).await.map(Some)
    }

    async fn examine(
        &self,
        scope: &Scope,
        address: &Address,
        live: BucketLive,
    ) -> Result<BucketLive, Failure> {
        if is_unaddressable(address.name()) {
            return Ok(live);
        }
        let holds_objects = Some(!objects(scope, address.name(), "1").await?.is_empty());
        Ok(BucketLive { holds_objects, ..live })
    }

    async fn apply(
        &self,
        scope: &Scope,
        address: &Address,
        operation: Operation,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        match operation {
            Operation::Create(access) => create(scope, address.name(), access).await?,
            Operation::Delete { with_data } => delete(scope, address.name(), with_data).await?,
        }
        Ok(Outputs::new())
    }
}

async fn create(scope: &Scope, name: &str, access: &str) -> Result<(), Failure> {
    let body = json!({ "name": name, "access_level": access });
    let request = Request::post("createBranchBucket", scope.in_branch(&["buckets"])).json(body);
    let is_it = |item: &Item| item.name == name && item.access_level.as_deref() == Some(access);
    let look = || async { Ok(list(scope).await?.iter().any(is_it).then_some(Json::Null)) };
    let Err(failure) = scope.client.make(request.feature(FEATURE), look).await else { return Ok(()) };
    if !failure.is(codes::ALREADY_EXISTS) {
        return Err(failure);
    }
    // Somebody created it at the same time, which is success if it is the same.
    match list(scope).await?.into_iter().find(|found| found.name == name).map(|found| found.live()) {
        Some(live) if live.access == access => Ok(()),
        Some(live) => Err(moved(
            "a bucket of this name was created since the plan was made",
            format!("{name}: access {}", live.access),
            format!("access {access}"),
        )),
        None => Err(failure),
    }
}

async fn list(scope: &Scope) -> Result<Vec<Item>, Failure> {
    let request = Request::get("listBranchBuckets", scope.in_branch(&["buckets"])).feature(FEATURE);
    Ok(scope.client.send::<Listed>(request).await?.buckets)
}

/// Keys of objects in a bucket, at most `limit`.
pub(super) async fn objects(scope: &Scope, bucket: &str, limit: &str) -> Result<Vec<String>, Failure> {
    let path = scope.in_branch(&["buckets", bucket, "objects"]);
    let request = Request::get("listProjectBranchBucketObjects", path).query("limit", limit).feature(FEATURE);
    // A bucket that went away meanwhile holds nothing.
    let listed: Option<Objects> = scope.client.find(request).await?;
    Ok(listed.map(|listed| listed.objects).unwrap_or_default().into_iter().map(|object| object.key).collect())
}

pub(super) async fn delete(scope: &Scope, bucket: &str, with_data: bool) -> Result<(), Failure> {
    let mut before = Vec::new();
    loop {
        let found = objects(scope, bucket, "100").await?;
        if found.is_empty() {
            break;
        }
        // Someone writes as fast as we delete, or deletions do not show yet: not ours to go on with.
        if !with_data || found == before {
            return Err(Diagnostic::error(codes::CONFLICT, "the bucket is not empty; it was not deleted")
                .found(found[0].as_str())
                .fix("pass --prune-data to delete it with everything in it, or declare it")
                .into());
        }
        for key in &found {
            let path = scope.in_branch(&["buckets", bucket, "objects", key]);
            let request = Request::delete("deleteProjectBranchBucketObject", path).feature(FEATURE);
            scope.client.delete(request).await?;
        }
        before = found;
    }
    let request = Request::delete("deleteBranchBucket", scope.in_branch(&["buckets", bucket]));
    scope.client.delete(request.feature(FEATURE)).await
}
