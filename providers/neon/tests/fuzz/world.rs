//! One plan and apply with every kind, as the command line makes it.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use neonform_engine::apply::apply;
use neonform_engine::desired;
use neonform_engine::diagnostic::Failure;
use neonform_engine::inspect::inspect;
use neonform_engine::kind::Provider;
use neonform_engine::node::Node;
use neonform_engine::plan::{Purpose, plan};
use neonform_engine::policy::Policy;
use neonform_engine::prune::{Kinds, Prune};
use neonform_engine::value::Secret;
use neonform_local::{Options, Server};
use neonform_neon::client::Client;
use neonform_neon::function::{Bundle, Bundler, Source};
use neonform_neon::{Polling, Scope, kinds, target};
use serde_json::json;

use crate::common::{archive, node};

struct Same;

impl Bundler for Same {
    fn bundle<'a>(&'a self, _slug: &'a str, _source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        let archive = archive("");
        async move { Ok(Bundle { archive, sha256: [7; 32], modules: Vec::new(), warnings: Vec::new() }) }
            .boxed()
    }
}

/// A platform that has something of every kind.
pub(crate) async fn server() -> Server {
    let server = neonform_local::start(Options::default()).await.unwrap();
    let first = json!({
        "auth": true,
        "dataApi": { "settings": { "dbMaxRows": 10 } },
        "buckets": { "uploads": {}, "old": {} },
        "functions": { "api": { "name": "Api", "source": "./x.ts", "customDomains": ["a.example.com"] } },
        "triggers": { "nightly": { "type": "schedule", "cron": "0 3 * * *", "function": "api" } },
    });
    plan_and_apply(server.url(), &node(&first)).await.unwrap();
    server
}

/// Reads everything, plans something else and applies what can be applied; problems are as good as success.
pub(crate) async fn run(url: &str) {
    let second = json!({
        "auth": true,
        "dataApi": { "settings": { "dbMaxRows": 20 } },
        "buckets": { "uploads": {}, "new": {} },
        "functions": {
            "api": { "name": "Other", "source": "./x.ts", "env": { "KEY": "1" } },
            "jobs": { "name": "Jobs", "source": "./x.ts", "customDomains": ["a.example.com"] },
        },
        "triggers": { "nightly": { "type": "schedule", "cron": "0 4 * * *", "function": "api" } },
    });
    if let Err(failure) = plan_and_apply(url, &node(&second)).await {
        assert!(!failure.0.is_empty());
    }
}

async fn plan_and_apply(url: &str, policy: &Node) -> Result<(), Failure> {
    let client = Client::new(url, &Secret::new("key"))?.impatient();
    let project = target::only_project(&client).await?;
    let found = target::find(&client, &project, None).await?;
    let branch = found.target.clone();
    let polling = Polling { interval: Duration::from_millis(1), limit: Duration::from_millis(200) };
    let scope = Scope { polling, ..Scope::of(client, found, Arc::new(Same)) };
    let provider = Provider { name: "neon", kinds: kinds(), client: scope, concurrency: 8 };
    let tuning =
        json!({ "protected": false, "postgres": { "computeSettings": { "autoscalingLimitMaxCu": 2 } } });
    let tuning = node(&tuning);
    let desired =
        desired::build(&provider.kinds, Policy::for_target(policy, Some(&tuning), &branch), &branch)?;
    let mut purpose = Purpose::at(Timestamp::now());
    purpose.prune = Prune { kinds: Kinds::All, with_data: true };
    let plan = plan(&provider, desired, &purpose).await?;
    if plan.impossible.is_empty() {
        let outcome = apply(&provider, &plan, &|| false, &|_| {}).await;
        if let Some(failure) = outcome.failures().next() {
            return Err(failure.clone());
        }
    }
    inspect(&provider).await.map(drop)
}
