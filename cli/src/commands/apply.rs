//! `neonform apply`: plan, judge, make it so, report (spec 4.6).

use std::sync::Arc;

use neonform_engine::address::Address;
use neonform_engine::apply::{Outcome, apply};
use neonform_engine::change::Impact;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::event::Event;
use neonform_engine::gate::{Consent, Missing, Verdict, judge};
use neonform_engine::plan::Plan;
use neonform_engine::target::Target;
use serde_json::Value as Json;

use super::Ending;
use crate::args::{ApplyArgs, Format, PurposeArgs};
use crate::backend::Connection;
use crate::creation::{Creation, create};
use crate::deployments::{Deployment, of_apply};
use crate::invocation::again;
use crate::journal::{Header, Journal};
use crate::lease::Leases;
use crate::output::remarks::{self, Remark};
use crate::output::text::printable;
use crate::output::{deployments, github, human, json, neon_json, sarif};
use crate::saved_plan::{self, Reliance, SavedPlan};
use crate::session::Session;
use crate::{env_pull, pipeline, print, progress, trust};

/// Plans, judges, applies and reports; a saved plan only where it comes out as it was saved. `pulls` says whether the
/// branch's variables are pulled afterwards where no flag says it.
pub(super) async fn run(session: &Session, args: &ApplyArgs, pulls: bool) -> Result<Ending, Failure> {
    trust::refuse_to_apply(&args.policy)?;
    let Some(file) = &args.file else { return connected(session, args, None, pulls).await };
    let saved = SavedPlan::read(&session.working.join(file))?;
    let session = session.about(&saved.plan.target)?;
    let args = ApplyArgs {
        policy: saved.policy_under(&args.policy),
        purpose: PurposeArgs { parallelism: args.purpose.parallelism, ..saved.purpose.clone() },
        ..args.clone()
    };
    connected(&session, &args, Some(&saved), pulls).await
}

async fn connected(
    session: &Session,
    args: &ApplyArgs,
    saved: Option<&SavedPlan>,
    pulls: bool,
) -> Result<Ending, Failure> {
    let mut source = session.source(&args.policy)?;
    // The policy and the plan see the time at which the plan was made.
    source.now = saved.map_or(source.now, |saved| saved.plan.now);
    let mut connection = Connection::open(session).await?;
    let journal = Journal::new(session.working.clone());
    connection.client = connection.client.until(session.signals.stop.clone()).observed(journal.observer());
    let run = Run {
        session,
        args,
        source: &source,
        connection: &connection,
        journal: &journal,
        saved,
        again: None,
        print: &print::json,
    };
    let applied = run_on(&run).await;
    if applied.as_ref().is_ok_and(|applied| applied.ending == Ending::Done) && args.env_pull.is_on(pulls) {
        env_pull::along_the_way(session, &connection, &args.policy).await;
    }
    connection.close().await;
    applied.map(|applied| applied.ending)
}

/// One apply, by this command or on the way of another one.
pub(super) struct Run<'a> {
    /// The session.
    pub(super) session: &'a Session,
    /// What was asked for.
    pub(super) args: &'a ApplyArgs,
    /// The policy.
    pub(super) source: &'a pipeline::Source,
    /// The connection, which `journal` observes.
    pub(super) connection: &'a Connection,
    /// What is done is written there.
    pub(super) journal: &'a Arc<Journal>,
    /// The plan that was shown before.
    pub(super) saved: Option<&'a SavedPlan>,
    /// The command that goes on with it, where that is not the same one.
    pub(super) again: Option<&'a str>,
    /// Takes the result in formats for programs.
    pub(super) print: &'a (dyn Fn(&Json) + Sync),
}

/// What came of it.
pub(super) struct Applied {
    /// How it ended.
    pub(super) ending: Ending,
    /// The branch, where it exists.
    pub(super) branch: Option<Target>,
}

