//! Names that could come next: branches and projects from the API, functions from the policy.
//!
//! The words so far say which API and which policy. The API gets a second, and what it said is kept for a moment
//! (`kept.rs`); the policy runs in its sandbox as ever. A name that a shell would not take for one plain word is
//! left out: branches of strangers are not to become commands.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, FromArgMatches};
use clap_complete::CompletionCandidate;
use neonform_engine::diagnostic::Failure;
use neonform_engine::target::Target;
use neonform_neon::client::Client;
use neonform_neon::environment::{NAMES, SERVICES};
use neonform_neon::{names, target};

use super::kept::Kept;
use crate::args::{self, Global, PolicyArgs};
use crate::backend::Connection;
use crate::functions::declared;
use crate::invocation::quoted;
use crate::pipeline;
use crate::session::Session;
use crate::signals::Signals;

/// How long the API may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// Seconds that the policy may run.
const POLICY_SECONDS: u32 = 2;

/// Names of branches.
pub fn branches() -> Vec<CompletionCandidate> {
    let mut found = read_names("branches", async |session, client| {
        let project = session.project(client).await?;
        names::branches(client, &project).await
    });
    found.sort_unstable();
    words(&found)
}

/// Ids of projects.
pub fn projects() -> Vec<CompletionCandidate> {
    let found = read_names("projects", async |_, client| {
        let projects = target::projects(client, None).await?;
        Ok(projects.into_iter().map(|(id, _)| id).collect())
    });
    words(&found)
}

/// Slugs of the policy's functions.
pub fn functions() -> Vec<CompletionCandidate> {
    words(&slugs())
}

/// Addresses of the policy's functions.
pub fn addresses() -> Vec<CompletionCandidate> {
    words(&slugs().iter().map(|slug| format!("function.{slug}")).collect::<Vec<_>>())
}

/// Services that have variables.
pub fn services() -> Vec<CompletionCandidate> {
    SERVICES.iter().map(|(_, word)| CompletionCandidate::new(*word)).collect()
}

/// Variables of a branch.
pub fn variables() -> Vec<CompletionCandidate> {
    NAMES.iter().map(|(name, _)| CompletionCandidate::new(*name)).collect()
}

/// Where resources live.
pub fn backends() -> Vec<CompletionCandidate> {
    ["neon", "local"].into_iter().map(CompletionCandidate::new).collect()
}

fn words(names: &[String]) -> Vec<CompletionCandidate> {
    let plain = names.iter().filter(|name| quoted(name) == **name);
    plain.map(CompletionCandidate::new).collect()
}

/// The words so far, as far as they make sense.
struct Written {
    session: Session,
    policy: PolicyArgs,
}

fn written() -> Option<Written> {
    let words = super::WORDS.get()?;
    let matches = args::command().ignore_errors(true).try_get_matches_from(words).ok()?;
    let global = Global::from_arg_matches(&matches).ok()?;
    let policy = PolicyArgs {
        config: file(&matches, "config"),
        env: file(&matches, "env"),
        timeout: Some(POLICY_SECONDS),
        ..PolicyArgs::default()
    };
    Some(Written { session: Session::new(global, Arc::<Signals>::default()).ok()?, policy })
}

/// The file that a flag of the command names, where the command has such a flag.
fn file(matches: &ArgMatches, flag: &str) -> Option<PathBuf> {
    let mut command = matches;
    while let Some((_, inner)) = command.subcommand() {
        command = inner;
    }
    command.try_get_one::<PathBuf>(flag).ok().flatten().cloned()
}

fn read_names(
    what: &str,
    read: impl AsyncFnOnce(&Session, &Client) -> Result<Vec<String>, Failure>,
) -> Vec<String> {
    let Some(Written { session, .. }) = written() else { return Vec::new() };
    let asked = async {
        let kept = Kept::of(&session, what);
        if let Some(names) = kept.as_ref().and_then(Kept::read) {
            return Some(names);
        }
        let connection = Connection::open_existing(&session).await.ok()??;
        let names = read(&session, &connection.client).await;
        connection.close().await;
        let names = names.ok()?;
        kept.inspect(|kept| kept.write(&names));
        Some(names)
    };
    within(PATIENCE, asked).unwrap_or_default()
}

fn slugs() -> Vec<String> {
    let Some(Written { session, policy }) = written() else { return Vec::new() };
    let asked = async {
        let loaded = session.source(&policy).ok()?.load().await.ok()?;
        let branch = session.global.branch.as_ref().or(session.context.branch.as_ref());
        let target = Target::named("", branch.map_or("main", String::as_str));
        let desired = pipeline::resolve_without_values(loaded, &target).await.ok()?;
        Some(declared(&desired.resolved).into_iter().map(|(slug, _)| slug).collect())
    };
    within(Duration::from_secs((POLICY_SECONDS + 1).into()), asked).unwrap_or_default()
}

/// What is known in time; the process ends anyway, so that nothing is waited for.
fn within<Found>(time: Duration, asked: impl Future<Output = Option<Found>>) -> Option<Found> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().ok()?;
    let found = runtime.block_on(async { tokio::time::timeout(time, asked).await });
    runtime.shutdown_background();
    found.ok().flatten()
}
