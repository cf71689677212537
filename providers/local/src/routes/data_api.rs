//! The Data API: for which databases of a branch it is enabled, where, and with what settings.
//!
//! Nothing answers at its URL. A child branch does not inherit it. How a caller proves who it is
//! can be chosen when it is enabled, and neither read nor changed afterwards.
//! Invariant: what was stored is what a request gave; defaults are filled in when it is read, so
//! that a setting left out goes back to its default. Which settings there are is in
//! `data_api/settings.rs`.

mod settings;

use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};

use super::branch;
use super::database::{self, role};
use super::operation::Lock;
use super::{Kind, Route, auth, endpoint};
use crate::body::Fields;
use crate::call::{Call, Reply};
use crate::error::ApiError;
use crate::hosts;

const PATH: &str = "/projects/{project_id}/branches/{branch_id}/data-api/{database_name}";

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get(PATH, "getNeonDataApi", get),
        Route::post(PATH, "enableProjectBranchDataApi", enable),
        Route::patch(PATH, "updateProjectBranchDataApi", update),
        Route::delete(PATH, "deleteProjectBranchDataApi", delete),
    ],
    inherit: None,
};

const NEON_AUTH: &str = "neon_auth";
const EXTERNAL: &str = "external";

/// One database's integration, as far as it can be read.
struct Integration {
    url: String,
    /// A JSON object; `None` is one that does not report its settings.
    settings: Option<String>,
    /// Whether the settings are reported as they are stored, without defaults.
    verbatim: bool,
}

impl Integration {
    fn settings_json(&self) -> Value {
        let stored = self.settings.as_deref();
        // What does not parse (a damaged database) counts as not reported.
        match stored.and_then(|text| serde_json::from_str(text).ok()) {
            None => Value::Null,
            Some(stored) if self.verbatim => stored,
            Some(stored) => settings::with_defaults(&stored),
        }
    }
}

fn find(sql: &Connection, branch_id: &str, database: &str) -> Result<Option<Integration>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT url, settings, verbatim FROM data_api WHERE branch_id = ?1 AND database_name = ?2",
        )?
        .query_row([branch_id, database], |row| {
            Ok(Integration { url: row.get(0)?, settings: row.get(1)?, verbatim: row.get(2)? })
        })
        .optional()?)
}

fn not_enabled() -> ApiError {
    ApiError::new(404, "the Data API is not enabled for this database")
}

/// The integration the path names, or 404.
fn of(call: &Call<'_>, branch_id: &str) -> Result<Integration, ApiError> {
    let name = call.param("database_name");
    match find(call.world.sql, branch_id, name)? {
        Some(found) => Ok(found),
        None if database::find(call.world.sql, branch_id, name)?.is_none() => {
            Err(ApiError::absent("database"))
        }
        None => Err(not_enabled()),
    }
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let found = of(call, &branch.id)?;
    Reply::ok(json!({
        "url": found.url,
        "status": "active",
        "settings": found.settings_json(),
        "available_schemas": ["auth", "public"],
    }))
}

fn enable(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let (sql, name) = (call.world.sql, call.param("database_name"));
    let mut fields = call.fields()?;
    let provider = wanted_provider(&mut fields)?;
    let settings = settings::take(&mut fields)?.unwrap_or_else(|| json!({}));
    fields.done()?;
    if database::find(sql, &branch.id, name)?.is_none() {
        return Err(ApiError::absent("database"));
    }
    if find(sql, &branch.id, name)?.is_some() {
        return Err(ApiError::conflict("the Data API is already enabled for this database"));
    }
    if provider == Some(NEON_AUTH) && auth::find(sql, &branch.id)?.is_none() {
        return Err(ApiError::invalid(
            "auth_provider neon_auth needs Neon Auth, which is not enabled for this branch",
        ));
    }
    let mut lock = Lock::take(&call.world, &project.id)?;
    let host = endpoint::host_id_of(sql, &branch.id)?;
    let url = hosts::data_api_url(&host, name, &project.region_id);
    sql.execute(
        "INSERT INTO data_api (branch_id, database_name, url, auth_provider, settings, verbatim)
         VALUES (?1, ?2, ?3, ?4, ?5, 0)",
        (&branch.id, name, &url, provider, settings.to_string()),
    )?;
    role::add_service_roles(&call.world, &branch.id)?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::created(json!({ "url": url }))
}

/// Takes who proves callers, and what goes with it.
fn wanted_provider<'a>(fields: &mut Fields<'a>) -> Result<Option<&'a str>, ApiError> {
    let provider = fields.optional::<&str>("auth_provider")?;
    if provider.is_some_and(|name| ![NEON_AUTH, EXTERNAL].contains(&name)) {
        return Err(fields.wrong("auth_provider", "must be neon_auth or external"));
    }
    let jwks_url = fields.optional::<&str>("jwks_url")?;
    for text in ["provider_name", "jwt_audience"] {
        fields.optional::<&str>(text)?;
    }
    for flag in ["add_default_grants", "skip_auth_schema"] {
        fields.optional::<bool>(flag)?;
    }
    if provider == Some(EXTERNAL) && jwks_url.is_none_or(str::is_empty) {
        return Err(fields.wrong("jwks_url", "is required with auth_provider external"));
    }
    Ok(provider)
}

fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let mut fields = call.fields()?;
    let settings = settings::take(&mut fields)?;
    fields.done()?;
    of(call, &branch.id)?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    // Without settings it only asks for the schemas to be looked at again.
    if let Some(settings) = settings {
        call.world.sql.execute(
            "UPDATE data_api SET settings = ?3, verbatim = 0 WHERE branch_id = ?1 AND database_name = ?2",
            (&branch.id, call.param("database_name"), settings.to_string()),
        )?;
    }
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::created(json!({}))
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    of(call, &branch.id)?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    call.world.sql.execute(
        "DELETE FROM data_api WHERE branch_id = ?1 AND database_name = ?2",
        [branch.id.as_str(), call.param("database_name")],
    )?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::ok(json!({}))
}

/// Drops the integrations of databases the branch no longer has.
pub(super) fn forget_missing(sql: &Connection, branch_id: &str) -> Result<(), ApiError> {
    sql.execute(
        "DELETE FROM data_api WHERE branch_id = ?1
         AND database_name NOT IN (SELECT name FROM database WHERE branch_id = ?1)",
        [branch_id],
    )?;
    Ok(())
}

/// Lets an integration follow its database to a new name; its URL stays.
pub(super) fn follow_rename(sql: &Connection, branch_id: &str, old: &str, new: &str) -> Result<(), ApiError> {
    sql.execute(
        "UPDATE data_api SET database_name = ?3 WHERE branch_id = ?1 AND database_name = ?2",
        [branch_id, old, new],
    )?;
    Ok(())
}
