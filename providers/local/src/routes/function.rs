//! Functions: which exist on a branch, what they are called, which deployment serves.
//!
//! Nothing runs. A function is a row per branch and a list of deployments; a new branch copies
//! both, ids and numbering included, and goes its own way from there.
//! Invariant: how far a build has come is not stored but follows from when it started, so a build
//! goes on over a restart and two requests never disagree about it.
//! Deploying is in `function/deploy.rs`.

mod deploy;

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::branch;
use super::{Kind, Lineage, Route};
use crate::call::{Call, Reply, World, set};
use crate::error::ApiError;
use crate::hosts;
use crate::paging::{Key, Paging};

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects/{project_id}/branches/{branch_id}/functions", "listBranchFunctions", list),
        Route::get("/projects/{project_id}/branches/{branch_id}/functions/{slug}", "getBranchFunction", get),
        Route::patch(
            "/projects/{project_id}/branches/{branch_id}/functions/{slug}",
            "updateBranchFunction",
            rename,
        ),
        Route::delete(
            "/projects/{project_id}/branches/{branch_id}/functions/{slug}",
            "deleteBranchFunction",
            delete,
        ),
        Route::upload(
            "/projects/{project_id}/branches/{branch_id}/functions/{slug}/deployments",
            "deployBranchFunction",
            deploy::deploy,
        ),
    ],
    inherit: Some(inherit),
};

const COMPLETED: &str = "completed";
const FAILED: &str = "failed";

/// One function on one branch.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) branch_id: String,
    pub(crate) slug: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) invocation_url: String,
    /// Whether the branch has it from its parent and never deployed it itself.
    pub(crate) inherited: bool,
    pub(crate) created_at: String,
    /// Where it stands in the list; set by the database.
    pub(crate) rowid: i64,
}

impl Function {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            branch_id: row.get(0)?,
            slug: row.get(1)?,
            id: row.get(2)?,
            name: row.get(3)?,
            invocation_url: row.get(4)?,
            inherited: row.get(5)?,
            created_at: row.get(6)?,
            rowid: row.get(7)?,
        })
    }

    /// Writes a new row, or the new state of an old one.
    pub(crate) fn save(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO function (branch_id, slug, id, name, invocation_url, inherited,
             created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (branch_id, slug) DO UPDATE SET name = ?4, inherited = ?6",
            (
                &self.branch_id,
                &self.slug,
                &self.id,
                &self.name,
                &self.invocation_url,
                self.inherited,
                &self.created_at,
            ),
        )?;
        Ok(())
    }

    /// As answers show it; with `read` it is one read of what a seed scripted.
    fn json(&self, world: &World<'_>, read: bool) -> Result<Value, ApiError> {
        let deployments = deployments_of(world.sql, &self.branch_id, &self.slug)?;
        let mut shown_deployments = Vec::new();
        for (index, deployment) in deployments.iter().enumerate() {
            let status = self.status(world, deployment, read && index == 0);
            let mut shown = deployment.json(&status);
            if status == FAILED {
                let error = world.with_pins(|pins| pins.error(&self.branch_id, &self.slug, deployment.id));
                set(&mut shown, "error", error.or_else(|| deployment.error.clone()));
            }
            shown_deployments.push((status == COMPLETED, shown));
        }
        let mut shown = json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "invocation_url": self.invocation_url,
            "created_at": self.created_at,
        });
        let current = shown_deployments.first().map(|(_, deployment)| deployment.clone());
        set(&mut shown, "current_deployment", current);
        let active = shown_deployments.into_iter().find(|(completed, _)| *completed);
        set(&mut shown, "active_deployment", active.map(|(_, deployment)| deployment));
        Ok(shown)
    }

    /// A deployment's status: the one a seed scripted, or what its build has come to.
    fn status(&self, world: &World<'_>, deployment: &Deployment, read: bool) -> String {
        world
            .with_pins(|pins| pins.status(&self.branch_id, &self.slug, deployment.id, read))
            .unwrap_or_else(|| deployment.status_at(world.at.real_ms).to_owned())
    }
}

/// One deployment of a function. Of its environment and bundle only names and a digest are kept.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) id: i64,
    /// What it is once it is built.
    pub(crate) outcome: String,
    pub(crate) error: Option<String>,
    pub(crate) runtime: String,
    /// Sorted names.
    pub(crate) environment: Vec<String>,
    pub(crate) zip_sha256: Option<String>,
    pub(crate) zip_size: Option<i64>,
    pub(crate) created_at: String,
    pub(crate) started_ms: i64,
    pub(crate) build_ms: i64,
}

