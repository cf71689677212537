//! Plans for people: grouped by kind, one line a change, its attributes beneath (`human/attributes.rs`), a summary
//! last. One line when there is nothing to do.
//!
//! Steps stand in the order of the registry of kinds, and within a kind in the plan's. Which side moved is said
//! where it is known, and that it is not known once for all others. What apply needs consent for says so where it
//! stands and again at the end. `human/outcome.rs` draws what became of a plan.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use neonform_engine::address::Address;
use neonform_engine::change::{Action, Doable, Impact, Origin};
use neonform_engine::effort::Effort;
use neonform_engine::gate::Missing;
use neonform_engine::kind::AnyChange;
use neonform_engine::plan::{Finding, Plan, Step};

use super::json::remedy_text;
use super::page::{Page, width, wrapped};
use super::text::{count, printable};

mod attributes;
mod comparison;
mod outcome;

pub use comparison::comparison;
pub use outcome::outcome;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// The most resources that a sentence names.
const NAMED: usize = 5;

fn style(action: Action) -> Style {
    match action {
        Action::Create => AnsiColor::Green.on_default(),
        Action::Update | Action::Replace => AnsiColor::Yellow.on_default(),
        Action::Delete => AnsiColor::Red.on_default(),
        Action::NoOp => Style::new(),
    }
}

/// Writes a plan; `missing` is what apply would need to be told.
///
/// # Errors
/// When the output cannot be written.
pub fn plan(
    out: &mut dyn Write,
    page: Page,
    plan: &Plan,
    missing: &[Missing],
    show_unmanaged: bool,
) -> io::Result<()> {
    let branch = printable(&plan.target.name);
    if plan.is_empty() && plan.drift.is_empty() {
        return nothing(out, page, plan, show_unmanaged);
    }
    if plan.is_empty() {
        writeln!(out, "No changes to make to branch {branch}.")?;
    } else if plan.steps.is_empty() {
        writeln!(out, "Branch {branch} cannot be made what the policy says.")?;
    } else {
        writeln!(out, "{BOLD}Changes to branch {branch}{BOLD:#}")?;
        steps(out, page, plan, missing)?;
    }
    findings(out, page, "Cannot be done:", &plan.impossible)?;
    findings(out, page, "Differs, and is not changed:", &plan.drift)?;
    undeclared(out, page, plan, show_unmanaged)?;
    if !plan.is_empty() {
        writeln!(out)?;
        writeln!(out, "{BOLD}Plan:{BOLD:#} {}.", summary(plan))?;
    }
    if plan.impossible.is_empty() && plan.effort.requests > 0 {
        paragraph(out, page, 0, DIM, &effort(plan.effort))?;
    }
    unknown_origins(out, page, plan)?;
    missing.iter().try_for_each(|need| consent(out, page, plan, *need))
}

/// One line, whatever else exists, unless that is to be listed.
fn nothing(out: &mut dyn Write, page: Page, plan: &Plan, show_unmanaged: bool) -> io::Result<()> {
    let branch = printable(&plan.target.name);
    let rest = match plan.undeclared.len() {
        0 => String::new(),
        _ if show_unmanaged => String::new(),
        number => format!(" ({number} undeclared: --show-unmanaged)"),
    };
    writeln!(out, "No changes. Branch {branch} is as the policy says{rest}.")?;
    if show_unmanaged { undeclared(out, page, plan, true) } else { Ok(()) }
}

/// Everything that is made, each kind under its name.
fn steps(out: &mut dyn Write, page: Page, plan: &Plan, missing: &[Missing]) -> io::Result<()> {
    let mut kinds: BTreeMap<usize, Vec<&Step>> = BTreeMap::new();
    for step in &plan.steps {
        kinds.entry(step.kind).or_default().push(step);
    }
    for steps in kinds.values() {
        writeln!(out)?;
        writeln!(out, "{BOLD}{}{BOLD:#}", steps.first().map_or("", |step| step.address.kind()))?;
        for (step, change) in
            steps.iter().flat_map(|step| step.changes.iter().map(move |change| (step, change)))
        {
            line(out, page, &step.address, change, missing)?;
        }
    }
    Ok(())
}

/// One line, or all of them when asked for.
fn undeclared(out: &mut dyn Write, page: Page, plan: &Plan, list: bool) -> io::Result<()> {
    let exist = match plan.undeclared.len() {
        0 => return Ok(()),
        1 => "1 resource exists that the policy does not declare".to_owned(),
        number => format!("{number} resources exist that the policy does not declare"),
    };
    writeln!(out)?;
    if !list {
        return paragraph(out, page, 0, DIM, &format!("{exist}; --show-unmanaged lists them."));
    }
    writeln!(out, "{BOLD}{exist}:{BOLD:#}")?;
    plan.undeclared.iter().try_for_each(|address| writeln!(out, "  {}", printable(&address.to_string())))
}

