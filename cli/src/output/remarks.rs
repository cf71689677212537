//! A plan, its outcome and problems as remarks about places in the sources: what SARIF and annotations have in common.
//!
//! One remark a change and one a problem. Texts come from policies and servers of strangers: control characters are
//! made visible here, and each format escapes what it gives a meaning. A change that needs consent is a warning, one
//! that cannot be made or that failed an error, any other a note.

use neonform_engine::address::Address;
use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::change::{Action, Attribute, Doable};
use neonform_engine::diagnostic::{Diagnostic, Severity};
use neonform_engine::event::Because;
use neonform_engine::gate::Missing;
use neonform_engine::kind::AnyChange;
use neonform_engine::node::Position;
use neonform_engine::plan::{Finding, Plan};
use neonform_engine::value::Value;

use super::json::remedy_text;
use super::text::printable;

/// How much a remark matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Note,
    /// Needs consent, or somebody's attention.
    Warning,
    /// Cannot be done.
    Error,
}

/// What a remark is an instance of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Stable: `change-create`, `drift`, or a problem's code.
    pub id: String,
    /// What all its remarks say, free of names.
    pub summary: String,
}

/// One change or problem.
#[derive(Debug, Clone)]
pub struct Remark {
    /// What it is an instance of.
    pub rule: Rule,
    /// How much it matters.
    pub level: Level,
    /// The remark in one line.
    pub title: String,
    /// Everything else that is known, a line each.
    pub lines: Vec<String>,
    /// Where in the sources.
    pub at: Option<Position>,
    /// Further places, with what is there.
    pub related: Vec<(Position, String)>,
}

/// Every change of a plan, what is in its way, its drift and its warnings; with an outcome what became of each change.
pub fn plan(plan: &Plan, missing: &[Missing], outcome: Option<&Outcome>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (step, planned) in plan.steps.iter().enumerate() {
        for (index, change) in planned.changes.iter().enumerate() {
            let ending = outcome.and_then(|outcome| outcome.0.get(step)?.get(index));
            remarks.push(planned_change(&planned.address, change, missing, ending));
        }
    }
    let impossible = (
        "impossible",
        "A change that the policy asks for and that cannot be made",
        "cannot be made",
        Level::Error,
    );
    let drift = (
        "drift",
        "A difference that apply shows and leaves alone",
        "differs and is not changed",
        Level::Warning,
    );
    for (findings, (id, summary, title, level)) in [(&plan.impossible, impossible), (&plan.drift, drift)] {
        remarks.extend(findings.iter().map(|Finding { address, change }| {
            let title = format!("{} {title}", printable(&address.to_string()));
            about(change, rule(id, summary), level, title)
        }));
    }
    remarks.extend(plan.warnings.iter().map(problem));
    remarks
}

fn planned_change(
    address: &Address,
    change: &AnyChange,
    missing: &[Missing],
    ending: Option<&Ending>,
) -> Remark {
    let (id, summary, would) = match change.action {
        Action::Create => ("change-create", "A resource that apply creates", "create"),
        Action::Update => ("change-update", "A resource that apply changes in place", "update"),
        Action::Replace => ("change-replace", "A resource that apply deletes and makes again", "replace"),
        Action::Delete => ("change-delete", "A resource that apply deletes", "delete"),
        Action::NoOp => ("change-none", "A resource that apply leaves as it is", "leave"),
    };
    let needs: Vec<&str> =
        missing.iter().filter(|need| need.is_for(change)).map(|need| need.flag()).collect();
    let level = if needs.is_empty() { Level::Note } else { Level::Warning };
    let title = format!("{would} {}", printable(&address.to_string()));
    let mut remark = about(change, rule(id, summary), level, title);
    if !needs.is_empty() {
        remark.lines.push(format!("needs {}", needs.join(", ")));
    }
    match ending {
        None => {}
        Some(Ending::Done(_)) => remark.lines.push("done".to_owned()),
        Some(Ending::Skipped(because)) => {
            remark.level = Level::Error;
            remark.lines.push(format!("skipped: {}", skipped(because)));
        }
        Some(Ending::Failed(failure)) => {
            remark.level = Level::Error;
            remark.lines.extend(
                failure.0.iter().map(|problem| format!("failed: {}", printable(&problem.to_string()))),
            );
        }
    }
    remark
}

/// Why something was skipped.
pub(crate) fn skipped(because: &Because) -> String {
    match because {
        Because::Needs(address) => format!("it needs {}", printable(&address.to_string())),
        Because::Stopped => "the run was interrupted".to_owned(),
    }
}

/// What all remarks about changes have. An update is where its first value is, anything else where the resource is.
fn about(change: &AnyChange, rule: Rule, level: Level, title: String) -> Remark {
    let places = &change.places;
    let first = change.attributes.first().filter(|_| change.action != Action::Create);
    let at = first.map_or(places.whole(), |attribute| places.part(&attribute.name)).cloned();
    let mut related: Vec<(Position, String)> = Vec::new();
    for attribute in &change.attributes {
        let place = places.part(&attribute.name).filter(|place| Some(*place) != at.as_ref());
        related.extend(place.map(|place| (place.clone(), printable(&attribute.name))));
    }
    let mut lines: Vec<String> = change.attributes.iter().map(values).collect();
    lines.extend(change.reason.as_ref().map(|reason| format!("because {}", printable(reason))));
    if let Doable::No(remedy) | Doable::Shown(remedy) = &change.doable {
        lines.push(format!("to fix: {}", printable(&remedy_text(remedy))));
    }
    Remark { rule, level, title, lines, at, related }
}

fn values(attribute: &Attribute) -> String {
    let side = |value: &Value| cut(&printable(&value.to_string()));
    let name = printable(&attribute.name);
    match (&attribute.before, &attribute.after) {
        (Some(before), Some(after)) => format!("{name}: {} → {}", side(before), side(after)),
        (None, Some(after)) => format!("{name}: {}", side(after)),
        (Some(before), None) => format!("{name}: {} → (removed)", side(before)),
        (None, None) => name,
    }
}

/// A value short enough for an annotation; the other formats have all of it.
fn cut(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A problem.
pub fn problem(found: &Diagnostic) -> Remark {
    let level = match found.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let mut lines = Vec::new();
    if !found.path.is_root() {
        let inside = found.inside.as_ref().map(|inside| format!("{inside}.")).unwrap_or_default();
        lines.push(format!("at: {}", printable(&format!("{inside}{}", found.path))));
    }
    let parts = [("found", &found.found), ("expected", &found.expected), ("fix", &found.fix)];
    let parts = parts.into_iter().filter_map(|(label, text)| Some((label, text.as_ref()?)));
    let facts = found.facts.iter().map(|(label, text)| (*label, text));
    lines.extend(parts.chain(facts).map(|(label, text)| format!("{label}: {}", printable(text))));
    Remark {
        rule: rule(found.code.id, &found.code.id.replace('-', " ")),
        level,
        title: printable(&found.summary),
        lines,
        at: found.at.clone(),
        related: Vec::new(),
    }
}

fn rule(id: &str, summary: &str) -> Rule {
    Rule { id: id.to_owned(), summary: summary.to_owned() }
}
