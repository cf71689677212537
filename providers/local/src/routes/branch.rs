//! Branches: finding, listing, changing and deleting them.
//!
//! Creating one, with all it inherits, is in `branch/create.rs`; when one expires, and which may,
//! in `branch/expiry.rs`; setting one back to another's state in `branch/restore.rs`.
//! Invariant: every project has exactly one default branch, and names are unique in a project.
//! A seeded branch may lack a creation time; then no time of its own is reported.

mod create;
mod restore;
pub(super) mod expiry;

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use self::expiry::Expiry;
use super::operation::Lock;
use super::project::{self, Project};
use super::{Kind, Route, endpoint};
use crate::body::Fields;
use crate::call::{Call, Reply, World, set};
use crate::error::ApiError;
use crate::paging::{Key, Paging};

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects/{project_id}/branches", "listBranches", list),
        Route::get("/projects/{project_id}/branches/count", "countBranches", count),
        Route::post("/projects/{project_id}/branches", "createBranch", create::create),
        Route::get("/projects/{project_id}/branches/{branch_id}", "getBranch", get),
        Route::patch("/projects/{project_id}/branches/{branch_id}", "updateBranch", update),
        Route::delete("/projects/{project_id}/branches/{branch_id}", "deleteBranch", delete),
        Route::post(
            "/projects/{project_id}/branches/{branch_id}/set_as_default",
            "setDefaultBranch",
            set_as_default,
        ),
        Route::post("/projects/{project_id}/branches/{branch_id}/restore", "restoreBranch", restore::restore),
    ],
    inherit: None,
};

const COLUMNS: &str = "id, project_id, name, parent_id, parent_lsn, parent_timestamp, is_default, \
                       protected, archived, expires_at, ttl_seconds, init_source, annotation, \
                       created_at, updated_at, rowid, last_reset_at";

/// One branch.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) id: String,
    pub(crate) project_id: String,
    pub(crate) name: String,
    pub(crate) parent_id: Option<String>,
    pub(crate) parent_lsn: Option<String>,
    pub(crate) parent_timestamp: Option<String>,
    pub(crate) is_default: bool,
    pub(crate) protected: bool,
    pub(crate) archived: bool,
    pub(crate) expiry: Option<Expiry>,
    pub(crate) init_source: Option<String>,
    /// A JSON object of strings.
    pub(crate) annotation: Option<String>,
    pub(crate) created_at: Option<String>,
    pub(crate) updated_at: Option<String>,
    pub(crate) last_reset_at: Option<String>,
    /// Where it stands among its equals; set by the database.
    pub(crate) rowid: i64,
}

impl Branch {
    /// A root branch made now.
    pub(crate) fn blank(world: &World<'_>, project: &Project, id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            project_id: project.id.clone(),
            name: name.to_owned(),
            parent_id: None,
            parent_lsn: None,
            parent_timestamp: None,
            is_default: false,
            protected: false,
            archived: false,
            expiry: None,
            init_source: None,
            annotation: None,
            created_at: Some(world.at.text()),
            updated_at: Some(world.at.text()),
            last_reset_at: None,
            rowid: 0,
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let at: Option<String> = row.get(9)?;
        let ttl_seconds = row.get(10)?;
        Ok(Self {
            id: row.get(0)?,
            project_id: row.get(1)?,
            name: row.get(2)?,
            parent_id: row.get(3)?,
            parent_lsn: row.get(4)?,
            parent_timestamp: row.get(5)?,
            is_default: row.get(6)?,
            protected: row.get(7)?,
            archived: row.get(8)?,
            expiry: at.map(|at| Expiry { at, ttl_seconds }),
            init_source: row.get(11)?,
            annotation: row.get(12)?,
            created_at: row.get(13)?,
            updated_at: row.get(14)?,
            rowid: row.get(15)?,
            last_reset_at: row.get(16)?,
        })
    }

    /// Writes a new row, or the new state of an old one.
    pub(crate) fn save(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO branch (id, project_id, name, parent_id, parent_lsn, parent_timestamp,
             is_default, protected, archived, expires_at, ttl_seconds, init_source, annotation,
             created_at, updated_at, last_reset_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (id) DO UPDATE SET name = ?3, parent_id = ?4, is_default = ?7,
             protected = ?8, expires_at = ?10, ttl_seconds = ?11, updated_at = ?15,
             last_reset_at = ?16",
            rusqlite::params![
                self.id,
                self.project_id,
                self.name,
                self.parent_id,
                self.parent_lsn,
                self.parent_timestamp,
                self.is_default,
                self.protected,
                self.archived,
                self.expiry.as_ref().map(|expiry| &expiry.at),
                self.expiry.as_ref().and_then(|expiry| expiry.ttl_seconds),
                self.init_source,
                self.annotation,
                self.created_at,
                self.updated_at,
                self.last_reset_at,
            ],
        )?;
        Ok(())
    }

