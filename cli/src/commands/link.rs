//! `neonform link`: which project and branch a directory is about, and with `--local` on which backend (spec 5.3).

use std::path::Path;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;
use neonform_neon::target;

use super::Ending;
use crate::args::{Global, LinkArgs, PolicyArgs};
use crate::backend::Connection;
use crate::context::Context;
use crate::output::pinned::{Applied, Pinned};
use crate::output::text::printable;
use crate::session::Session;
use crate::{ask, env_pull, print};

/// Chooses, pins, pulls.
pub(super) async fn run(session: &Session, args: &LinkArgs) -> Result<Ending, Failure> {
    session.refuse_formats_of_plans()?;
    if args.clear {
        return clear(session);
    }
    let session = match &args.local {
        Some(file) => on_embedded_backend(session, file.as_deref())?,
        None => session.with(session.global.clone(), session.context.clone()),
    };
    if args.no_checks {
        return unchecked(&session, args);
    }
    let connection = Connection::open(&session).await?;
    let linked = link(&session, args, &connection).await;
    connection.close().await;
    linked
}

/// A session whose context pins the embedded backend. What the context said of another backend goes.
fn on_embedded_backend(session: &Session, file: Option<&Path>) -> Result<Session, Failure> {
    let backend = match file {
        None => "local".to_owned(),
        Some(file) => format!("local:{}", file.display()),
    };
    if file.is_some_and(|file| file.to_str().is_none()) {
        return Err(Diagnostic::error(
            codes::USAGE,
            "the embedded backend's file has a name that is not Unicode",
        )
        .found(backend)
        .fix("name another file")
        .into());
    }
    let (file, exists) = (session.context.file.clone(), session.context.exists);
    let same = session.context.backend.as_ref() == Some(&backend);
    let before = if same { session.context.clone() } else { Context { file, exists, ..Context::default() } };
    Ok(session.with(session.global.clone(), Context { backend: Some(backend), ..before }))
}

fn clear(session: &Session) -> Result<Ending, Failure> {
    let (file, exists) = (session.context.file.clone(), session.context.exists);
    if exists {
        Context { file: file.clone(), exists, ..Context::default() }.write()?;
    }
    if session.is_for_people() {
        let file = file.strip_prefix(&session.working).unwrap_or(&file);
        print::line(&format!("Nothing is pinned in {} any more.", printable(&file.display().to_string())));
    }
    Ok(Ending::Done)
}

/// Pins what the flags say; the command line sees to it that both are there.
fn unchecked(session: &Session, args: &LinkArgs) -> Result<Ending, Failure> {
    let Global { project_id: Some(project), branch: Some(branch), .. } = &session.global else {
        return Ok(Ending::Incomplete);
    };
    let target = Target { organization: args.org_id.clone(), ..Target::named(project, branch) };
    let context = session.context.pinning(&target);
    context.write()?;
    Ok(finish(session, &target, &context, None))
}

async fn link(session: &Session, args: &LinkArgs, connection: &Connection) -> Result<Ending, Failure> {
    let client = &connection.client;
    let pinned = session.context.project.as_ref().filter(|_| session.global.branch.is_some());
    let project = match session.global.project_id.as_ref().or(pinned) {
        Some(project) => project.clone(),
        None => choose_project(args, connection).await?,
    };
    let survey = target::survey(client, &project).await?;
    let names: Vec<String> = survey.all().into_iter().map(|found| found.target.name).collect();
    let branch = match (&session.global.branch, names.as_slice()) {
        (Some(named), _) => Some(named.clone()),
        (None, [_]) => None,
        (None, _) if args.yes => None,
        (None, names) => Some(choose_branch(names)?),
    };
    let found = survey.find(branch.as_deref())?;
    let target = Target { organization: args.org_id.clone().or(found.target.organization), ..found.target };
    let context = session.context.pinning(&target);
    context.write()?;
    let mut environment = None;
    if !args.env_pull.no_env_pull {
        let session = session.on(&target.project, &found.id);
        environment = Some(env_pull::along_the_way(&session, connection, &PolicyArgs::default()).await);
    }
    Ok(finish(session, &target, &context, environment))
}

fn finish(session: &Session, target: &Target, context: &Context, environment: Option<bool>) -> Ending {
    let (applied, next) = (Applied::NoPolicy, None);
    let context = Some(context);
    Pinned { command: "link", target, is_new: false, context, applied, environment, next }.print(session);
    Ending::Done
}

async fn choose_project(args: &LinkArgs, connection: &Connection) -> Result<String, Failure> {
    let projects = target::projects(&connection.client, args.org_id.as_deref()).await?;
    let shown = |(id, name): &(String, String)| format!("{id} ({name})");
    match projects.as_slice() {
        [(only, _)] => Ok(only.clone()),
        [] => Err(Diagnostic::error(codes::MISSING_CONTEXT, "the account has no project")
            .fix("create one in the Neon console, or link to the embedded backend with --local")
            .into()),
        several if !args.yes && ask::is_possible() => {
            let shown: Vec<String> = several.iter().map(shown).collect();
            let chosen = ask::choose("Which project?", &shown)?.and_then(|index| several.get(index));
            chosen.map(|(id, _)| id.clone()).ok_or_else(|| nothing_chosen("--project-id"))
        }
        several => {
            let listed: Vec<String> = several.iter().map(shown).collect();
            Err(Diagnostic::error(codes::MISSING_CONTEXT, "no project is named")
                .found("an account with several projects")
                .expected(format!("one of {}", listed.join(", ")))
                .fix("pass --project-id")
                .into())
        }
    }
}

fn choose_branch(names: &[String]) -> Result<String, Failure> {
    if !ask::is_possible() {
        return Err(Diagnostic::error(codes::USAGE, "no branch is named")
            .expected(format!("one of {}", names.join(", ")))
            .fix("pass --branch, or -y for the default branch")
            .into());
    }
    let chosen = ask::choose("Which branch?", names)?.and_then(|index| names.get(index));
    chosen.cloned().ok_or_else(|| nothing_chosen("--branch"))
}

fn nothing_chosen(flag: &str) -> Failure {
    Diagnostic::error(codes::USAGE, "nothing was chosen; nothing was changed")
        .fix(format!("pass {flag}"))
        .into()
}
