//! What commands about single things of a branch have in common: the branch, and what to say of what it does not have.

use std::sync::Arc;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;
use neonform_eval::Reads;
use neonform_neon::function::Bundler;
use neonform_neon::{Scope, target};

use crate::backend::Connection;
use crate::bundler::SourceBundler;
use crate::invocation::next;
use crate::session::Session;

/// A branch that was found.
pub struct OnBranch {
    /// What to ask.
    pub scope: Scope,
    /// Its facts.
    pub target: Target,
}

/// Finds the branch that is meant, says which it is, and does something about it.
///
/// # Errors
/// When the format is one that only plans have, the branch cannot be found, or what is done fails.
pub async fn on_branch<T>(
    session: &Session,
    act: impl AsyncFnOnce(OnBranch) -> Result<T, Failure>,
) -> Result<T, Failure> {
    session.refuse_formats_of_plans()?;
    let connection = Connection::open(session).await?;
    let acted = match find(session, &connection).await {
        Ok(branch) => act(branch).await,
        Err(failure) => Err(failure),
    };
    connection.close().await;
    acted
}

async fn find(session: &Session, connection: &Connection) -> Result<OnBranch, Failure> {
    let client = connection.client.clone().until(session.signals.stop.clone());
    let project = session.project(&client).await?;
    let found = target::find(&client, &project, session.branch(&project)).await?;
    session.announce(&found.target);
    let target = found.target.clone();
    let scope = Scope {
        digests: Arc::clone(&connection.digests),
        polling: Session::polling()?,
        ..Scope::of(client, found, nothing_to_bundle(session))
    };
    Ok(OnBranch { scope, target })
}

/// Nothing is bundled through a scope whose functions no policy declares.
fn nothing_to_bundle(session: &Session) -> Arc<dyn Bundler> {
    let working = session.working.clone();
    Arc::new(SourceBundler::new(working.clone(), working, Reads::All, None))
}

/// Says that a branch does not have something, and what it has instead.
pub fn missing(what: &str, name: &str, branch: &Target, known: &[&str]) -> Diagnostic {
    let id = branch.id.as_deref().unwrap_or_default();
    let mut listed: Vec<&str> = known.to_vec();
    listed.sort_unstable();
    let expected = match listed.len() {
        0 => format!("nothing: the branch has no {what}s"),
        _ => format!("one of {}", listed.join(", ")),
    };
    Diagnostic::error(codes::NOT_FOUND, format!("the branch has no such {what}"))
        .found(format!("{name:?} on branch {} ({id})", branch.name))
        .expected(expected)
        .fix("correct the name, or choose another branch with --branch")
        .suggest(name, listed)
}

/// A command about the same branch, to be shown.
pub fn command(session: &Session, words: &str) -> String {
    let global = &session.global;
    let flags = [("--project-id", global.project_id.as_deref()), ("--branch", global.branch.as_deref())];
    next(words, global, &flags)
}