    /// As answers show it; a new one is not ready yet.
    pub(crate) fn json(&self, starting: bool) -> Value {
        let settled = if self.archived { "archived" } else { "ready" };
        let mut shown = json!({
            "id": self.id,
            "project_id": self.project_id,
            "name": self.name,
            "current_state": if starting { "init" } else { settled },
            "creation_source": "console",
            "primary": self.is_default,
            "default": self.is_default,
            "protected": self.protected,
            "logical_size": 0,
            "cpu_used_sec": 0,
            "compute_time_seconds": 0,
            "active_time_seconds": 0,
            "written_data_bytes": 0,
            "data_transfer_bytes": 0,
        });
        set(&mut shown, "pending_state", starting.then_some(settled));
        set(&mut shown, "parent_id", self.parent_id.as_deref());
        set(&mut shown, "parent_lsn", self.parent_lsn.as_deref());
        set(&mut shown, "parent_timestamp", self.parent_timestamp.as_deref());
        set(&mut shown, "init_source", self.init_source.as_deref());
        if let Some(expiry) = &self.expiry {
            set(&mut shown, "expires_at", Some(expiry.at.as_str()));
            set(&mut shown, "ttl_interval_seconds", expiry.ttl_seconds);
        }
        set(&mut shown, "created_at", self.created_at.as_deref());
        set(&mut shown, "updated_at", self.updated_at.as_deref());
        set(&mut shown, "state_changed_at", self.created_at.as_deref());
        set(&mut shown, "last_reset_at", self.last_reset_at.as_deref());
        shown
    }

    /// Its annotation; an empty one if it has none.
    fn annotation_json(&self) -> Value {
        let stored = self.annotation.as_deref();
        let value: Option<Value> = stored.and_then(|text| serde_json::from_str(text).ok());
        let mut shown = json!({
            "object": { "type": "console/branch", "id": self.id },
            "value": value.unwrap_or_else(|| json!({})),
        });
        set(&mut shown, "created_at", self.created_at.as_deref());
        set(&mut shown, "updated_at", self.created_at.as_deref());
        shown
    }
}

/// The branch with an id, if it belongs to the project.
pub(super) fn find(sql: &Connection, project: &Project, id: &str) -> Result<Option<Branch>, ApiError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM branch WHERE id = ?1 AND project_id = ?2"))?
        .query_row([id, &project.id], Branch::read)
        .optional()?)
}

/// The project and branch the path names, or 404 for whichever is missing.
pub(super) fn of(call: &Call<'_>) -> Result<(Project, Branch), ApiError> {
    let project = project::of(call)?;
    let branch =
        find(call.world.sql, &project, call.param("branch_id"))?.ok_or_else(|| ApiError::absent("branch"))?;
    Ok((project, branch))
}

/// The default branch of a project.
pub(super) fn default_of(sql: &Connection, project: &Project) -> Result<Branch, ApiError> {
    sql.prepare_cached(&format!("SELECT {COLUMNS} FROM branch WHERE project_id = ?1 AND is_default LIMIT 1"))?
        .query_row([&project.id], Branch::read)
        .optional()?
        .ok_or_else(|| ApiError::absent("default branch"))
}

fn all_of(call: &Call<'_>, project: &Project) -> Result<Vec<Branch>, ApiError> {
    let search = call.query("search").unwrap_or_default();
    let all: Vec<Branch> = call
        .world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM branch WHERE project_id = ?1"))?
        .query_map([&project.id], Branch::read)?
        .collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|branch| branch.name.contains(search) || branch.id.contains(search)).collect())
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let project = project::of(call)?;
    let sort_by = call.query("sort_by").unwrap_or("updated_at");
    if !["name", "created_at", "updated_at"].contains(&sort_by) {
        return Err(ApiError::invalid("invalid sort_by: must be name, created_at or updated_at"));
    }
    let sort_order = call.query("sort_order").unwrap_or("desc");
    if !["asc", "desc"].contains(&sort_order) {
        return Err(ApiError::invalid("invalid sort_order: must be asc or desc"));
    }
    let paging = Paging { descending: sort_order == "desc", ..Paging::new(100, 10_000) };
    let page = paging.page(call, all_of(call, &project)?, |branch| {
        let text = match sort_by {
            "name" => Some(&branch.name),
            "created_at" => branch.created_at.as_ref(),
            _ => branch.updated_at.as_ref(),
        };
        Key { text: text.cloned().unwrap_or_default(), number: branch.rowid }
    })?;
    let mut pagination = json!({ "sort_by": sort_by, "sort_order": sort_order });
    set(&mut pagination, "next", page.next());
    let branches: Vec<Value> = page.items.iter().map(|branch| branch.json(false)).collect();
    let mut annotations = json!({});
    for branch in page.items.iter().filter(|branch| branch.annotation.is_some()) {
        set(&mut annotations, &branch.id, Some(branch.annotation_json()));
    }
    Reply::ok(json!({
        "branches": branches, "annotations": annotations, "pagination": pagination,
    }))
}

