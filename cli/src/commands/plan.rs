//! `neonform plan`: what apply would change. Never changes anything; exits 0 with or without changes.

use neonform_engine::diagnostic::Failure;
use neonform_engine::gate::{Consent, Verdict, judge};
use neonform_engine::plan::Plan;

use super::Ending;
use crate::args::{Format, PlanArgs};
use crate::backend::Connection;
use crate::output::{human, json, neon_json};
use crate::session::Session;
use crate::{pipeline, print};

/// Plans and prints.
pub(super) async fn run(session: &Session, args: &PlanArgs) -> Result<Ending, Failure> {
    let source = session.source(&args.policy)?;
    let connection = Connection::open(&session.global, &session.working).await?;
    let planned = plan(session, &source, &connection).await;
    connection.close().await;
    let plan = planned?;
    match session.global.output {
        Format::Human => print::human(|out| human::plan(out, &plan, &missing(&plan))),
        Format::Json => print::json(&json::plan(&plan, None)),
        Format::NeonJson => print::json(&neon_json::result(&plan, None)),
    }
    Ok(Ending::Done)
}

async fn plan(
    session: &Session,
    source: &pipeline::Source,
    connection: &Connection,
) -> Result<Plan, Failure> {
    let project = session.project(&connection.client).await?;
    let bundler = Session::bundler(source);
    let announce = |found: &_| session.announce(found);
    let branch = session.branch(&project);
    let (_, mut plan) =
        pipeline::plan(source, &connection.client, &project, branch, bundler, &announce).await?;
    plan.warnings.retain(|warning| !pipeline::is_for_apply(warning));
    print::warnings(&plan.warnings);
    Ok(plan)
}

fn missing(plan: &Plan) -> Vec<neonform_engine::gate::Missing> {
    match judge(plan, Consent::default()) {
        Verdict::Needs(missing) => missing,
        Verdict::Allowed | Verdict::Impossible => Vec::new(),
    }
}
