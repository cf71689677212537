//! Roles and their passwords.
//!
//! Passwords are made up and open nothing, but they are treated as the platform does: shown when
//! made, when revealed and in connection strings, and nowhere else.

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::valid_name;
use crate::call::{Call, Reply, World, set};
use crate::error::ApiError;
use crate::ids;
use crate::routes::branch;
use crate::routes::operation::Lock;
use crate::routes::project::Project;

/// One role.
#[derive(Debug)]
pub(in crate::routes) struct Role {
    pub(super) branch_id: String,
    pub(super) name: String,
    /// A role without one cannot log in.
    password: Option<String>,
    created_at: String,
    updated_at: String,
}

impl Role {
    pub(in crate::routes) fn new(world: &World<'_>, branch_id: &str, name: &str, no_login: bool) -> Self {
        Self {
            branch_id: branch_id.to_owned(),
            name: name.to_owned(),
            password: (!no_login).then(ids::password),
            created_at: world.at.text(),
            updated_at: world.at.text(),
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            branch_id: row.get(0)?,
            name: row.get(1)?,
            password: row.get(2)?,
            created_at: row.get(3)?,
            updated_at: row.get(4)?,
        })
    }

    pub(in crate::routes) fn insert(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO role (branch_id, name, password, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (&self.branch_id, &self.name, &self.password, &self.created_at, &self.updated_at),
        )?;
        Ok(())
    }

    pub(super) fn renew_password(&mut self) {
        self.password = self.password.take().map(|_| ids::password());
    }

    pub(super) fn json(&self, show_password: bool) -> Value {
        let method = if self.password.is_some() { "password" } else { "no_login" };
        let mut shown = json!({
            "branch_id": self.branch_id, "name": self.name, "protected": false,
            "authentication_method": method,
            "created_at": self.created_at, "updated_at": self.updated_at,
        });
        let password = self.password.as_deref().filter(|_| show_password);
        set(&mut shown, "password", password);
        shown
    }

    /// The password, where the project keeps passwords and the role has one.
    pub(super) fn revealed(&self, project: &Project) -> Result<&str, ApiError> {
        if !project.store_passwords {
            return Err(ApiError::new(412, "passwords are not stored for this project"));
        }
        self.password.as_deref().ok_or_else(|| ApiError::absent("role password"))
    }

    /// The password for an answer that shows it in passing; empty without one.
    pub(super) fn password(&self) -> &str {
        self.password.as_deref().unwrap_or_default()
    }
}

/// The roles that Auth and the Data API work with, each with whether it cannot log in.
const SERVICE_ROLES: [(&str, bool); 3] =
    [("authenticator", false), ("anonymous", true), ("authenticated", true)];

/// Adds those of them that the branch lacks.
pub(in crate::routes) fn add_service_roles(world: &World<'_>, branch_id: &str) -> Result<(), ApiError> {
    for (name, no_login) in SERVICE_ROLES {
        if find(world.sql, branch_id, name)?.is_none() {
            Role::new(world, branch_id, name, no_login).insert(world.sql)?;
        }
    }
    Ok(())
}

const COLUMNS: &str = "branch_id, name, password, created_at, updated_at";

/// The roles of a branch, oldest first.
pub(in crate::routes) fn of_branch(sql: &Connection, branch_id: &str) -> Result<Vec<Role>, ApiError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM role WHERE branch_id = ?1 ORDER BY rowid"))?
        .query_map([branch_id], Role::read)?
        .collect::<Result<_, _>>()?)
}

/// The role with a name, if the branch has it.
pub(in crate::routes) fn find(
    sql: &Connection,
    branch_id: &str,
    name: &str,
) -> Result<Option<Role>, ApiError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM role WHERE branch_id = ?1 AND name = ?2"))?
        .query_row([branch_id, name], Role::read)
        .optional()?)
}

pub(super) fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let all = of_branch(call.world.sql, &branch.id)?;
    let shown: Vec<Value> = all.iter().map(|role| role.json(false)).collect();
    Reply::ok(json!({ "roles": shown }))
}

pub(super) fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let role =
        find(call.world.sql, &branch.id, call.param("role_name"))?.ok_or_else(|| ApiError::absent("role"))?;
    Reply::ok(json!({ "role": role.json(false) }))
}

pub(super) fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let mut body = call.fields()?;
    let mut fields = body.required_object("role")?;
    let name = valid_name(&mut fields, "name")?.ok_or_else(|| fields.wrong("name", "is required"))?;
    let no_login = fields.optional("no_login")?.unwrap_or(false);
    fields.done()?;
    body.done()?;
    if find(sql, &branch.id, name)?.is_some() {
        return Err(ApiError::conflict(format!("role already exists; role_name:\"{name}\"")));
    }
    let mut lock = Lock::take(&call.world, &project.id)?;
    let role = Role::new(&call.world, &branch.id, name, no_login);
    role.insert(sql)?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::created(json!({ "role": role.json(true), "operations": lock.operations() }))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let Some(role) = find(sql, &branch.id, call.param("role_name"))? else {
        return Reply::nothing();
    };
    let owns: bool = sql.query_row(
        "SELECT EXISTS (SELECT 1 FROM database WHERE branch_id = ?1 AND owner_name = ?2)",
        [&branch.id, &role.name],
        |row| row.get(0),
    )?;
    if owns {
        return Err(ApiError::refused(format!("cannot delete role that owns databases: {}", role.name)));
    }
    let mut lock = Lock::take(&call.world, &project.id)?;
    sql.execute("DELETE FROM role WHERE branch_id = ?1 AND name = ?2", [&branch.id, &role.name])?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::ok(json!({ "role": role.json(false), "operations": lock.operations() }))
}

pub(super) fn reveal_password(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let role =
        find(call.world.sql, &branch.id, call.param("role_name"))?.ok_or_else(|| ApiError::absent("role"))?;
    Reply::ok(json!({ "password": role.revealed(&project)? }))
}

pub(super) fn reset_password(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let mut role = find(sql, &branch.id, call.param("role_name"))?.ok_or_else(|| ApiError::absent("role"))?;
    call.fields()?.done()?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    role.renew_password();
    role.updated_at = call.world.at.text();
    sql.execute(
        "UPDATE role SET password = ?3, updated_at = ?4 WHERE branch_id = ?1 AND name = ?2",
        (&branch.id, &role.name, &role.password, &role.updated_at),
    )?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::ok(json!({ "role": role.json(true), "operations": lock.operations() }))
}
