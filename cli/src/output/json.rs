//! `--output json`: versioned, described by the schemas in `docs/schema` and `docs/output.md`, stable.
//!
//! `version` changes when a field changes its meaning or goes; fields may be added, to the schemas too. Secrets are
//! `{"secret": true}`, values that this run is not told `{"unknown": true}`, sizes `{"bytes": 1}`. A change's
//! `origin` says which side moved since the last apply: `policy`, `drift`, `both`, or `unknown` where what is
//! live does not carry what it was made from.

use neonform_engine::address::Address;
use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::change::{Action, Attribute, Doable, Remedy};
use neonform_engine::desired::Desired;
use neonform_engine::diagnostic::{Diagnostic, Severity};
use neonform_engine::effort::Effort;
use neonform_engine::event::Because;
use neonform_engine::kind::AnyChange;
use neonform_engine::node::Position;
use neonform_engine::plan::{Finding, Plan};
use neonform_engine::target::Target;
use neonform_engine::value::Value;
use serde_json::{Map, Value as Json, json};

use crate::deployments::Deployment;

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// A plan, and with an outcome what became of it.
pub fn plan(plan: &Plan, outcome: Option<&Outcome>) -> Json {
    let changes: Vec<Json> = plan
        .steps
        .iter()
        .enumerate()
        .flat_map(|(step, planned)| {
            planned.changes.iter().enumerate().map(move |(index, found)| (step, index, planned, found))
        })
        .map(|(step, index, planned, found)| {
            let ending = outcome.and_then(|outcome| outcome.0.get(step)?.get(index));
            change(&planned.address, found, ending)
        })
        .collect();
    json!({
        "version": VERSION,
        "command": if outcome.is_some() { "apply" } else { "plan" },
        "target": target(&plan.target),
        "changes": changes,
        "impossible": plan.impossible.iter().map(finding).collect::<Vec<_>>(),
        "drift": plan.drift.iter().map(finding).collect::<Vec<_>>(),
        "unchanged": addresses(&plan.unchanged),
        "undeclared": addresses(&plan.undeclared),
        "reports": reports(plan, outcome),
        "services": plan.services,
        "summary": summary(plan),
        "effort": effort(plan.effort),
        "notes": plan.notes(outcome),
        "warnings": plan.warnings.iter().map(diagnostic).collect::<Vec<_>>(),
    })
}

/// A plan that was not applied, and why.
pub fn refused(plan_of: &Plan, reasons: &[Diagnostic]) -> Json {
    let mut fields = plan(plan_of, None);
    fields["command"] = "apply".into();
    fields["errors"] = reasons.iter().map(diagnostic).collect();
    fields
}

/// A plan that was applied, and what kept the policy from being applied to the end besides changes that failed.
pub fn applied(
    plan_of: &Plan,
    outcome: &Outcome,
    deployments: &[Deployment],
    problems: &[Diagnostic],
) -> Json {
    let mut fields = plan(plan_of, Some(outcome));
    if !deployments.is_empty() {
        fields["deployments"] = super::deployments::json(deployments);
    }
    if !problems.is_empty() {
        fields["errors"] = problems.iter().map(diagnostic).collect();
    }
    fields
}

/// What a policy says for one branch.
pub fn evaluated(desired: &Desired) -> Json {
    json!({
        "version": VERSION,
        "command": "eval",
        "target": target(&desired.target),
        "policy": masked(&desired.resolved),
        "warnings": desired.warnings.iter().map(diagnostic).collect::<Vec<_>>(),
    })
}

/// Problems that ended a command.
pub fn failure(diagnostics: &[Diagnostic]) -> Json {
    json!({ "version": VERSION, "errors": diagnostics.iter().map(diagnostic).collect::<Vec<_>>() })
}

/// What is reported besides changes, by section; what was learned by applying is in it.
pub fn reports(plan: &Plan, outcome: Option<&Outcome>) -> Map<String, Json> {
    let mut sections: Map<String, Json> = Map::new();
    for (report, fields) in plan.reported(outcome) {
        let fields = fields.into_iter().map(|(name, value)| (name.clone(), masked(value)));
        let entry: Map<String, Json> = fields.collect();
        let section = sections.entry(report.section).or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(entries) = section {
            entries.push(entry.into());
        }
    }
    sections
}

fn summary(plan: &Plan) -> Json {
    let count = |action| plan.changes().filter(|(_, change)| change.action == action).count();
    json!({
        "create": count(Action::Create),
        "update": count(Action::Update),
        "replace": count(Action::Replace),
        "delete": count(Action::Delete),
    })
}

fn effort(effort: Effort) -> Json {
    let mut fields = json!({ "requests": effort.requests, "rounds": effort.rounds });
    if let Some(seconds) = effort.seconds() {
        fields["seconds"] = seconds.into();
    }
    fields
}

