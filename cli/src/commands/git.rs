//! `neonform git`: which branch belongs to which git branch, and a hook that follows `git checkout`.
//!
//! Notes are kept in the context file at the repository's root, where a hook runs, in the reference's own notation. It
//! has to be there already: a file made here would come before the one that an upper folder has.

use std::fs;
use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_neon::branch::manage;
use neonform_neon::target;
use serde_json::{Value as Json, json};

use super::Ending;
use super::checkout::{self, Offered};
use crate::args::{
    CheckoutArgs, ConsentArgs, DeletionArgs, Format, GitCleanupArgs, GitCommand, GitMapArgs, GitSyncArgs,
    PolicyArgs,
};
use crate::backend::Connection;
use crate::context::{self, Context};
use crate::git::Repository;
use crate::output::text::printable;
use crate::session::Session;
use crate::{consent, env, print};

/// The hook's name.
const HOOK: &str = "post-checkout";
/// By this line our hook is known.
const MARK: &str = "# Managed by neonform git: see neonform git uninstall";
/// Follows a checkout of a branch ($3 is 1), and never stands in its way.
const SCRIPT: &str = "[ \"$3\" = 1 ] || exit 0
command -v neonform >/dev/null 2>&1 || exit 0
NEON_GIT_HOOK=1 neonform git sync --quiet || true
";

/// Does one of them.
pub(super) async fn run(session: &Session, command: &GitCommand) -> Result<Ending, Failure> {
    session.refuse_formats_of_plans()?;
    let Some(repository) = Repository::around(&session.working) else {
        return Err(Diagnostic::error(codes::USAGE, "this is not a git repository, or git is not installed")
            .found(session.working.display().to_string())
            .fix("run it in a repository")
            .into());
    };
    let context = Context::at(repository.root.join(context::NAME));
    match command {
        GitCommand::Status => Ok(status(session, &repository, &context)),
        GitCommand::Map(args) => map(session, &repository, context, args),
        GitCommand::Sync(args) => sync(session, &repository, context, args).await,
        GitCommand::Install => install(session, &repository, context),
        GitCommand::Uninstall => uninstall(session, &repository, context),
        GitCommand::Cleanup(args) => cleanup(session, &repository, context, args).await,
    }
}

/// What is at the place of the hook.
enum Hook {
    None,
    Ours,
    Foreign,
}

fn hook(path: &Path) -> Hook {
    match fs::read_to_string(path) {
        Ok(text) if text.lines().any(|line| line == MARK) => Hook::Ours,
        Ok(_) => Hook::Foreign,
        Err(_) if path.symlink_metadata().is_ok() => Hook::Foreign,
        Err(_) => Hook::None,
    }
}

fn status(session: &Session, repository: &Repository, context: &Context) -> Ending {
    let is_installed = repository.hook(HOOK).is_some_and(|path| matches!(hook(&path), Hook::Ours));
    let noted = repository.branch.as_deref().and_then(|branch| context.mapped(branch));
    let offered = Offered::of(session).map(|offered| offered.name);
    let mappings: serde_json::Map<String, Json> =
        context.mappings().map(|(git, branch)| (git.to_owned(), branch.into())).collect();
    match session.global.output {
        Format::Human => {
            let git = repository.branch.as_deref().map_or("none, HEAD is detached".to_owned(), printable);
            print::line(&format!("Git branch: {git}"));
            let branch = match (noted, &offered) {
                (Some(noted), _) => printable(noted),
                (None, Some(offered)) => format!("{}, by its name", printable(offered)),
                (None, None) => "none".to_owned(),
            };
            print::line(&format!("Branch: {branch}"));
            let pinned = session.context.branch.as_deref().map_or("none".to_owned(), printable);
            print::line(&format!("Pinned: {pinned}"));
            let follows = if is_installed && context.is_followed() { "yes" } else { "no" };
            print::line(&format!("Follows git checkout: {follows}"));
            for (git, branch) in context.mappings() {
                print::line(&format!("Noted: {} for {}", printable(branch), printable(git)));
            }
        }
        Format::Json => print::json(&json!({
            "version": 1,
            "gitBranch": repository.branch,
            "branch": offered,
            "isNoted": noted.is_some(),
            "pinned": session.context.branch,
            "isHookInstalled": is_installed,
            "followsCheckout": context.is_followed(),
            "notes": mappings,
        })),
        _ => print::json(&json!({
            "gitBranch": repository.branch,
            "hookInstalled": is_installed,
            "followOnCheckout": context.is_followed(),
            "mappedNeonBranch": noted,
            "mappings": mappings,
        })),
    }
    Ending::Done
}

