//! Projects: what they are called, where they are, what their new computes get.
//!
//! There is no way to delete one: a database file is the local backend's unit of throwing away.
//! Creating one is in `project/create.rs`.

mod create;

pub(crate) use self::create::create_default;

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Map, Value, json};

use super::endpoint::size::{self, Size, Wanted};
use super::{Kind, Route, account};
use crate::body::Fields;
use crate::call::{Call, Reply, number, set};
use crate::error::ApiError;
use crate::hosts;
use crate::paging::{Key, Paging};

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects", "listProjects", list),
        Route::get("/projects/shared", "listSharedProjects", list_shared),
        Route::post("/projects", "createProject", create::create),
        Route::get("/projects/{project_id}", "getProject", get),
        Route::patch("/projects/{project_id}", "updateProject", update),
    ],
    inherit: None,
};

const COLUMNS: &str = "id, name, region_id, pg_version, org_id, min_cu, max_cu, suspend_timeout, \
                       pg_settings, pgbouncer_settings, store_passwords, history_retention, \
                       settings, created_at, updated_at, rowid";
const NEVER: &str = "0001-01-01T00:00:00Z";

/// One project.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) region_id: String,
    pub(crate) pg_version: i64,
    pub(crate) org_id: Option<String>,
    pub(crate) defaults: Defaults,
    pub(crate) store_passwords: bool,
    pub(crate) history_retention: i64,
    /// A JSON object.
    pub(crate) settings: Option<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    /// Where it stands in the list; set by the database.
    pub(crate) rowid: i64,
}

/// What computes get that say nothing themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    pub(crate) size: Wanted,
    /// JSON objects.
    pub(crate) pg_settings: Option<String>,
    pub(crate) pgbouncer_settings: Option<String>,
}

impl Project {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            region_id: row.get(2)?,
            pg_version: row.get(3)?,
            org_id: row.get(4)?,
            defaults: Defaults {
                size: Wanted { min: row.get(5)?, max: row.get(6)?, suspend: row.get(7)? },
                pg_settings: row.get(8)?,
                pgbouncer_settings: row.get(9)?,
            },
            store_passwords: row.get(10)?,
            history_retention: row.get(11)?,
            settings: row.get(12)?,
            created_at: row.get(13)?,
            updated_at: row.get(14)?,
            rowid: row.get(15)?,
        })
    }

    /// Writes a new row, or the new state of an old one.
    pub(crate) fn save(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO project (id, name, region_id, pg_version, org_id, min_cu, max_cu,
             suspend_timeout, pg_settings, pgbouncer_settings, store_passwords, history_retention,
             settings, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (id) DO UPDATE SET name = ?2, min_cu = ?6, max_cu = ?7,
             suspend_timeout = ?8, pg_settings = ?9, pgbouncer_settings = ?10,
             history_retention = ?12, settings = ?13, updated_at = ?15",
            rusqlite::params![
                self.id,
                self.name,
                self.region_id,
                self.pg_version,
                self.org_id,
                self.defaults.size.min,
                self.defaults.size.max,
                self.defaults.size.suspend,
                self.defaults.pg_settings,
                self.defaults.pgbouncer_settings,
                self.store_passwords,
                self.history_retention,
                self.settings,
                self.created_at,
                self.updated_at,
            ],
        )?;
        Ok(())
    }

    /// The size of a compute that gives none.
    pub(crate) fn size(&self) -> Size {
        let platform = size::PLATFORM_DEFAULT;
        let wanted = self.defaults.size;
        let min = wanted.min.unwrap_or(platform.min);
        Size {
            min,
            max: wanted.max.unwrap_or(platform.max.max(min)),
            suspend: wanted.suspend.unwrap_or(platform.suspend),
        }
    }

    /// What a list and a single answer share.
    fn list_json(&self) -> Value {
        let mut shown = json!({
            "id": self.id,
            "platform_id": self.region_id.split('-').next().unwrap_or("aws"),
            "region_id": self.region_id,
            "name": self.name,
            "provisioner": "k8s-neonvm",
            "pg_version": self.pg_version,
            "proxy_host": hosts::suffix(&self.region_id),
            "branch_logical_size_limit": 204_800,
            "branch_logical_size_limit_bytes": 214_748_364_800_i64,
            "store_passwords": self.store_passwords,
            "active_time": 0,
            "cpu_used_sec": 0,
            "creation_source": "console",
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "owner_id": self.org_id.as_deref().unwrap_or(account::USER_ID),
            "history_retention_seconds": self.history_retention,
        });
        set(&mut shown, "default_endpoint_settings", self.defaults.json());
        set(&mut shown, "settings", parsed(self.settings.as_deref()));
        set(&mut shown, "org_id", self.org_id.as_deref());
        shown
    }

    /// As a single answer shows it.
    pub(super) fn json(&self) -> Value {
        let mut shown = self.list_json();
        for counter in [
            "data_storage_bytes_hour",
            "data_transfer_bytes",
            "written_data_bytes",
            "compute_time_seconds",
            "active_time_seconds",
        ] {
            set(&mut shown, counter, Some(0));
        }
        for time in ["consumption_period_start", "consumption_period_end"] {
            set(&mut shown, time, Some(NEVER));
        }
        let owner = json!({
            "email": "local@localhost", "name": "Local", "branches_limit": 5000,
            "subscription_type": "launch",
        });
        set(&mut shown, "owner", Some(owner));
        shown
    }
}

