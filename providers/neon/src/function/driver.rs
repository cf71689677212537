//! What is sent for functions, and how one is bundled before that.

use std::sync::{Arc, LazyLock};

use futures::future::BoxFuture;
use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::kind::{Driver, Outputs, Prior, Seen};
use neonform_engine::value::Secret;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use tokio::sync::Semaphore;

use super::marker::{Digested, Marker};
use super::read::Source;
use super::spec::{DEPLOYMENT_ID, Deployment, Function, Operation, Spec, deployment_number};
use crate::client::{Part, Request};
use crate::moved::moved;
use crate::scope::Scope;

pub(super) const FEATURE: &str = "Functions";

/// A function's code, ready to send.
#[derive(Clone)]
pub struct Bundle {
    /// The archive.
    pub archive: Arc<Vec<u8>>,
    /// SHA-256 of its canonical content (`design.md`, "Canonical content").
    pub sha256: [u8; 32],
    /// What it was made from, sorted by path.
    pub modules: Vec<Module>,
    /// What is worth knowing about it.
    pub warnings: Vec<Diagnostic>,
}

/// A file that a bundle was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its path in the repository, or in the archive for a file that ships as it is.
    pub path: String,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Bundle({} bytes)", self.archive.len())
    }
}

/// What is remembered of a bundle that was made earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// What it was made from, sorted by path.
    pub modules: Vec<Module>,
    /// The size of its archive, where that is known.
    pub size: Option<u64>,
}

/// Makes bundles; what the driver asks for one before a plan.
pub trait Bundler: Send + Sync {
    /// Bundles one function.
    ///
    /// # Errors
    /// What is wrong with its sources.
    fn bundle<'a>(&'a self, slug: &'a str, source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>>;

    /// What is known of an earlier bundle, by the digest that a marker has.
    fn earlier(&self, _digest: &str) -> Option<Earlier> {
        None
    }
}

/// A function as reported.
#[derive(Debug, Clone)]
pub struct FunctionLive {
    /// The display name.
    pub name: String,
    /// Where it is called; empty when it cannot be.
    pub invocation_url: String,
    /// The newest deployment, whatever became of it.
    pub current: Option<DeploymentLive>,
    /// That deployment's bundle, as far as it is known here.
    pub bundle: Option<Earlier>,
}

/// A deployment as reported.
#[derive(Debug, Clone)]
pub struct DeploymentLive {
    /// Its number; counts up per function from 1.
    pub id: i64,
    /// What became of it.
    pub status: Status,
    /// Its runtime, when reported.
    pub runtime: Option<String>,
    /// The names of its variables, markers included.
    pub variables: Vec<String>,
}

/// What became of a deployment; unknown words read as pending (API spec 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not finished yet.
    Pending,
    /// It serves.
    Completed,
    /// Its build failed.
    Failed,
}

#[derive(Deserialize)]
struct One {
    function: Item,
}

#[derive(Deserialize)]
struct Item {
    slug: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    invocation_url: Option<String>,
    #[serde(default)]
    current_deployment: Option<DeploymentItem>,
}

#[derive(Deserialize)]
struct Deployed {
    deployment: DeploymentItem,
}

#[derive(Deserialize)]
struct DeploymentItem {
    id: i64,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    runtime: Option<String>,
    #[serde(default)]
    environment: Option<Vec<String>>,
    #[serde(default)]
    error: Option<String>,
}

impl Status {
    /// The platform's word for it.
    pub(super) fn read(word: Option<&str>) -> Self {
        match word {
            Some("completed") => Status::Completed,
            Some("failed") => Status::Failed,
            _ => Status::Pending,
        }
    }
}

impl From<Item> for FunctionLive {
    fn from(item: Item) -> Self {
        let read = |deployment: DeploymentItem| DeploymentLive {
            id: deployment.id,
            status: Status::read(deployment.status.as_deref()),
            runtime: deployment.runtime,
            variables: deployment.environment.unwrap_or_default(),
        };
        Self {
            name: item.name.unwrap_or(item.slug),
            invocation_url: item.invocation_url.unwrap_or_default(),
            current: item.current_deployment.map(read),
            bundle: None,
        }
    }
}

