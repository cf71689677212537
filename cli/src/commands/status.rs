//! `neonform status`: what exists on a branch. No policy file is needed or read (spec 4.9).
//!
//! Like the reference it looks for a Data API on one database only, the one that apply would use
//! (spec 4.1): one on another database is not seen.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::inspect::inspect;
use neonform_neon::target::{self, Found};
use serde_json::{Map, Value as Json, json};

use super::Ending;
use crate::args::{Format, StatusArgs};
use crate::backend::Connection;
use crate::output::json::masked;
use crate::output::status::Status;
use crate::output::text::printable;
use crate::session::Session;
use crate::{pipeline, print};

/// Reads and prints.
pub(super) async fn run(session: &Session, args: &StatusArgs) -> Result<Ending, Failure> {
    if args.current_branch {
        return current_branch(session);
    }
    let status = read(session, !args.config_json).await?;
    match (session.global.output, args.config_json) {
        (Format::Json, true) => print::json(&masked(&status.config())),
        (_, true) => print::json(&status.neon_config()),
        (Format::Json, false) => print::json(&status.json()),
        (Format::NeonJson, false) => print::json(&status.neon_json()),
        (_, false) => print::human(|out| status.human(out, session.page)),
    }
    Ok(Ending::Done)
}

fn current_branch(session: &Session) -> Result<Ending, Failure> {
    match &session.context.branch {
        Some(branch) => {
            print::line(&printable(branch));
            Ok(Ending::Done)
        }
        None => Err(Diagnostic::error(codes::MISSING_CONTEXT, "no branch is pinned here")
            .expected("a .neon file that names a branch, here or above")
            .fix("pin one with neonform checkout NAME")
            .into()),
    }
}

/// Reads everything that exists on the branch that is meant; `aloud` says which one it is.
pub(super) async fn read(session: &Session, aloud: bool) -> Result<Status, Failure> {
    let connection = Connection::open(session).await?;
    let status = read_through(session, &connection, aloud).await;
    connection.close().await;
    status
}

async fn read_through(session: &Session, connection: &Connection, aloud: bool) -> Result<Status, Failure> {
    let project = session.project(&connection.client).await?;
    let found = target::find(&connection.client, &project, session.branch(&project)).await?;
    if aloud {
        session.announce(&found.target);
    }
    let facts = facts(&found);
    let provider = pipeline::reader(&connection.client, found, &session.working);
    Ok(Status { facts, found: inspect(&provider).await? })
}

/// Project and branch in the words of the reference (spec 4.9).
pub fn facts(found: &Found) -> Json {
    let (project, target) = (&found.project, &found.target);
    let mut about = Map::new();
    about.insert("id".to_owned(), project.id.as_str().into());
    about.insert("name".to_owned(), project.name.as_str().into());
    about.insert("region".to_owned(), project.region_id.as_str().into());
    about.insert("pgVersion".to_owned(), project.pg_version.into());
    about.extend(project.org_id.as_ref().map(|id| ("orgId".to_owned(), id.as_str().into())));
    let mut branch = Map::new();
    branch.insert("id".to_owned(), found.id.as_str().into());
    branch.insert("name".to_owned(), target.name.as_str().into());
    branch.extend(found.live.parent.as_ref().map(|name| ("parent".to_owned(), name.as_str().into())));
    branch.insert("isDefault".to_owned(), (target.is_default == Some(true)).into());
    branch.insert("protected".to_owned(), found.live.protected.into());
    branch.extend(found.live.expires_at.as_ref().map(|at| ("expiresAt".to_owned(), at.as_str().into())));
    json!({ "project": about, "branch": branch })
}