/// Plans, judges, applies and reports.
pub(super) async fn run_on(run: &Run<'_>) -> Result<Applied, Failure> {
    let Run { session, args, source, connection, journal, saved, .. } = run;
    let project = session.project(&connection.client).await?;
    let say_which = |target: &Target| session.announce(target);
    let leases = Leases::around(&session.working, session.global.quiet);
    let request = session.request(source, connection, &project, &args.purpose, &say_which)?;
    let request = pipeline::Request { leases: Some(&leases), ..request };
    let planned = pipeline::plan(&request).await?;
    if let Some(saved) = saved {
        let read = Reliance::of(&planned, source);
        let now = read.made(&planned.plan, source, &args.policy, &args.purpose);
        saved_plan::check(saved, &now, args.refresh_ok)?;
    }
    let policy = source.file.relative();
    let show_unmanaged = args.purpose.show_unmanaged;
    let view = View { session, show_unmanaged, policy, again: run.again, print: run.print };
    print::warnings(&planned.plan.warnings);
    let is_new = planned.plan.target.id.is_none();
    let prune = request.purpose.prune.is_on();
    let consent = if is_new {
        Consent::to_policy(prune)
    } else {
        Consent { update_existing: args.update_existing, allow_protected: args.allow_protected, prune }
    };
    let verdict = judge(&planned.plan, consent);
    if verdict != Verdict::Allowed {
        let branch = Some(planned.plan.target.clone()).filter(|_| !is_new);
        return Ok(Applied { ending: view.refuse(&planned.plan, &verdict), branch });
    }
    view.plan(&planned.plan);
    progress::applying(planned.plan.changes().count());
    journal.begin(&Header { command: &again(&[]), target: &planned.plan.target, policy: &view.policy });
    journal.plan(&planned.plan);
    session.signals.let_finish({
        let journal = Arc::clone(journal);
        move |signal| journal.signal(signal)
    });
    let listen = |event: Event<'_>| {
        journal.event(&event);
        say(session, &event);
    };
    let is_interrupted = || session.signals.received().is_some();
    if is_new {
        let creation = create(&request, planned, prune, &|plan| journal.plan(plan), &listen).await;
        journal.end(&creation.outcome, creation.is_complete(), is_interrupted());
        let made = match &creation.branch {
            Some(branch) => of_apply(args.waiting, &request, branch).await,
            None => Vec::new(),
        };
        return Ok(Applied { ending: view.creation(&creation, &made), branch: creation.branch });
    }
    let stopped = || session.signals.stop.is_set();
    let outcome = apply(&planned.provider, &planned.plan, &stopped, &listen).await;
    journal.end(&outcome, outcome.is_complete(), is_interrupted());
    let made = of_apply(args.waiting, &request, &planned.plan.target).await;
    Ok(Applied { ending: view.applied(&planned.plan, &outcome, &made), branch: Some(planned.plan.target) })
}

/// How this run shows things.
struct View<'a> {
    session: &'a Session,
    show_unmanaged: bool,
    /// The policy file, relative to the repository.
    policy: String,
    again: Option<&'a str>,
    print: &'a (dyn Fn(&Json) + Sync),
}

impl View<'_> {
    /// The plan before it is applied; the other formats show it with its outcome.
    fn plan(&self, plan: &Plan) {
        if self.session.global.output == Format::Human {
            print::human(|out| human::plan(out, self.session.page, plan, &[], self.show_unmanaged));
        }
    }

    /// What became of a plan and of the deployments that were made, and what else kept it from being made so; `again`
    /// goes on with it.
    fn outcome(
        &self,
        plan: &Plan,
        outcome: &Outcome,
        made: &[Deployment],
        problems: &[Diagnostic],
        again: &str,
    ) -> Ending {
        let failed: Vec<Diagnostic> = made.iter().flat_map(|one| one.problems(self.session)).collect();
        let problems = &[problems, &failed].concat();
        let is_complete = outcome.is_complete() && problems.is_empty();
        match self.session.global.output {
            Format::Human | Format::Markdown if plan.is_empty() => {}
            Format::Human | Format::Markdown => {
                print::human(|out| {
                    human::outcome(out, self.session.page, plan, outcome, again)?;
                    deployments::human(out, self.session, made)
                });
            }
            Format::Json => (self.print)(&json::applied(plan, outcome, made, problems)),
            Format::NeonJson => (self.print)(&neon_json::result(plan, Some(outcome))),
            Format::Sarif | Format::Github => {
                let mut remarks = remarks::plan(plan, &[], Some(outcome));
                remarks.extend(problems.iter().map(remarks::problem));
                self.remarks(remarks, is_complete);
            }
        }
        print::diagnostics(&failed);
        if is_complete { Ending::Done } else { Ending::Incomplete }
    }

    /// The command that goes on with what was begun.
    fn again(&self, without: &[&str]) -> String {
        self.again.map_or_else(|| again(without), str::to_owned)
    }

    fn applied(&self, plan: &Plan, outcome: &Outcome, made: &[Deployment]) -> Ending {
        let again = self.again(&[]);
        let interrupted = self.interrupted(outcome.is_complete(), &again);
        let ending = self.outcome(plan, outcome, made, interrupted.as_slice(), &again);
        self.tell(interrupted.as_slice());
        ending
    }

    fn creation(&self, creation: &Creation, made: &[Deployment]) -> Ending {
        let again = match &creation.branch {
            // The branch exists now; consent to what it was created with has to be given again.
            Some(branch) if self.again.is_none() && branch.is_protected == Some(true) => {
                again(&["--create"]) + " --allow-protected"
            }
            Some(_) => self.again(&["--create"]),
            None => again(&[]),
        };
        let stopped = creation.stopped.iter().flat_map(|failure| failure.0.clone());
        let partial = creation.partial(&again);
        let interrupted = self.interrupted(creation.is_complete(), &again);
        let problems: Vec<Diagnostic> =
            partial.clone().into_iter().chain(stopped).chain(interrupted.clone()).collect();
        if let Some(stopped) = &creation.stopped {
            print::diagnostics(&stopped.0);
        }
        let ending = self.outcome(&creation.plan, &creation.outcome, made, &problems, &again);
        print::diagnostics(partial.as_slice());
        self.tell(interrupted.as_slice());
        ending
    }

    /// Says that a signal kept the plan from being made so.
    fn interrupted(&self, is_complete: bool, again: &str) -> Option<Diagnostic> {
        let signal = self.session.signals.received().filter(|_| !is_complete)?;
        let summary = "the run was interrupted; what was done stays done";
        Some(
            Diagnostic::error(codes::INTERRUPTED, summary)
                .found(signal.name())
                .fix(format!("go on with: {again}")),
        )
    }

    /// Tells problems that people read in the result.
    fn tell(&self, problems: &[Diagnostic]) {
        if self.session.global.output != Format::Human {
            print::diagnostics(problems);
        }
    }

    fn remarks(&self, remarks: Vec<Remark>, succeeded: bool) {
        if self.session.global.output == Format::Sarif {
            (self.print)(&sarif::log(&remarks, &self.policy, succeeded));
        } else {
            print::line(&github::annotations(None, &remarks));
        }
    }

    fn refuse(&self, plan: &Plan, verdict: &Verdict) -> Ending {
        let missing: &[Missing] = if let Verdict::Needs(missing) = verdict { missing } else { &[] };
        let reasons = reasons(plan, verdict);
        match self.session.global.output {
            Format::Human | Format::Markdown => {
                print::human(|out| human::plan(out, self.session.page, plan, missing, self.show_unmanaged));
            }
            Format::Json => (self.print)(&json::refused(plan, &reasons)),
            Format::NeonJson => (self.print)(&neon_json::refusal(plan)),
            Format::Sarif | Format::Github => {
                let mut remarks = remarks::plan(plan, missing, None);
                remarks.extend(reasons.iter().map(remarks::problem));
                self.remarks(remarks, false);
            }
        }
        print::diagnostics(&reasons);
        Ending::Incomplete
    }
}