impl Driver<Scope> for Function {
    async fn prepare(&self, scope: &Scope, address: &Address, spec: Spec) -> Result<Spec, Failure> {
        // Slow on purpose, and in need of nothing that is bundled or read.
        let digest = digest(scope, address.name(), &spec.environment.set);
        let bundle = scope.bundler.bundle(address.name(), &spec.source);
        let (bundle, environment_digest) = futures::try_join!(bundle, digest)?;
        let again = scope.deploying.again.covers(address.name());
        Ok(Spec { bundle: Some(bundle), environment_digest, again, marked: scope.deploying.marker, ..spec })
    }

    async fn read(&self, scope: &Scope) -> Result<Vec<(String, FunctionLive)>, Failure> {
        let request = Request::get("listBranchFunctions", scope.in_branch(&["functions"])).feature(FEATURE);
        let items: Vec<Item> = scope.client.list(request, "functions").await?;
        let read = |item: Item| {
            let slug = item.slug.clone();
            see(scope, &item);
            let live = FunctionLive::from(item);
            let marker = live.current.as_ref().and_then(|current| Marker::of(current.id, &current.variables));
            let bundle = marker.and_then(|marker| scope.bundler.earlier(&marker.bundle));
            (slug, FunctionLive { bundle, ..live })
        };
        Ok(items.into_iter().map(read).collect())
    }

    async fn look(&self, scope: &Scope, names: &[&str], attempt: u32) -> Result<Seen<FunctionLive>, Failure> {
        scope.before_look(attempt).await?;
        // The list may have many pages.
        if let [slug] = names {
            let found = find_one(scope, slug).await?;
            return Ok(Some(found.map(|live| ((*slug).to_owned(), live)).into_iter().collect()));
        }
        self.read(scope).await.map(Some)
    }

    async fn apply(
        &self,
        scope: &Scope,
        address: &Address,
        operation: Operation,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        match operation {
            Operation::Deploy(deployment) => deploy(scope, address.name(), deployment).await,
            Operation::Rename { name, own } => match rename(scope, address.name(), &name).await {
                Err(failure) if failure.is(codes::NOT_FOUND) => deploy(scope, address.name(), own).await,
                renamed => renamed.map(|()| Outputs::new()),
            },
            Operation::Delete(newest) => delete(scope, address.name(), newest).await.map(|()| Outputs::new()),
        }
    }
}

/// Looks again right before something is taken away; what is gone already is as it should be.
async fn delete(scope: &Scope, slug: &str, newest: Option<i64>) -> Result<(), Failure> {
    let Some(live) = find_one(scope, slug).await? else { return Ok(()) };
    let now = live.current.map(|current| current.id);
    if now != newest {
        let told = |id: Option<i64>| id.map_or("no deployment".to_owned(), |id| format!("deployment {id}"));
        return Err(moved(
            "the function was deployed since the plan was made; it was not deleted",
            format!("{slug}: {}", told(now)),
            told(newest),
        ));
    }
    let path = scope.in_branch(&["functions", slug]);
    scope.client.delete(Request::delete("deleteBranchFunction", path).feature(FEATURE)).await
}

/// Reads one function.
///
/// # Errors
/// What the API or the network said.
pub(crate) async fn read_one(scope: &Scope, slug: &str) -> Result<FunctionLive, Failure> {
    Ok(scope.client.send::<One>(one(scope, slug)).await?.function.into())
}

/// The same where it may be gone.
async fn find_one(scope: &Scope, slug: &str) -> Result<Option<FunctionLive>, Failure> {
    let found: Option<One> = scope.client.find(one(scope, slug)).await?;
    let seen = found.map(|found| {
        see(scope, &found.function);
        found.function.into()
    });
    Ok(seen)
}

/// What a look tells of a deployment that this run has made.
fn see(scope: &Scope, item: &Item) {
    if let Some(current) = &item.current_deployment {
        let status = Status::read(current.status.as_deref());
        scope.builds.saw(&item.slug, current.id, status, current.error.as_deref());
    }
}

pub(super) fn one(scope: &Scope, slug: &str) -> Request {
    Request::get("getBranchFunction", scope.in_branch(&["functions", slug])).feature(FEATURE)
}

