//! From a policy file and a branch to a plan: the order in which the parts are asked.
//!
//! The policy is bundled and evaluated while the branch is looked up. What the file says is checked
//! before its closure runs; everything is checked and bundled before there is a plan. A branch that
//! does not exist goes the same way; `creation.rs` applies what comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;
use std::sync::Arc;

use jiff::Timestamp;
use neonform_engine::desired::{self, Desired};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::effort::Effort;
use neonform_engine::kind::{Kind, Provider};
use neonform_engine::node::Node;
use neonform_engine::path::Path;
use neonform_engine::plan::{self, Plan, Purpose};
use neonform_engine::policy::Policy;
use neonform_engine::target::Target;
use neonform_engine::value::Value;
use neonform_eval::{Limits, Loaded, Reads};
use neonform_neon::branch::BranchLive;
use neonform_neon::client::Client;
use neonform_neon::environment::drop_values;
use neonform_neon::function::{Builds, Bundler, Digests, Function};
use neonform_neon::target::{self, Found, Project, Survey};
use neonform_neon::{Again, Deploying, Polling, Scope, kinds};
use tracing::Instrument;

use crate::bundler::SourceBundler;
use crate::lease::Leases;
use crate::output::json;
use crate::output::text::printable;
use crate::policy_file::PolicyFile;
use crate::{print, progress, trust};

/// Changes that apply makes at once, unless told otherwise (`design.md`, "Applying").
pub const CONCURRENCY: u16 = 8;

/// A policy and the conditions under which it runs.
pub struct Source {
    /// The file.
    pub file: PolicyFile,
    /// The variables that it sees.
    pub env: BTreeMap<String, String>,
    /// The names that it may see; all of them where nobody said.
    pub env_allow: Option<BTreeSet<String>>,
    /// Whether it is a stranger's.
    pub untrusted: bool,
    /// How much of the repository is read.
    pub reads: Reads,
    /// The time that it sees, and the plan's.
    pub now: Timestamp,
    /// Its caps.
    pub limits: Limits,
    /// Where its console output goes.
    pub console: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Source {
    /// Evaluates the file and checks what it exports.
    ///
    /// # Errors
    /// Every problem of the file.
    pub async fn load(&self) -> Result<Loaded, Failure> {
        self.loaded(|_| ()).await
    }

    /// The same without the variables of functions, whose values need not be known.
    ///
    /// # Errors
    /// Every other problem of the file.
    pub async fn load_without_values(&self) -> Result<Loaded, Failure> {
        self.loaded(drop_values).await
    }

    async fn loaded(&self, reduce: fn(&mut Node)) -> Result<Loaded, Failure> {
        let mut loaded = neonform_eval::load(neonform_eval::Request {
            policy: self.file.path.clone(),
            root: self.file.root.clone(),
            env: self.env.clone(),
            env_allow: self.env_allow.clone(),
            untrusted: self.untrusted,
            reads: self.reads,
            confined: if self.untrusted { Some(trust::program()?) } else { None },
            now: self.now.as_millisecond(),
            limits: self.limits,
            console: Arc::clone(&self.console),
        })
        .await?;
        reduce(&mut loaded.policy);
        print::warnings(&loaded.warnings);
        desired::check(&kinds(), Policy::of_file(&loaded.policy))?;
        Ok(loaded)
    }
}

/// What `policy` wants of `target`.
///
/// # Errors
/// Every problem of what the closure returned.
pub async fn resolve(loaded: &mut Loaded, target: &Target) -> Result<Desired, Failure> {
    let tuning = tune(loaded, target).await?;
    desired::build(&kinds(), Policy::for_target(&loaded.policy, tuning.as_ref(), target), target)
}

/// The same for a policy that was loaded without the variables of functions.
///
/// # Errors
/// As [`resolve`].
pub async fn resolve_without_values(mut loaded: Loaded, target: &Target) -> Result<Desired, Failure> {
    let mut tuning = tune(&mut loaded, target).await?;
    tuning.iter_mut().for_each(drop_values);
    desired::build(&kinds(), Policy::for_target(&loaded.policy, tuning.as_ref(), target), target)
}

async fn tune(loaded: &mut Loaded, target: &Target) -> Result<Option<Node>, Failure> {
    let descriptor =
        target.descriptor().into_iter().map(|(name, value)| (name.to_owned(), json::exposed(&value)));
    loaded.tune(&serde_json::Value::Object(descriptor.collect())).await
}

/// What a plan is asked for.
pub struct Request<'a> {
    /// The policy.
    pub source: &'a Source,
    /// What to ask.
    pub client: &'a Client,
    /// Digests of environments that were made before.
    pub digests: Arc<Digests>,
    /// Project id.
    pub project: &'a str,
    /// The branch, by id or name; the default branch when none is named.
    pub branch: Option<&'a str>,
    /// Whether a branch that does not exist is to be created.
    pub create: bool,
    /// Makes function bundles.
    pub bundler: Arc<dyn Bundler>,
    /// How deployments are waited for.
    pub polling: Polling,
    /// What this run says about deployments.
    pub deploying: Deploying,
    /// Hears of the deployments that are made.
    pub builds: Arc<Builds>,
    /// Changes that apply makes at once.
    pub concurrency: usize,
    /// What the plan may delete, and when it is made.
    pub purpose: Purpose,
    /// Where the run waits for others that change the branch; nothing for one that only reads.
    pub leases: Option<&'a Leases>,
    /// Hears which branch was found.
    pub said: &'a (dyn Fn(&Target) + Sync),
}