impl Defaults {
    /// Takes `default_endpoint_settings` of a body, over what there was.
    fn take(&mut self, fields: &mut Fields<'_>) -> Result<(), ApiError> {
        let mut given = fields.object("default_endpoint_settings")?;
        let wanted = Wanted::take(&mut given)?;
        self.size.min = wanted.min.or(self.size.min);
        self.size.max = wanted.max.or(self.size.max);
        self.size.suspend = wanted.suspend.or(self.size.suspend);
        self.size.check()?;
        let places =
            [("pg_settings", &mut self.pg_settings), ("pgbouncer_settings", &mut self.pgbouncer_settings)];
        for (name, place) in places {
            if let Some(map) = given.optional::<&Map<String, Value>>(name)? {
                *place = Some(Value::Object(map.clone()).to_string());
            }
        }
        given.done()
    }

    fn json(&self) -> Option<Value> {
        let mut shown = json!({});
        let size = self.size;
        set(&mut shown, "autoscaling_limit_min_cu", size.min.map(number));
        set(&mut shown, "autoscaling_limit_max_cu", size.max.map(number));
        set(&mut shown, "suspend_timeout_seconds", size.suspend);
        set(&mut shown, "pg_settings", parsed(self.pg_settings.as_deref()));
        set(&mut shown, "pgbouncer_settings", parsed(self.pgbouncer_settings.as_deref()));
        (shown != json!({})).then_some(shown)
    }
}

/// JSON that we stored; what does not parse (a damaged database) counts as absent.
fn parsed(text: Option<&str>) -> Option<Value> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

/// The project the path names, or 404.
pub(super) fn of(call: &Call<'_>) -> Result<Project, ApiError> {
    call.world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM project WHERE id = ?1"))?
        .query_row([call.param("project_id")], Project::read)
        .optional()?
        .ok_or_else(|| ApiError::absent("project"))
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let organization = match call.query("org_id") {
        Some(id) => id.to_owned(),
        None => account::sole_organization(&call.world)?,
    };
    let search = call.query("search").unwrap_or_default();
    let all: Vec<Project> = call
        .world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM project"))?
        .query_map([], Project::read)?
        .collect::<Result<_, _>>()?;
    let visible: Vec<Project> = all
        .into_iter()
        .filter(|project| project.org_id.as_ref().is_none_or(|id| *id == organization))
        .filter(|project| project.name.contains(search) || project.id.contains(search))
        .collect();
    let page = Paging::new(10, 400).page(call, visible, |project| Key::number(project.rowid))?;
    let shown: Vec<Value> = page.items.iter().map(Project::list_json).collect();
    let mut body = json!({ "projects": shown, "applications": {}, "integrations": {} });
    set(&mut body, "pagination", page.cursor.map(|cursor| json!({ "cursor": cursor })));
    Reply::ok(body)
}

fn list_shared(_: &Call<'_>) -> Result<Reply, ApiError> {
    Reply::ok(json!({ "projects": [], "applications": {}, "integrations": {} }))
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    Reply::ok(json!({ "project": of(call)?.json() }))
}

fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let mut project = of(call)?;
    let mut body = call.fields()?;
    let mut fields = body.required_object("project")?;
    if let Some(name) = fields.optional::<&str>("name")? {
        project.name = valid_name(&fields, name)?;
    }
    project.defaults.take(&mut fields)?;
    if let Some(seconds) = valid_retention(&mut fields)? {
        project.history_retention = seconds;
    }
    if let Some(settings) = fields.optional::<&Map<String, Value>>("settings")? {
        let mut merged = parsed(project.settings.as_deref()).unwrap_or_else(|| json!({}));
        for (name, value) in settings {
            set(&mut merged, name, Some(value.clone()));
        }
        project.settings = Some(merged.to_string());
    }
    fields.done()?;
    body.done()?;
    project.updated_at = call.world.at.text();
    project.save(call.world.sql)?;
    Reply::ok(json!({ "project": project.json(), "operations": [] }))
}

fn valid_name(fields: &Fields<'_>, name: &str) -> Result<String, ApiError> {
    if (1..=256).contains(&name.chars().count()) {
        return Ok(name.to_owned());
    }
    Err(fields.wrong("name", "must have 1 to 256 characters"))
}

fn valid_retention(fields: &mut Fields<'_>) -> Result<Option<i64>, ApiError> {
    let name = "history_retention_seconds";
    match fields.optional(name)? {
        Some(seconds) if !(0..=2_592_000).contains(&seconds) => {
            Err(fields.wrong(name, "must be 0 to 2592000"))
        }
        given => Ok(given),
    }
}
