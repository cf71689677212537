//! `--output neon-json`: the result shape of the `neon` command line (spec 4.6, 4.8).
//!
//! Generic: every kind attaches its records and conflicts to its changes. The report begins with a
//! no-op entry for the branch, as the reference's does.

use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::change::{Action, Conflict, Impact, Record};
use neonform_engine::kind::AnyChange;
use neonform_engine::plan::Plan;
use neonform_engine::value::Value;
use serde_json::{Map, Value as Json, json};

use super::json::{masked, reports};

/// A plan, or with an outcome what was applied; a failed change is not in `applied`.
pub fn result(plan: &Plan, outcome: Option<&Outcome>) -> Json {
    let mut fields = Map::new();
    let target = &plan.target;
    fields.insert("projectId".to_owned(), target.project.as_str().into());
    fields.insert("branchId".to_owned(), target.id.clone().into());
    fields.insert("branchName".to_owned(), target.name.as_str().into());
    fields.insert("dryRun".to_owned(), outcome.is_none().into());
    fields.insert("applied".to_owned(), applied(plan, outcome));
    fields.insert("conflicts".to_owned(), conflicts(plan, false));
    let warnings = plan.warnings.iter().map(ToString::to_string).chain(plan.notes(outcome)).map(Json::from);
    fields.insert("warnings".to_owned(), warnings.collect());
    fields.extend(target.organization.as_ref().map(|id| ("orgId".to_owned(), id.as_str().into())));
    fields.extend(reports(plan, outcome));
    fields.insert("services".to_owned(), services(plan));
    Json::Object(fields)
}

/// A refused apply: what cannot be done, or else what would be overridden without consent.
pub fn refusal(plan: &Plan) -> Json {
    json!({ "conflicts": conflicts(plan, plan.impossible.is_empty()) })
}

fn services(plan: &Plan) -> Json {
    std::iter::once("Postgres").chain(plan.services.iter().copied()).collect()
}

/// What creating the branch carried comes first, without what a later change had to set after all
/// (spec 5.1); then the no-op, then everything else.
fn applied(plan: &Plan, outcome: Option<&Outcome>) -> Json {
    let mut made: Vec<(&Record, &[(String, Value)])> = Vec::new();
    for (step, planned) in plan.steps.iter().enumerate() {
        for (index, change) in planned.changes.iter().enumerate() {
            let ending = outcome.map(|outcome| outcome.0.get(step).and_then(|endings| endings.get(index)));
            let outputs = match ending {
                None => &[][..],
                Some(Some(Ending::Done(outputs))) => outputs.as_slice(),
                Some(_) => continue,
            };
            made.extend(change.records.iter().map(|record| (record, outputs)));
        }
    }
    let noop = json!({ "kind": "branch", "action": "noop", "identifier": plan.target.name });
    let (carried, others): (Vec<_>, Vec<_>) = made.into_iter().partition(|(record, _)| is_carried(record));
    let field = |record: &Record| {
        record.details.iter().find(|(name, _)| name == "field").map(|(_, value)| value.clone())
    };
    let set_after_all = |carried: &Record| {
        others.iter().any(|(other, _)| other.kind == carried.kind && field(other) == field(carried))
    };
    // What the creation call answered belongs to the branch and not to one of its settings.
    let carried =
        carried.iter().filter(|(record, _)| !set_after_all(record)).map(|(record, _)| entry(record, &[]));
    let others = others.iter().map(|(record, outputs)| entry(record, outputs));
    carried.chain([noop]).chain(others).collect()
}

fn is_carried(record: &Record) -> bool {
    record.kind == "branch" && record.action == Action::Create
}

fn entry(record: &Record, outputs: &[(String, Value)]) -> Json {
    let mut fields = Map::new();
    fields.insert("kind".to_owned(), record.kind.into());
    fields.insert("action".to_owned(), record.action.word().into());
    fields.insert("identifier".to_owned(), record.identifier.as_str().into());
    let details: Map<String, Json> =
        record.details.iter().chain(outputs).map(|(name, value)| (name.clone(), masked(value))).collect();
    if !details.is_empty() {
        fields.insert("details".to_owned(), Json::Object(details));
    }
    Json::Object(fields)
}

fn conflicts(plan: &Plan, overridable: bool) -> Json {
    let impossible = plan.impossible.iter().map(|finding| (&finding.change, false));
    let overrides = plan.changes().filter(|(_, change)| overridable && change.impact > Impact::Additive);
    let all = impossible.chain(overrides.map(|(_, change)| (change, true)));
    all.filter_map(|(change, by_consent)| Some(conflict(change, change.conflict.as_ref()?, by_consent)))
        .collect()
}

fn conflict(change: &AnyChange, found: &Conflict, by_consent: bool) -> Json {
    let mut fields = Map::new();
    fields.insert("kind".to_owned(), "branch".into());
    fields.insert("identifier".to_owned(), found.identifier.as_str().into());
    fields.insert("field".to_owned(), found.field.into());
    fields.extend(found.current.as_ref().map(|value| ("current".to_owned(), masked(value))));
    fields.extend(found.desired.as_ref().map(|value| ("desired".to_owned(), masked(value))));
    let reason = if by_consent {
        "the live setting differs from the policy; pass updateExisting: true (--update-existing) to override it".to_owned()
    } else {
        change.reason.clone().unwrap_or_else(|| "this cannot be changed".to_owned())
    };
    fields.insert("reason".to_owned(), reason.into());
    Json::Object(fields)
}
