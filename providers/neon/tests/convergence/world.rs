//! A platform with a policy for one of its branches: what `neonform plan` and `apply` do, without the
//! command line, and everything there is to see of the outcome.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use neonform_engine::apply::{Outcome, apply};
use neonform_engine::desired::{self, Desired};
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{ErasedKind, Provider};
use neonform_engine::node::{Entry, Node, Shape};
use neonform_engine::path::Path;
use neonform_engine::plan::{Plan, Purpose, plan};
use neonform_engine::policy::Policy as Read;
use neonform_engine::prune::Prune;
use neonform_engine::target::Target;
use neonform_engine::value::{Secret, Value};
use neonform_local::{Options, Seed, Server};
use neonform_neon::client::{ApiPath, Client, Request};
use neonform_neon::function::{Bundle, Bundler, Source};
use neonform_neon::target::Found;
use neonform_neon::{Polling, Scope, kinds, target};
use serde_json::{Value as Json, json};

use crate::common::{archive, node};
use crate::policy::Policy;
use crate::state::{NOW, PROJECT, State};

type Kinds = [Box<dyn ErasedKind<Scope>>];

/// A platform.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) client: Client,
    /// Name or id of the branch that the policy is for.
    pub(crate) branch: String,
    pub(crate) purpose: Purpose,
}

/// Code that follows from slug and source.
struct Placeholder;

impl Bundler for Placeholder {
    fn bundle<'a>(&'a self, slug: &'a str, source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        let archive = archive(slug);
        async move {
            Ok(Bundle {
                archive,
                sha256: code(slug, &source.path),
                modules: Vec::new(),
                warnings: Vec::new(),
            })
        }
        .boxed()
    }
}

/// What stands for the digest of a function's code.
pub(crate) fn code(slug: &str, source: &str) -> [u8; 32] {
    let mut digest = [0_u8; 32];
    for (place, byte) in source.bytes().chain(slug.bytes()).enumerate() {
        digest[place % 16] = digest[place % 16_usize].wrapping_mul(31).wrapping_add(byte);
    }
    digest
}

/// A value as JSON.
pub(crate) fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Number(value) => json!(value),
        Value::Bytes(size) => json!(size),
        Value::String(text) => json!(text),
        Value::Secret(_) => json!("(secret)"),
        Value::Unknown => json!("(unknown)"),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

/// One line for each of a plan's declared changes: address, action, attributes.
pub(crate) fn declared(plan: &Plan) -> Vec<String> {
    let steps = plan.steps.iter().filter(|step| step.wave == 0);
    steps
        .flat_map(|step| {
            step.changes.iter().map(|change| {
                let attributes: Vec<String> = change
                    .attributes
                    .iter()
                    .map(|a| format!("{}: {:?} -> {:?}", a.name, a.before, a.after))
                    .collect();
                format!("{} {} [{}]", step.address, change.action.word(), attributes.join(", "))
            })
        })
        .collect()
}

/// What a plan says, in full.
pub(crate) fn described(plan: &Plan) -> Vec<String> {
    let deletions =
        plan.steps.iter().filter(|step| step.wave > 0).map(|step| format!("{} delete", step.address));
    let impossible = plan
        .impossible
        .iter()
        .map(|found| format!("{} impossible: {:?}", found.address, found.change.reason));
    declared(plan).into_iter().chain(deletions).chain(impossible).collect()
}

impl World {
    pub(crate) async fn new(state: &State) -> Self {
        Self::of(&state.seed, state.target).await
    }

    pub(crate) async fn of(seed: &Seed, branch: &str) -> Self {
        let options = Options { seed_default_project: false, ..Options::default() };
        let server = neonform_local::start(options).await.unwrap();
        server.seed(seed).unwrap();
        // A read that fails is not tried again: the run ends, as if it had been killed.
        let client = Client::new(server.url(), &Secret::new("key")).unwrap().impatient();
        let purpose = Purpose::at(Timestamp::from_millisecond(NOW).unwrap());
        Self { server, client, branch: branch.to_owned(), purpose }
    }