fn map(
    session: &Session,
    repository: &Repository,
    context: Context,
    args: &GitMapArgs,
) -> Result<Ending, Failure> {
    let git_branch = args.git_branch.as_ref().or(repository.branch.as_ref()).ok_or_else(|| {
        Diagnostic::error(codes::USAGE, "no git branch is checked out").fix("name one with --git-branch")
    })?;
    linked(&context)?;
    note(context, git_branch, &args.name)?;
    say(
        session,
        &format!("Branch {} belongs to the git branch {}.", printable(&args.name), printable(git_branch)),
    );
    Ok(Ending::Done)
}

fn note(context: Context, git_branch: &str, name: &str) -> Result<(), Failure> {
    let mut mappings: Vec<(String, String)> =
        context.mappings().map(|(git, branch)| (git.to_owned(), branch.to_owned())).collect();
    mappings.retain(|(git, _)| git != git_branch);
    mappings.push((git_branch.to_owned(), name.to_owned()));
    context.with_mappings(mappings).write()
}

/// Checks out the branch that belongs to the git branch, and notes which one it was.
async fn sync(
    session: &Session,
    repository: &Repository,
    context: Context,
    args: &GitSyncArgs,
) -> Result<Ending, Failure> {
    if env::given(env::NEON_GIT_HOOK).is_some() && !context.is_followed() {
        return Ok(Ending::Done);
    }
    let Some(Offered { git_branch, name }) = Offered::of(session) else {
        say(session, "HEAD is detached: no branch belongs to it.");
        return Ok(Ending::Done);
    };
    let checkout = CheckoutArgs {
        name: Some(name),
        create: args.create,
        env_pull: args.env_pull.clone(),
        policy: PolicyArgs::default(),
    };
    let ending = checkout::run(session, &checkout).await?;
    // The notes are about the project that is pinned at the root.
    let after = Context::at(repository.root.join(context::NAME));
    let pinned = Context::at(session.context.file.clone());
    if let (Some(branch), true) = (&pinned.branch, after.project.is_some() && after.project == pinned.project)
    {
        note(after, &git_branch, branch)?;
    }
    Ok(ending)
}

fn install(session: &Session, repository: &Repository, context: Context) -> Result<Ending, Failure> {
    linked(&context)?;
    let path = place(repository)?;
    if matches!(hook(&path), Hook::Foreign) {
        return Err(Diagnostic::error(
            codes::ALREADY_EXISTS,
            "there is another post-checkout hook; it was not changed",
        )
        .found(path.display().to_string())
        .fix("add the line \"neonform git sync --quiet || true\" to it, or move it away")
        .into());
    }
    write_hook(&path).map_err(|cause| {
        Diagnostic::error(codes::USAGE, "the hook cannot be written")
            .found(path.display().to_string())
            .fact("cause", cause.to_string())
    })?;
    context.following(true).write()?;
    say(session, "From now on git checkout checks out the branch that belongs to the git branch.");
    Ok(Ending::Done)
}

