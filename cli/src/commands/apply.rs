//! `neonform apply`: plan, judge, make it so, report (spec 4.6).

use neonform_engine::apply::{Outcome, apply};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::event::Event;
use neonform_engine::gate::{Consent, Missing, Verdict, judge};
use neonform_engine::kind::Provider;
use neonform_engine::plan::Plan;
use neonform_neon::Scope;

use super::Ending;
use crate::args::{ApplyArgs, Format};
use crate::backend::Connection;
use crate::output::text::printable;
use crate::output::{human, json, neon_json};
use crate::session::Session;
use crate::{pipeline, print};

/// Plans, judges, applies and reports.
pub(super) async fn run(session: &Session, args: &ApplyArgs) -> Result<Ending, Failure> {
    let source = session.source(&args.policy)?;
    let connection = Connection::open(&session.global, &session.working).await?;
    let ending = run_on(session, args, &source, &connection).await;
    connection.close().await;
    ending
}

async fn run_on(
    session: &Session,
    args: &ApplyArgs,
    source: &pipeline::Source,
    connection: &Connection,
) -> Result<Ending, Failure> {
    let project = session.project(&connection.client).await?;
    let bundler = Session::bundler(source);
    let announce = |found: &_| session.announce(found);
    let branch = session.branch(&project);
    let (provider, plan) =
        pipeline::plan(source, &connection.client, &project, branch, bundler, &announce).await?;
    print::warnings(&plan.warnings);
    let consent = Consent { update_existing: args.update_existing, allow_protected: args.allow_protected };
    match judge(&plan, consent) {
        Verdict::Allowed => {
            let outcome = make_so(session, &provider, &plan).await;
            Ok(report(session, &plan, &outcome))
        }
        verdict => Ok(refuse(session, &plan, &verdict)),
    }
}

async fn make_so(session: &Session, provider: &Provider<Scope>, plan: &Plan) -> Outcome {
    if session.global.output == Format::Human {
        print::human(|out| human::plan(out, plan, &[]));
    }
    apply(provider, plan, &|event| say(&event)).await
}

fn say(event: &Event<'_>) {
    match event {
        Event::Started { .. } => {}
        Event::Done { address, action } => {
            anstream::eprintln!("{} {}", action.glyph(), printable(&address.to_string()))
        }
        Event::Failed { address, failure } => {
            anstream::eprintln!("! {} failed", printable(&address.to_string()));
            print::diagnostics(&failure.0);
        }
        Event::Skipped { address, because } => anstream::eprintln!(
            "! {} skipped: it needs {}",
            printable(&address.to_string()),
            printable(&because.to_string())
        ),
    }
}

fn report(session: &Session, plan: &Plan, outcome: &Outcome) -> Ending {
    match session.global.output {
        Format::Human if plan.is_empty() => {}
        Format::Human => print::human(|out| human::outcome(out, plan, outcome, &again())),
        Format::Json => print::json(&json::plan(plan, Some(outcome))),
        Format::NeonJson => print::json(&neon_json::result(plan, Some(outcome))),
    }
    if outcome.is_complete() { Ending::Done } else { Ending::Incomplete }
}

/// The command as it was given, with a key on it left out.
fn again() -> String {
    let mut words = Vec::new();
    let mut hide_next = false;
    for word in std::env::args().skip(1) {
        if hide_next || word.starts_with("--api-key=") {
            hide_next = false;
            continue;
        }
        hide_next = word == "--api-key";
        if !hide_next {
            let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c));
            words.push(if plain { word } else { format!("'{}'", word.replace('\'', r"'\''")) });
        }
    }
    format!("neonform {}", words.join(" "))
}

fn refuse(session: &Session, plan: &Plan, verdict: &Verdict) -> Ending {
    let missing: &[Missing] = if let Verdict::Needs(missing) = verdict { missing } else { &[] };
    let reasons = reasons(plan, verdict);
    match session.global.output {
        Format::Human => print::human(|out| human::plan(out, plan, missing)),
        Format::Json => print::json(&json::refused(plan, &reasons)),
        Format::NeonJson => print::json(&neon_json::refusal(plan)),
    }
    print::diagnostics(&reasons);
    Ending::Incomplete
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
        Verdict::Needs(missing) => missing.iter().map(|need| reason(plan, *need)).collect(),
    }
}

fn reason(plan: &Plan, need: Missing) -> Diagnostic {
    let problem = match need {
        Missing::ProtectedBranch => {
            Diagnostic::error(codes::PROTECTED_BRANCH, "the branch is protected; nothing was changed")
                .found(plan.target.name.as_str())
        }
        Missing::OverrideUpdates => {
            let additive = neonform_engine::change::Impact::Additive;
            let overriding =
                plan.changes().filter(|(_, change)| change.impact > additive).map(|(address, _)| address);
            Diagnostic::error(codes::CONFLICT, "settings that exist would be overridden; nothing was changed")
                .found(listed(overriding))
        }
    };
    problem.fix(format!("pass {} to agree", need.flag()))
}

fn listed<'a>(addresses: impl Iterator<Item = &'a neonform_engine::address::Address>) -> String {
    let mut names: Vec<String> = addresses.map(ToString::to_string).collect();
    names.dedup();
    names.join(", ")
}
