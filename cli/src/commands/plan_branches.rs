//! `neonform plan --all-branches` and `--branches PATTERN`: what apply would change on each of them.
//!
//! Never changes anything. A branch that cannot be planned for has its problems on standard error and
//! makes the exit code 1; the others are planned all the same.

use std::sync::Arc;

use clap::ValueEnum;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes, each_once};

use super::Ending;
use super::plan::missing;
use crate::args::{Format, PlanArgs};
use crate::backend::Connection;
use crate::branches::{Chosen, Row, plan_each};
use crate::once::OnceBundler;
use crate::output::branches::{human, json, markdown};
use crate::session::Session;
use crate::{pipeline, print};

/// Plans for each branch and prints.
pub(super) async fn run(session: &Session, args: &PlanArgs) -> Result<Ending, Failure> {
    let format = session.global.output;
    if matches!(format, Format::NeonJson | Format::Sarif | Format::Github) {
        return Err(Diagnostic::error(codes::USAGE, "this format has no place for several branches")
            .found(
                format
                    .to_possible_value()
                    .map_or_else(String::new, |name| format!("--output {}", name.get_name())),
            )
            .expected("human, json, or markdown")
            .fix("choose another format, or name one branch with --branch")
            .into());
    }
    let chosen = Chosen::new(&args.several.branches)?;
    let source = session.source(&args.policy)?;
    let connection = Connection::open(session).await?;
    let planned = plan(session, args, &source, &connection, &chosen).await;
    connection.close().await;
    let (project, rows) = planned?;
    let show_unmanaged = args.purpose.show_unmanaged;
    match format {
        Format::Json => print::json(&json::plans(&project, &rows)),
        Format::Markdown => print::line(markdown::plans(&rows, &missing, show_unmanaged).trim_end()),
        _ => {
            let look = human::Look { page: session.page, details: args.several.details, show_unmanaged };
            print::human(|out| human::plans(out, &rows, &missing, &look));
        }
    }
    let failed: Vec<Diagnostic> =
        rows.iter().filter_map(|row| row.plan.as_ref().err()).flat_map(|failure| failure.0.clone()).collect();
    if !failed.is_empty() {
        print::diagnostics(&failed);
        return Ok(Ending::Incomplete);
    }
    let changes = rows.iter().any(|row| row.plan.as_ref().is_ok_and(|plan| !plan.is_empty()));
    Ok(if args.detailed_exitcode && changes { Ending::Changes } else { Ending::Done })
}

async fn plan(
    session: &Session,
    args: &PlanArgs,
    source: &pipeline::Source,
    connection: &Connection,
    chosen: &Chosen,
) -> Result<(String, Vec<Row>), Failure> {
    let project = session.project(&connection.client).await?;
    let mut request = session.request(source, connection, &project, &args.purpose, &|_| ())?;
    request.bundler = Arc::new(OnceBundler::new(request.bundler));
    let mut rows = plan_each(&request, chosen).await?;
    print::warnings(&warnings(&mut rows));
    Ok((project, rows))
}

/// What is worth saying, once and not once for each branch.
fn warnings(rows: &mut [Row]) -> Vec<Diagnostic> {
    for plan in rows.iter_mut().filter_map(|row| row.plan.as_mut().ok()) {
        plan.warnings.retain(|warning| !pipeline::is_for_apply(warning));
    }
    let plans = rows.iter().filter_map(|row| row.plan.as_ref().ok());
    each_once(plans.flat_map(|plan| &plan.warnings).cloned())
}
