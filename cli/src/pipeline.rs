//! From a policy file and a branch to a plan: the order in which the parts are asked.
//!
//! The policy is bundled and evaluated while the branch is looked up. What the file says is checked
//! before its closure runs; everything is checked and bundled before there is a plan.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use neonform_engine::desired::{self, Desired};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::kind::Provider;
use neonform_engine::plan::{self, Plan};
use neonform_engine::policy::Policy;
use neonform_engine::target::Target;
use neonform_eval::{Limits, Loaded, Request};
use neonform_neon::client::Client;
use neonform_neon::function::Bundler;
use neonform_neon::target::{self, Found};
use neonform_neon::{Scope, kinds};

use crate::output::json;
use crate::policy_file::PolicyFile;

/// Changes that apply makes at once (`design.md`, "Applying").
pub const CONCURRENCY: usize = 8;

/// A policy and the conditions under which it runs.
pub struct Source {
    /// The file.
    pub file: PolicyFile,
    /// The variables that it sees.
    pub env: BTreeMap<String, String>,
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
        let loaded = neonform_eval::load(Request {
            policy: self.file.path.clone(),
            root: self.file.root.clone(),
            env: self.env.clone(),
            now: self.now.as_millisecond(),
            limits: self.limits,
            console: Arc::clone(&self.console),
        })
        .await?;
        desired::check(&kinds(), Policy::of_file(&loaded.policy))?;
        Ok(loaded)
    }

    /// Caps as flags give them.
    pub fn limits(max_heap_mib: u32, timeout_seconds: u32) -> Limits {
        let heap_bytes = max_heap_mib as usize * 1024 * 1024;
        Limits { heap_bytes, time: Duration::from_secs(timeout_seconds.into()) }
    }
}

/// What `policy` wants of `target`.
///
/// # Errors
/// Every problem of what the closure returned.
pub async fn resolve(loaded: &mut Loaded, target: &Target) -> Result<Desired, Failure> {
    let descriptor =
        target.descriptor().into_iter().map(|(name, value)| (name.to_owned(), json::exposed(&value)));
    let tuning = loaded.tune(&serde_json::Value::Object(descriptor.collect())).await?;
    desired::build(&kinds(), Policy::for_target(&loaded.policy, tuning.as_ref(), target), target)
}

/// Plans `source` for a branch of a project; the default branch when none is named.
///
/// # Errors
/// Every problem of the policy, or what the API said.
pub async fn plan(
    source: &Source,
    client: &Client,
    project: &str,
    branch: Option<&str>,
    bundler: Arc<dyn Bundler>,
    said: &(dyn Fn(&Found) + Sync),
) -> Result<(Provider<Scope>, Plan), Failure> {
    let (loaded, found) = futures::join!(source.load(), target::find(client, project, branch));
    // A broken policy is the user's to mend first, whatever the API says.
    let mut loaded = loaded?;
    let found = found?;
    said(&found);
    let desired = resolve(&mut loaded, &found.target).await?;
    drop(loaded);
    let provider = provider(client, found, bundler);
    desired::refuse_unplannable(&provider.kinds, &desired)?;
    let plan = plan::plan(&provider, desired, source.now).await?;
    Ok((provider, plan))
}

/// The Neon provider for a branch that was found.
pub fn provider(client: &Client, found: Found, bundler: Arc<dyn Bundler>) -> Provider<Scope> {
    let scope = Scope {
        client: client.clone(),
        project: found.target.project,
        branch: found.id,
        branch_name: found.target.name,
        branch_live: found.live,
        bundler,
    };
    Provider { name: "neon", kinds: kinds(), client: scope, concurrency: CONCURRENCY }
}

/// The problems of a plan that `plan` keeps to itself, as in the reference: what is deprecated is
/// said when something is applied (spec 1.9).
pub fn is_for_apply(warning: &Diagnostic) -> bool {
    warning.code == codes::DEPRECATED
}
