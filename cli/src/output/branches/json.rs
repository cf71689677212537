//! `plan --branches … --output json`: each branch with the same object as `plan --output json`, or its errors.
//!
//! Versioned with the plans that it holds.

use neonform_engine::change::Action;
use serde_json::{Map, Value as Json, json};

use super::Totals;
use crate::branches::Row;
use crate::output::json;

/// The plans of several branches of a project.
pub fn plans(project: &str, rows: &[Row]) -> Json {
    let totals = Totals::of(rows);
    let mut summary = Map::new();
    for (name, number) in [
        ("branches", rows.len()),
        ("changed", totals.changed),
        ("unchanged", totals.unchanged),
        ("failed", totals.failed),
    ] {
        summary.insert(name.to_owned(), number.into());
    }
    summary.extend(
        totals
            .actions
            .iter()
            .map(|(action, number): &(Action, usize)| (action.word().to_owned(), (*number).into())),
    );
    json!({
        "version": json::VERSION,
        "command": "plan-branches",
        "project": project,
        "branches": rows.iter().map(row).collect::<Vec<_>>(),
        "summary": summary,
    })
}

fn row(row: &Row) -> Json {
    let mut fields = Map::new();
    fields.insert("branch".to_owned(), row.target.name.as_str().into());
    fields.insert("branchId".to_owned(), row.target.id.as_deref().into());
    match &row.plan {
        Ok(plan) => fields.insert("plan".to_owned(), json::plan(plan, None)),
        Err(failure) => fields.insert("errors".to_owned(), failure.0.iter().map(json::diagnostic).collect()),
    };
    Json::Object(fields)
}
