//! `neonform triggers`: what calls functions, without a policy. A trigger is named by its name or by its id.

use neonform_engine::diagnostic::{Failure, codes};
use neonform_engine::kind::Kind;
use neonform_neon::Reported;
use neonform_neon::function::manage::slug_fault;
use neonform_neon::trigger::manage::{self, Changes, TriggerReport, cron_fault};
use neonform_neon::trigger::{Settings, Source, Trigger};
use serde_json::Value as Json;

use super::Ending;
use super::functions::unknown;
use crate::args::{
    ConsentArgs, Format, TriggerCreateArgs, TriggerDeleteArgs, TriggerUpdateArgs, TriggersCommand,
};
use crate::on_branch::{OnBranch, missing, on_branch};
use crate::output::deletion::deleted;
use crate::output::triggers::{self, document};
use crate::session::Session;
use crate::{consent, print};

/// Does one of them.
pub(super) async fn run(session: &Session, command: &TriggersCommand) -> Result<Ending, Failure> {
    on_branch(session, async |branch: OnBranch| match command {
        TriggersCommand::List => list(session, &branch).await,
        TriggersCommand::Get(args) => {
            let found = require(&branch, &args.id).await?;
            show(session, &branch, "triggers get", &found);
            Ok(())
        }
        TriggersCommand::Create(args) => create(session, &branch, args).await,
        TriggersCommand::Update(args) => update(session, &branch, args).await,
        TriggersCommand::Enable(args) => switch(session, &branch, &args.id, args.consent, true).await,
        TriggersCommand::Disable(args) => switch(session, &branch, &args.id, args.consent, false).await,
        TriggersCommand::Delete(args) => delete(session, &branch, args).await,
    })
    .await?;
    Ok(Ending::Done)
}

async fn list(session: &Session, branch: &OnBranch) -> Result<(), Failure> {
    let found = manage::list(&branch.scope).await?;
    let mut read: Vec<&TriggerReport> = found.iter().map(|trigger| &trigger.read).collect();
    // The platform's order is that of ids, which mean nothing to anybody.
    read.sort_by(|a, b| a.name.cmp(&b.name));
    match session.global.output {
        Format::NeonJson => print::json(&found.iter().map(|trigger| trigger.raw.clone()).collect::<Json>()),
        Format::Json => print::json(&document("triggers list", &branch.target, &read)),
        _ => print::human(|out| triggers::list(out, session.page, &read)),
    }
    Ok(())
}

fn show(session: &Session, branch: &OnBranch, command: &str, found: &Reported<TriggerReport>) {
    match session.global.output {
        Format::NeonJson => print::json(&found.raw),
        Format::Json => print::json(&document(command, &branch.target, &[&found.read])),
        _ => print::human(|out| triggers::one(out, session.page, &found.read)),
    }
}

/// The trigger of this id, else of this name.
async fn require(branch: &OnBranch, named: &str) -> Result<Reported<TriggerReport>, Failure> {
    let mut found = manage::list(&branch.scope).await?;
    let place = found.iter().position(|trigger| trigger.read.trigger_id == named);
    match place.or_else(|| found.iter().position(|trigger| trigger.read.name == named)) {
        Some(place) => Ok(found.swap_remove(place)),
        None => {
            let names: Vec<&str> = found.iter().map(|trigger| trigger.read.name.as_str()).collect();
            Err(missing(Trigger::NAME, named, &branch.target, &names).into())
        }
    }
}

async fn create(session: &Session, branch: &OnBranch, args: &TriggerCreateArgs) -> Result<(), Failure> {
    let faults = slug_fault(&args.function_slug).into_iter().chain(args.cron.as_deref().and_then(cron_fault));
    let faults: Vec<_> = faults.collect();
    if !faults.is_empty() {
        return Err(Failure(faults));
    }
    consent::check(&branch.target, args.consent)?;
    let source = match (&args.cron, &args.bucket) {
        (Some(cron), _) => Source::Schedule(cron.clone()),
        (None, bucket) => Source::Storage {
            bucket: bucket.clone().unwrap_or_default(),
            prefix: args.prefix.clone().filter(|prefix| !prefix.is_empty()),
        },
    };
    let settings = Settings {
        function: args.function_slug.clone(),
        path: args.function_path.clone().unwrap_or_else(|| "/".to_owned()),
        enabled: args.switch.wanted().unwrap_or(true),
        source,
    };
    match manage::create(&branch.scope, &args.name, &settings).await {
        Err(failure) if failure.is(codes::NOT_FOUND) => {
            Err(unknown(branch, &args.function_slug, failure).await)
        }
        made => {
            show(session, branch, "triggers create", &made?);
            Ok(())
        }
    }
}

async fn update(session: &Session, branch: &OnBranch, args: &TriggerUpdateArgs) -> Result<(), Failure> {
    let changes = Changes {
        name: args.name.clone(),
        function: args.function_slug.clone(),
        path: args.function_path.clone(),
        enabled: args.switch.wanted(),
        cron: args.cron.clone(),
        bucket: args.bucket.clone(),
        prefix: args.prefix.clone(),
    };
    change(session, branch, &args.id, args.consent, &changes, "triggers update").await
}

async fn switch(
    session: &Session,
    branch: &OnBranch,
    id: &str,
    consent: ConsentArgs,
    on: bool,
) -> Result<(), Failure> {
    let changes = Changes { enabled: Some(on), ..Changes::default() };
    change(session, branch, id, consent, &changes, if on { "triggers enable" } else { "triggers disable" })
        .await
}

async fn change(
    session: &Session,
    branch: &OnBranch,
    id: &str,
    consent: ConsentArgs,
    changes: &Changes,
    command: &str,
) -> Result<(), Failure> {
    consent::check(&branch.target, consent)?;
    let found = require(branch, id).await?.read;
    let mut faults = changes.faults(&found);
    faults.extend(changes.function.as_deref().and_then(slug_fault));
    if !faults.is_empty() {
        return Err(Failure(faults));
    }
    let made = match manage::update(&branch.scope, &found, changes).await {
        Err(failure) if failure.is(codes::NOT_FOUND) => {
            let slug = changes.function.as_ref().unwrap_or(&found.function_slug);
            return Err(unknown(branch, slug, failure).await);
        }
        made => made?,
    };
    show(session, branch, command, &made);
    if found.inherited && !session.global.quiet {
        let state =
            if made.read.enabled { "switched on here: it runs as its parent's does" } else { "still off" };
        print::note(&format!("It came from the parent branch. The branch has its own now, {state}."));
    }
    Ok(())
}

async fn delete(session: &Session, branch: &OnBranch, args: &TriggerDeleteArgs) -> Result<(), Failure> {
    consent::check(&branch.target, args.deletion.consent)?;
    let TriggerReport { trigger_id, name, inherited, .. } = require(branch, &args.id).await?.read;
    let note = if inherited { ", which came from the parent and does not come back," } else { "" };
    consent::deletion(&format!("trigger {name}{note} from branch {}", branch.target.name), args.deletion)?;
    manage::delete(&branch.scope, &trigger_id).await?;
    deleted(session, "triggers delete", &branch.target, Trigger::NAME, &name);
    Ok(())
}
