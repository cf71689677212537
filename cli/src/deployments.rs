//! What became of the deployments that a run has made: as far as it was seen, or followed to their end, and probed.

use std::sync::Arc;

use futures::future::join_all;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;
use neonform_neon::branch::BranchLive;
use neonform_neon::function::{Build, Ending, Followed, FunctionReport, Probe, Status, follow, probe};
use neonform_neon::target::{Found, Project};
use neonform_neon::{Reported, Scope};

use crate::args::WaitingArgs;
use crate::on_branch::command;
use crate::pipeline::Request;
use crate::progress;
use crate::session::Session;

/// A deployment of this run.
#[derive(Debug)]
pub struct Deployment {
    /// The function's slug.
    pub slug: String,
    /// The deployment's number.
    pub id: i64,
    /// What became of it.
    pub state: State,
    /// What its URL came to, where that was asked for.
    pub probe: Option<Probe>,
    /// The function as it was seen last.
    pub function: Option<Reported<FunctionReport>>,
}

/// What became of a deployment.
#[derive(Debug)]
pub enum State {
    /// It is not known to have ended.
    Building,
    /// It was followed, and has ended like this.
    Ended(Ending),
    /// It was followed, and could not be seen.
    Unseen(Failure),
}

impl State {
    /// It in a word.
    pub fn word(&self) -> &'static str {
        match self {
            State::Building => "building",
            State::Ended(Ending::Completed) => "completed",
            State::Ended(Ending::Failed(_)) => "failed",
            State::Ended(Ending::Overtaken(_)) => "overtaken",
            State::Ended(Ending::Late) => "late",
            State::Unseen(_) => "unseen",
        }
    }

    /// More about it.
    pub fn reason(&self) -> Option<String> {
        match self {
            State::Ended(Ending::Failed(reason)) => reason.clone(),
            State::Ended(Ending::Overtaken(by)) => Some(format!("deployment {by} was made meanwhile")),
            State::Ended(Ending::Late) => Some("it has not ended within the time for it".to_owned()),
            State::Building | State::Ended(Ending::Completed) | State::Unseen(_) => None,
        }
    }
}

impl Deployment {
    /// As far as a run has seen it along its way.
    pub fn seen(build: Build) -> Self {
        let state = match build.status {
            Status::Pending => State::Building,
            Status::Completed => State::Ended(Ending::Completed),
            Status::Failed => State::Ended(Ending::Failed(build.error)),
        };
        Self { slug: build.slug, id: build.id, state, probe: None, function: None }
    }

    /// Follows it to its end, and then perhaps requests its URL.
    async fn followed(scope: &Scope, build: &Build, probing: bool) -> Self {
        let Build { slug, id, .. } = build;
        let (state, function) = match follow(scope, slug, *id).await {
            Ok(Followed { ending, function }) => (State::Ended(ending), function),
            // Whoever ends the run does not end the build.
            Err(failure) if failure.is(codes::INTERRUPTED) => (State::Building, None),
            Err(failure) => (State::Unseen(failure), None),
        };
        let mut deployment = Self { slug: slug.clone(), id: *id, state, probe: None, function };
        if probing && matches!(deployment.state, State::Ended(Ending::Completed)) {
            deployment.probe = deployment.probed().await;
        }
        deployment
    }

    async fn probed(&self) -> Option<Probe> {
        let url = self.function.as_ref()?.read.url();
        Some(probe(url.unwrap_or_default()).await)
    }

    /// How to see what becomes of it.
    pub fn check(&self, session: &Session) -> String {
        command(session, &format!("functions get {}", self.slug))
    }

    /// What is not as it should be.
    pub fn problems(&self, session: &Session) -> Vec<Diagnostic> {
        let about = format!("function {}, deployment {}", self.slug, self.id);
        let found = self.state.reason().map_or_else(|| about.clone(), |reason| format!("{about}: {reason}"));
        let problem =
            |summary: &str| Diagnostic::error(codes::DEPLOYMENT_NOT_COMPLETED, summary).found(found.as_str());
        match &self.state {
            State::Building => Vec::new(),
            State::Ended(Ending::Completed) => self.probe.iter().filter_map(unreached).collect(),
            State::Ended(Ending::Failed(_)) => {
                vec![
                    problem("a deployment failed to build and does not serve")
                        .fix("correct the function, then deploy it again"),
                ]
            }
            State::Ended(Ending::Overtaken(_)) => {
                vec![
                    problem("something else deployed the function while its build was waited for")
                        .fix(format!("see what is there now with: {}", self.check(session))),
                ]
            }
            State::Ended(Ending::Late) => vec![
                problem("a deployment was waited for in vain; it may still be building")
                    .fix(format!("see what became of it with: {}", self.check(session))),
            ],
            State::Unseen(failure) => {
                failure.0.iter().map(|problem| problem.clone().fact("deployment", about.clone())).collect()
            }
        }
    }
}

fn unreached(probe: &Probe) -> Option<Diagnostic> {
    let found = match &probe.heard {
        _ if probe.is_reached() => return None,
        Ok(status) => format!("{}: status {status}", probe.url),
        Err(why) => format!("{}: {why}", probe.url),
    };
    let problem = Diagnostic::error(codes::PROBE_FAILED, "a deployed function does not answer as it should");
    Some(problem.found(found).expected("an answer with a status below 500").fix("see the function's logs"))
}

/// What became of those that an apply has made: followed to their end where that is asked for, else as they were seen
/// along the way, without those that are known to serve.
pub async fn of_apply(waiting: WaitingArgs, request: &Request<'_>, branch: &Target) -> Vec<Deployment> {
    let builds = request.builds.all();
    if !waiting.wait {
        let open = builds.into_iter().filter(|build| build.status != Status::Completed);
        return open.map(Deployment::seen).collect();
    }
    let found = Found {
        target: branch.clone(),
        id: branch.id.clone().unwrap_or_default(),
        live: BranchLive::default(),
        project: Project::default(),
    };
    // Following changes nothing, so that the journal of what was changed is at its end.
    let scope = Scope::of(request.client.clone().unobserved(), found, Arc::clone(&request.bundler));
    follow_all(&Scope { polling: request.polling, ..scope }, builds, waiting.probe).await
}

/// Follows all of them at once.
pub async fn follow_all(scope: &Scope, builds: Vec<Build>, probing: bool) -> Vec<Deployment> {
    let slugs: Vec<&str> = builds.iter().map(|build| build.slug.as_str()).collect();
    if !slugs.is_empty() {
        progress::building(&slugs);
    }
    join_all(builds.iter().map(|build| Deployment::followed(scope, build, probing))).await
}
