//! `neonform functions list` and `get`: what is there.

use neonform_engine::diagnostic::{Failure, codes};
use neonform_engine::kind::Kind;
use neonform_neon::Reported;
use neonform_neon::function::{Function, FunctionReport, manage};
use serde_json::Value as Json;

use super::Ending;
use crate::args::{Format, FunctionGetArgs};
use crate::on_branch::{OnBranch, missing, on_branch};
use crate::output::functions::{self, document};
use crate::print;
use crate::session::Session;

/// Lists the branch's functions.
pub(super) async fn list(session: &Session) -> Result<Ending, Failure> {
    let (OnBranch { target, .. }, found) = on_branch(session, async |branch: OnBranch| {
        let found = manage::list(&branch.scope).await?;
        Ok((branch, found))
    })
    .await?;
    let read: Vec<&FunctionReport> = found.iter().map(|function| &function.read).collect();
    match session.global.output {
        Format::NeonJson => print::json(&found.iter().map(|function| function.raw.clone()).collect::<Json>()),
        Format::Json => print::json(&document("functions list", &target, &read)),
        _ => print::human(|out| functions::list(out, session.page, &read)),
    }
    Ok(Ending::Done)
}

/// Shows one function.
pub(super) async fn get(session: &Session, args: &FunctionGetArgs) -> Result<Ending, Failure> {
    let (branch, found) = on_branch(session, async |branch: OnBranch| {
        let found = require(&branch, &args.slug).await?;
        Ok((branch, found))
    })
    .await?;
    match session.global.output {
        Format::NeonJson => print::json(&found.raw),
        Format::Json => print::json(&document("functions get", &branch.target, &[&found.read])),
        _ => print::human(|out| functions::one(out, session.page, &found.read, args.list_env_variables)),
    }
    Ok(Ending::Done)
}

/// A function that has to be there.
pub(super) async fn require(branch: &OnBranch, slug: &str) -> Result<Reported<FunctionReport>, Failure> {
    match manage::find(&branch.scope, slug).await? {
        Some(found) => Ok(found),
        None => Err(no_such(branch, slug).await?),
    }
}

/// Says that there is no such function, and which there are.
async fn no_such(branch: &OnBranch, slug: &str) -> Result<Failure, Failure> {
    let others = manage::list(&branch.scope).await?;
    let slugs: Vec<&str> = others.iter().map(|function| function.read.slug.as_str()).collect();
    Ok(missing(Function::NAME, slug, &branch.target, &slugs).into())
}

/// What a 404 about something that calls a function means: that there is no such function, if that is so.
pub(in crate::commands) async fn unknown(branch: &OnBranch, slug: &str, failure: Failure) -> Failure {
    match require(branch, slug).await {
        Err(missing) if missing.is(codes::NOT_FOUND) => missing,
        _ => failure,
    }
}
