//! Plan and apply against the embedded backend, with requests that fail: every run ends in a report,
//! and the next one converges.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use neonform_engine::apply::{Ending, Outcome, apply};
use neonform_engine::desired;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::Provider;
use neonform_engine::node::{Entry, Node, Shape};
use neonform_engine::plan::{Plan, Purpose, plan};
use neonform_engine::policy::Policy;
use neonform_engine::value::Secret;
use neonform_local::{Fault, Options, Server};
use neonform_neon::client::Client;
use neonform_neon::function::{Bundle, Bundler, Source};
use neonform_neon::{Polling, Scope, Shared, kinds, target};
use serde_json::{Value as Json, json};

/// A server, and the policy that is applied to its default branch.
struct World {
    server: Server,
    policy: Node,
    purpose: Purpose,
}

/// Bundles that say which slug they are of.
struct Named;

impl Bundler for Named {
    fn bundle<'a>(&'a self, slug: &'a str, _source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("index.mjs", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(slug.as_bytes()).unwrap();
        let archive = Arc::new(writer.finish().unwrap().into_inner());
        let mut sha256 = [0; 32];
        sha256[..slug.len()].copy_from_slice(slug.as_bytes());
        async move { Ok(Bundle { archive, sha256 }) }.boxed()
    }
}

fn node(value: &Json) -> Node {
    Node::new(match value {
        Json::Null => Shape::Null,
        Json::Bool(value) => Shape::Bool(*value),
        Json::Number(value) => Shape::Number(value.as_f64().unwrap()),
        Json::String(value) => Shape::String(value.clone()),
        Json::Array(items) => Shape::List(items.iter().map(node).collect()),
        Json::Object(fields) => Shape::Object(
            fields
                .iter()
                .map(|(key, value)| Entry { key: key.clone(), key_at: None, node: node(value) })
                .collect(),
        ),
    })
}

impl World {
    async fn new(policy: &Json) -> Self {
        let options = Options { seed_default_project: true, ..Options::default() };
        let server = neonform_local::start(options).await.unwrap();
        Self { server, policy: node(policy), purpose: Purpose::at(Timestamp::now()) }
    }

    async fn plan(&self) -> (Provider<Scope>, Plan) {
        let client = Client::new(self.server.url(), &Secret::new("key")).unwrap();
        let project = target::only_project(&client).await.unwrap();
        let found = target::find(&client, &project, None).await.unwrap();
        let scope = Scope {
            client,
            project,
            branch: found.id.clone(),
            branch_name: found.target.name.clone(),
            branch_live: found.live,
            bundler: Arc::new(Named),
            polling: Polling { interval: Duration::from_millis(1), limit: Duration::from_secs(5) },
            shared: Shared::default(),
        };
        let provider = Provider { name: "neon", kinds: kinds(), client: scope, concurrency: 8 };
        let policy = Policy::for_target(&self.policy, None, &found.target);
        let desired = desired::build(&provider.kinds, policy, &found.target).unwrap();
        let plan = plan(&provider, desired, &self.purpose).await.unwrap();
        (provider, plan)
    }

    async fn apply(&self) -> (Plan, Outcome) {
        let (provider, plan) = self.plan().await;
        let outcome = apply(&provider, &plan, &|_| {}).await;
        (plan, outcome)
    }

    /// Applies until done; a plan right after shows nothing.
    async fn converges(&self) {
        assert!(self.apply().await.1.is_complete());
        assert!(self.plan().await.1.is_empty());
    }

    fn count(&self, operation: &str) -> usize {
        self.server.log().iter().filter(|exchange| exchange.operation == operation).count()
    }
}

fn policy() -> Json {
    let function = |name: &str| json!({ "name": name, "source": "./x.ts", "env": { "KEY": "value" } });
    json!({
        "auth": true,
        "buckets": { "one": {}, "two": { "access": "public_read" } },
        "functions": { "api": function("Api"), "jobs": function("Jobs"), "tail": function("Tail") },
    })
}

fn fault(operation: &str, on: &str) -> Fault {
    let matching = (!on.is_empty()).then(|| on.to_owned());
    Fault { operation: operation.to_owned(), matching, status: 500, times: Some(1), ..Fault::default() }
}