fn write_hook(path: &Path) -> std::io::Result<()> {
    path.parent().map(fs::create_dir_all).transpose()?;
    fs::write(path, format!("#!/bin/sh\n{MARK}\n{SCRIPT}"))?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

fn uninstall(session: &Session, repository: &Repository, context: Context) -> Result<Ending, Failure> {
    let path = place(repository)?;
    let said = match hook(&path) {
        Hook::None => "There is no hook.",
        Hook::Foreign => "There is another hook, which was not changed.",
        Hook::Ours => {
            fs::remove_file(&path).map_err(|cause| {
                Diagnostic::error(codes::USAGE, "the hook cannot be removed")
                    .found(path.display().to_string())
                    .fact("cause", cause.to_string())
            })?;
            "The hook is gone."
        }
    };
    if context.exists {
        context.following(false).write()?;
    }
    say(session, &format!("{said} Git checkout is not followed."));
    Ok(Ending::Done)
}

fn place(repository: &Repository) -> Result<PathBuf, Failure> {
    repository.hook(HOOK).ok_or_else(|| {
        Diagnostic::error(codes::USAGE, "git does not say where its hooks are")
            .found(repository.root.display().to_string())
            .into()
    })
}

/// Forgets git branches that are gone; their branches are deleted where that is asked for.
async fn cleanup(
    session: &Session,
    repository: &Repository,
    context: Context,
    args: &GitCleanupArgs,
) -> Result<Ending, Failure> {
    let local = repository.branches();
    let (kept, gone): (Vec<_>, Vec<_>) = context
        .mappings()
        .map(|(git, branch)| (git.to_owned(), branch.to_owned()))
        .partition(|(git, _)| local.contains(git));
    if gone.is_empty() {
        say(session, "Every git branch that is noted exists.");
        return Ok(Ending::Done);
    }
    let mut orphans: Vec<&String> = gone
        .iter()
        .map(|(_, branch)| branch)
        .filter(|branch| kept.iter().all(|(_, other)| other != *branch))
        .collect();
    orphans.sort();
    orphans.dedup();
    if args.prune_neon_branches && !orphans.is_empty() {
        let project = linked(&context)?;
        let connection = Connection::open(session).await?;
        let pruned = prune(session, &connection, &project, &orphans, args.yes).await;
        connection.close().await;
        pruned?;
    } else if !orphans.is_empty() {
        let names: Vec<String> = orphans.iter().map(|name| printable(name)).collect();
        say(
            session,
            &format!("Still there, and to be deleted with --prune-neon-branches: {}", names.join(", ")),
        );
    }
    let forgotten: Vec<String> = gone.iter().map(|(git, _)| printable(git)).collect();
    context.with_mappings(kept).write()?;
    say(session, &format!("Forgotten: {}", forgotten.join(", ")));
    Ok(Ending::Done)
}

async fn prune(
    session: &Session,
    connection: &Connection,
    project: &str,
    orphans: &[&String],
    yes: bool,
) -> Result<(), Failure> {
    let client = &connection.client;
    let all = target::survey(client, project).await?.all();
    let (mut doomed, mut spared) = (Vec::new(), Vec::new());
    for found in all.iter().filter(|found| orphans.contains(&&found.target.name)) {
        let is_spared = found.target.is_default == Some(true) || found.target.is_protected == Some(true);
        if is_spared { spared.push(found) } else { doomed.push(found) }
    }
    for found in spared {
        say(
            session,
            &format!("Branch {} stays: it is the default one, or protected.", printable(&found.target.name)),
        );
    }
    if doomed.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = doomed.iter().map(|found| found.target.name.as_str()).collect();
    let names = names.join(", ");
    // What is protected is spared already.
    let given = DeletionArgs { yes, consent: ConsentArgs { allow_protected: false } };
    consent::deletion(&format!("branches {names} with all their data"), given)?;
    for found in doomed {
        manage::delete(client, project, &found.id).await?;
        say(
            session,
            &format!("Branch {} ({}) was deleted.", printable(&found.target.name), printable(&found.id)),
        );
    }
    Ok(())
}

/// The project that is pinned at the repository's root.
fn linked(context: &Context) -> Result<String, Failure> {
    context.project.clone().ok_or_else(|| {
        Diagnostic::error(codes::MISSING_CONTEXT, "no project is pinned at the repository's root")
            .expected(format!("{} naming a project", context.file.display()))
            .fix("pin one there with neonform link")
            .into()
    })
}

fn say(session: &Session, text: &str) {
    if session.is_for_people() {
        print::line(text);
    }
}
