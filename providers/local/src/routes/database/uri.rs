//! Connection strings.

use serde_json::{Value, json};

use super::role::{self, Role};
use super::{Database, find};
use crate::call::{Call, Reply};
use crate::error::ApiError;
use crate::hosts::{self, Connection};
use crate::routes::branch;
use crate::routes::endpoint::{self, Endpoint};
use crate::routes::project::{self, Project};

pub(super) fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let sql = call.world.sql;
    let project = project::of(call)?;
    let database = call.required_query("database_name")?;
    let role = call.required_query("role_name")?;
    let pooled = call.bool_query("pooled")?;
    let branch = match call.query("branch_id") {
        None => branch::default_of(sql, &project)?,
        Some(id) => branch::find(sql, &project, id)?.ok_or_else(|| ApiError::absent("branch"))?,
    };
    let endpoint = match call.query("endpoint_id") {
        None => endpoint::read_write_of(sql, &branch.id)?,
        Some(id) => endpoint::find(sql, &project, id)?.filter(|endpoint| endpoint.branch_id == branch.id),
    };
    let endpoint = endpoint.ok_or_else(|| ApiError::absent("endpoint"))?;
    let database = find(sql, &branch.id, database)?.ok_or_else(|| ApiError::absent("database"))?;
    let role = role::find(sql, &branch.id, role)?.ok_or_else(|| ApiError::absent("role"))?;
    let host = if pooled {
        hosts::pooler(&endpoint.id, &project.region_id)
    } else {
        hosts::endpoint(&endpoint.id, &project.region_id)
    };
    let connection = Connection {
        host: &host,
        role: &role.name,
        password: role.revealed(&project)?,
        database: &database.name,
    };
    Reply::ok(json!({ "uri": connection.uri() }))
}

/// The entry of `connection_uris` in the answer that made a branch.
pub(super) fn described(project: &Project, endpoint: &Endpoint, role: &Role, database: &Database) -> Value {
    let host = hosts::endpoint(&endpoint.id, &project.region_id);
    let connection =
        Connection { host: &host, role: &role.name, password: role.password(), database: &database.name };
    json!({
        "connection_uri": connection.uri(),
        "connection_parameters": {
            "database": database.name, "password": connection.password, "role": role.name,
            "host": host, "pooler_host": hosts::pooler(&endpoint.id, &project.region_id),
        },
    })
}