fn endings(plan: &Plan, outcome: &Outcome) -> Vec<String> {
    let word = |ending: &Ending| match ending {
        Ending::Done(_) => "done",
        Ending::Failed(_) => "failed",
        Ending::Skipped(_) => "skipped",
    };
    let steps = plan.steps.iter().zip(&outcome.0);
    steps
        .flat_map(|(step, endings)| endings.iter().map(|e| format!("{} {}", step.address, word(e))))
        .collect()
}

#[tokio::test]
async fn applied_once_there_is_nothing_to_do() {
    let world = World::new(&policy()).await;
    world.converges().await;
    world.server.clear_log();
    world.converges().await;
    let log = world.server.log();
    assert!(log.iter().all(|exchange| exchange.method == "GET"), "a second apply changes nothing");
}

#[tokio::test]
async fn a_failure_stops_nothing_that_does_not_depend_on_it() {
    let world = World::new(&policy()).await;
    world.server.inject(vec![fault("deployBranchFunction", "/functions/jobs/")]);
    let (plan, outcome) = world.apply().await;
    let expected = [
        "auth done",
        "bucket.one done",
        "bucket.two done",
        "function.api done",
        "function.jobs failed",
        "function.tail done",
    ];
    assert_eq!(endings(&plan, &outcome), expected);
    assert_eq!(outcome.failures().count(), 1);
    world.converges().await;
}

#[tokio::test]
async fn a_write_that_took_effect_without_an_answer_is_seen_by_the_next_run() {
    for (operation, on) in
        [("createBranchBucket", "two"), ("deployBranchFunction", "/functions/api/"), ("enableNeonAuth", "")]
    {
        let world = World::new(&policy()).await;
        let lost = Fault { after_effect: true, hang_up: true, ..fault(operation, on) };
        world.server.inject(vec![lost]);
        assert!(!world.apply().await.1.is_complete(), "{operation}");
        let sent = world.count(operation);
        world.converges().await;
        assert_eq!(world.count(operation), sent, "{operation} is not repeated");
    }
}

#[tokio::test]
async fn a_lost_rename_is_made_up_for() {
    let world = World::new(&policy()).await;
    world.server.inject(vec![Fault { hang_up: true, ..fault("updateBranchFunction", "") }]);
    assert!(!world.apply().await.1.is_complete());
    world.server.clear_log();
    world.converges().await;
    assert_eq!((world.count("deployBranchFunction"), world.count("updateBranchFunction")), (0, 1));
}

#[tokio::test]
async fn locks_limits_and_outages_are_waited_out() {
    let world = World::new(&policy()).await;
    let passing = |operation: &str, status| Fault { status, times: Some(2), ..fault(operation, "") };
    world.server.inject(vec![
        passing("listBranches", 503),
        passing("enableNeonAuth", 423),
        passing("createBranchBucket", 429),
        passing("deployBranchFunction", 503),
    ]);
    world.converges().await;
}

#[tokio::test]
async fn a_deployment_by_another_tool_is_drift_and_is_taken_back() {
    let world = World::new(&policy()).await;
    world.converges().await;
    let (provider, _) = world.plan().await;
    let path = provider.client.in_branch(&["functions", "api", "deployments"]);
    let parts = vec![neonform_neon::client::Part::text("environment", Secret::new(r#"{"OTHER":"1"}"#))];
    let request = neonform_neon::client::Request::post("deployBranchFunction", path).multipart(parts);
    provider.client.client.send::<Json>(request).await.unwrap();
    let (_, plan) = world.plan().await;
    let (address, change) = plan.changes().next().expect("a change");
    assert_eq!((address.to_string().as_str(), plan.changes().count()), ("function.api", 1));
    assert!(
        change.attributes.iter().any(|attribute| attribute.name == "env.OTHER" && attribute.after.is_none())
    );
    world.converges().await;
}

#[tokio::test]
async fn what_nobody_declares_is_listed_and_left_alone() {
    let world = World::new(&policy()).await;
    world.converges().await;
    let smaller = json!({ "buckets": { "one": {} }, "functions": policy()["functions"].clone() });
    let world = World { policy: node(&smaller), ..world };
    let (_, plan) = world.plan().await;
    let names: Vec<String> = plan.undeclared.iter().map(ToString::to_string).collect();
    assert_eq!((names, plan.is_empty()), (vec!["bucket.two".to_owned()], true));
}
