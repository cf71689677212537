//! Computes, which the API calls endpoints: where they are, how large, and how to change that.
//!
//! None of them runs. A compute has a host name that nothing answers at, and a size.
//! Invariant: a branch has at most one read-write compute.
//! The rules for sizes are in `endpoint/size.rs`.

pub(super) mod size;

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Map, Value, json};

use self::size::{Size, Wanted};
use super::branch::{self, Branch};
use super::operation::Lock;
use super::project::{self, Project};
use super::{Kind, Route};
use crate::body::Fields;
use crate::call::{Call, Reply, World, number, set};
use crate::error::ApiError;
use crate::{hosts, ids};

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects/{project_id}/endpoints", "listEndpoints", list),
        Route::get(
            "/projects/{project_id}/branches/{branch_id}/endpoints",
            "listBranchEndpoints",
            list_of_branch,
        ),
        Route::get("/projects/{project_id}/endpoints/{endpoint_id}", "getEndpoint", get),
        Route::post("/projects/{project_id}/endpoints", "createEndpoint", create),
        Route::patch("/projects/{project_id}/endpoints/{endpoint_id}", "updateEndpoint", update),
        Route::delete("/projects/{project_id}/endpoints/{endpoint_id}", "deleteEndpoint", delete),
    ],
    inherit: None,
};

pub(super) const READ_WRITE: &str = "read_write";

const COLUMNS: &str = "endpoint.id, branch_id, type, endpoint.name, min_cu, max_cu, \
                       suspend_timeout, disabled, settings, endpoint.created_at, \
                       endpoint.updated_at";

/// One compute.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) branch_id: String,
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) size: Size,
    pub(super) disabled: bool,
    /// A JSON object.
    pub(super) settings: String,
    pub(super) created_at: String,
    pub(super) updated_at: String,
}

impl Endpoint {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            branch_id: row.get(1)?,
            kind: row.get(2)?,
            name: row.get(3)?,
            size: Size { min: row.get(4)?, max: row.get(5)?, suspend: row.get(6)? },
            disabled: row.get(7)?,
            settings: row.get(8)?,
            created_at: row.get(9)?,
            updated_at: row.get(10)?,
        })
    }

    /// Writes a new row, or the new state of an old one.
    pub(super) fn save(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO endpoint (id, branch_id, type, name, min_cu, max_cu, suspend_timeout,
             disabled, settings, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (id) DO UPDATE SET name = ?4, min_cu = ?5, max_cu = ?6,
             suspend_timeout = ?7, disabled = ?8, settings = ?9, updated_at = ?11",
            rusqlite::params![
                self.id,
                self.branch_id,
                self.kind,
                self.name,
                self.size.min,
                self.size.max,
                self.size.suspend,
                self.disabled,
                self.settings,
                self.created_at,
                self.updated_at,
            ],
        )?;
        Ok(())
    }

    /// As answers show it; a new one is still starting.
    pub(super) fn json(&self, project: &Project, starting: bool) -> Value {
        let region = &project.region_id;
        let settings: Option<Value> = serde_json::from_str(&self.settings).ok();
        let mut shown = json!({
            "id": self.id,
            "host": hosts::endpoint(&self.id, region),
            "proxy_host": hosts::suffix(region),
            "project_id": project.id,
            "branch_id": self.branch_id,
            "region_id": region,
            "type": self.kind,
            "current_state": if starting { "init" } else { "idle" },
            "autoscaling_limit_min_cu": number(self.size.min),
            "autoscaling_limit_max_cu": number(self.size.max),
            "suspend_timeout_seconds": self.size.suspend,
            "settings": settings.unwrap_or_else(|| json!({})),
            "pooler_enabled": false,
            "pooler_mode": "transaction",
            "disabled": self.disabled,
            "passwordless_access": true,
            "provisioner": "k8s-neonvm",
            "creation_source": "console",
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        });
        set(&mut shown, "name", self.name.as_deref());
        set(&mut shown, "pending_state", starting.then_some("active"));
        shown
    }
}

