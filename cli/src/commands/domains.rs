//! `neonform domains`, and `neonform functions domains`: the hosts that lead to functions.

use neonform_engine::diagnostic::{Failure, codes};
use neonform_neon::domain::manage::{self, DomainReport};
use serde_json::Value as Json;

use super::Ending;
use super::functions::unknown;
use crate::args::{DomainAddArgs, DomainDeleteArgs, DomainsCommand, Format};
use crate::on_branch::{OnBranch, missing, on_branch};
use crate::output::deletion::deleted;
use crate::output::domains::{self, document};
use crate::session::Session;
use crate::{consent, print};

/// Does one of them.
pub(super) async fn run(session: &Session, command: &DomainsCommand) -> Result<Ending, Failure> {
    on_branch(session, async |branch: OnBranch| match command {
        DomainsCommand::List => list(session, &branch).await,
        DomainsCommand::Add(args) => add(session, &branch, args).await,
        DomainsCommand::Delete(args) => delete(session, &branch, args).await,
    })
    .await?;
    Ok(Ending::Done)
}

async fn list(session: &Session, branch: &OnBranch) -> Result<(), Failure> {
    let found = manage::list(&branch.scope).await?;
    let read: Vec<&DomainReport> = found.iter().map(|domain| &domain.read).collect();
    match session.global.output {
        Format::NeonJson => print::json(&found.iter().map(|domain| domain.raw.clone()).collect::<Json>()),
        Format::Json => print::json(&document("domains list", &branch.target, &read)),
        _ => print::human(|out| domains::list(out, session.page, &read)),
    }
    Ok(())
}

async fn add(session: &Session, branch: &OnBranch, args: &DomainAddArgs) -> Result<(), Failure> {
    let fault = neonform_neon::function::manage::slug_fault(&args.slug);
    let host = match (manage::host(&args.host), fault) {
        (Ok(host), None) => host,
        (host, fault) => {
            return Err(Failure(host.err().into_iter().flat_map(|failure| failure.0).chain(fault).collect()));
        }
    };
    consent::check(&branch.target, args.consent)?;
    let made = match manage::register(&branch.scope, &host, &args.slug).await {
        Err(failure) if failure.is(codes::NOT_FOUND) => {
            return Err(unknown(branch, &args.slug, failure).await);
        }
        made => made?,
    };
    match session.global.output {
        Format::NeonJson => print::json(&made.raw),
        Format::Json => print::json(&document("domains add", &branch.target, &[&made.read])),
        _ => print::human(|out| domains::added(out, session.page, &made.read)),
    }
    Ok(())
}

async fn delete(session: &Session, branch: &OnBranch, args: &DomainDeleteArgs) -> Result<(), Failure> {
    consent::check(&branch.target, args.deletion.consent)?;
    let host = manage::host(&args.host)?;
    let found = manage::list(&branch.scope).await?;
    let Some(domain) = found.iter().find(|domain| domain.read.domain == host) else {
        let hosts: Vec<&str> = found.iter().map(|domain| domain.read.domain.as_str()).collect();
        return Err(missing("custom domain", &host, &branch.target, &hosts).into());
    };
    let DomainReport { entity_type, entity_id, .. } = &domain.read;
    let what =
        format!("{host}, which leads to {entity_type} {entity_id}, from branch {}", branch.target.name);
    consent::deletion(&what, args.deletion)?;
    manage::delete(&branch.scope, &host).await?;
    deleted(session, "domains delete", &branch.target, "custom domain", &host);
    Ok(())
}