/// A plan, and what it takes to apply it.
pub struct Planned {
    /// The provider, bound to the branch; to its parent where the branch does not exist yet.
    pub provider: Provider<Scope>,
    /// The plan.
    pub plan: Plan,
    /// The policy, for when it is to be asked again about the created branch.
    pub loaded: Loaded,
}

/// Plans for a branch; for one that does not exist, from what it will have of its parent.
///
/// # Errors
/// Every problem of the policy, or what the API said.
pub async fn plan(request: &Request<'_>) -> Result<Planned, Failure> {
    progress::reading("the policy and the branch");
    let before = request.client.sent();
    let survey = target::survey(request.client, request.project);
    let (loaded, survey) = futures::join!(request.source.load(), survey);
    // A broken policy is the user's to mend first, whatever the API says.
    let (loaded, survey) = (loaded?, survey?);
    tracing::info!(policy = request.source.file.relative(), project = request.project, "read");
    match request.branch.filter(|_| request.create && !survey.has(request.branch)) {
        Some(name) => {
            let mut planned = plan_creation(request, loaded, &survey, name).await?;
            // Everything is read once more when the branch exists: what it is, then what is on it.
            let effort = &mut planned.plan.effort;
            *effort = Effort {
                requests: effort.requests + request.client.sent() - before,
                rounds: effort.rounds + 2,
                ..*effort
            };
            estimate(request, effort).await;
            Ok(planned)
        }
        None => {
            let mut found = survey.find(request.branch)?;
            (request.said)(&found.target);
            if waits(request, &found.target).await {
                found = target::find(request.client, request.project, Some(&found.id)).await?;
            }
            plan_found(request, loaded, found).await
        }
    }
}

/// Whether others that change the branch had to be waited for, so that it has to be read again.
async fn waits(request: &Request<'_>, target: &Target) -> bool {
    match request.leases {
        Some(leases) => leases.take(target).await,
        None => false,
    }
}

/// Plans for a branch that was found; its target may say that it is new to the policy.
///
/// # Errors
/// Every problem of what the closure returned, or what the API said.
pub async fn plan_found(request: &Request<'_>, mut loaded: Loaded, found: Found) -> Result<Planned, Failure> {
    let desired = resolve(&mut loaded, &found.target).await?;
    say_what_is_read(&desired);
    let (provider, plan) = plan_desired(request, desired, found).await?;
    Ok(Planned { provider, plan, loaded })
}

/// Plans what is wanted of a branch, with the provider that can apply it.
///
/// # Errors
/// What the API said, or what cannot be prepared.
pub async fn plan_desired(
    request: &Request<'_>,
    desired: Desired,
    found: Found,
) -> Result<(Provider<Scope>, Plan), Failure> {
    check_slugs(&request.deploying.again, &desired)?;
    let provider = provider_for(request, found);
    // Live state is read and bundles are made inside; what is left at its end is the comparison.
    let timed = tracing::debug_span!(target: "neonform::timing", "refresh and diff");
    let mut plan = plan::plan(&provider, desired, &request.purpose).instrument(timed).await?;
    estimate(request, &mut plan.effort).await;
    log_decisions(&plan);
    Ok((provider, plan))
}

