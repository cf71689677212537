//! `neonform plan`: what apply would change. Never changes anything; exits 0 with or without changes, unless
//! `--detailed-exitcode` asks for more.

use neonform_engine::diagnostic::Failure;
use neonform_engine::gate::{self, Consent, Missing, Verdict, judge};
use neonform_engine::plan::Plan;

use super::{Ending, plan_branches};
use crate::args::{Format, PlanArgs};
use crate::backend::Connection;
use crate::output::{github, human, json, markdown, neon_json, remarks, sarif};
use crate::session::Session;
use crate::{pipeline, print};

/// Plans and prints.
pub(super) async fn run(session: &Session, args: &PlanArgs) -> Result<Ending, Failure> {
    if args.several.are_meant() {
        return plan_branches::run(session, args).await;
    }
    let source = session.source(&args.policy)?;
    let connection = Connection::open(&session.global, &session.working).await?;
    let planned = plan(session, args, &source, &connection).await;
    connection.close().await;
    let plan = planned?;
    match session.global.output {
        Format::Human => print::human(|out| {
            human::plan(out, session.page, &plan, &missing(&plan), args.purpose.show_unmanaged)
        }),
        Format::Json => print::json(&json::plan(&plan, None)),
        Format::NeonJson => print::json(&neon_json::result(&plan, None)),
        Format::Markdown => {
            let comment = markdown::plan(&plan, &missing(&plan), args.purpose.show_unmanaged);
            print::line(comment.trim_end());
        }
        Format::Sarif => {
            let remarks = remarks::plan(&plan, &gate::missing(&plan, consent(&plan)), None);
            print::json(&sarif::log(&remarks, &source.file.relative(), true));
        }
        Format::Github => {
            let remarks = remarks::plan(&plan, &gate::missing(&plan, consent(&plan)), None);
            print::line(&github::annotations(Some(&markdown::headline(&plan)), &remarks));
        }
    }
    Ok(if args.detailed_exitcode && !plan.is_empty() { Ending::Changes } else { Ending::Done })
}

async fn plan(
    session: &Session,
    args: &PlanArgs,
    source: &pipeline::Source,
    connection: &Connection,
) -> Result<Plan, Failure> {
    let project = session.project(&connection.client).await?;
    let request = pipeline::Request {
        source,
        client: &connection.client,
        project: &project,
        branch: session.branch(&project),
        create: args.purpose.create,
        bundler: Session::bundler(source, args.purpose.source_maps),
        polling: Session::polling()?,
        deploying: Session::deploying(&args.purpose),
        concurrency: pipeline::CONCURRENCY,
        purpose: session.purpose(&args.purpose, source)?,
        said: &|target| session.announce(target),
    };
    let mut plan = pipeline::plan(&request).await?.plan;
    plan.warnings.retain(|warning| !pipeline::is_for_apply(warning));
    print::warnings(&plan.warnings);
    Ok(plan)
}

/// A branch that is created from the policy needs no consent to what the policy says.
fn consent(plan: &Plan) -> Consent {
    if plan.target.id.is_none() { Consent::to_policy(false) } else { Consent::default() }
}

pub(super) fn missing(plan: &Plan) -> Vec<Missing> {
    match judge(plan, consent(plan)) {
        Verdict::Needs(missing) => missing,
        Verdict::Allowed | Verdict::Impossible | Verdict::Unknown => Vec::new(),
    }
}