/// The digest of variables as a marker has it.
pub(super) async fn digest(
    scope: &Scope,
    slug: &str,
    variables: &[(String, Secret)],
) -> Result<String, Failure> {
    /// One for each processor: more would take 8 MiB each, and no less time.
    static TURNS: LazyLock<Semaphore> =
        LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));
    let digested = Digested::of(&scope.project, slug, variables);
    if let Some(digest) = digested.at_once() {
        return Ok(digest);
    }
    let cancelled = || crate::client::bug("the environment digest was cancelled");
    let _turn = TURNS.acquire().await.map_err(|_| cancelled())?;
    // Asked only now: another branch of this run may have made it meanwhile.
    let question = scope.digests.question(&digested);
    if let Some(digest) = scope.digests.recall(&question) {
        tracing::debug!(slug, "the digest of the environment is taken from the cache");
        return Ok(digest);
    }
    tracing::debug!(slug, "the digest of the environment is made");
    let work = move || {
        let _timed = tracing::debug_span!(target: "neonform::timing", "environment digest").entered();
        digested.digest()
    };
    let digest = tokio::task::spawn_blocking(work).await.map_err(|_| cancelled())?;
    scope.digests.remember(question, &digest);
    Ok(digest)
}

async fn deploy(scope: &Scope, slug: &str, deployment: Deployment) -> Result<Outputs, Failure> {
    let id = send(scope, slug, &deployment).await?;
    if let Some(name) = &deployment.rename {
        rename(scope, slug, name).await?;
    }
    Ok(vec![(DEPLOYMENT_ID.to_owned(), deployment_number(id))])
}

/// Makes a deployment; its number.
pub(super) async fn send(scope: &Scope, slug: &str, deployment: &Deployment) -> Result<i64, Failure> {
    let path = scope.in_branch(&["functions", slug, "deployments"]);
    let request = Request::post("deployBranchFunction", path).multipart(parts(deployment)).feature(FEATURE);
    let made: Deployed = match deployment.marker() {
        Some(marker) => scope.client.make(request, || made(scope, slug, &marker)).await?,
        // Nothing would tell it from another.
        None => scope.client.send(request).await?,
    };
    check_successor(slug, deployment.replaced, made.deployment.id)?;
    scope.builds.made(slug, made.deployment.id);
    Ok(made.deployment.id)
}

/// Deployments are counted: one that is not right after the one that it was planned against replaced
/// somebody else's, of which it may have taken over code or variables. Its marker does not count
/// either (`marker.rs`), so that the next plan deploys once more.
fn check_successor(slug: &str, replaced: i64, made: i64) -> Result<(), Failure> {
    if replaced.checked_add(1) == Some(made) {
        return Ok(());
    }
    let planned = if replaced == 0 {
        "that there was no deployment".to_owned()
    } else {
        format!("deployment {replaced}")
    };
    Err(Diagnostic::error(
        codes::MOVED,
        "something else changed the function between the plan and this deployment, which has replaced that",
    )
    .found(format!("function {slug:?}: deployment {made} was made"))
    .expected(format!("deployment {}, since the plan relied on {planned}", replaced.saturating_add(1)))
    .fix("see who else deploys, then run the command again: it deploys once more, from what is there now")
    .into())
}

/// The deployment that carries a marker of this run, if it was made; an error if something else is there.
async fn made(scope: &Scope, slug: &str, marker: &Marker) -> Result<Option<Deployed>, Failure> {
    let request = Request::get("getBranchFunction", scope.in_branch(&["functions", slug])).feature(FEATURE);
    let found: Option<One> = scope.client.find(request).await?;
    let current = found.and_then(|one| one.function.current_deployment);
    let Some(deployment) = current.filter(|current| current.id != marker.replaced) else { return Ok(None) };
    if Marker::of(deployment.id, deployment.environment.as_deref().unwrap_or_default()).as_ref()
        == Some(marker)
    {
        return Ok(Some(Deployed { deployment }));
    }
    Err(Diagnostic::error(codes::MOVED, "something else was deployed meanwhile")
        .found(format!("deployment {} of function {slug:?}", deployment.id))
        .fix("run the command again to plan from what is there now")
        .into())
}

fn parts(deployment: &Deployment) -> Vec<Part> {
    let environment: Map<String, Json> =
        deployment.environment.iter().map(|(name, value)| (name.clone(), value.expose().into())).collect();
    let mut parts = Vec::new();
    if let Some(bundle) = &deployment.bundle {
        parts.push(Part::zip(bundle.archive.clone()));
    }
    parts.push(Part::text("runtime", Secret::new(deployment.runtime)));
    parts.push(Part::text("environment", Secret::new(Json::Object(environment).to_string())));
    parts
}

async fn rename(scope: &Scope, slug: &str, name: &str) -> Result<(), Failure> {
    let request = Request::patch("updateBranchFunction", scope.in_branch(&["functions", slug]));
    scope.client.send::<Json>(request.json(json!({ "name": name })).feature(FEATURE)).await.map(drop)
}