/// Says how long it takes, by how long requests took so far.
async fn estimate(request: &Request<'_>, effort: &mut Effort) {
    effort.about = Some(request.client.time_for(effort.requests, effort.rounds).await);
}

fn log_decisions(plan: &Plan) {
    for (address, change) in plan.changes() {
        let (action, reason) = (change.action.word(), change.reason.as_deref());
        tracing::debug!(%address, action, reason, "a change is needed");
    }
    let (branch, changes) = (plan.target.name.as_str(), plan.changes().count());
    let (unchanged, drift, impossible) = (plan.unchanged.len(), plan.drift.len(), plan.impossible.len());
    tracing::info!(branch, changes, unchanged, drift, impossible, "planned");
}

async fn plan_creation(
    request: &Request<'_>,
    mut loaded: Loaded,
    survey: &Survey,
    name: &str,
) -> Result<Planned, Failure> {
    let target = survey.absent(name)?;
    (request.said)(&target);
    let mut desired = resolve(&mut loaded, &target).await?;
    say_what_is_read(&desired);
    let named = match desired.resolved.at(&Path::root().key("parent")) {
        Some(Value::String(name)) => Some(name.as_str()),
        _ => None,
    };
    let parent = survey.parent(name, named)?;
    desired.target.parent_id = parent.as_ref().map(|parent| parent.id.clone());
    let nothing =
        || Found { target, id: String::new(), live: BranchLive::default(), project: Project::default() };
    let (provider, plan) = plan_desired(request, desired, parent.unwrap_or_else(nothing)).await?;
    Ok(Planned { provider, plan, loaded })
}

fn say_what_is_read(desired: &Desired) {
    progress::reading(&format!("branch {}", printable(&desired.target.name)));
    progress::bundles(functions(desired).count());
}

/// The slugs of the declared functions.
pub(crate) fn functions(desired: &Desired) -> impl Iterator<Item = &str> {
    let declared = desired.resources.iter().filter(|wanted| wanted.address.kind() == Function::NAME);
    declared.map(|wanted| wanted.address.name())
}

/// Refuses a slug of `--redeploy` that the policy does not declare.
fn check_slugs(again: &Again, desired: &Desired) -> Result<(), Failure> {
    let Again::These(slugs) = again else { return Ok(()) };
    let declared: Vec<&str> = functions(desired).collect();
    let unknown: Vec<&str> =
        slugs.iter().map(String::as_str).filter(|slug| !declared.contains(slug)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(codes::USAGE, "--redeploy names a function that the policy does not declare")
        .found(unknown.iter().map(|slug| format!("{slug:?}")).collect::<Vec<_>>().join(", "))
        .expected(format!("one or more of {}", declared.join(", ")))
        .fix("correct --redeploy")
        .suggest_each(&unknown, &declared)
        .into())
}

fn provider_for(request: &Request<'_>, found: Found) -> Provider<Scope> {
    let usual = provider(request.client, found, Arc::clone(&request.bundler));
    let (polling, deploying) = (request.polling, request.deploying.clone());
    let (digests, builds) = (Arc::clone(&request.digests), Arc::clone(&request.builds));
    let client = Scope { polling, deploying, digests, builds, ..usual.client };
    Provider { concurrency: request.concurrency, client, ..usual }
}

/// The Neon provider for a branch that was found, as it is for reading.
pub fn provider(client: &Client, found: Found, bundler: Arc<dyn Bundler>) -> Provider<Scope> {
    let scope = Scope::of(client.clone(), found, bundler);
    Provider { name: "neon", kinds: kinds(), client: scope, concurrency: CONCURRENCY.into() }
}

/// The same for a command that declares no function: nothing is ever bundled.
pub fn reader(client: &Client, found: Found, working: &FilePath) -> Provider<Scope> {
    let nothing = SourceBundler::new(working.to_owned(), working.to_owned(), Reads::All, None);
    provider(client, found, Arc::new(nothing))
}

/// The problems of a plan that `plan` keeps to itself, as in the reference: what is deprecated is
/// said when something is applied (spec 1.9).
pub fn is_for_apply(warning: &Diagnostic) -> bool {
    warning.code == codes::DEPRECATED
}
