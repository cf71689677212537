//! `neonform branches`: the project's branches apart from a policy.

use neonform_engine::diagnostic::Failure;
use neonform_engine::target::Target;
use neonform_engine::value::Value;
use neonform_neon::branch::{Compute, NewBranch, Suspend, manage};
use neonform_neon::client::Client;
use neonform_neon::target::{self, Found};
use serde_json::{Value as Json, json};

use super::Ending;
use crate::args::{BranchCreateArgs, BranchDeleteArgs, BranchRenameArgs, BranchesCommand, Format};
use crate::backend::Connection;
use crate::output::listing;
use crate::output::text::printable;
use crate::session::Session;
use crate::{consent, print};

/// Does one of them.
pub(super) async fn run(session: &Session, command: &BranchesCommand) -> Result<Ending, Failure> {
    session.refuse_formats_of_plans()?;
    let connection = Connection::open(session).await?;
    let done = on(session, command, &connection.client).await;
    connection.close().await;
    done
}

async fn on(session: &Session, command: &BranchesCommand, client: &Client) -> Result<Ending, Failure> {
    let project = session.project(client).await?;
    match command {
        BranchesCommand::List => list(session, client, &project).await,
        BranchesCommand::Get(args) => get(session, client, &project, &args.name).await,
        BranchesCommand::Create(args) => create(session, client, &project, args).await,
        BranchesCommand::Rename(args) => rename(session, client, &project, args).await,
        BranchesCommand::Delete(args) => delete(session, client, &project, args).await,
    }
}

async fn list(session: &Session, client: &Client, project: &str) -> Result<Ending, Failure> {
    let mut branches = manage::list(client, project).await?;
    if session.global.output == Format::NeonJson {
        print::json(&branches.into());
    } else {
        listing::sort(&mut branches);
        show(session, project, &branches);
    }
    Ok(Ending::Done)
}

async fn get(session: &Session, client: &Client, project: &str, named: &str) -> Result<Ending, Failure> {
    let id = find(client, project, named).await?.id;
    let branches = manage::list(client, project).await?;
    let branch: Vec<Json> = branches.into_iter().filter(|branch| branch["id"] == id).collect();
    match session.global.output {
        Format::NeonJson => branch.iter().for_each(print::json),
        _ => show(session, project, &branch),
    }
    Ok(Ending::Done)
}

fn show(session: &Session, project: &str, branches: &[Json]) {
    let pinned = session.context.branch_in(project);
    match session.global.output {
        Format::Json => {
            let ours: Vec<Json> =
                branches.iter().map(|branch| listing::branch_json(branch, pinned)).collect();
            print::json(&json!({ "version": 1, "project": project, "branches": ours }));
        }
        _ => print::human(|out| listing::branches(out, session.page, branches, pinned)),
    }
}

async fn create(
    session: &Session,
    client: &Client,
    project: &str,
    args: &BranchCreateArgs,
) -> Result<Ending, Failure> {
    let survey = target::survey(client, project).await?;
    let absent = survey.absent(&args.name)?;
    let parent = match &args.parent {
        Some(named) => Some(survey.find(Some(named)).map_err(|failure| fix(failure, "correct --parent"))?),
        None => survey.parent(&args.name, None)?,
    };
    let suspend = args.suspend_timeout;
    let compute = Compute {
        min: args.cu.map(|(min, _)| min),
        max: args.cu.map(|(_, max)| max),
        suspend: suspend.map(|seconds| Suspend { seconds, written: Value::Number(seconds as f64) }),
    };
    let new = NewBranch {
        name: args.name.clone(),
        parent: parent.map(|parent| parent.id),
        expires_at: args.expires_at,
        protected: args.protected.then_some(true),
        compute: (compute != Compute::default()).then_some(compute),
    };
    let created = manage::create(client, project, &new).await?;
    if session.global.output == Format::NeonJson {
        print::json(&created.answer);
        return Ok(Ending::Done);
    }
    let target = Target { id: Some(created.id), exists: true, ..absent };
    told(session, "created", &target, &created.answer["branch"]);
    if session.is_for_people() {
        print::note("It is not pinned, and no policy is applied to it: neonform checkout --create does both");
    }
    Ok(Ending::Done)
}

async fn rename(
    session: &Session,
    client: &Client,
    project: &str,
    args: &BranchRenameArgs,
) -> Result<Ending, Failure> {
    let found = find(client, project, &args.from).await?;
    let (before, after) = (found.target.name.as_str(), args.to.as_str());
    let renamed = manage::rename(client, project, &found.id, after).await?;
    let context = &session.context;
    // What is pinned by its name goes with it, and so do notes about git branches.
    if context.project.as_deref() == Some(project) {
        let new = |name: &str| if name == before { after.to_owned() } else { name.to_owned() };
        let mut about = context.clone();
        about.branch = context.branch.as_deref().map(new);
        if context.mappings().any(|(_, branch)| branch == before) {
            let mappings: Vec<_> =
                context.mappings().map(|(git, branch)| (git.to_owned(), new(branch))).collect();
            about = about.with_mappings(mappings);
        }
        about.write()?;
    }
    if session.global.output == Format::NeonJson {
        print::json(&renamed);
    } else {
        told(session, "renamed", &Target { name: after.to_owned(), ..found.target }, &renamed);
    }
    Ok(Ending::Done)
}

async fn delete(
    session: &Session,
    client: &Client,
    project: &str,
    args: &BranchDeleteArgs,
) -> Result<Ending, Failure> {
    let found = find(client, project, &args.name).await?;
    let name = &found.target.name;
    consent::check(&found.target, args.deletion.consent)?;
    consent::deletion(&format!("branch {name} ({}) with all its data", found.id), args.deletion)?;
    manage::delete(client, project, &found.id).await?;
    let deleted = json!({ "id": found.id, "name": name });
    if session.global.output == Format::NeonJson {
        print::json(&deleted);
        return Ok(Ending::Done);
    }
    told(session, "deleted", &found.target, &deleted);
    let pinned = session.context.branch_in(project);
    if session.is_for_people() && (pinned == Some(name) || pinned == Some(&found.id)) {
        print::note("It is still pinned here; pin another one: neonform checkout NAME");
    }
    Ok(Ending::Done)
}

async fn find(client: &Client, project: &str, named: &str) -> Result<Found, Failure> {
    let found = target::find(client, project, Some(named)).await;
    found.map_err(|failure| fix(failure, "name a branch that exists"))
}

fn fix(failure: Failure, how: &str) -> Failure {
    Failure(failure.0.into_iter().map(|problem| problem.fix(how)).collect())
}

/// What was done to one branch.
fn told(session: &Session, done: &str, target: &Target, branch: &Json) {
    let (id, name) = (target.id.as_deref().unwrap_or_default(), target.name.as_str());
    if session.global.output == Format::Json {
        let pinned = session.context.branch_in(&target.project);
        let branch = listing::branch_json(branch, pinned);
        print::json(&json!({ "version": 1, "project": target.project, "outcome": done, "branch": branch }));
    } else if !session.global.quiet {
        print::line(&format!("Branch {} ({}) was {done}.", printable(name), printable(id)));
    }
}
