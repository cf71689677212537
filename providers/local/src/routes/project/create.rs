//! A new project: with a default branch, a compute, a role and a database, as the platform does.
//!
//! The same code makes the project a new, empty database of the local backend starts with; only
//! its ids are fixed, so that scripts can name them.

use serde_json::{Map, Value, json};

use super::{Defaults, Project, valid_name, valid_retention};
use crate::body::Fields;
use crate::call::{Call, Reply, World};
use crate::error::ApiError;
use crate::ids;
use crate::routes::branch::{self, Branch};
use crate::routes::database;
use crate::routes::endpoint::{Endpoint, READ_WRITE};
use crate::routes::operation::Lock;
use crate::routes::{account, credential};

const PG_VERSION: i64 = 17;
/// One day.
const RETENTION: i64 = 86_400;

/// What a new project starts with besides itself.
struct Start {
    branch_id: String,
    branch_name: String,
    database: String,
    role: String,
}

/// Gives a new, empty database its one project.
pub(crate) fn create_default(world: &World<'_>) -> Result<(), ApiError> {
    let any: bool = world.sql.query_row("SELECT EXISTS (SELECT 1 FROM project)", [], |row| row.get(0))?;
    if any {
        return Ok(());
    }
    let project = Project {
        org_id: Some(account::sole_organization(world)?),
        ..blank(world, "local-project-00000001", "local")
    };
    let start = Start {
        branch_id: "br-local-main-00000001".to_owned(),
        branch_name: "main".to_owned(),
        database: "neondb".to_owned(),
        role: "neondb_owner".to_owned(),
    };
    build(world, &project, &start)?;
    Ok(())
}

fn blank(world: &World<'_>, id: &str, name: &str) -> Project {
    Project {
        id: id.to_owned(),
        name: name.to_owned(),
        region_id: account::DEFAULT_REGION.to_owned(),
        pg_version: PG_VERSION,
        org_id: None,
        defaults: Defaults::default(),
        store_passwords: true,
        history_retention: RETENTION,
        settings: None,
        created_at: world.at.text(),
        updated_at: world.at.text(),
        rowid: 0,
    }
}

pub(super) fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let world = &call.world;
    let mut body = call.fields()?;
    let mut fields = body.required_object("project")?;
    let project = wanted_project(world, &mut fields)?;
    let mut start = wanted_start(&mut fields)?;
    fields.done()?;
    body.done()?;
    start.branch_id = world.new_branch_id();
    Reply::created(build(world, &project, &start)?)
}

fn wanted_project(world: &World<'_>, fields: &mut Fields<'_>) -> Result<Project, ApiError> {
    let id = ids::project();
    let mut project = blank(world, &id, &id);
    if let Some(name) = fields.optional::<&str>("name")? {
        project.name = valid_name(fields, name)?;
    }
    if let Some(region) = fields.optional::<&str>("region_id")? {
        if !account::is_region(region) {
            return Err(fields.wrong("region_id", "is not a region that exists"));
        }
        project.region_id = region.to_owned();
    }
    if let Some(version) = fields.optional("pg_version")? {
        if !(14..=19).contains(&version) {
            return Err(fields.wrong("pg_version", "must be 14 to 19"));
        }
        project.pg_version = version;
    }
    project.org_id = Some(match fields.optional::<&str>("org_id")? {
        Some(id) => id.to_owned(),
        None => account::sole_organization(world)?,
    });
    project.defaults.take(fields)?;
    project.store_passwords = fields.optional("store_passwords")?.unwrap_or(true);
    if let Some(seconds) = valid_retention(fields)? {
        project.history_retention = seconds;
    }
    project.settings =
        fields.optional::<&Map<String, Value>>("settings")?.map(|map| Value::Object(map.clone()).to_string());
    Ok(project)
}

/// Everything but the id of the branch.
fn wanted_start(fields: &mut Fields<'_>) -> Result<Start, ApiError> {
    let mut first = fields.object("branch")?;
    let database = database::valid_name(&mut first, "database_name")?.unwrap_or("neondb");
    let role = database::valid_name(&mut first, "role_name")?;
    let start = Start {
        branch_id: String::new(),
        branch_name: branch::valid_name(&mut first)?.unwrap_or("main").to_owned(),
        database: database.to_owned(),
        role: role.map_or_else(|| format!("{database}_owner"), str::to_owned),
    };
    first.done()?;
    Ok(start)
}

fn build(world: &World<'_>, project: &Project, start: &Start) -> Result<Value, ApiError> {
    project.save(world.sql)?;
    let mut lock = Lock::take(world, &project.id)?;
    let branch =
        Branch { is_default: true, ..Branch::blank(world, project, &start.branch_id, &start.branch_name) };
    branch.save(world.sql)?;
    lock.schedule("create_timeline", &branch.id, None)?;
    let endpoint = Endpoint {
        id: world.new_endpoint_id(Some(&branch.id)),
        branch_id: branch.id.clone(),
        kind: READ_WRITE.to_owned(),
        name: None,
        size: project.size(),
        disabled: false,
        settings: json!({ "pg_settings": {} }).to_string(),
        created_at: world.at.text(),
        updated_at: world.at.text(),
    };
    endpoint.save(world.sql)?;
    lock.schedule("start_compute", &branch.id, Some(&endpoint.id))?;
    database::start(world, &branch, &start.role, &start.database)?;
    credential::start(world, &branch.id)?;
    let mut answer = json!({
        "project": project.json(),
        "branch": branch.json(true),
        "endpoints": [endpoint.json(project, true)],
        "operations": lock.operations(),
    });
    database::describe(world, project, &branch, true, &mut answer)?;
    Ok(answer)
}
