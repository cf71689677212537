//! `neonform snapshot`: what is on a branch as a file, and whether branches still are as files say.

use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_neon::client::Client;

use super::Ending;
use crate::args::SnapshotArgs;
use crate::backend::Connection;
use crate::comparison::Comparison;
use crate::output::comparison;
use crate::session::Session;
use crate::snapshot::Snapshot;
use crate::{files, operand, print};

/// Where snapshots are looked for when none is named.
const FOLDER: &str = "snapshots";

/// Writes or checks.
pub(super) async fn run(session: &Session, args: &SnapshotArgs) -> Result<Ending, Failure> {
    if args.check.is_some() {
        comparison::check(session.global.output)?;
    }
    let checked = args.check.as_ref().map(|named| listed(session, named)).transpose()?;
    let connection = Connection::open(session).await?;
    let ending = match &checked {
        Some(checked) => check(session, &connection.client, checked).await,
        None => write(session, args, &connection.client).await,
    };
    connection.close().await;
    ending
}

async fn write(session: &Session, args: &SnapshotArgs, client: &Client) -> Result<Ending, Failure> {
    let project = session.project(client).await?;
    let found = operand::branch(session, client, &project, session.branch(&project)).await?;
    let json = Snapshot { project: found.project, branch: found.branch, state: found.state }.json();
    match &args.out {
        None => print::json(&json),
        Some(out) => {
            let text = format!("{json:#}\n");
            files::write_over(&session.working, out, text.as_bytes(), "the snapshot cannot be written")?;
        }
    }
    Ok(Ending::Done)
}

/// A snapshot to check: its file as named, and what it holds.
struct Checked {
    name: String,
    snapshot: Snapshot,
}

/// The files that are named, else those of the folder; read before anything is asked.
fn listed(session: &Session, named: &[PathBuf]) -> Result<Vec<Checked>, Failure> {
    let found = if named.is_empty() { folder(&session.working)? } else { named.to_vec() };
    let mut checked = Vec::new();
    let mut problems = Vec::new();
    for file in found {
        match Snapshot::read(&session.working.join(&file)) {
            Ok(snapshot) => checked.push(Checked { name: file.display().to_string(), snapshot }),
            Err(failure) => problems.extend(failure.0),
        }
    }
    if problems.is_empty() { Ok(checked) } else { Err(Failure(problems)) }
}

fn folder(working: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(working.join(FOLDER)).into_iter().flatten().flatten();
    let is_json = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let names = entries.map(|entry| Path::new(FOLDER).join(entry.file_name()));
    let mut found: Vec<PathBuf> = names.filter(is_json).collect();
    found.sort();
    if found.is_empty() {
        return Err(Diagnostic::error(codes::USAGE, "there is no snapshot to check")
            .expected(format!("files {FOLDER}/*.json, or files named behind --check"))
            .fix(format!("write one with neonform snapshot --out {FOLDER}/main.json"))
            .into());
    }
    Ok(found)
}

/// Compares each file with its branch as it is. A branch that cannot be read does not keep the others from it.
async fn check(session: &Session, client: &Client, checked: &[Checked]) -> Result<Ending, Failure> {
    let mut problems = Vec::new();
    let mut found = Vec::new();
    for Checked { name, snapshot } in checked {
        match operand::branch(session, client, &snapshot.project, Some(&snapshot.branch)).await {
            Ok(live) => found.push(Comparison::of(&operand::snapshot(name.clone(), snapshot), &live)),
            Err(failure) => {
                problems.extend(failure.0.into_iter().map(|problem| problem.fact("snapshot", name.clone())));
            }
        }
    }
    if !found.is_empty() {
        comparison::print_checked(session, &found);
    }
    match (problems.is_empty(), found.iter().all(Comparison::is_empty)) {
        (false, _) => Err(Failure(problems)),
        (true, true) => Ok(Ending::Done),
        (true, false) => Ok(Ending::Changes),
    }
}
