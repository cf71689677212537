//! Plans and outcomes for people: one line a change, its attributes beneath, a summary last.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use neonform_engine::address::Address;
use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::change::{Action, Attribute, Doable, Impact, Origin};
use neonform_engine::gate::Missing;
use neonform_engine::kind::AnyChange;
use neonform_engine::plan::{Finding, Plan};
use neonform_engine::value::Value;

use super::json::remedy_text;
use super::text::{count, printable};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

fn style(action: Action) -> Style {
    match action {
        Action::Create => AnsiColor::Green.on_default(),
        Action::Update | Action::Replace => AnsiColor::Yellow.on_default(),
        Action::Delete => AnsiColor::Red.on_default(),
        Action::NoOp => Style::new(),
    }
}

/// Writes a plan: one line when there is nothing to do.
///
/// # Errors
/// When the output cannot be written.
pub fn plan(out: &mut dyn Write, plan: &Plan, missing: &[Missing], show_unmanaged: bool) -> io::Result<()> {
    let branch = printable(&plan.target.name);
    if plan.is_empty() && plan.drift.is_empty() {
        writeln!(out, "No changes. Branch {branch} is as the policy says.")?;
    } else if plan.is_empty() {
        writeln!(out, "No changes to make to branch {branch}.")?;
    } else if plan.steps.is_empty() {
        writeln!(out, "Branch {branch} cannot be made what the policy says.")?;
    } else {
        writeln!(out, "{BOLD}Changes to branch {branch}{BOLD:#}")?;
        writeln!(out)?;
        for (address, change) in plan.changes() {
            line(out, address, change)?;
        }
    }
    findings(out, "Cannot be done:", &plan.impossible)?;
    findings(out, "Differs, and is not changed:", &plan.drift)?;
    undeclared(out, plan, show_unmanaged)?;
    if !plan.is_empty() {
        writeln!(out)?;
        writeln!(out, "{BOLD}Plan:{BOLD:#} {}.", summary(plan))?;
        consent(out, plan, missing)?;
    }
    Ok(())
}

/// One line, or all of them when asked for.
fn undeclared(out: &mut dyn Write, plan: &Plan, list: bool) -> io::Result<()> {
    let exist = match plan.undeclared.len() {
        0 => return Ok(()),
        1 => "1 resource exists that the policy does not declare".to_owned(),
        number => format!("{number} resources exist that the policy does not declare"),
    };
    writeln!(out)?;
    if !list {
        return writeln!(out, "{DIM}{exist}; --show-unmanaged lists them.{DIM:#}");
    }
    writeln!(out, "{BOLD}{exist}:{BOLD:#}")?;
    plan.undeclared.iter().try_for_each(|address| writeln!(out, "  {}", printable(&address.to_string())))
}

fn line(out: &mut dyn Write, address: &Address, change: &AnyChange) -> io::Result<()> {
    let style = style(change.action);
    let impact = match change.impact {
        Impact::Override if change.is_doable() => Some("overrides"),
        Impact::Destructive if change.is_doable() => Some("deletes"),
        _ => None,
    };
    let notes: Vec<&str> = impact.into_iter().chain(origin(change.origin)).collect();
    let note = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join(", ")) };
    writeln!(
        out,
        "  {style}{}{style:#} {}{DIM}{note}{DIM:#}",
        change.action.glyph(),
        printable(&address.to_string())
    )?;
    let width = change.attributes.iter().map(|attribute| attribute.name.chars().count()).max().unwrap_or(0);
    for attribute in &change.attributes {
        writeln!(out, "      {:<width$}  {}", printable(&attribute.name), values(attribute))?;
    }
    if let Some(reason) = &change.reason {
        writeln!(out, "      {DIM}because {}{DIM:#}", printable(reason))?;
    }
    if let Doable::No(remedy) | Doable::Shown(remedy) = &change.doable {
        writeln!(out, "      {DIM}to fix: {}{DIM:#}", printable(&remedy_text(remedy)))?;
    }
    Ok(())
}

/// Which side moved, where it is known and is not the policy alone.
fn origin(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Drift => Some("drift"),
        Origin::Both => Some("drift, and the policy changed"),
        Origin::Policy | Origin::Unknown => None,
    }
}

fn values(attribute: &Attribute) -> String {
    let side = |value: &Value| printable(&value.to_string());
    match (&attribute.before, &attribute.after) {
        (Some(before), Some(after)) if before == after => side(after),
        (Some(before), Some(after)) => format!("{} → {}", side(before), side(after)),
        (None, Some(after)) => side(after),
        (Some(before), None) => format!("{} → (removed)", side(before)),
        (None, None) => String::new(),
    }
}

