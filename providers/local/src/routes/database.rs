//! Databases, and what a branch holds together with its roles.
//!
//! There is no Postgres: a database is a name and an owner. Roles are in `database/role.rs`,
//! connection strings in `database/uri.rs`.
//! Invariant: a database's owner is a role of the same branch.

pub(super) mod role;
mod uri;

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use self::role::Role;
use super::branch::{self, Branch};
use super::operation::Lock;
use super::project::Project;
use super::{Kind, Lineage, Route, data_api, endpoint};
use crate::body::Fields;
use crate::call::{Call, Reply, World, set};
use crate::error::ApiError;

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects/{project_id}/branches/{branch_id}/databases", "listBranchDatabases", list),
        Route::post("/projects/{project_id}/branches/{branch_id}/databases", "createBranchDatabase", create),
        Route::get(
            "/projects/{project_id}/branches/{branch_id}/databases/{database_name}",
            "getBranchDatabase",
            get,
        ),
        Route::patch(
            "/projects/{project_id}/branches/{branch_id}/databases/{database_name}",
            "updateBranchDatabase",
            update,
        ),
        Route::delete(
            "/projects/{project_id}/branches/{branch_id}/databases/{database_name}",
            "deleteBranchDatabase",
            delete,
        ),
        Route::get("/projects/{project_id}/branches/{branch_id}/roles", "listBranchRoles", role::list),
        Route::post("/projects/{project_id}/branches/{branch_id}/roles", "createBranchRole", role::create),
        Route::get(
            "/projects/{project_id}/branches/{branch_id}/roles/{role_name}",
            "getBranchRole",
            role::get,
        ),
        Route::delete(
            "/projects/{project_id}/branches/{branch_id}/roles/{role_name}",
            "deleteBranchRole",
            role::delete,
        ),
        Route::get(
            "/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reveal_password",
            "revealRolePassword",
            role::reveal_password,
        ),
        Route::post(
            "/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reset_password",
            "resetRolePassword",
            role::reset_password,
        ),
        Route::get("/projects/{project_id}/connection_uri", "getConnectionUri", uri::get),
    ],
    inherit: Some(inherit),
};

/// One database.
#[derive(Debug)]
pub(super) struct Database {
    id: i64,
    branch_id: String,
    pub(super) name: String,
    owner_name: String,
    created_at: String,
    updated_at: String,
}

impl Database {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            branch_id: row.get(1)?,
            name: row.get(2)?,
            owner_name: row.get(3)?,
            created_at: row.get(4)?,
            updated_at: row.get(5)?,
        })
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id, "branch_id": self.branch_id, "name": self.name,
            "owner_name": self.owner_name, "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// The databases of a branch, oldest first.
pub(super) fn of_branch(sql: &Connection, branch_id: &str) -> Result<Vec<Database>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, branch_id, name, owner_name, created_at, updated_at FROM database
             WHERE branch_id = ?1 ORDER BY id",
        )?
        .query_map([branch_id], Database::read)?
        .collect::<Result<_, _>>()?)
}

/// The database with a name, if the branch has it.
pub(super) fn find(sql: &Connection, branch_id: &str, name: &str) -> Result<Option<Database>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, branch_id, name, owner_name, created_at, updated_at FROM database
             WHERE branch_id = ?1 AND name = ?2",
        )?
        .query_row([branch_id, name], Database::read)
        .optional()?)
}

fn insert(world: &World<'_>, branch_id: &str, name: &str, owner: &str) -> Result<(), rusqlite::Error> {
    let now = world.at.text();
    world.sql.execute(
        "INSERT INTO database (branch_id, name, owner_name, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?4)",
        (branch_id, name, owner, now),
    )?;
    Ok(())
}

/// Gives a new project's branch its first role and database.
pub(super) fn start(world: &World<'_>, branch: &Branch, role: &str, database: &str) -> Result<(), ApiError> {
    Role::new(world, &branch.id, role, false).insert(world.sql)?;
    insert(world, &branch.id, database, role)?;
    Ok(())
}

/// Adds roles, databases and connection strings to the answer that made a branch. Passwords are
/// only shown when they are new with it.
pub(super) fn describe(
    world: &World<'_>,
    project: &Project,
    branch: &Branch,
    show_passwords: bool,
    answer: &mut Value,
) -> Result<(), ApiError> {
    let roles = role::of_branch(world.sql, &branch.id)?;
    let databases = of_branch(world.sql, &branch.id)?;
    let endpoints = endpoint::of_branch(world.sql, &branch.id)?;
    let shown: Vec<Value> = roles.iter().map(|role| role.json(show_passwords)).collect();
    set(answer, "roles", Some(shown));
    let shown: Vec<Value> = databases.iter().map(Database::json).collect();
    set(answer, "databases", Some(shown));
    if let ([role], [database], Some(endpoint)) = (roles.as_slice(), databases.as_slice(), endpoints.first())
    {
        let uri = uri::described(project, endpoint, role, database);
        set(answer, "connection_uris", Some(vec![uri]));
    }
    Ok(())
}

