//! Buckets, and where a branch's object storage is.
//!
//! Its access level is given once and cannot be changed; a bucket a branch inherited keeps its
//! creation time and its objects, which are in `bucket/object.rs`.
//! Invariant: only an empty bucket is deleted.

mod object;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::branch;
use super::{Kind, Lineage, Route};
use crate::call::{Call, Reply, World};
use crate::error::ApiError;
use crate::hosts;

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects/{project_id}/branches/{branch_id}/buckets", "listBranchBuckets", list),
        Route::post("/projects/{project_id}/branches/{branch_id}/buckets", "createBranchBucket", create),
        Route::delete(
            "/projects/{project_id}/branches/{branch_id}/buckets/{bucket_name}",
            "deleteBranchBucket",
            delete,
        ),
        Route::get(
            "/projects/{project_id}/branches/{branch_id}/buckets/{bucket_name}/objects",
            "listProjectBranchBucketObjects",
            object::list,
        ),
        Route::delete(
            "/projects/{project_id}/branches/{branch_id}/buckets/{bucket_name}/objects/{object_key}",
            "deleteProjectBranchBucketObject",
            object::delete,
        ),
        Route::delete(
            "/projects/{project_id}/branches/{branch_id}/buckets/{bucket_name}/objects-by-prefix",
            "deleteProjectBranchBucketObjectsByPrefix",
            object::delete_by_prefix,
        ),
        Route::get("/projects/{project_id}/branches/{branch_id}/storage", "getBranchStorage", storage),
    ],
    inherit: Some(inherit),
};

const ACCESS_LEVELS: [&str; 2] = ["private", "public_read"];

fn bucket_json(name: &str, access_level: &str, created_at: &str) -> Value {
    json!({ "name": name, "access_level": access_level, "created_at": created_at })
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let shown: Vec<Value> = call
        .world
        .sql
        .prepare_cached(
            "SELECT name, access_level, created_at FROM bucket WHERE branch_id = ?1 ORDER BY rowid",
        )?
        .query_map([&branch.id], |row| {
            let fields: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(bucket_json(&fields.0, &fields.1, &fields.2))
        })?
        .collect::<Result<_, _>>()?;
    Reply::ok(json!({ "buckets": shown }))
}

fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let mut fields = call.fields()?;
    let name: &str = fields.required("name")?;
    if !(1..=255).contains(&name.chars().count()) {
        return Err(fields.wrong("name", "must have 1 to 255 characters"));
    }
    let access_level = fields.optional::<&str>("access_level")?.unwrap_or(ACCESS_LEVELS[0]);
    if !ACCESS_LEVELS.contains(&access_level) {
        return Err(fields.wrong("access_level", "must be private or public_read"));
    }
    fields.done()?;
    if exists(call.world.sql, &branch.id, name)? {
        return Err(ApiError::conflict(format!("bucket already exists; bucket_name:\"{name}\"")));
    }
    let created_at = call.world.at.text();
    call.world.sql.execute(
        "INSERT INTO bucket (branch_id, name, access_level, created_at) VALUES (?1, ?2, ?3, ?4)",
        (&branch.id, name, access_level, &created_at),
    )?;
    Reply::created(json!({ "bucket": bucket_json(name, access_level, &created_at) }))
}

fn exists(sql: &Connection, branch_id: &str, name: &str) -> Result<bool, ApiError> {
    Ok(sql.query_row(
        "SELECT EXISTS (SELECT 1 FROM bucket WHERE branch_id = ?1 AND name = ?2)",
        [branch_id, name],
        |row| row.get(0),
    )?)
}

/// The id of the branch whose bucket the path names, or 404 for whichever is missing.
fn require(call: &Call<'_>) -> Result<String, ApiError> {
    let (_, branch) = branch::of(call)?;
    if exists(call.world.sql, &branch.id, call.param("bucket_name"))? {
        return Ok(branch.id);
    }
    Err(ApiError::absent("bucket"))
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let branch_id = require(call)?;
    let key = [branch_id.as_str(), call.param("bucket_name")];
    let holds_objects: bool = call.world.sql.query_row(
        "SELECT EXISTS (SELECT 1 FROM bucket_object WHERE branch_id = ?1 AND bucket_name = ?2)",
        key,
        |row| row.get(0),
    )?;
    if holds_objects {
        return Err(ApiError::conflict("bucket is not empty"));
    }
    call.world.sql.execute("DELETE FROM bucket WHERE branch_id = ?1 AND name = ?2", key)?;
    Reply::nothing()
}

fn storage(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    Reply::ok(json!({
        "enabled": true,
        "s3_endpoint": hosts::storage_url(&branch.id, &project.region_id),
        "region": hosts::bare_region(&project.region_id),
        "force_path_style": true,
    }))
}

fn inherit(world: &World<'_>, lineage: &Lineage<'_>) -> Result<(), ApiError> {
    world.sql.execute(
        "INSERT INTO bucket (branch_id, name, access_level, created_at)
         SELECT ?2, name, access_level, created_at FROM bucket WHERE branch_id = ?1
         ORDER BY rowid",
        [&lineage.parent.id, &lineage.child.id],
    )?;
    world.sql.execute(
        "INSERT INTO bucket_object (branch_id, bucket_name, key, size, etag, last_modified)
         SELECT ?2, bucket_name, key, size, etag, last_modified FROM bucket_object
         WHERE branch_id = ?1",
        [&lineage.parent.id, &lineage.child.id],
    )?;
    Ok(())
}
