//! Triggers: what calls a function, on a schedule or when an object is stored.
//!
//! Nothing is ever called. A new branch gets its parent's triggers, ids included, switched off and
//! marked as inherited; a change makes one the branch's own, and a deleted one does not come back.
//! Invariant: a name is unique among the triggers of a branch, and a trigger keeps its type.
//! What a body may ask for is in `trigger/change.rs`, when a schedule comes due in
//! `trigger/cron.rs`.

mod change;
mod cron;

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::branch;
use super::{Kind, Lineage, Route};
use crate::call::{Call, Reply, World, set};
use crate::error::ApiError;

const ALL: &str = "/projects/{project_id}/branches/{branch_id}/triggers";
const ONE: &str = "/projects/{project_id}/branches/{branch_id}/triggers/{trigger_id}";

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get(ALL, "listBranchTriggers", list),
        Route::post(ALL, "createBranchTrigger", change::create),
        Route::get(ONE, "getBranchTrigger", get),
        Route::patch(ONE, "updateBranchTrigger", change::update),
        Route::delete(ONE, "deleteBranchTrigger", delete),
    ],
    inherit: Some(inherit),
};

const SCHEDULE: &str = "schedule";
const OBJECT_CREATED: &str = "storage_object_created";
const COLUMNS: &str = "branch_id, id, type, name, function_slug, function_path, enabled, inherited, \
                       cron, bucket_name, prefix, version";

/// One trigger on one branch.
struct Trigger {
    branch_id: String,
    id: String,
    /// `SCHEDULE` or `OBJECT_CREATED`, or what a seed said.
    kind: String,
    name: String,
    function_slug: String,
    function_path: String,
    enabled: bool,
    inherited: bool,
    /// Of a schedule.
    cron: Option<String>,
    /// Of the other type.
    bucket_name: Option<String>,
    /// Never empty: without one, every key matches.
    prefix: Option<String>,
    version: i64,
}

impl Trigger {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            branch_id: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            name: row.get(3)?,
            function_slug: row.get(4)?,
            function_path: row.get(5)?,
            enabled: row.get(6)?,
            inherited: row.get(7)?,
            cron: row.get(8)?,
            bucket_name: row.get(9)?,
            prefix: row.get(10)?,
            version: row.get(11)?,
        })
    }

    /// Writes a new row, or the new state of an old one.
    fn save(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO function_trigger (branch_id, id, type, name, function_slug, function_path,
             enabled, inherited, cron, bucket_name, prefix, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (branch_id, id) DO UPDATE SET name = ?4, function_slug = ?5,
             function_path = ?6, enabled = ?7, inherited = ?8, cron = ?9, bucket_name = ?10,
             prefix = ?11, version = ?12",
            (
                &self.branch_id,
                &self.id,
                &self.kind,
                &self.name,
                &self.function_slug,
                &self.function_path,
                self.enabled,
                self.inherited,
                &self.cron,
                &self.bucket_name,
                &self.prefix,
                self.version,
            ),
        )?;
        Ok(())
    }

    fn json(&self, world: &World<'_>) -> Value {
        let mut shown = json!({
            "type": self.kind,
            "trigger_id": self.id,
            "function_slug": self.function_slug,
            "name": self.name,
            "function_path": self.function_path,
            "enabled": self.enabled,
            "version": self.version,
            "inherited": self.inherited,
        });
        if self.kind == SCHEDULE {
            let cron = self.cron.as_deref().unwrap_or_default();
            set(&mut shown, "schedule", Some(json!({ "cron": cron })));
            // The one field of a trigger that is null rather than left out.
            set(&mut shown, "next_run_at", Some(json!(self.next_run_at(world))));
        } else {
            let bucket_name = self.bucket_name.as_deref().unwrap_or_default();
            let mut watched = json!({ "bucket_name": bucket_name });
            set(&mut watched, "prefix", self.prefix.as_deref());
            set(&mut shown, OBJECT_CREATED, Some(watched));
        }
        shown
    }

    fn next_run_at(&self, world: &World<'_>) -> Option<String> {
        let schedule = cron::Schedule::parse(self.cron.as_deref().filter(|_| self.enabled)?).ok()?;
        let next = schedule.next(world.at.now)?;
        Some(format!("{}.000000Z", next.strftime("%Y-%m-%dT%H:%M:%S")))
    }
}

fn all_of(sql: &Connection, branch_id: &str) -> Result<Vec<Trigger>, ApiError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM function_trigger WHERE branch_id = ?1 ORDER BY id"))?
        .query_map([branch_id], Trigger::read)?
        .collect::<Result<_, _>>()?)
}

/// The trigger the path names, or 404.
fn of(call: &Call<'_>) -> Result<Trigger, ApiError> {
    let (_, branch) = branch::of(call)?;
    call.world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM function_trigger WHERE branch_id = ?1 AND id = ?2"))?
        .query_row([branch.id.as_str(), call.param("trigger_id")], Trigger::read)
        .optional()?
        .ok_or_else(|| ApiError::absent("function trigger"))
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let all = all_of(call.world.sql, &branch.id)?;
    let shown: Vec<Value> = all.iter().map(|trigger| trigger.json(&call.world)).collect();
    Reply::ok(json!({ "triggers": shown }))
}

fn get(call: &Call<'_>) -> Result<Reply, ApiError> {
    Reply::ok(json!({ "trigger": of(call)?.json(&call.world) }))
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let trigger = of(call)?;
    call.world.sql.execute(
        "DELETE FROM function_trigger WHERE branch_id = ?1 AND id = ?2",
        [&trigger.branch_id, &trigger.id],
    )?;
    Reply::nothing()
}

fn inherit(world: &World<'_>, lineage: &Lineage<'_>) -> Result<(), ApiError> {
    for mut trigger in all_of(world.sql, &lineage.parent.id)? {
        trigger.branch_id.clone_from(&lineage.child.id);
        trigger.inherited = true;
        trigger.enabled = false;
        trigger.save(world.sql)?;
    }
    Ok(())
}