    pub(crate) fn pruning(mut self, prune: Prune) -> Self {
        self.purpose.prune = prune;
        self
    }

    /// Some seconds go by.
    pub(crate) fn later(&mut self) {
        self.purpose.now = self.purpose.now.checked_add(SignedDuration::from_secs(7)).unwrap();
        let now = Some(self.purpose.now.as_millisecond());
        self.server.seed(&Seed { now, ..Seed::default() }).unwrap();
    }

    pub(crate) async fn provider(&self) -> Result<(Provider<Scope>, Target), Failure> {
        let found = target::find(&self.client, PROJECT, Some(&self.branch)).await?;
        let target = found.target.clone();
        Ok((self.provider_for(found), target))
    }

    pub(crate) fn provider_for(&self, found: Found) -> Provider<Scope> {
        let polling = Polling { interval: Duration::from_millis(1), limit: Duration::from_secs(5) };
        let scope = Scope { polling, ..Scope::of(self.client.clone(), found, Arc::new(Placeholder)) };
        Provider { name: "neon", kinds: kinds(), client: scope, concurrency: 8 }
    }

    pub(crate) async fn plan(&self, policy: &Policy) -> Result<(Provider<Scope>, Plan), Failure> {
        let (provider, target) = self.provider().await?;
        let desired = desired(&provider.kinds, policy, &target)?;
        let plan = plan(&provider, desired, &self.purpose).await?;
        Ok((provider, plan))
    }

    pub(crate) async fn apply(&self, policy: &Policy) -> Result<(Plan, Outcome), Failure> {
        let (provider, plan) = self.plan(policy).await?;
        let outcome = apply(&provider, &plan, &|| false, &|_| {}).await;
        Ok((plan, outcome))
    }

    /// The plan for a branch that does not exist, made of what it will have of its parent.
    pub(crate) async fn plan_creation(
        &self,
        policy: &Policy,
        name: &str,
    ) -> Result<(Provider<Scope>, Plan), Failure> {
        let survey = target::survey(&self.client, PROJECT).await?;
        let target = survey.absent(name)?;
        let mut desired = desired(&kinds(), policy, &target)?;
        let named = match desired.resolved.at(&Path::root().key("parent")) {
            Some(Value::String(name)) => Some(name.clone()),
            _ => None,
        };
        let parent = survey.parent(name, named.as_deref())?.expect("a default branch");
        desired.target.parent_id = Some(parent.id.clone());
        let provider = self.provider_for(parent);
        let plan = plan(&provider, desired, &self.purpose).await?;
        Ok((provider, plan))
    }

    /// One answer of the platform; nothing where it is 404.
    async fn ask(&self, rest: &[&str]) -> Json {
        let path = ApiPath::new(&["projects", PROJECT]).join(rest);
        let answer: Option<Json> = self.client.find(Request::get("get", path)).await.unwrap();
        answer.unwrap_or_default()
    }

    /// Everything there is on the branch, as the platform reports it.
    pub(crate) async fn report(&self) -> Json {
        let found = target::find(&self.client, PROJECT, Some(&self.branch)).await.unwrap();
        let branch = found.id.as_str();
        let here =
            |rest: &str| [vec!["branches".to_owned(), branch.to_owned()], vec![rest.to_owned()]].concat();
        let of = async |rest: &str| {
            let path = here(rest);
            self.ask(&path.iter().map(String::as_str).collect::<Vec<_>>()).await
        };
        let databases = of("databases").await["databases"].take();
        let mut data_api = json!({});
        for database in databases.as_array().unwrap() {
            let name = database["name"].as_str().unwrap();
            data_api[name] = self.ask(&["branches", branch, "data-api", name]).await;
        }
        let endpoints = self.ask(&["endpoints"]).await["endpoints"].take();
        json!({
            "branch": self.ask(&["branches", branch]).await["branch"],
            "branches": self.ask(&["branches"]).await["branches"],
            "endpoints": endpoints,
            "databases": databases,
            "auth": of("auth").await,
            "dataApi": data_api,
            "buckets": of("buckets").await["buckets"],
            "functions": of("functions").await["functions"],
            "triggers": of("triggers").await["triggers"],
            "customDomains": of("custom-domains").await["custom_domains"],
        })
    }