/// A line for each change once it has ended, and progress meanwhile.
fn say(session: &Session, event: &Event<'_>) {
    progress::heard(event);
    match event {
        Event::Started { .. } | Event::Looking => {}
        Event::Done { .. } if session.global.quiet => {}
        Event::Done { address, action } => {
            print::note(&format!("{} {}", session.page.sign(*action), printable(&address.to_string())));
        }
        Event::Failed { address, failure } => {
            print::note(&format!("! {} failed", printable(&address.to_string())));
            print::diagnostics(&failure.0);
        }
        Event::Skipped { address, because } => print::note(&format!(
            "! {} skipped: {}",
            printable(&address.to_string()),
            remarks::skipped(because)
        )),
    }
}

/// Why an apply is refused, one problem for each reason.
fn reasons(plan: &Plan, verdict: &Verdict) -> Vec<Diagnostic> {
    match verdict {
        Verdict::Allowed => Vec::new(),
        Verdict::Impossible => vec![
            Diagnostic::error(
                codes::CONFLICT,
                "the plan holds changes that cannot be made; nothing was changed",
            )
            .found(listed(plan.impossible.iter().map(|finding| &finding.address)))
            .fix("see each change for what to do about it"),
        ],
        Verdict::Unknown => vec![unknown(plan)],
        Verdict::Needs(missing) => missing.iter().map(|need| reason(plan, *need)).collect(),
    }
}

/// Why a plan that holds values nobody knows is not made so.
fn unknown(plan: &Plan) -> Diagnostic {
    let summary = "the plan holds values that this run does not know; nothing was changed";
    Diagnostic::error(codes::UNKNOWN_VALUE, summary)
        .found(listed(plan.unknown().into_iter()))
        .fix("apply without --untrusted, or allow the variables that they depend on with --env-allow")
}

fn reason(plan: &Plan, need: Missing) -> Diagnostic {
    let problem = match need {
        Missing::ProtectedBranch => {
            Diagnostic::error(codes::PROTECTED_BRANCH, "the branch is protected; nothing was changed")
                .found(plan.target.name.as_str())
        }
        Missing::OverrideUpdates => {
            Diagnostic::error(codes::CONFLICT, "settings that exist would be overridden; nothing was changed")
                .found(listed(with_impact(plan, Impact::Override)))
        }
        Missing::Prune => {
            Diagnostic::error(codes::CONFLICT, "resources would be deleted; nothing was changed")
                .found(listed(with_impact(plan, Impact::Destructive)))
        }
    };
    problem.fix(format!("pass {} to agree", need.flag()))
}

fn with_impact(plan: &Plan, impact: Impact) -> impl Iterator<Item = &Address> {
    plan.changes().filter(move |(_, change)| change.impact == impact).map(|(address, _)| address)
}

fn listed<'a>(addresses: impl Iterator<Item = &'a Address>) -> String {
    let mut names: Vec<String> = addresses.map(ToString::to_string).collect();
    names.dedup();
    names.join(", ")
}