fn line(
    out: &mut dyn Write,
    page: Page,
    address: &Address,
    change: &AnyChange,
    missing: &[Missing],
) -> io::Result<()> {
    let (style, sign) = (style(change.action), page.sign(change.action));
    let address = printable(&address.to_string());
    let notes = notes(change, missing).join(", ");
    let taken = 2 + width(sign) + 1 + width(&address);
    write!(out, "  {style}{sign}{style:#} {address}")?;
    if notes.is_empty() {
        writeln!(out)?;
    } else if taken + 4 + width(&notes) <= page.width {
        writeln!(out, "  {DIM}({notes}){DIM:#}")?;
    } else {
        writeln!(out)?;
        paragraph(out, page, attributes::INDENT, DIM, &format!("({notes})"))?;
    }
    attributes::write(out, page, change.action, &change.attributes)?;
    if let Some(reason) = &change.reason {
        paragraph(out, page, attributes::INDENT, DIM, &printable(&format!("because {reason}")))?;
    }
    if let Doable::No(remedy) | Doable::Shown(remedy) = &change.doable {
        let fix = printable(&format!("to fix: {}", remedy_text(remedy)));
        paragraph(out, page, attributes::INDENT, DIM, &fix)?;
    }
    Ok(())
}

/// What a change needs consent for, and which side moved where that is known.
fn notes(change: &AnyChange, missing: &[Missing]) -> Vec<String> {
    let is_made = !matches!(change.doable, Doable::No(_) | Doable::Shown(_));
    let impact = match change.impact {
        Impact::Override if is_made => Some(("overrides", Missing::OverrideUpdates)),
        Impact::Destructive if is_made => Some(("deletes", Missing::Prune)),
        _ => None,
    };
    let origin = match change.origin {
        Origin::Policy => Some("the policy changed"),
        Origin::Drift => Some("drift"),
        Origin::Both => Some("drift, and the policy changed"),
        Origin::Unknown => None,
    };
    let impact = impact.map(|(what, need)| match missing.contains(&need) {
        true => format!("{what}: needs {}", need.flag()),
        false => what.to_owned(),
    });
    impact.into_iter().chain(origin.map(str::to_owned)).collect()
}

fn findings(out: &mut dyn Write, page: Page, heading: &str, findings: &[Finding]) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    writeln!(out, "{BOLD}{heading}{BOLD:#}")?;
    findings.iter().try_for_each(|finding| line(out, page, &finding.address, &finding.change, &[]))
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

/// What applying takes.
fn effort(effort: Effort) -> String {
    let time = match effort.seconds() {
        None => String::new(),
        Some(1) => ", about a second".to_owned(),
        Some(seconds @ ..120) => format!(", about {seconds} seconds"),
        Some(seconds) => format!(", about {} minutes", seconds.div_ceil(60)),
    };
    format!("Apply takes {}{time}.", count(effort.requests, "request"))
}

/// Of what exists already it is either marked which side moved, or said here that nobody knows.
fn unknown_origins(out: &mut dyn Write, page: Page, plan: &Plan) -> io::Result<()> {
    let found = plan.impossible.iter().chain(&plan.drift).map(|finding| &finding.change);
    let of = plan.changes().map(|(_, change)| change).chain(found);
    let unknown = of.filter(|change| change.origin == Origin::Unknown && is_difference(change)).count();
    if unknown == 0 {
        return Ok(());
    }
    let text =
        format!("Whether the policy or the branch moved is not known of {}.", count(unknown, "difference"));
    paragraph(out, page, 0, DIM, &text)
}

/// Whether something is there that is to be something else.
fn is_difference(change: &AnyChange) -> bool {
    let is_kept = !matches!(change.action, Action::Create | Action::Delete);
    is_kept && change.attributes.iter().any(|attribute| attribute.before != attribute.after)
}

/// What a consent is for, and which flag gives it.
fn consent(out: &mut dyn Write, page: Page, plan: &Plan, need: Missing) -> io::Result<()> {
    let why = match need {
        Missing::ProtectedBranch => format!("branch {} is protected", printable(&plan.target.name)),
        Missing::OverrideUpdates => {
            format!("settings that exist would be overridden: {}", with_impact(plan, Impact::Override))
        }
        Missing::Prune => {
            format!(
                "what the policy does not declare would be deleted: {}",
                with_impact(plan, Impact::Destructive)
            )
        }
    };
    paragraph(out, page, 0, Style::new(), &format!("Apply needs {}: {why}.", need.flag()))
}

fn with_impact(plan: &Plan, impact: Impact) -> String {
    let of = plan.changes().filter(|(_, change)| change.impact == impact);
    let mut names: Vec<String> = of.map(|(address, _)| printable(&address.to_string())).collect();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    names.join(", ") + &rest
}

/// Writes a text that is printable already, broken where the page ends.
fn paragraph(out: &mut dyn Write, page: Page, indent: usize, style: Style, text: &str) -> io::Result<()> {
    let set_in = " ".repeat(indent);
    let lines = wrapped(text, page.width.saturating_sub(indent), 2);
    lines.iter().try_for_each(|line| writeln!(out, "{set_in}{style}{line}{style:#}"))
}