/// What a request says about a compute.
pub(super) struct Wish<'a> {
    pub(super) kind: Option<&'a str>,
    name: Option<&'a str>,
    wanted: Wanted,
    disabled: Option<bool>,
    settings: Option<&'a Map<String, Value>>,
}

impl<'a> Wish<'a> {
    /// Takes the fields of a new compute, `type` among them.
    pub(super) fn of_new(fields: &mut Fields<'a>) -> Result<Self, ApiError> {
        let kind: &str = fields.required("type")?;
        if kind != READ_WRITE && kind != "read_only" {
            return Err(fields.wrong("type", "must be read_write or read_only"));
        }
        fields.optional::<&str>("provisioner")?;
        Ok(Self { kind: Some(kind), ..Self::of_change(fields)? })
    }

    fn of_change(fields: &mut Fields<'a>) -> Result<Self, ApiError> {
        let mut settings = fields.object("settings")?;
        for part in ["pg_settings", "pgbouncer_settings", "preload_libraries"] {
            settings.optional::<&Map<String, Value>>(part)?;
        }
        settings.done()?;
        Ok(Self {
            kind: None,
            name: fields.optional("name")?,
            wanted: Wanted::take(fields)?,
            disabled: fields.optional("disabled")?,
            settings: fields.optional("settings")?,
        })
    }

    /// Makes the compute it describes.
    pub(super) fn create(
        &self,
        world: &World<'_>,
        project: &Project,
        branch_id: &str,
        id: String,
    ) -> Result<Endpoint, ApiError> {
        let endpoint = Endpoint {
            id,
            branch_id: branch_id.to_owned(),
            kind: self.kind.unwrap_or(READ_WRITE).to_owned(),
            name: self.name.map(str::to_owned),
            size: self.wanted.complete(project.size())?,
            disabled: self.disabled.unwrap_or(false),
            settings: self.settings_text(json!({ "pg_settings": {} })),
            created_at: world.at.text(),
            updated_at: world.at.text(),
        };
        endpoint.save(world.sql)?;
        Ok(endpoint)
    }

    fn apply(&self, endpoint: &mut Endpoint) -> Result<(), ApiError> {
        endpoint.size = self.wanted.complete(endpoint.size)?;
        endpoint.disabled = self.disabled.unwrap_or(endpoint.disabled);
        if let Some(name) = self.name {
            endpoint.name = Some(name.to_owned());
        }
        let had = serde_json::from_str(&endpoint.settings).unwrap_or_else(|_| json!({}));
        endpoint.settings = self.settings_text(had);
        Ok(())
    }

    /// The settings given, over those there were.
    fn settings_text(&self, mut settings: Value) -> String {
        for (name, value) in self.settings.into_iter().flatten() {
            set(&mut settings, name, Some(value.clone()));
        }
        settings.to_string()
    }
}

/// The computes of one branch.
pub(super) fn of_branch(sql: &Connection, branch_id: &str) -> Result<Vec<Endpoint>, ApiError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM endpoint WHERE branch_id = ?1 ORDER BY rowid"))?
        .query_map([branch_id], Endpoint::read)?
        .collect::<Result<_, _>>()?)
}

/// The read-write compute of a branch, if it has one.
pub(super) fn read_write_of(sql: &Connection, branch_id: &str) -> Result<Option<Endpoint>, ApiError> {
    let all = of_branch(sql, branch_id)?;
    Ok(all.into_iter().find(|endpoint| endpoint.kind == READ_WRITE))
}

/// The id that begins the hosts of a branch's services, which it has even without a compute.
pub(super) fn host_id_of(sql: &Connection, branch_id: &str) -> Result<String, ApiError> {
    let endpoint = read_write_of(sql, branch_id)?;
    Ok(endpoint.map_or_else(|| ids::endpoint_of(branch_id), |found| found.id))
}

