//! A real embedded backend, the real client, and one policy that is planned and applied.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use neonform_engine::apply::{Outcome, apply};
use neonform_engine::desired;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::Provider;
use neonform_engine::node::Node;
use neonform_engine::plan::{Plan, Purpose, plan};
use neonform_engine::policy::Policy;
use neonform_engine::value::Secret;
use neonform_local::{Options, Server};
use neonform_neon::client::Client;
use neonform_neon::function::{Bundle, Bundler, Source};
use neonform_neon::{Polling, Scope, kinds, target};
use serde_json::Value as Json;

use crate::common::{archive, node};

/// A server, and the policy that is applied to its default branch.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) policy: Node,
    /// What the policy's closure answers.
    pub(crate) tuning: Option<Node>,
    pub(crate) purpose: Purpose,
    pub(crate) branch: Option<String>,
}

/// Bundles that say which slug they are of.
struct Named;

impl Bundler for Named {
    fn bundle<'a>(&'a self, slug: &'a str, _source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        let archive = archive(slug);
        let mut sha256 = [0; 32];
        sha256[..slug.len()].copy_from_slice(slug.as_bytes());
        async move { Ok(Bundle { archive, sha256, modules: Vec::new(), warnings: Vec::new() }) }.boxed()
    }
}

impl World {
    pub(crate) async fn new(policy: &Json) -> Self {
        let options = Options { seed_default_project: true, ..Options::default() };
        let server = neonform_local::start(options).await.unwrap();
        Self {
            server,
            policy: node(policy),
            tuning: None,
            purpose: Purpose::at(Timestamp::now()),
            branch: None,
        }
    }

    pub(crate) async fn plan(&self) -> (Provider<Scope>, Plan) {
        self.plan_of(&self.policy).await
    }

    /// The plan of another policy for the same branch.
    pub(crate) async fn plan_of(&self, policy: &Node) -> (Provider<Scope>, Plan) {
        let client = Client::new(self.server.url(), &Secret::new("key")).unwrap();
        let project = target::only_project(&client).await.unwrap();
        let found = target::find(&client, &project, self.branch.as_deref()).await.unwrap();
        let target = found.target.clone();
        let polling = Polling { interval: Duration::from_millis(1), limit: Duration::from_secs(5) };
        let scope = Scope { polling, ..Scope::of(client, found, Arc::new(Named)) };
        let provider = Provider { name: "neon", kinds: kinds(), client: scope, concurrency: 8 };
        let policy = Policy::for_target(policy, self.tuning.as_ref(), &target);
        let desired = desired::build(&provider.kinds, policy, &target).unwrap();
        let plan = plan(&provider, desired, &self.purpose).await.unwrap();
        (provider, plan)
    }

    pub(crate) async fn apply(&self) -> (Plan, Outcome) {
        let (provider, plan) = self.plan().await;
        let before = self.server.log().len();
        let outcome = apply(&provider, &plan, &|| false, &|_| {}).await;
        if outcome.is_complete() {
            let log = self.server.log();
            // What deletes objects and what waits or tries again takes more than a plan can know.
            let counted =
                log[before..].iter().filter(|exchange| !exchange.operation.ends_with("BucketObject"));
            assert!(plan.effort.requests <= counted.count(), "{:?} {log:?}", plan.effort);
        }
        (plan, outcome)
    }

    /// Applies until done; a plan right after shows nothing.
    pub(crate) async fn converges(&self) {
        assert!(self.apply().await.1.is_complete());
        assert!(self.plan().await.1.is_empty());
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.server.log().iter().filter(|exchange| exchange.operation == operation).count()
    }
}