fn inherit(world: &World<'_>, lineage: &Lineage<'_>) -> Result<(), ApiError> {
    copy(world.sql, lineage.parent, lineage.child)
}

/// Gives a branch that has none the roles and databases of another.
fn copy(sql: &Connection, from: &Branch, to: &Branch) -> Result<(), ApiError> {
    for mut role in role::of_branch(sql, &from.id)? {
        role.branch_id.clone_from(&to.id);
        // Who can see a protected branch's passwords must not get its data by branching it.
        if from.protected {
            role.renew_password();
        }
        role.insert(sql)?;
    }
    sql.execute(
        "INSERT INTO database (branch_id, name, owner_name, created_at, updated_at)
         SELECT ?2, name, owner_name, created_at, updated_at FROM database
         WHERE branch_id = ?1 ORDER BY id",
        [&from.id, &to.id],
    )?;
    Ok(())
}

/// Replaces a branch's roles and databases by those of another.
pub(super) fn restore(sql: &Connection, from: &Branch, to: &Branch) -> Result<(), ApiError> {
    sql.execute("DELETE FROM database WHERE branch_id = ?1", [&to.id])?;
    sql.execute("DELETE FROM role WHERE branch_id = ?1", [&to.id])?;
    copy(sql, from, to)?;
    data_api::forget_missing(sql, &to.id)
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let all = of_branch(call.world.sql, &branch.id)?;
    let shown: Vec<Value> = all.iter().map(Database::json).collect();
    Reply::ok(json!({ "databases": shown }))
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let found = find(call.world.sql, &branch.id, call.param("database_name"))?;
    let database = found.ok_or_else(|| ApiError::absent("database"))?;
    Reply::ok(json!({ "database": database.json() }))
}

fn refuse_taken(sql: &Connection, branch_id: &str, name: &str) -> Result<(), ApiError> {
    match find(sql, branch_id, name)? {
        Some(_) => Err(ApiError::conflict(format!("database already exists; database_name:\"{name}\""))),
        None => Ok(()),
    }
}

fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let found = find(sql, &branch.id, call.param("database_name"))?;
    let mut database = found.ok_or_else(|| ApiError::absent("database"))?;
    let mut body = call.fields()?;
    let mut fields = body.required_object("database")?;
    let name = valid_name(&mut fields, "name")?.unwrap_or(&database.name).to_owned();
    let owner = fields.optional::<&str>("owner_name")?.unwrap_or(&database.owner_name).to_owned();
    fields.done()?;
    body.done()?;
    if role::find(sql, &branch.id, &owner)?.is_none() {
        return Err(ApiError::absent("role"));
    }
    if name != database.name {
        refuse_taken(sql, &branch.id, &name)?;
    }
    let mut lock = Lock::take(&call.world, &project.id)?;
    data_api::follow_rename(sql, &branch.id, &database.name, &name)?;
    database.name = name;
    database.owner_name = owner;
    database.updated_at = call.world.at.text();
    sql.execute(
        "UPDATE database SET name = ?2, owner_name = ?3, updated_at = ?4 WHERE id = ?1",
        (database.id, &database.name, &database.owner_name, &database.updated_at),
    )?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::ok(json!({ "database": database.json(), "operations": lock.operations() }))
}

fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let mut body = call.fields()?;
    let mut fields = body.required_object("database")?;
    let name = valid_name(&mut fields, "name")?.ok_or_else(|| fields.wrong("name", "is required"))?;
    let owner: &str = fields.required("owner_name")?;
    fields.done()?;
    body.done()?;
    if role::find(sql, &branch.id, owner)?.is_none() {
        return Err(ApiError::absent("role"));
    }
    refuse_taken(sql, &branch.id, name)?;
    let mut lock = Lock::take(&call.world, &project.id)?;
    insert(&call.world, &branch.id, name, owner)?;
    lock.schedule("apply_config", &branch.id, None)?;
    let database = find(sql, &branch.id, name)?.ok_or_else(|| ApiError::absent("database"))?;
    Reply::created(json!({ "database": database.json(), "operations": lock.operations() }))
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let sql = call.world.sql;
    let Some(database) = find(sql, &branch.id, call.param("database_name"))? else {
        return Reply::nothing();
    };
    let mut lock = Lock::take(&call.world, &project.id)?;
    sql.execute("DELETE FROM database WHERE id = ?1", [database.id])?;
    data_api::forget_missing(sql, &branch.id)?;
    lock.schedule("apply_config", &branch.id, None)?;
    Reply::ok(json!({ "database": database.json(), "operations": lock.operations() }))
}

/// Takes a name Postgres could give a database or role.
pub(super) fn valid_name<'a>(
    fields: &mut Fields<'a>,
    field: &'static str,
) -> Result<Option<&'a str>, ApiError> {
    match fields.optional::<&str>(field)? {
        Some(name) if !(1..=63).contains(&name.len()) || name.contains('\0') => {
            Err(fields.wrong(field, "must have 1 to 63 bytes"))
        }
        given => Ok(given),
    }
}
