//! Triggers, for people and as JSON.

use std::io::{self, Write};

use neonform_engine::target::Target;
use neonform_neon::trigger::manage::TriggerReport;
use serde_json::{Value as Json, json};

use super::json::{VERSION, target};
use super::page::Page;
use super::records::Records;

/// Writes a row for each.
///
/// # Errors
/// When the output cannot be written.
pub fn list(out: &mut dyn Write, page: Page, triggers: &[&TriggerReport]) -> io::Result<()> {
    if triggers.is_empty() {
        return writeln!(out, "The branch has no triggers.");
    }
    records(triggers).write(out, page)
}

/// Writes one.
///
/// # Errors
/// When the output cannot be written.
pub fn one(out: &mut dyn Write, page: Page, trigger: &TriggerReport) -> io::Result<()> {
    records(&[trigger]).write_blocks(out, page)
}

fn records(triggers: &[&TriggerReport]) -> Records {
    let row = |trigger: &&TriggerReport| {
        let storage = trigger.storage().map(|(bucket, prefix)| {
            prefix.map_or_else(|| bucket.to_owned(), |prefix| format!("{bucket} {prefix}"))
        });
        let state = if trigger.enabled { "on" } else { "off" };
        vec![
            trigger.name.clone(),
            trigger.function_slug.clone(),
            trigger.function_path.clone().unwrap_or_default(),
            trigger.cron().unwrap_or_default().to_owned(),
            storage.unwrap_or_default(),
            if trigger.inherited { format!("{state}, inherited") } else { state.to_owned() },
            trigger.next_run_at.clone().unwrap_or_default(),
            trigger.trigger_id.clone(),
        ]
    };
    let headings = ["Name", "Function", "Path", "Schedule", "Objects in", "State", "Next run", "Id"];
    Records::new(&headings, triggers.iter().map(row))
}

/// A document about triggers.
pub fn document(command: &str, branch: &Target, triggers: &[&TriggerReport]) -> Json {
    let triggers: Vec<Json> = triggers.iter().map(|trigger| json_of(trigger)).collect();
    json!({ "version": VERSION, "command": command, "target": target(branch), "triggers": triggers })
}

fn json_of(trigger: &TriggerReport) -> Json {
    let mut fields = json!({
        "id": trigger.trigger_id,
        "name": trigger.name,
        "type": trigger.sort,
        "functionSlug": trigger.function_slug,
        "functionPath": trigger.function_path,
        "enabled": trigger.enabled,
        "inherited": trigger.inherited,
        "nextRunAt": trigger.next_run_at,
    });
    if let Some(cron) = trigger.cron() {
        fields["cron"] = cron.into();
    }
    if let Some((bucket, prefix)) = trigger.storage() {
        fields["bucketName"] = bucket.into();
        fields["prefix"] = prefix.into();
    }
    fields
}
