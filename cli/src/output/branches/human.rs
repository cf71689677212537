//! Several branches for people: the grid, a line for each branch, a total; the plans themselves on request.
//!
//! Branches are the rows where that fits the width, else resources are; where neither fits, the
//! columns have numbers and a key stands below.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use neonform_engine::change::Action;
use neonform_engine::gate::Missing;
use neonform_engine::plan::Plan;

use super::{Cell, Grid, Totals, branches_in_words, in_short};
use crate::branches::Row;
use crate::output::human;
use crate::output::page::Page;
use crate::output::table::{self, Table};
use crate::output::text::{count, printable};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAD: Style = AnsiColor::Red.on_default();

/// How the branches are printed.
pub struct Look {
    /// What they are drawn on.
    pub page: Page,
    /// Whether each branch's plan follows.
    pub details: bool,
    /// Whether these list what exists and is not declared.
    pub show_unmanaged: bool,
}

/// Writes the plans of several branches: one line when there is nothing to do on any.
///
/// # Errors
/// When the output cannot be written.
pub fn plans(
    out: &mut dyn Write,
    rows: &[Row],
    missing: &dyn Fn(&Plan) -> Vec<Missing>,
    look: &Look,
) -> io::Result<()> {
    let totals = Totals::of(rows);
    if totals.is_quiet() {
        match rows {
            [row] => {
                writeln!(out, "No changes. Branch {} is as the policy says.", printable(&row.target.name))?;
            }
            _ => {
                let all = branches_in_words(rows.len());
                writeln!(out, "No changes. All {all} are as the policy says.")?;
            }
        }
    } else {
        grid(out, rows, &totals, look.page)?;
        writeln!(out)?;
        let line = |row: &Row| vec![plain(&row.target.name), summary(row, missing)];
        let lines = Table(rows.iter().map(line).collect());
        lines.write_list(out)?;
        writeln!(out)?;
        writeln!(out, "{BOLD}Total:{BOLD:#} {}", totals.line())?;
    }
    if totals.undeclared > 0 && !look.details {
        let exist = count(totals.undeclared, "resource");
        let how = "--details with --show-unmanaged lists what exists";
        writeln!(out, "{DIM}{exist} on these branches not declared by the policy; {how}.{DIM:#}")?;
    }
    if look.details {
        details(out, rows, missing, look)?;
    }
    Ok(())
}

fn plain(name: &str) -> table::Cell {
    table::Cell::plain(printable(name))
}

fn summary(row: &Row, missing: &dyn Fn(&Plan) -> Vec<Missing>) -> table::Cell {
    match &row.plan {
        Err(failure) => table::Cell::styled(printable(&in_short(failure)), BAD),
        Ok(plan) => table::Cell::plain(in_words(plan, &missing(plan))),
    }
}

/// A plan in a line.
pub(super) fn in_words(plan: &Plan, missing: &[Missing]) -> String {
    let changes = match (plan.is_empty(), plan.drift.is_empty()) {
        (true, true) => "no changes".to_owned(),
        (true, false) => "no changes to make, but something differs".to_owned(),
        (false, _) => human::summary(plan),
    };
    let flags: Vec<&str> = missing.iter().map(|missing| missing.flag()).collect();
    if flags.is_empty() { changes } else { format!("{changes}; needs {}", flags.join(" and ")) }
}

fn grid(out: &mut dyn Write, rows: &[Row], totals: &Totals, page: Page) -> io::Result<()> {
    let grid = Grid::of(rows);
    if !grid.resources.is_empty() {
        let names: Vec<String> = rows.iter().map(|row| printable(&row.target.name)).collect();
        let resources: Vec<String> = grid.resources.iter().map(|name| printable(name)).collect();
        let by_branch = table(page, &names, &resources, &grid.cells);
        let turned = by_branch.turned();
        if by_branch.width() <= page.width {
            by_branch.write(out)?;
        } else if turned.width() <= page.width {
            turned.write(out)?;
        } else {
            numbered(out, page, &names, &resources, &grid.cells)?;
        }
    }
    grid.rest(totals).map_or(Ok(()), |rest| writeln!(out, "{DIM}{rest}{DIM:#}"))
}

fn table(page: Page, names: &[String], headings: &[String], cells: &[Vec<Cell>]) -> Table {
    let heading = std::iter::once(String::new()).chain(headings.iter().cloned());
    let mut table = vec![heading.map(table::Cell::plain).collect::<Vec<_>>()];
    for (name, cells) in names.iter().zip(cells) {
        let signs = cells.iter().map(|cell| table::Cell::styled(cell.sign(page), style(*cell)));
        table.push(std::iter::once(table::Cell::plain(name)).chain(signs).collect());
    }
    Table(table)
}

/// The longer of both sides as rows, numbers for the other.
fn numbered(
    out: &mut dyn Write,
    page: Page,
    names: &[String],
    resources: &[String],
    cells: &[Vec<Cell>],
) -> io::Result<()> {
    let numbers = |of: &[String]| (1..=of.len()).map(|number| number.to_string()).collect::<Vec<_>>();
    let key = if names.len() >= resources.len() {
        table(page, names, &numbers(resources), cells).write(out)?;
        resources
    } else {
        table(page, &numbers(names), resources, cells).turned().write(out)?;
        names
    };
    writeln!(out)?;
    for (number, name) in key.iter().enumerate() {
        writeln!(out, "{DIM}{:>4}{DIM:#}  {name}", number + 1)?;
    }
    Ok(())
}

fn style(cell: Cell) -> Style {
    match cell {
        Cell::Absent | Cell::Unchanged => DIM,
        Cell::Drift => AnsiColor::Cyan.on_default(),
        Cell::Impossible | Cell::Unknown => BAD,
        Cell::Changed(Action::Create) => AnsiColor::Green.on_default(),
        Cell::Changed(Action::Delete) => BAD,
        Cell::Changed(_) => AnsiColor::Yellow.on_default(),
    }
}

fn details(
    out: &mut dyn Write,
    rows: &[Row],
    missing: &dyn Fn(&Plan) -> Vec<Missing>,
    look: &Look,
) -> io::Result<()> {
    for row in rows {
        if let Ok(plan) = &row.plan {
            writeln!(out)?;
            human::plan(out, look.page, plan, &missing(plan), look.show_unmanaged)?;
        }
    }
    Ok(())
}
