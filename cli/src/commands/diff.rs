//! `neonform diff`: what differs between two of snapshot, saved plan, branch and policy. Never changes anything.

use neonform_engine::diagnostic::Failure;

use super::Ending;
use crate::args::DiffArgs;
use crate::backend::Connection;
use crate::comparison::{Comparison, Side};
use crate::operand::{self, Operand};
use crate::output::comparison;
use crate::session::Session;

/// Reads both sides, compares and prints.
pub(super) async fn run(session: &Session, args: &DiffArgs) -> Result<Ending, Failure> {
    comparison::check(session.global.output)?;
    let (from, to) = (Operand::parse(&args.from), Operand::parse(&args.to));
    let files = (file(session, &from)?, file(session, &to)?);
    let (from, to) = match files {
        (Some(from), Some(to)) => (from, to),
        (from_file, to_file) => {
            let connection = Connection::open(session).await?;
            let sides = live(session, args, &connection, (&from, from_file), (&to, to_file)).await;
            connection.close().await;
            sides?
        }
    };
    let found = Comparison::of(&from, &to);
    comparison::print(session, &found);
    Ok(if args.detailed_exitcode && !found.is_empty() { Ending::Changes } else { Ending::Done })
}

fn file(session: &Session, operand: &Operand) -> Result<Option<Side>, Failure> {
    let Operand::File(path) = operand else { return Ok(None) };
    operand::file(&session.working, path).map(Some)
}

async fn live(
    session: &Session,
    args: &DiffArgs,
    connection: &Connection,
    (from, from_file): (&Operand, Option<Side>),
    (to, to_file): (&Operand, Option<Side>),
) -> Result<(Side, Side), Failure> {
    let read = from_file.as_ref().or(to_file.as_ref());
    let project = match read.filter(|_| !session.names_project()) {
        Some(side) => side.project.clone(),
        None => session.project(&connection.client).await?,
    };
    // A policy that names no branch is about the one that the other side is about.
    let known = from.branch().or(to.branch()).or(read.map(|side| side.branch.as_str()));
    let known = known.or_else(|| session.branch(&project)).map(str::to_owned);
    let read = async |operand: &Operand| {
        let branch = operand.branch().or(known.as_deref());
        if operand.is_policy() {
            let source = session.source(&args.policy)?;
            operand::policy(&source, connection, &project, branch).await
        } else {
            operand::branch(session, &connection.client, &project, branch).await
        }
    };
    let from = match from_file {
        Some(side) => side,
        None => read(from).await?,
    };
    let to = match to_file {
        Some(side) => side,
        None => read(to).await?,
    };
    Ok((from, to))
}
