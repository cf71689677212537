//! Operations, and the project lock they hold.
//!
//! Changing a branch, compute, database, role, Auth or Data API takes the project's lock and
//! schedules operations; while one of them runs, the next such change is answered with 423.
//! Invariant: operations are only ever scheduled through the lock. Their status is not stored: it
//! follows from when they started, so none is left running when the process is killed.

use rusqlite::Row;
use serde_json::{Value, json};

use super::{Kind, Route};
use crate::call::{Call, Reply, World, set};
use crate::clock;
use crate::error::ApiError;
use crate::ids;
use crate::paging::{Key, Paging};
use crate::routes::project;

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get("/projects/{project_id}/operations", "listOperations", list),
        Route::get("/projects/{project_id}/operations/{operation_id}", "getOperation", get),
    ],
    inherit: None,
};

const COLUMNS: &str = "id, project_id, branch_id, endpoint_id, action, created_at, started_ms, \
                       duration_ms, rowid";

/// The right to change one project, held to the end of the request, and what that schedules.
pub(super) struct Lock<'a> {
    world: World<'a>,
    project_id: &'a str,
    scheduled: Vec<Operation>,
}

impl<'a> Lock<'a> {
    /// Takes the lock, or 423 while an operation runs.
    pub(super) fn take(world: &World<'a>, project_id: &'a str) -> Result<Self, ApiError> {
        let busy: bool = world.sql.query_row(
            "SELECT EXISTS (SELECT 1 FROM operation
             WHERE project_id = ?1 AND duration_ms > 0 AND started_ms + duration_ms > ?2)",
            (project_id, world.at.real_ms),
            |row| row.get(0),
        )?;
        if busy {
            return Err(ApiError::new(
                423,
                "project already has running conflicting operations, scheduling of new ones is \
                 prohibited",
            ));
        }
        Ok(Self { world: *world, project_id, scheduled: Vec::new() })
    }

    /// Schedules one operation.
    pub(super) fn schedule(
        &mut self,
        action: &str,
        branch_id: &str,
        endpoint_id: Option<&str>,
    ) -> Result<(), ApiError> {
        let at = &self.world.at;
        let operation = Operation {
            id: ids::uuid(),
            project_id: self.project_id.to_owned(),
            branch_id: Some(branch_id.to_owned()),
            endpoint_id: endpoint_id.map(str::to_owned),
            action: action.to_owned(),
            created_at: at.text(),
            started_ms: at.real_ms,
            duration_ms: self.world.pace.operation_ms,
            rowid: 0,
        };
        self.world.sql.execute(
            "INSERT INTO operation (id, project_id, branch_id, endpoint_id, action, created_at,
             started_ms, duration_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                &operation.id,
                &operation.project_id,
                &operation.branch_id,
                &operation.endpoint_id,
                &operation.action,
                &operation.created_at,
                operation.started_ms,
                operation.duration_ms,
            ),
        )?;
        self.scheduled.push(operation);
        Ok(())
    }

    /// What was scheduled, as the answer lists it. An answer is given before the work is done, so
    /// they are shown running however short they are.
    pub(super) fn operations(&self) -> Vec<Value> {
        self.scheduled.iter().map(|operation| operation.json(None)).collect()
    }
}

struct Operation {
    id: String,
    project_id: String,
    branch_id: Option<String>,
    endpoint_id: Option<String>,
    action: String,
    created_at: String,
    started_ms: i64,
    duration_ms: i64,
    rowid: i64,
}

impl Operation {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            project_id: row.get(1)?,
            branch_id: row.get(2)?,
            endpoint_id: row.get(3)?,
            action: row.get(4)?,
            created_at: row.get(5)?,
            started_ms: row.get(6)?,
            duration_ms: row.get(7)?,
            rowid: row.get(8)?,
        })
    }

    /// As seen at a moment, or while it is being scheduled.
    fn json(&self, real_ms: Option<i64>) -> Value {
        let passed = real_ms.map_or(0, |now| now.saturating_sub(self.started_ms).max(0));
        let finished = real_ms.is_some() && passed >= self.duration_ms;
        let spent = passed.min(self.duration_ms);
        let created = clock::parse(&self.created_at).map(|at| at.as_millisecond());
        let updated = created.map_or_else(
            || self.created_at.clone(),
            |created| clock::text_of_ms(created.saturating_add(spent)),
        );
        let mut shown = json!({
            "id": self.id,
            "project_id": self.project_id,
            "action": self.action,
            "status": if finished { "finished" } else { "running" },
            "failures_count": 0,
            "created_at": self.created_at,
            "updated_at": updated,
            "total_duration_ms": spent,
        });
        set(&mut shown, "branch_id", self.branch_id.as_deref());
        set(&mut shown, "endpoint_id", self.endpoint_id.as_deref());
        shown
    }
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let project = project::of(call)?;
    let all: Vec<Operation> = call
        .world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM operation WHERE project_id = ?1"))?
        .query_map([&project.id], Operation::read)?
        .collect::<Result<_, _>>()?;
    let page =
        Paging::new(100, 1000).page(call, all, |operation| Key::number(operation.rowid.saturating_neg()))?;
    let now = call.world.at.real_ms;
    let shown: Vec<Value> = page.items.iter().map(|operation| operation.json(Some(now))).collect();
    let mut body = json!({ "operations": shown });
    set(&mut body, "pagination", page.cursor.map(|cursor| json!({ "cursor": cursor })));
    Reply::ok(body)
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    let project = project::of(call)?;
    let found = call
        .world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM operation WHERE project_id = ?1 AND id = ?2"))?
        .query_map([project.id.as_str(), call.param("operation_id")], Operation::read)?
        .next()
        .transpose()?
        .ok_or_else(|| ApiError::absent("operation"))?;
    Reply::ok(json!({ "operation": found.json(Some(call.world.at.real_ms)) }))
}