fn findings(out: &mut dyn Write, heading: &str, findings: &[Finding]) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    writeln!(out, "{BOLD}{heading}{BOLD:#}")?;
    findings.iter().try_for_each(|finding| line(out, &finding.address, &finding.change))
}

/// How many changes there are, by action.
pub(super) fn summary(plan: &Plan) -> String {
    let words = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Replace, "to replace"),
        (Action::Delete, "to delete"),
    ];
    let parts: Vec<String> = words
        .iter()
        .map(|(action, words)| (plan.changes().filter(|(_, change)| change.action == *action).count(), words))
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| format!("{number} {words}"))
        .collect();
    let unchanged = (!plan.unchanged.is_empty()).then(|| format!("{} unchanged", plan.unchanged.len()));
    let impossible =
        (!plan.impossible.is_empty()).then(|| format!("{} cannot be done", plan.impossible.len()));
    parts.into_iter().chain(impossible).chain(unchanged).collect::<Vec<_>>().join(", ")
}

fn consent(out: &mut dyn Write, plan: &Plan, missing: &[Missing]) -> io::Result<()> {
    for need in missing {
        let why = match need {
            Missing::ProtectedBranch => format!("branch {} is protected", printable(&plan.target.name)),
            Missing::OverrideUpdates => "settings that exist would be overridden".to_owned(),
            Missing::Prune => "resources that the policy does not declare would be deleted".to_owned(),
        };
        writeln!(out, "Apply needs {}: {why}.", need.flag())?;
    }
    Ok(())
}

/// Writes what became of a plan, and what to do where it is incomplete.
///
/// # Errors
/// When the output cannot be written.
pub fn outcome(out: &mut dyn Write, plan: &Plan, outcome: &Outcome, again: &str) -> io::Result<()> {
    let mut done = 0;
    let (mut failed, mut skipped) = (Vec::new(), Vec::new());
    for (step, endings) in plan.steps.iter().zip(&outcome.0) {
        for ending in endings {
            match ending {
                Ending::Done(_) => done += 1,
                Ending::Failed(_) => failed.push(&step.address),
                Ending::Skipped(because) => skipped.push((&step.address, because)),
            }
        }
    }
    writeln!(out)?;
    if outcome.is_complete() {
        writeln!(out, "{BOLD}Applied:{BOLD:#} {}.", count(done, "change"))?;
        urls(out, plan, outcome)?;
        return domains(out, plan, outcome);
    }
    writeln!(
        out,
        "{BOLD}Incomplete:{BOLD:#} {done} done, {} failed, {} skipped.",
        failed.len(),
        skipped.len()
    )?;
    for address in failed {
        writeln!(out, "  failed   {}", printable(&address.to_string()))?;
    }
    for (address, because) in skipped {
        writeln!(
            out,
            "  skipped  {} (after {})",
            printable(&address.to_string()),
            printable(&because.to_string())
        )?;
    }
    writeln!(out, "What was done stays done. To go on: {again}")
}

/// Function URLs, as far as they are known.
fn urls(out: &mut dyn Write, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    for (step, endings) in plan.steps.iter().zip(&outcome.0) {
        for (change, ending) in step.changes.iter().zip(endings) {
            let Ending::Done(outputs) = ending else { continue };
            let details = change.records.iter().flat_map(|record| &record.details);
            let url = details.chain(outputs).find(|(name, _)| name == "invocationUrl");
            if let Some((_, url)) = url {
                writeln!(out, "  {}  {}", printable(&step.address.to_string()), printable(&url.to_string()))?;
            }
        }
    }
    Ok(())
}

/// The DNS records that custom domains need; nobody but the owner of the name can make them.
fn domains(out: &mut dyn Write, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    let changed: Vec<_> = plan
        .reports
        .iter()
        .filter(|(_, report)| report.section == "customDomains")
        .filter_map(|(address, _)| {
            Some((address, outcome.outputs(plan, address).find(|(name, _)| name == "cnameTarget")?))
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    writeln!(out, "DNS records to make, if they are not there yet:")?;
    for (address, (_, target)) in changed.iter().filter(|(_, (_, target))| *target != Value::from("")) {
        writeln!(out, "  CNAME  {} → {}", printable(address.name()), printable(&target.to_string()))?;
    }
    plan.notes(Some(outcome)).iter().try_for_each(|note| writeln!(out, "  {}", printable(note)))
}
