//! Setting a branch back to the state of another one, or to an earlier state of its own.
//!
//! The state is what Postgres holds: databases and roles. No history is kept here, so a point in
//! time is checked for its form and stands for the present. Computes, services, triggers and the
//! like stay as they are; a lifetime starts anew.
//! Invariant: a branch with children is only set back together with a name for what it was; its
//! children then hang off that branch, and so does it.

use serde_json::json;

use super::create::is_lsn;
use super::{Branch, find, has_children, of, refuse_taken_name};
use crate::body::Fields;
use crate::call::{Call, Reply};
use crate::clock;
use crate::error::ApiError;
use crate::routes::operation::Lock;
use crate::routes::project::Project;
use crate::routes::{Lineage, database, inherit};

/// What a restore is asked for.
struct Wanted<'a> {
    source_id: &'a str,
    point: bool,
    preserve_under_name: Option<&'a str>,
}

pub(super) fn restore(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, mut branch) = of(call)?;
    let (world, sql) = (&call.world, call.world.sql);
    let wanted = Wanted::take(call.fields()?)?;
    let itself = wanted.source_id == branch.id;
    if itself && !wanted.point {
        return Err(ApiError::invalid(
            "field \"source_lsn\" or \"source_timestamp\" is required to restore a branch from itself",
        ));
    }
    let source = find(sql, &project, wanted.source_id)?.ok_or_else(|| ApiError::absent("source branch"))?;
    if let Some(name) = wanted.preserve_under_name {
        refuse_taken_name(sql, &project, name)?;
    } else if itself {
        return Err(ApiError::refused("preserve_under_name is required to restore a branch from itself"));
    } else if has_children(sql, &branch.id)? {
        return Err(ApiError::refused("Branch has children, preserve_under_name is required"));
    }
    let mut lock = Lock::take(world, &project.id)?;
    if let Some(name) = wanted.preserve_under_name {
        branch.parent_id = Some(preserve(call, &project, &branch, name)?);
    }
    if !itself {
        database::restore(sql, &source, &branch)?;
    }
    branch.expiry = branch.expiry.map(|expiry| expiry.restarted(world));
    branch.last_reset_at = Some(world.at.text());
    branch.updated_at = Some(world.at.text());
    branch.save(sql)?;
    lock.schedule("create_branch", &branch.id, None)?;
    Reply::ok(json!({ "branch": branch.json(false), "operations": lock.operations() }))
}

impl<'a> Wanted<'a> {
    fn take(mut fields: Fields<'a>) -> Result<Self, ApiError> {
        let source_id = fields.required("source_branch_id")?;
        let lsn = fields.optional::<&str>("source_lsn")?;
        let timestamp = fields.optional::<&str>("source_timestamp")?;
        if lsn.is_some_and(|lsn| !is_lsn(lsn)) {
            return Err(fields.wrong("source_lsn", "must be a log position such as 0/1E88838"));
        }
        if timestamp.is_some_and(|at| clock::parse(at).is_none()) {
            return Err(fields.wrong("source_timestamp", "must be an RFC 3339 timestamp with a time zone"));
        }
        if lsn.is_some() && timestamp.is_some() {
            return Err(fields.wrong("source_lsn", "excludes field \"source_timestamp\""));
        }
        let preserve_under_name = fields.optional::<&str>("preserve_under_name")?;
        if preserve_under_name.is_some_and(|name| !(1..=256).contains(&name.chars().count())) {
            return Err(fields.wrong("preserve_under_name", "must have 1 to 256 characters"));
        }
        fields.done()?;
        Ok(Self { source_id, point: lsn.or(timestamp).is_some(), preserve_under_name })
    }
}

/// Keeps what the branch is as a branch of its own, in its place below its parent and above its
/// children; returns its id.
fn preserve(call: &Call<'_>, project: &Project, branch: &Branch, name: &str) -> Result<String, ApiError> {
    let (world, sql) = (&call.world, call.world.sql);
    let mut kept = Branch::blank(world, project, &world.new_branch_id(), name);
    kept.parent_id.clone_from(&branch.parent_id);
    kept.save(sql)?;
    inherit(world, &Lineage { project, parent: branch, child: &kept })?;
    sql.execute("UPDATE branch SET parent_id = ?2 WHERE parent_id = ?1", [&branch.id, &kept.id])?;
    Ok(kept.id)
}