    /// The same without what differs between two platforms on which the same was done in two ways: ids,
    /// times, and the order of lists.
    pub(crate) async fn snapshot(&self) -> Json {
        let report = self.report().await;
        let list = |key: &str, of: &dyn Fn(&Json) -> Json| {
            let mut items: Vec<Json> = report[key].as_array().into_iter().flatten().map(of).collect();
            items.sort_by_key(ToString::to_string);
            items
        };
        let pick = |keys: &'static [&'static str]| {
            move |item: &Json| {
                keys.iter().map(|key| ((*key).to_owned(), item[*key].clone())).collect::<Json>()
            }
        };
        let data_api = report["dataApi"].as_object().unwrap();
        let data_api: Json =
            data_api.iter().map(|(name, answer)| (name.clone(), answer["settings"].clone())).collect();
        json!({
            "branch": pick(&["protected", "expires_at"])(&report["branch"]),
            "endpoints": list("endpoints", &pick(&[
                "branch_id", "type", "autoscaling_limit_min_cu", "autoscaling_limit_max_cu", "suspend_timeout_seconds",
            ])),
            "auth": pick(&["auth_provider", "db_name"])(&report["auth"]),
            "dataApi": data_api,
            "buckets": list("buckets", &pick(&["name", "access_level"])),
            "functions": list("functions", &function),
            "triggers": list("triggers", &pick(&[
                "name", "type", "function_slug", "function_path", "enabled", "inherited", "schedule",
                "storage_object_created",
            ])),
            "customDomains": list("customDomains", &pick(&["domain", "entity_type", "entity_id"])),
        })
    }

    /// What was written since the log was cleared, in order.
    pub(crate) fn writes(&self) -> Vec<String> {
        let log = self.server.log();
        let writes = log.iter().filter(|exchange| exchange.method != "GET");
        writes.map(|exchange| format!("{} {}", exchange.method, exchange.path)).collect()
    }

    /// Stops at once; nothing of it is left behind.
    pub(crate) async fn end(self) {
        let Self { server, client, .. } = self;
        drop(client);
        server.shutdown().await;
    }
}

fn function(item: &Json) -> Json {
    let deployment = &item["current_deployment"];
    let names = deployment["environment"].as_array().into_iter().flatten();
    let names: Vec<&str> =
        names.filter_map(Json::as_str).filter(|name| !name.starts_with("NEONFORM_1_")).collect();
    json!({
        "slug": item["slug"], "name": item["name"], "status": deployment["status"],
        "runtime": deployment["runtime"], "environment": names,
    })
}

/// Both halves of a policy; the file's closure is a function and its answer a constant.
fn halves(policy: &Policy) -> (Node, Node) {
    let mut file = node(&policy.file);
    if let Shape::Object(entries) = &mut file.shape {
        entries.push(Entry { key: "branch".to_owned(), key_at: None, node: Node::new(Shape::Function) });
    }
    (file, node(&policy.tuning))
}

/// What a policy wants of a target; the file is checked first, as when it is loaded.
pub(crate) fn desired(kinds: &Kinds, policy: &Policy, target: &Target) -> Result<Desired, Failure> {
    let (file, tuning) = halves(policy);
    desired::check(kinds, Read::of_file(&file))?;
    desired::build(kinds, Read::for_target(&file, Some(&tuning), target), target)
}
