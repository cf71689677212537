//! Policy text in, evaluated policy out; the only crate that links a JavaScript engine.
//!
//! [`load`] bundles `neon.ts`, evaluates it in a sandbox on a thread of its own and gives the policy as plain
//! data with the places it was written at. [`Loaded::tune`] calls its `branch` closure. Nothing of the engine
//! leaves its thread, nothing a policy does ends the process, and what it may reach is what the `Request`
//! hands it. `session` is the thread, `realm` the sandbox, `caps` its limits; the globals are `prelude/`.

mod several;
mod standing;
mod combine;
mod literals;
mod thread;
mod session;
mod realm;
mod snapshot;
mod world;
mod prelude;
mod natives;
mod host;
mod modules;
mod evaluate;
mod import;
mod program;
mod instrument;
mod places;
mod sites;
mod extract;
mod js_error;
mod caps;
mod limits;
mod memory;
mod fatal;
mod buffers;
mod platform;
mod confined;
#[cfg(feature = "quickjs")]
mod quickjs_stubs;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use deno_core::v8;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::node::Node;
use tracing::Instrument;

pub use confined::{Attempt, Layer, Probed, Program, probe, serve};
pub use limits::Limits;
use neonform_bundle::PolicyModule;
pub use neonform_bundle::{Input, Reads};
pub use platform::{Engine, engine};

use confined::process::Evaluating;
use limits::Excess;
use several::Several;
use thread::Thread;

/// A policy to load.
#[derive(Clone)]
pub struct Request {
    /// The policy file.
    pub policy: PathBuf,
    /// The repository: nothing outside of it is read.
    pub root: PathBuf,
    /// How much of the repository is read.
    pub reads: Reads,
    /// The environment as the policy sees it.
    pub env: BTreeMap<String, String>,
    /// The names of variables that the policy may see, set or not; all where there are none.
    pub env_allow: Option<BTreeSet<String>>,
    /// Whether the policy is a stranger's.
    pub untrusted: bool,
    /// How to start a process to evaluate it in; nothing to do so in this one.
    pub confined: Option<Program>,
    /// The time as the policy sees it, in milliseconds of the epoch; it stands still.
    pub now: i64,
    /// What the policy may take.
    pub limits: Limits,
    /// Where the policy's output goes.
    pub console: Arc<dyn Fn(&str) + Send + Sync>,
}

/// A policy that was evaluated, and what keeps it.
pub struct Loaded {
    /// What the policy exports by default.
    pub policy: Node,
    /// What it has read so far.
    pub read: Read,
    /// What there is to know about how it was evaluated.
    pub warnings: Vec<Diagnostic>,
    limits: Limits,
    calls_left: usize,
    keeper: Keeper,
}

/// Who calls the closure.
enum Keeper {
    /// A thread of this process.
    Thread(Thread),
    /// Several evaluations, since it may not see some variables.
    Several(Box<Several>),
    /// A process of its own.
    Process(Box<Evaluating>),
}

/// What the policy's thread answers.
struct Reply {
    node: Option<Node>,
    read: Read,
}

/// What a policy has read, and so depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Files: the policy, what it imports, and what it opened.
    pub inputs: Vec<Input>,
    /// The names of variables of its environment; those that are not set are not among them.
    pub variables: BTreeSet<String>,
}

impl Reply {
    fn parts(self) -> (Option<Node>, Read) {
        (self.node, self.read)
    }
}

/// Bundles and evaluates a policy.
///
/// # Errors
/// When it cannot be read, does not parse, throws, exceeds its limits, or exports nothing by default.
pub async fn load(request: Request) -> Result<Loaded, Failure> {
    let root = request.root.canonicalize().map_err(|error| {
        Diagnostic::error(codes::UNREADABLE_FILE, "the repository cannot be read")
            .found(format!("{}: {error}", request.root.display()))
    })?;
    match request.confined.clone() {
        Some(program) => load_apart(&program, Request { root, ..request }).await,
        None => load_here(request, root).await,
    }
}

async fn load_here(request: Request, root: PathBuf) -> Result<Loaded, Failure> {
    let limits = request.limits;
    let (keeper, reply) = if request.untrusted {
        let module = bundled(&request).await?;
        let (several, reply) = Several::load(request, root, module).await?;
        (Keeper::Several(Box::new(several)), reply)
    } else {
        let starting = Thread::start(request.clone(), root, None)?;
        let (thread, reply) = starting.load(bundled(&request).await?).await?;
        (Keeper::Thread(thread), reply)
    };
    Loaded::of(reply, Vec::new(), limits, keeper)
}

async fn bundled(request: &Request) -> Result<PolicyModule, Failure> {
    let timed = tracing::debug_span!(target: "neonform::timing", "policy bundle");
    neonform_bundle::policy(&request.policy, &request.root, request.reads).instrument(timed).await
}

async fn load_apart(program: &Program, request: Request) -> Result<Loaded, Failure> {
    let limits = request.limits;
    let (evaluating, (node, read), warnings) = confined::process::load(program, request).await?;
    Loaded::of(Reply { node, read }, warnings, limits, Keeper::Process(Box::new(evaluating)))
}

impl Loaded {
    fn of(reply: Reply, warnings: Vec<Diagnostic>, limits: Limits, keeper: Keeper) -> Result<Self, Failure> {
        let policy = reply.node.ok_or_else(thread::ended)?;
        Ok(Self { policy, read: reply.read, warnings, limits, calls_left: limits.calls, keeper })
    }

    /// Calls the `branch` closure with the facts about one branch; nothing when the policy has none or when
    /// it returned nothing.
    ///
    /// # Errors
    /// When the closure throws, exceeds the limits, or returns what cannot be read.
    pub async fn tune(&mut self, descriptor: &serde_json::Value) -> Result<Option<Node>, Failure> {
        let branch =
            descriptor.get("name").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let Some(left) = self.calls_left.checked_sub(1) else {
            return Err(self.limits.exceeded(Excess::Calls).fact("branch", branch).into());
        };
        self.calls_left = left;
        let (node, read) = match &mut self.keeper {
            Keeper::Process(evaluating) => evaluating.tune(descriptor).await?,
            Keeper::Thread(thread) => thread.tune(descriptor).await?.parts(),
            Keeper::Several(several) => several.tune(descriptor).await?.parts(),
        };
        self.read = read;
        Ok(node)
    }
}

impl fmt::Debug for Loaded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Loaded")
            .field("policy", &self.policy)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
