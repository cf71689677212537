//! `neonform eval`: the resolved policy for a branch described by flags. Touches no network.

use neonform_engine::diagnostic::Failure;
use neonform_engine::target::Target;

use super::Ending;
use crate::args::EvalArgs;
use crate::output::json;
use crate::session::Session;
use crate::{pipeline, print};

/// Evaluates, resolves and prints; secrets are masked.
pub(super) async fn run(session: &Session, args: &EvalArgs) -> Result<Ending, Failure> {
    let source = session.source(&args.policy)?;
    let mut loaded = source.load().await?;
    let desired = pipeline::resolve(&mut loaded, &target(session, args)).await?;
    print::warnings(&desired.warnings);
    print::json(&json::masked(&desired.resolved));
    Ok(Ending::Done)
}

/// The branch that the flags describe: without any, an existing default branch called `main`.
pub(super) fn target(session: &Session, args: &EvalArgs) -> Target {
    let named = session.global.branch.as_deref().or(session.context.branch.as_deref());
    let fact = |value: bool| (!args.new).then_some(value);
    Target {
        project: session.global.project_id.clone().or(session.context.project.clone()).unwrap_or_default(),
        organization: None,
        name: named.unwrap_or("main").to_owned(),
        id: args.id.clone(),
        exists: !args.new,
        parent_id: args.parent.clone(),
        is_default: fact(args.default || named.is_none()),
        is_protected: fact(args.protected),
        expires_at: args.expires_at.clone(),
        created_at: None,
    }
}
