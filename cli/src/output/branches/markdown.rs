//! Several branches as a comment on a pull request: the table first, each branch's plan folded.
//!
//! The smaller side of the grid are the columns. What does not fit a comment is left out with a note:
//! plans first, then rows.

use neonform_engine::gate::Missing;
use neonform_engine::plan::Plan;

use super::{Grid, Totals, branches_in_words, human, in_short};
use crate::branches::Row;
use crate::output::diagnostics;
use crate::output::markdown::{MOST, code, folded, plain, plan_text};
use crate::output::page::Page;

/// Characters that the table and the lines below it may have; the rest is for plans.
const MOST_OF_TABLE: usize = MOST / 2;

/// The comment.
pub fn plans(rows: &[Row], missing: &dyn Fn(&Plan) -> Vec<Missing>, show_unmanaged: bool) -> String {
    let totals = Totals::of(rows);
    let mut comment = format!("### Plans for {}\n\n", branches_in_words(rows.len()));
    if totals.is_quiet() {
        return comment + "**No changes.**\n";
    }
    comment += &format!("**{}**\n", totals.line());
    let grid = Grid::of(rows);
    comment += &cut(&table(rows, &grid), MOST_OF_TABLE / 2);
    if let Some(rest) = grid.rest(&totals) {
        comment += &format!("\n{rest}\n");
    }
    comment.push('\n');
    let lines = rows.iter().map(|row| match &row.plan {
        Ok(plan) => format!("- {}: {}\n", code(&row.target.name), human::in_words(plan, &missing(plan))),
        Err(failure) => format!("- {}: {}\n", code(&row.target.name), plain(&in_short(failure))),
    });
    comment += &cut(&lines.collect::<String>(), MOST_OF_TABLE / 2);
    details(comment, rows, missing, show_unmanaged)
}

fn table(rows: &[Row], grid: &Grid) -> String {
    if grid.resources.is_empty() {
        return String::new();
    }
    let names: Vec<String> = rows.iter().map(|row| code(&row.target.name)).collect();
    let resources: Vec<String> = grid.resources.iter().map(|name| code(name)).collect();
    let sign = |row: usize, column: usize| grid.cells[row][column].sign(Page::default()).replace('~', "\\~");
    let by_branch = resources.len() <= names.len();
    let (side, top) = if by_branch { (&names, &resources) } else { (&resources, &names) };
    let line = |first: &str, cells: Vec<String>| format!("| {first} | {} |\n", cells.join(" | "));
    let mut table = format!("\n{}", line("", top.clone()));
    table += &line("---", vec![":---:".to_owned(); top.len()]);
    for (row, name) in side.iter().enumerate() {
        let cell = |column| if by_branch { sign(row, column) } else { sign(column, row) };
        table += &line(name, (0..top.len()).map(cell).collect());
    }
    table
}

/// Whole lines, as many as fit.
fn cut(lines: &str, most: usize) -> String {
    let mut kept = String::new();
    let mut length = 0;
    let mut rest = lines.split_inclusive('\n');
    for line in rest.by_ref() {
        length += line.chars().count();
        if length > most {
            kept += &format!("\n… {} more lines; the job's log has all of them\n", 1 + rest.count());
            break;
        }
        kept += line;
    }
    kept
}

/// Each branch's plan or problems, as many as fit.
fn details(
    mut comment: String,
    rows: &[Row],
    missing: &dyn Fn(&Plan) -> Vec<Missing>,
    show_unmanaged: bool,
) -> String {
    let mut left_out = 0;
    for row in rows {
        let (text, what, language) = match &row.plan {
            Ok(plan) if plan.is_empty() && plan.drift.is_empty() => continue,
            Ok(plan) => (plan_text(plan, &missing(plan), show_unmanaged), "changes", "diff"),
            Err(failure) => (diagnostics::text(&failure.0), "problems", "text"),
        };
        let room = MOST.saturating_sub(comment.chars().count());
        let summary = format!("{}: {what}", code(&row.target.name));
        // Less than this is not worth unfolding.
        if room < 1_000 + summary.chars().count() {
            left_out += 1;
        } else {
            comment += &folded(&summary, language, &text, room - summary.chars().count() - 300);
        }
    }
    if left_out > 0 {
        comment += &format!("\n… {} more; the job's log has all of them\n", branches_in_words(left_out));
    }
    comment
}

#[cfg(test)]
mod tests {
    use neonform_engine::diagnostic::{Diagnostic, codes};
    use neonform_engine::target::Target;

    use super::*;

    fn failed(name: String) -> Row {
        let target = Target::named("p-1", &name);
        let problem = Diagnostic::error(codes::NETWORK, "the API did not answer").found("x".repeat(700));
        Row { target, plan: Err(problem.into()) }
    }

    #[test]
    fn any_number_of_branches_is_one_comment() {
        for number in [10, 80, 3_000] {
            let rows: Vec<Row> = (0..number).map(|n| failed(format!("preview/{n} | ~`#"))).collect();
            let comment = plans(&rows, &|_| Vec::new(), false);
            let length = comment.chars().count();
            assert!(length <= 65_536, "{number} branches: {length}");
            assert_eq!(comment.contains("the job's log has all of them"), number > 10);
            assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
        }
    }
}