fn count(call: &Call<'_>) -> Result<Reply, ApiError> {
    let project = project::of(call)?;
    Reply::ok(json!({ "count": all_of(call, &project)?.len() }))
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = of(call)?;
    Reply::ok(json!({ "branch": branch.json(false), "annotation": branch.annotation_json() }))
}

fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, mut branch) = of(call)?;
    let mut body = call.fields()?;
    let mut fields = body.required_object("branch")?;
    let name = valid_name(&mut fields)?;
    let protected = fields.optional("protected")?;
    let expires_at = expiry::take_nullable(&mut fields)?;
    fields.done()?;
    body.done()?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    if let Some(name) = name.filter(|name| *name != branch.name) {
        refuse_taken_name(call.world.sql, &project, name)?;
        branch.name = name.to_owned();
    }
    if let Some(protected) = protected.filter(|protected| *protected != branch.protected) {
        branch.protected = protected;
        lock.schedule("timeline_update_protected_config", &branch.id, None)?;
    }
    if let Some(expires_at) = expires_at {
        branch.expiry = expires_at.map(|at| expiry::valid(&call.world, at)).transpose()?;
    }
    expiry::check(&call.world, &branch)?;
    if branch.updated_at.is_some() {
        branch.updated_at = Some(call.world.at.text());
    }
    branch.save(call.world.sql)?;
    Reply::ok(json!({ "branch": branch.json(false), "operations": lock.operations() }))
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let project = project::of(call)?;
    let sql = call.world.sql;
    let Some(branch) = find(sql, &project, call.param("branch_id"))? else {
        return Reply::nothing();
    };
    if branch.is_default {
        return Err(ApiError::refused("cannot delete the default branch"));
    }
    if branch.protected {
        return Err(ApiError::refused("cannot delete a protected branch"));
    }
    if has_children(sql, &branch.id)? {
        return Err(ApiError::refused(format!("cannot delete branch that has children: {}", branch.id)));
    }
    if branch.parent_id.is_none() {
        return Err(ApiError::refused("cannot delete a root branch"));
    }
    let mut lock = Lock::take(&call.world, &project.id)?;
    for endpoint in endpoint::of_branch(sql, &branch.id)? {
        lock.schedule("suspend_compute", &branch.id, Some(&endpoint.id))?;
    }
    lock.schedule("delete_timeline", &branch.id, None)?;
    sql.execute("DELETE FROM branch WHERE id = ?1", [&branch.id])?;
    Reply::ok(json!({ "branch": branch.json(false), "operations": lock.operations() }))
}

fn set_as_default(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, mut branch) = of(call)?;
    let lock = Lock::take(&call.world, &project.id)?;
    call.world.sql.execute("UPDATE branch SET is_default = 0 WHERE project_id = ?1", [&project.id])?;
    branch.is_default = true;
    expiry::check(&call.world, &branch)?;
    branch.save(call.world.sql)?;
    Reply::ok(json!({ "branch": branch.json(false), "operations": lock.operations() }))
}

fn has_children(sql: &Connection, id: &str) -> Result<bool, rusqlite::Error> {
    sql.query_row("SELECT EXISTS (SELECT 1 FROM branch WHERE parent_id = ?1)", [id], |row| row.get(0))
}

/// Takes `name` of a body.
pub(super) fn valid_name<'a>(fields: &mut Fields<'a>) -> Result<Option<&'a str>, ApiError> {
    match fields.optional::<&str>("name")? {
        Some(name) if !(1..=256).contains(&name.chars().count()) => {
            Err(fields.wrong("name", "must have 1 to 256 characters"))
        }
        given => Ok(given),
    }
}

fn refuse_taken_name(sql: &Connection, project: &Project, name: &str) -> Result<(), ApiError> {
    let taken: bool = sql.query_row(
        "SELECT EXISTS (SELECT 1 FROM branch WHERE project_id = ?1 AND name = ?2)",
        [&project.id, name],
        |row| row.get(0),
    )?;
    if taken {
        return Err(ApiError::conflict(format!("branch already exists; branch_name:\"{name}\"")));
    }
    Ok(())
}
