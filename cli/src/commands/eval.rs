//! `neonform eval`: the resolved policy for a branch described by flags. Touches no network.

use neonform_engine::diagnostic::Failure;
use neonform_engine::target::Target;
use neonform_eval::Loaded;

use super::Ending;
use crate::args::{EvalArgs, EvalCommand, Format};
use crate::output::{json, matrix};
use crate::session::Session;
use crate::{pipeline, print};

/// Evaluates, resolves and prints; secrets are masked.
pub(super) async fn run(session: &Session, command: &EvalCommand) -> Result<Ending, Failure> {
    let args = &command.about;
    let source = session.source(&args.policy)?;
    let mut loaded = source.load().await?;
    if !command.matrix.is_empty() {
        return side_by_side(session, command, &mut loaded).await;
    }
    let desired = pipeline::resolve(&mut loaded, &target(session, args)).await?;
    print::warnings(&desired.warnings);
    let _timed = tracing::debug_span!(target: "neonform::timing", "render").entered();
    print::json(&match session.global.output {
        Format::Json => json::evaluated(&desired),
        _ => json::masked(&desired.resolved),
    });
    Ok(Ending::Done)
}

/// Resolves for each branch of the matrix; all their problems together.
async fn side_by_side(
    session: &Session,
    command: &EvalCommand,
    loaded: &mut Loaded,
) -> Result<Ending, Failure> {
    let mut columns = Vec::new();
    let mut problems = Vec::new();
    for named in &command.matrix {
        let (is_new, name) = named.strip_prefix("new:").map_or((false, named.as_str()), |name| (true, name));
        let fact = |value: bool| (!is_new).then_some(value);
        let target = Target {
            name: name.to_owned(),
            exists: !is_new,
            is_default: fact(name == "main"),
            is_protected: fact(command.about.protected),
            ..target(session, &command.about)
        };
        match pipeline::resolve(loaded, &target).await {
            Ok(desired) => columns.push((named.clone(), desired.resolved)),
            Err(failure) => problems.extend(failure.0),
        }
    }
    if !problems.is_empty() {
        return Err(Failure(problems));
    }
    if session.global.output == Format::Human {
        print::human(|out| matrix::human(out, &columns));
    } else {
        print::json(&matrix::json(&columns));
    }
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
