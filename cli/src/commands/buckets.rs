//! `neonform buckets`: the branch's buckets, without a policy.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::kind::Kind;
use neonform_neon::bucket::Bucket;
use neonform_neon::bucket::manage::{self, BucketReport, Contents};
use serde_json::Value as Json;

use super::Ending;
use crate::args::{BucketCreateArgs, BucketDeleteArgs, BucketsCommand, Format};
use crate::on_branch::{OnBranch, missing, on_branch};
use crate::output::buckets::{self, document};
use crate::output::deletion::deleted;
use crate::output::text::{count, printable};
use crate::session::Session;
use crate::{consent, print};

/// Does one of them.
pub(super) async fn run(session: &Session, command: &BucketsCommand) -> Result<Ending, Failure> {
    on_branch(session, async |branch: OnBranch| match command {
        BucketsCommand::List => list(session, &branch).await,
        BucketsCommand::Create(args) => create(session, &branch, args).await,
        BucketsCommand::Delete(args) => delete(session, &branch, args).await,
    })
    .await?;
    Ok(Ending::Done)
}

async fn list(session: &Session, branch: &OnBranch) -> Result<(), Failure> {
    let found = manage::list(&branch.scope).await?;
    let read: Vec<&BucketReport> = found.iter().map(|bucket| &bucket.read).collect();
    match session.global.output {
        Format::NeonJson => print::json(&found.iter().map(|bucket| bucket.raw.clone()).collect::<Json>()),
        Format::Json => print::json(&document("buckets list", &branch.target, &read)),
        _ => print::human(|out| buckets::list(out, session.page, &read)),
    }
    Ok(())
}

async fn create(session: &Session, branch: &OnBranch, args: &BucketCreateArgs) -> Result<(), Failure> {
    consent::check(&branch.target, args.consent)?;
    let made = manage::create(&branch.scope, &args.name, &args.access_level).await?.read;
    match session.global.output {
        // The neon command line says so on standard error only.
        Format::NeonJson => {}
        Format::Json => print::json(&document("buckets create", &branch.target, &[&made])),
        _ => print::line(&format!(
            "Created bucket {} ({}) on branch {}.",
            printable(&made.name),
            printable(made.access_level.as_deref().unwrap_or(&args.access_level)),
            printable(&branch.target.name)
        )),
    }
    Ok(())
}

async fn delete(session: &Session, branch: &OnBranch, args: &BucketDeleteArgs) -> Result<(), Failure> {
    consent::check(&branch.target, args.deletion.consent)?;
    let found = manage::list(&branch.scope).await?;
    if !found.iter().any(|bucket| bucket.read.name == args.name) {
        let names: Vec<&str> = found.iter().map(|bucket| bucket.read.name.as_str()).collect();
        return Err(missing(Bucket::NAME, &args.name, &branch.target, &names).into());
    }
    let holds = match manage::contents(&branch.scope, &args.name).await? {
        Contents { objects: 0, .. } => None,
        Contents { objects, more } => Some(count(objects, "object") + if more { " or more" } else { "" }),
    };
    if let Some(holds) = holds.as_ref().filter(|_| !args.with_objects) {
        return Err(Diagnostic::error(codes::CONFLICT, "the bucket is not empty; it was not deleted")
            .found(format!("{} holds {holds}", args.name))
            .fix("pass --with-objects to delete it with everything in it")
            .into());
    }
    let with = holds.map_or_else(String::new, |holds| format!(" with {holds}"));
    consent::deletion(
        &format!("bucket {}{with} from branch {}", args.name, branch.target.name),
        args.deletion,
    )?;
    manage::delete(&branch.scope, &args.name, args.with_objects).await?;
    deleted(session, "buckets delete", &branch.target, Bucket::NAME, &args.name);
    Ok(())
}
