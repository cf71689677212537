//! A new branch: its place, its lifetime, its computes, and what it inherits.
//!
//! It inherits databases and roles, Auth, buckets, functions, triggers (switched off) and
//! credentials as they are at this moment; what it does not inherit (protection, expiration,
//! compute sizes) comes from the request and the project's defaults, or is absent. Each kind copies its own; see `routes.rs`.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{Branch, default_of, expiry, find, refuse_taken_name, valid_name};
use crate::body::Fields;
use crate::call::{Call, Reply, World};
use crate::clock;
use crate::error::ApiError;
use crate::routes::endpoint::{Endpoint, READ_WRITE, Wish};
use crate::routes::operation::Lock;
use crate::routes::project::{self, Project};
use crate::routes::{Lineage, database, inherit};

const SCHEMA_ONLY: &str = "schema-only";
const INIT_SOURCES: [&str; 3] = ["parent-data", "parent-schema", SCHEMA_ONLY];

pub(super) fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let world = &call.world;
    let project = project::of(call)?;
    let mut body = call.fields()?;
    let (mut branch, parent) = wanted(world, &project, &mut body)?;
    let endpoints = wanted_endpoints(&mut body)?;
    branch.annotation = wanted_annotation(&mut body)?;
    body.done()?;
    let mut lock = Lock::take(world, &project.id)?;

    let id = world.new_branch_id();
    if branch.name.is_empty() {
        branch.name.clone_from(&id);
    }
    branch.id = id;
    branch.save(world.sql)?;
    lock.schedule("create_branch", &branch.id, None)?;
    let mut created: Vec<Endpoint> = Vec::new();
    for wish in &endpoints {
        let first_of = created.is_empty().then_some(branch.id.as_str());
        let id = world.new_endpoint_id(first_of);
        created.push(wish.create(world, &project, &branch.id, id)?);
    }
    for endpoint in &created {
        lock.schedule("start_compute", &branch.id, Some(&endpoint.id))?;
    }
    let lineage = Lineage { project: &project, parent: &parent, child: &branch };
    inherit(world, &lineage)?;

    let endpoints: Vec<Value> = created.iter().map(|endpoint| endpoint.json(&project, true)).collect();
    let mut answer = json!({
        "branch": branch.json(true), "endpoints": endpoints, "operations": lock.operations(),
    });
    database::describe(world, &project, &branch, false, &mut answer)?;
    Reply::created(answer)
}

/// The branch asked for, without an id and perhaps without a name, and its parent.
fn wanted(world: &World<'_>, project: &Project, body: &mut Fields<'_>) -> Result<(Branch, Branch), ApiError> {
    let mut fields = body.object("branch")?;
    let name = valid_name(&mut fields)?;
    let parent_id = fields.optional::<&str>("parent_id")?;
    let parent_lsn = fields.optional::<&str>("parent_lsn")?;
    let parent_timestamp = fields.optional::<&str>("parent_timestamp")?;
    let init_source = fields.optional::<&str>("init_source")?;
    let mut branch = Branch::blank(world, project, "", name.unwrap_or_default());
    branch.protected = fields.optional("protected")?.unwrap_or(false);
    branch.archived = fields.optional("archived")?.unwrap_or(false);
    let expires_at = expiry::take(&mut fields)?;
    if parent_lsn.is_some_and(|lsn| !is_lsn(lsn)) {
        return Err(fields.wrong("parent_lsn", "must be a log position such as 0/1E88838"));
    }
    if parent_timestamp.is_some_and(|at| clock::parse(at).is_none()) {
        return Err(fields.wrong("parent_timestamp", "must be an RFC 3339 timestamp with a time zone"));
    }
    if init_source.is_some_and(|source| !INIT_SOURCES.contains(&source)) {
        return Err(fields.wrong("init_source", "must be parent-data, parent-schema or schema-only"));
    }
    fields.done()?;

    let parent = parent_of(world.sql, project, parent_id)?;
    if parent.expiry.is_some() && !world.lenient_expiration() {
        return Err(ApiError::refused("a branch with an expiration time cannot have children"));
    }
    if let Some(name) = name {
        refuse_taken_name(world.sql, project, name)?;
    }
    branch.expiry = expires_at.map(|at| expiry::valid(world, at)).transpose()?;
    expiry::check(world, &branch)?;
    branch.init_source = Some(init_source.unwrap_or(INIT_SOURCES[0]).to_owned());
    if init_source != Some(SCHEMA_ONLY) {
        branch.parent_id = Some(parent.id.clone());
        branch.parent_lsn = parent_lsn.map(str::to_owned);
        branch.parent_timestamp = parent_timestamp.map(str::to_owned);
    }
    Ok((branch, parent))
}

fn parent_of(sql: &Connection, project: &Project, id: Option<&str>) -> Result<Branch, ApiError> {
    match id {
        None => default_of(sql, project),
        Some(id) => find(sql, project, id)?.ok_or_else(|| ApiError::absent("parent branch")),
    }
}

fn wanted_endpoints<'a>(body: &mut Fields<'a>) -> Result<Vec<Wish<'a>>, ApiError> {
    let mut wishes = Vec::new();
    for mut fields in body.objects("endpoints")? {
        wishes.push(Wish::of_new(&mut fields)?);
        fields.done()?;
    }
    let writers = wishes.iter().filter(|wish| wish.kind == Some(READ_WRITE)).count();
    if writers > 1 {
        return Err(ApiError::invalid("field \"endpoints\" may hold only one read_write endpoint"));
    }
    Ok(wishes)
}

fn wanted_annotation(body: &mut Fields<'_>) -> Result<Option<String>, ApiError> {
    let name = "annotation_value";
    let Some(value) = body.optional::<&Map<String, Value>>(name)? else {
        return Ok(None);
    };
    if value.len() > 50 {
        return Err(body.wrong(name, "may hold at most 50 entries"));
    }
    if !value.values().all(Value::is_string) {
        return Err(body.wrong(name, "must hold strings only"));
    }
    let text = Value::Object(value.clone()).to_string();
    Ok((!value.is_empty()).then_some(text))
}

pub(super) fn is_lsn(text: &str) -> bool {
    text.split_once('/').is_some_and(|(high, low)| {
        [high, low]
            .iter()
            .all(|half| (1..=8).contains(&half.len()) && half.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}
