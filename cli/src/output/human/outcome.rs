//! What became of a plan: what was done, what was not and why, and how to go on.

use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::Style;
use neonform_engine::address::Address;
use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::diagnostic::codes;
use neonform_engine::event::Because;
use neonform_engine::plan::Plan;
use neonform_engine::value::Value;

use super::{BOLD, paragraph};
use crate::output::page::Page;
use crate::output::text::{count, printable};

/// Writes what became of a plan, and what to do where it is incomplete.
///
/// # Errors
/// When the output cannot be written.
pub fn outcome(
    out: &mut dyn Write,
    page: Page,
    plan: &Plan,
    outcome: &Outcome,
    again: &str,
) -> io::Result<()> {
    let (mut done, mut is_interrupted) = (0, false);
    let (mut failed, mut skipped) = (Vec::new(), Vec::new());
    for (step, endings) in plan.steps.iter().zip(&outcome.0) {
        for ending in endings {
            match ending {
                Ending::Done(_) => done += 1,
                Ending::Failed(failure) => {
                    let was_ended = failure.0.iter().any(|problem| problem.code == codes::INTERRUPTED);
                    is_interrupted |= was_ended;
                    failed.push((&step.address, if was_ended { " (interrupted)" } else { "" }));
                }
                Ending::Skipped(because) => {
                    is_interrupted |= *because == Because::Stopped;
                    skipped.push((&step.address, because));
                }
            }
        }
    }
    writeln!(out)?;
    if outcome.is_complete() {
        writeln!(out, "{BOLD}Applied:{BOLD:#} {}.", count(done, "change"))?;
        urls(out, plan, outcome)?;
        return domains(out, page, plan, outcome);
    }
    writeln!(
        out,
        "{BOLD}{}:{BOLD:#} {done} done, {} failed, {} skipped.",
        if is_interrupted { "Interrupted" } else { "Incomplete" },
        failed.len(),
        skipped.len()
    )?;
    for (address, why) in failed {
        writeln!(out, "  failed   {}{why}", printable(&address.to_string()))?;
    }
    for (address, because) in skipped {
        let because = match because {
            Because::Needs(failed) => format!("after {}", printable(&failed.to_string())),
            Because::Stopped => "interrupted".to_owned(),
        };
        writeln!(out, "  skipped  {} ({because})", printable(&address.to_string()))?;
    }
    writeln!(out, "What was done stays done. To go on:")?;
    // A command is copied, so it stays on one line.
    writeln!(out, "  {again}")
}

/// Function URLs, as far as they are known.
fn urls(out: &mut dyn Write, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    for (step, endings) in plan.steps.iter().zip(&outcome.0) {
        for (change, ending) in step.changes.iter().zip(endings) {
            let Some(outputs) = ending.learned() else { continue };
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
fn domains(out: &mut dyn Write, page: Page, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    let targets = outcome.outputs(plan).filter(|(_, (name, _))| name == "cnameTarget");
    let targets: HashMap<&Address, &Value> =
        targets.map(|(address, (_, target))| (address, target)).collect();
    let changed: Vec<_> = plan
        .reports
        .iter()
        .filter(|(_, report)| report.section == "customDomains")
        .filter_map(|(address, _)| Some((address, *targets.get(address)?)))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    writeln!(out, "DNS records to make, if they are not there yet:")?;
    for (address, target) in changed.iter().filter(|(_, target)| **target != Value::from("")) {
        let (name, target) = (printable(address.name()), printable(&target.to_string()));
        writeln!(out, "  CNAME  {name} {} {target}", page.arrow())?;
    }
    plan.notes(Some(outcome))
        .iter()
        .try_for_each(|note| paragraph(out, page, 2, Style::new(), &printable(note)))
}