fn addresses(list: &[Address]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// A branch.
pub fn target(target: &Target) -> Json {
    json!({ "project": target.project, "branch": target.name, "branchId": target.id })
}

fn finding(finding: &Finding) -> Json {
    change(&finding.address, &finding.change, None)
}

fn change(address: &Address, change: &AnyChange, ending: Option<&Ending>) -> Json {
    let mut fields = Map::new();
    fields.insert("address".to_owned(), address.to_string().into());
    fields.insert("kind".to_owned(), address.kind().into());
    fields.insert("name".to_owned(), address.name().into());
    fields.insert("action".to_owned(), change.action.word().into());
    fields.insert("impact".to_owned(), change.impact.word().into());
    fields.insert("origin".to_owned(), change.origin.word().into());
    fields.extend(change.places.whole().map(|at| ("at".to_owned(), position(at))));
    fields.insert(
        "attributes".to_owned(),
        change.attributes.iter().map(|found| attribute(found, change)).collect(),
    );
    fields.extend(change.reason.as_ref().map(|reason| ("reason".to_owned(), reason.as_str().into())));
    if let Doable::No(remedy) | Doable::Shown(remedy) = &change.doable {
        fields.insert("remedy".to_owned(), remedy_text(remedy).into());
    }
    match ending {
        None => {}
        Some(Ending::Done(outputs)) => {
            fields.insert("outcome".to_owned(), "done".into());
            let outputs = outputs.iter().map(|(name, value)| (name.clone(), masked(value)));
            fields.insert("outputs".to_owned(), Json::Object(outputs.collect()));
        }
        Some(Ending::Failed(failure)) => {
            fields.insert("outcome".to_owned(), "failed".into());
            fields.insert("errors".to_owned(), failure.0.iter().map(diagnostic).collect());
        }
        Some(Ending::Skipped(because)) => {
            fields.insert("outcome".to_owned(), "skipped".into());
            if let Because::Needs(address) = because {
                fields.insert("because".to_owned(), address.to_string().into());
            }
        }
    }
    Json::Object(fields)
}

fn attribute(attribute: &Attribute, change: &AnyChange) -> Json {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), attribute.name.as_str().into());
    fields.extend(attribute.before.as_ref().map(|value| ("before".to_owned(), masked(value))));
    fields.extend(attribute.after.as_ref().map(|value| ("after".to_owned(), masked(value))));
    fields.extend(change.places.part(&attribute.name).map(|at| ("at".to_owned(), position(at))));
    Json::Object(fields)
}

/// A remedy in words.
pub fn remedy_text(remedy: &Remedy) -> String {
    match remedy {
        Remedy::PassFlag(flag) => format!("pass {flag}"),
        Remedy::EditKey(path, text) => format!("{path}: {text}"),
        Remedy::ByHand(text) => text.clone(),
    }
}

/// A place in a source file.
fn position(at: &Position) -> Json {
    json!({ "file": &*at.file, "line": at.line, "column": at.column })
}

/// A problem.
pub fn diagnostic(found: &Diagnostic) -> Json {
    let mut fields = Map::new();
    fields.insert("code".to_owned(), found.code.id.into());
    fields.insert("platformCode".to_owned(), found.code.platform.into());
    fields.insert(
        "severity".to_owned(),
        if found.severity == Severity::Error { "error" } else { "warning" }.into(),
    );
    fields.insert("path".to_owned(), found.path.to_string().into());
    fields.extend(found.inside.as_ref().map(|inside| ("inside".to_owned(), inside.as_str().into())));
    if let Some(at) = &found.at {
        fields.insert("at".to_owned(), position(at));
    }
    fields.insert("summary".to_owned(), found.summary.as_str().into());
    for (name, text) in [("found", &found.found), ("expected", &found.expected), ("fix", &found.fix)] {
        fields.extend(text.as_ref().map(|text| (name.to_owned(), text.as_str().into())));
    }
    let facts: Map<String, Json> =
        found.facts.iter().map(|(label, text)| ((*label).to_owned(), text.as_str().into())).collect();
    if !facts.is_empty() {
        fields.insert("facts".to_owned(), Json::Object(facts));
    }
    Json::Object(fields)
}

/// A value with secrets masked.
pub fn masked(value: &Value) -> Json {
    convert(value, &|_| json!({ "secret": true }))
}

/// A value with secrets as they are: for the policy's own closure, and for comparing in tests.
pub fn exposed(value: &Value) -> Json {
    convert(value, &|secret| secret.expose().into())
}

fn convert(value: &Value, secret: &dyn Fn(&neonform_engine::value::Secret) -> Json) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(value) => number(*value),
        Value::Bytes(size) => json!({ "bytes": size }),
        Value::String(text) => text.as_str().into(),
        Value::Secret(text) => secret(text),
        Value::Unknown => json!({ "unknown": true }),
        Value::List(items) => items.iter().map(|item| convert(item, secret)).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, item)| (key.clone(), convert(item, secret))).collect())
        }
    }
}

/// A number as JavaScript prints it: 2 and not 2.0.
#[expect(clippy::cast_possible_truncation, reason = "the guard keeps the value within i64")]
fn number(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 9e15 { (value as i64).into() } else { value.into() }
}
