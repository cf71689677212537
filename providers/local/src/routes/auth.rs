//! Neon Auth: whether a branch has it, and where.
//!
//! Nothing answers at its URLs. Enabling it adds the roles the service would, since clients must
//! be able to tell them from a person's; disabling it leaves them, as it leaves the data.

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::branch;
use super::database::{self, role};
use super::operation::Lock;
use super::project::Project;
use super::{Kind, Lineage, Route, endpoint};
use crate::call::{Call, Reply, World, set};
use crate::error::ApiError;
use crate::{hosts, ids};

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects/{project_id}/branches/{branch_id}/auth", "getNeonAuth", get),
        Route::post("/projects/{project_id}/branches/{branch_id}/auth", "enableNeonAuth", enable),
        Route::delete("/projects/{project_id}/branches/{branch_id}/auth", "disableNeonAuth", disable),
    ],
    inherit: Some(inherit),
};

/// The provider that can be enabled; others are only ever read.
const PROVIDER: &str = "better_auth";

/// One branch's integration.
#[derive(Debug)]
pub(crate) struct Integration {
    pub(crate) branch_id: String,
    pub(crate) provider: String,
    pub(crate) provider_project_id: String,
    pub(crate) db_name: String,
    pub(crate) jwks_url: String,
    pub(crate) base_url: Option<String>,
    pub(crate) created_at: String,
}

impl Integration {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            branch_id: row.get(0)?,
            provider: row.get(1)?,
            provider_project_id: row.get(2)?,
            db_name: row.get(3)?,
            jwks_url: row.get(4)?,
            base_url: row.get(5)?,
            created_at: row.get(6)?,
        })
    }

    pub(crate) fn insert(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO neon_auth (branch_id, provider, provider_project_id, db_name, jwks_url,
             base_url, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                &self.branch_id,
                &self.provider,
                &self.provider_project_id,
                &self.db_name,
                &self.jwks_url,
                &self.base_url,
                &self.created_at,
            ),
        )?;
        Ok(())
    }

    /// Points it at its branch's own host.
    fn locate(&mut self, sql: &Connection, project: &Project) -> Result<(), ApiError> {
        let host = endpoint::host_id_of(sql, &self.branch_id)?;
        let base = hosts::auth_url(&host, &self.db_name, &project.region_id);
        self.jwks_url = format!("{base}/.well-known/jwks.json");
        self.base_url = Some(base);
        Ok(())
    }
}

/// The branch's integration, if it has one.
pub(super) fn find(sql: &Connection, branch_id: &str) -> Result<Option<Integration>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT branch_id, provider, provider_project_id, db_name, jwks_url, base_url,
             created_at FROM neon_auth WHERE branch_id = ?1",
        )?
        .query_row([branch_id], Integration::read)
        .optional()?)
}

fn not_enabled() -> ApiError {
    ApiError::new(404, "Neon Auth is not enabled for this branch")
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let found = find(call.world.sql, &branch.id)?.ok_or_else(not_enabled)?;
    let mut shown = json!({
        "auth_provider": found.provider,
        "auth_provider_project_id": found.provider_project_id,
        "branch_id": found.branch_id,
        "db_name": found.db_name,
        "created_at": found.created_at,
        "owned_by": "neon",
        "jwks_url": found.jwks_url,
    });
    set(&mut shown, "base_url", found.base_url.as_deref());
    Reply::ok(shown)
}

fn enable(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let mut fields = call.fields()?;
    if fields.required::<&str>("auth_provider")? != PROVIDER {
        return Err(fields.wrong("auth_provider", "must be better_auth"));
    }
    let db_name = fields.optional::<&str>("database_name")?;
    fields.done()?;
    if find(sql, &branch.id)?.is_some() {
        return Err(ApiError::conflict("Neon Auth is already enabled for this branch"));
    }
    let db_name = wanted_database(sql, &branch.id, db_name)?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    let mut made = Integration {
        branch_id: branch.id.clone(),
        provider: PROVIDER.to_owned(),
        provider_project_id: ids::uuid(),
        db_name,
        jwks_url: String::new(),
        base_url: None,
        created_at: call.world.at.text(),
    };
    made.locate(sql, &project)?;
    made.insert(sql)?;
    role::add_service_roles(&call.world, &branch.id)?;
    lock.schedule("apply_config", &branch.id, None)?;
    let mut shown = json!({
        "auth_provider": made.provider,
        "auth_provider_project_id": made.provider_project_id,
        "pub_client_key": "",
        "secret_server_key": "",
        "schema_name": "neon_auth",
        "table_name": "users_sync",
        "jwks_url": made.jwks_url,
    });
    set::<Value>(&mut shown, "base_url", made.base_url.map(Value::from));
    Reply::created(shown)
}

fn wanted_database(sql: &Connection, branch_id: &str, wanted: Option<&str>) -> Result<String, ApiError> {
    let all = database::of_branch(sql, branch_id)?;
    let found = match wanted {
        Some(name) => all.iter().find(|database| database.name == name),
        None => all.iter().find(|database| database.name == "neondb").or(all.first()),
    };
    found.map(|database| database.name.clone()).ok_or_else(|| ApiError::absent("database"))
}

fn disable(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let mut fields = call.fields()?;
    fields.optional::<bool>("delete_data")?;
    fields.done()?;
    find(sql, &branch.id)?.ok_or_else(not_enabled)?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    sql.execute("DELETE FROM neon_auth WHERE branch_id = ?1", [&branch.id])?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::ok(json!({}))
}

fn inherit(world: &World<'_>, lineage: &Lineage<'_>) -> Result<(), ApiError> {
    let Some(mut copy) = find(world.sql, &lineage.parent.id)? else {
        return Ok(());
    };
    copy.branch_id.clone_from(&lineage.child.id);
    copy.locate(world.sql, lineage.project)?;
    copy.insert(world.sql)?;
    Ok(())
}
