//! `neonform plan`: what apply would change. Never changes anything; exits 0 with or without changes, unless
//! `--detailed-exitcode` asks for more.

use neonform_engine::diagnostic::Failure;
use neonform_engine::gate::{self, Consent, Missing, Verdict, judge};
use neonform_engine::plan::Plan;
use neonform_engine::target::Target;
use serde_json::Value as Json;

use super::{Ending, plan_branches};
use crate::args::{Format, PlanArgs};
use crate::backend::Connection;
use crate::output::text::printable;
use crate::output::{github, human, json, markdown, neon_json, remarks, sarif};
use crate::saved_plan::{self, Reliance};
use crate::session::Session;
use crate::{files, pipeline, print};

/// Plans and prints, and saves where that is asked for.
pub(super) async fn run(session: &Session, args: &PlanArgs) -> Result<Ending, Failure> {
    if args.several.are_meant() {
        return plan_branches::run(session, args).await;
    }
    let source = session.source(&args.policy)?;
    let connection = Connection::open(session).await?;
    let planned = plan(session, args, &source, &connection).await;
    connection.close().await;
    let (plan, read) = planned?;
    if let Some(out) = &args.out {
        let file = saved_plan::json(&read.made(&plan, &source, &args.policy, &args.purpose));
        files::write_over(
            &session.working,
            out,
            format!("{file:#}\n").as_bytes(),
            "the plan cannot be saved",
        )?;
    }
    let shown = Shown {
        plan: &plan,
        policy: &source.file.relative(),
        json: &|| json::plan(&plan, None),
        neon_json: &|| neon_json::result(&plan, None),
        show_unmanaged: args.purpose.show_unmanaged,
    };
    show(session, &shown);
    if let Some(out) = args.out.as_ref().filter(|_| !session.global.quiet) {
        let out = printable(&out.display().to_string());
        print::note(&format!("Saved. To apply exactly this: neonform apply {out}"));
    }
    Ok(if args.detailed_exitcode && !plan.is_empty() { Ending::Changes } else { Ending::Done })
}

/// A plan in the forms that formats are made from.
pub(super) struct Shown<'a> {
    /// The plan.
    pub(super) plan: &'a Plan,
    /// The policy file, relative to the repository.
    pub(super) policy: &'a str,
    /// In our JSON.
    pub(super) json: &'a dyn Fn() -> Json,
    /// In the reference's.
    pub(super) neon_json: &'a dyn Fn() -> Json,
    /// Whether undeclared resources are listed.
    pub(super) show_unmanaged: bool,
}

/// Prints a plan as the flags say.
pub(super) fn show(session: &Session, shown: &Shown<'_>) {
    let Shown { plan, policy, json, neon_json, show_unmanaged } = shown;
    let _timed = tracing::debug_span!(target: "neonform::timing", "render").entered();
    match session.global.output {
        Format::Human => {
            print::human(|out| human::plan(out, session.page, plan, &missing(plan), *show_unmanaged));
        }
        Format::Json => print::json(&json()),
        Format::NeonJson => print::json(&neon_json()),
        Format::Markdown => {
            let comment = markdown::plan(plan, &missing(plan), *show_unmanaged);
            print::line(comment.trim_end());
        }
        Format::Sarif => {
            let remarks = remarks::plan(plan, &gate::missing(plan, consent(plan)), None);
            print::json(&sarif::log(&remarks, policy, true));
        }
        Format::Github => {
            let remarks = remarks::plan(plan, &gate::missing(plan, consent(plan)), None);
            print::line(&github::annotations(Some(&markdown::headline(plan)), &remarks));
        }
    }
}

async fn plan(
    session: &Session,
    args: &PlanArgs,
    source: &pipeline::Source,
    connection: &Connection,
) -> Result<(Plan, Reliance), Failure> {
    let project = session.project(&connection.client).await?;
    let say_which = |target: &Target| session.announce(target);
    let request = session.request(source, connection, &project, &args.purpose, &say_which)?;
    let planned = pipeline::plan(&request).await?;
    let read = Reliance::of(&planned, source);
    let mut plan = planned.plan;
    plan.warnings.retain(|warning| !pipeline::is_for_apply(warning));
    print::warnings(&plan.warnings);
    Ok((plan, read))
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