impl Deployment {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let environment: String = row.get(4)?;
        Ok(Self {
            id: row.get(0)?,
            outcome: row.get(1)?,
            error: row.get(2)?,
            runtime: row.get(3)?,
            environment: serde_json::from_str(&environment).unwrap_or_default(),
            zip_sha256: row.get(5)?,
            zip_size: row.get(6)?,
            created_at: row.get(7)?,
            started_ms: row.get(8)?,
            build_ms: row.get(9)?,
        })
    }

    pub(crate) fn insert(
        &self,
        sql: &Connection,
        branch_id: &str,
        slug: &str,
    ) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO deployment (branch_id, slug, id, status, error, runtime, environment,
             zip_sha256, zip_size, created_at, started_ms, build_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            (
                branch_id,
                slug,
                self.id,
                &self.outcome,
                &self.error,
                &self.runtime,
                json!(self.environment).to_string(),
                &self.zip_sha256,
                self.zip_size,
                &self.created_at,
                self.started_ms,
                self.build_ms,
            ),
        )?;
        Ok(())
    }

    /// The first half of a build is waiting, the second building.
    fn status_at(&self, real_ms: i64) -> &str {
        let passed = real_ms.saturating_sub(self.started_ms).max(0);
        if passed >= self.build_ms {
            &self.outcome
        } else if passed >= self.build_ms / 2 {
            "building"
        } else {
            "pending"
        }
    }

    /// As answers show it with a status.
    fn json(&self, status: &str) -> Value {
        json!({
            "id": self.id,
            "status": status,
            "memory_mib": 2048,
            "runtime": self.runtime,
            "created_at": self.created_at,
            "environment": self.environment,
        })
    }
}

/// The deployments of a function, newest first.
fn deployments_of(sql: &Connection, branch_id: &str, slug: &str) -> Result<Vec<Deployment>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, status, error, runtime, environment, zip_sha256, zip_size, created_at,
             started_ms, build_ms FROM deployment WHERE branch_id = ?1 AND slug = ?2
             ORDER BY id DESC",
        )?
        .query_map([branch_id, slug], Deployment::read)?
        .collect::<Result<_, _>>()?)
}

fn all_of(sql: &Connection, branch_id: &str) -> Result<Vec<Function>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT branch_id, slug, id, name, invocation_url, inherited, created_at, rowid
             FROM function WHERE branch_id = ?1 ORDER BY rowid",
        )?
        .query_map([branch_id], Function::read)?
        .collect::<Result<_, _>>()?)
}

/// The function with a slug, if the branch has it.
pub(super) fn find(sql: &Connection, branch_id: &str, slug: &str) -> Result<Option<Function>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT branch_id, slug, id, name, invocation_url, inherited, created_at, rowid
             FROM function WHERE branch_id = ?1 AND slug = ?2",
        )?
        .query_row([branch_id, slug], Function::read)
        .optional()?)
}

fn of(call: &Call<'_>) -> Result<Function, ApiError> {
    let (_, branch) = branch::of(call)?;
    find(call.world.sql, &branch.id, call.param("slug"))?.ok_or_else(|| ApiError::absent("function"))
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let all = all_of(call.world.sql, &branch.id)?;
    let page = Paging::new(100, 1000).page(call, all, |function| Key::number(function.rowid))?;
    let shown: Vec<Value> =
        page.items.iter().map(|function| function.json(&call.world, false)).collect::<Result<_, _>>()?;
    let mut body = json!({ "functions": shown });
    set(&mut body, "pagination", page.next().map(|next| json!({ "next": next })));
    Reply::ok(body)
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    Reply::ok(json!({ "function": of(call)?.json(&call.world, true)? }))
}

fn rename(call: &Call<'_>) -> Result<Reply, ApiError> {
    let mut function = of(call)?;
    let mut fields = call.fields()?;
    let name = fields.nullable::<&str>("name")?.ok_or_else(|| fields.wrong("name", "is required"))?;
    function.name = match name.map(str::trim) {
        None => function.slug.clone(),
        Some(name) if (1..=256).contains(&name.chars().count()) => name.to_owned(),
        Some(_) => return Err(fields.wrong("name", "must have 1 to 256 characters")),
    };
    fields.done()?;
    if function.inherited {
        return Err(ApiError::absent("function"));
    }
    function.save(call.world.sql)?;
    Reply::ok(json!({ "function": function.json(&call.world, false)? }))
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let function = of(call)?;
    call.world.sql.execute(
        "DELETE FROM function WHERE branch_id = ?1 AND slug = ?2",
        [&function.branch_id, &function.slug],
    )?;
    Reply::nothing()
}

fn inherit(world: &World<'_>, lineage: &Lineage<'_>) -> Result<(), ApiError> {
    for mut function in all_of(world.sql, &lineage.parent.id)? {
        let (child, region) = (&lineage.child.id, &lineage.project.region_id);
        function.branch_id.clone_from(child);
        function.invocation_url = hosts::invocation_url(child, &function.slug, region);
        function.inherited = true;
        function.save(world.sql)?;
    }
    world.sql.execute(
        "INSERT INTO deployment (branch_id, slug, id, status, error, runtime, environment,
         zip_sha256, zip_size, created_at, started_ms, build_ms)
         SELECT ?2, slug, id, status, error, runtime, environment, zip_sha256, zip_size,
         created_at, started_ms, build_ms FROM deployment WHERE branch_id = ?1",
        [&lineage.parent.id, &lineage.child.id],
    )?;
    Ok(())
}