/// The compute with an id, if it belongs to the project.
pub(super) fn find(sql: &Connection, project: &Project, id: &str) -> Result<Option<Endpoint>, ApiError> {
    Ok(sql
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM endpoint JOIN branch ON branch.id = branch_id
             WHERE endpoint.id = ?1 AND project_id = ?2"
        ))?
        .query_row([id, &project.id], Endpoint::read)
        .optional()?)
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let project = project::of(call)?;
    let all: Vec<Endpoint> = call
        .world
        .sql
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM endpoint JOIN branch ON branch.id = branch_id
             WHERE project_id = ?1 ORDER BY endpoint.rowid"
        ))?
        .query_map([&project.id], Endpoint::read)?
        .collect::<Result<_, _>>()?;
    reply_with(&project, &all)
}

fn list_of_branch(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    reply_with(&project, &of_branch(call.world.sql, &branch.id)?)
}

fn reply_with(project: &Project, endpoints: &[Endpoint]) -> Result<Reply, ApiError> {
    let shown: Vec<Value> = endpoints.iter().map(|endpoint| endpoint.json(project, false)).collect();
    Reply::ok(json!({ "endpoints": shown }))
}

fn of(call: &Call<'_>) -> Result<(Project, Option<Endpoint>), ApiError> {
    let project = project::of(call)?;
    let endpoint = find(call.world.sql, &project, call.param("endpoint_id"))?;
    Ok((project, endpoint))
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, endpoint) = of(call)?;
    let endpoint = endpoint.ok_or_else(|| ApiError::absent("endpoint"))?;
    Reply::ok(json!({ "endpoint": endpoint.json(&project, false) }))
}

fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let project = project::of(call)?;
    let mut body = call.fields()?;
    let mut fields = body.required_object("endpoint")?;
    let branch_id: &str = fields.required("branch_id")?;
    let wish = Wish::of_new(&mut fields)?;
    fields.done()?;
    body.done()?;
    let branch: Branch =
        branch::find(call.world.sql, &project, branch_id)?.ok_or_else(|| ApiError::absent("branch"))?;
    let taken = read_write_of(call.world.sql, &branch.id)?.is_some();
    if taken && wish.kind == Some(READ_WRITE) {
        return Err(ApiError::conflict("branch already has a read-write endpoint"));
    }
    let mut lock = Lock::take(&call.world, &project.id)?;
    let id = call.world.new_endpoint_id(None);
    let endpoint = wish.create(&call.world, &project, &branch.id, id)?;
    lock.schedule("start_compute", &branch.id, Some(&endpoint.id))?;
    Reply::created(json!({
        "endpoint": endpoint.json(&project, true), "operations": lock.operations(),
    }))
}

fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, endpoint) = of(call)?;
    let mut endpoint = endpoint.ok_or_else(|| ApiError::absent("endpoint"))?;
    let mut body = call.fields()?;
    let mut fields = body.required_object("endpoint")?;
    let wish = Wish::of_change(&mut fields)?;
    fields.done()?;
    body.done()?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    wish.apply(&mut endpoint)?;
    endpoint.updated_at = call.world.at.text();
    endpoint.save(call.world.sql)?;
    lock.schedule("apply_config", &endpoint.branch_id, Some(&endpoint.id))?;
    Reply::ok(json!({
        "endpoint": endpoint.json(&project, false), "operations": lock.operations(),
    }))
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, endpoint) = of(call)?;
    let Some(endpoint) = endpoint else {
        return Reply::nothing();
    };
    let mut lock = Lock::take(&call.world, &project.id)?;
    lock.schedule("suspend_compute", &endpoint.branch_id, Some(&endpoint.id))?;
    call.world.sql.execute("DELETE FROM endpoint WHERE id = ?1", [&endpoint.id])?;
    Reply::ok(json!({
        "endpoint": endpoint.json(&project, false), "operations": lock.operations(),
    }))
}
