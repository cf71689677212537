//! When a function is deployed, and what is sent.

use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Impact, Origin, Record};
use neonform_engine::diagnostic::Diagnostic;
use neonform_engine::kind::{Context, Declared, Kind, Outputs};
use neonform_engine::path::Path;
use neonform_engine::policy::Policy;
use neonform_engine::state::Observed;
use neonform_engine::value::{Secret, Value};

use super::cause;
use super::driver::{Bundle, DeploymentLive, Earlier, FunctionLive, Status};
use super::marker::{self, Marker};
use super::observed;
use super::origin;
use super::read::{self, Source};
use crate::homes::has_preview;

/// The function kind.
pub struct Function;

/// What a policy asks of a function.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The display name.
    pub name: String,
    /// What it is made from.
    pub source: Source,
    /// Its variables.
    pub environment: Environment,
    /// The runtime.
    pub runtime: &'static str,
    /// The bundle; there once the resource is prepared.
    pub bundle: Option<Bundle>,
    /// The digest of the variables; there once the resource is prepared.
    pub environment_digest: String,
    /// Whether it is deployed although nothing changed.
    pub again: bool,
    /// Whether a deployment carries a marker.
    pub marked: bool,
}

/// Variables as a policy writes them: an empty value deletes one (spec 1.6).
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Variables with a value.
    pub set: Vec<(String, Secret)>,
    /// Variables to delete.
    pub deleted: Vec<String>,
}

impl Environment {
    /// Sorts out variables as written.
    pub fn new(written: Vec<(String, Secret)>) -> Self {
        let (deleted, set): (Vec<_>, Vec<_>) =
            written.into_iter().partition(|(_, value)| value.expose().is_empty());
        Self { set, deleted: deleted.into_iter().map(|(name, _)| name).collect() }
    }
}

/// One change, perhaps of several requests.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Deploy.
    Deploy(Deployment),
    /// Change the display name.
    Rename {
        /// The new name.
        name: String,
        /// What to deploy first where the function is only inherited: the platform renames a branch's
        /// own functions only (API spec 6.10).
        own: Deployment,
    },
    /// Delete the function whose newest deployment is this one.
    Delete(Option<i64>),
}

/// A deployment to make.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The code; `None` keeps what is deployed.
    pub bundle: Option<Bundle>,
    /// The runtime.
    pub runtime: &'static str,
    /// Every variable to send: values, and empty texts for those to delete.
    pub environment: Vec<(String, Secret)>,
    /// The id of the deployment that this one replaces; 0 where there is none.
    pub replaced: i64,
    /// The display name to set afterwards, for a function that does not have it yet.
    pub rename: Option<String>,
}

impl Deployment {
    /// The marker that it carries.
    pub(super) fn marker(&self) -> Option<Marker> {
        let sent = self.environment.iter().filter(|(_, value)| !value.expose().is_empty());
        Marker::newest(&sent.map(|(name, _)| name.clone()).collect::<Vec<_>>())
    }
}

impl Kind for Function {
    type Spec = Spec;
    type Live = FunctionLive;
    type Operation = Operation;

    const NAME: &'static str = "function";
    const PRUNED_AS: Option<&'static str> = Some("functions");

    fn declare(&self, policy: &Policy<'_>) -> Declared<Spec> {
        let mut declared = Declared::default();
        let (resources, resolved) = read::read(policy);
        declared.resources = resources;
        declared.service = (!declared.resources.is_empty()).then_some("Functions");
        if policy.root().is_some_and(|root| has_preview(&root)) {
            declared.resolved.push((read::place(), Value::List(resolved)));
        }
        declared
    }

    fn diff(
        &self,
        _context: &Context<'_>,
        address: &Address,
        spec: &Spec,
        live: Option<&FunctionLive>,
    ) -> Vec<Change<Operation>> {
        let current = live.and_then(|live| live.current.as_ref());
        let wanted = Wanted::of(spec);
        let deployed = live.and_then(|live| live.bundle.as_ref());
        match (live, differences(spec, &wanted, current, deployed)) {
            (_, Some(found)) => vec![deployment(address, spec, &wanted, live, found)],
            (Some(live), None) if live.name != spec.name => vec![rename(live, spec, &wanted)],
            _ => Vec::new(),
        }
    }

    fn warnings(&self, _address: &Address, spec: &Spec) -> Vec<Diagnostic> {
        spec.bundle.as_ref().map(|bundle| bundle.warnings.clone()).unwrap_or_default()
    }

    fn inherited(&self, live: &FunctionLive) -> Option<FunctionLive> {
        // Its URL is the new branch's own, and not known yet.
        Some(FunctionLive { invocation_url: String::new(), ..live.clone() })
    }

    fn requests(&self, operation: &Operation) -> usize {
        match operation {
            Operation::Deploy(deployment) => 1 + usize::from(deployment.rename.is_some()),
            Operation::Rename { .. } => 1,
            // It is looked at right before.
            Operation::Delete(_) => 2,
        }
    }

    fn prune(&self, address: &Address, live: &FunctionLive, _with_data: bool) -> Option<Change<Operation>> {
        let newest = live.current.as_ref().map(|current| current.id);
        let mut change = Change::doable(Action::Delete, Impact::Destructive, Operation::Delete(newest));
        change.attributes =
            vec![Attribute { name: "name".to_owned(), before: Some(live.name.as_str().into()), after: None }];
        change.reason = Some("the policy does not declare it".to_owned());
        change.records = vec![Record {
            kind: "service",
            identifier: format!("function:{}", address.name()),
            action: Action::Delete,
            details: vec![("slug".to_owned(), address.name().into())],
        }];
        Some(change)
    }

    /// By number: what became of the deployment that this run made is not somebody else's doing.
    fn overtaken(
        &self,
        _context: &Context<'_>,
        _address: &Address,
        spec: &Spec,
        learned: &Outputs,
        live: Option<&FunctionLive>,
    ) -> Vec<Attribute> {
        let current = live.and_then(|live| live.current.as_ref());
        let made = learned.iter().find(|(name, _)| name == DEPLOYMENT_ID).map(|(_, id)| id.clone());
        let found = current.map(|current| deployment_number(current.id));
        let deployment = made.filter(|made| found.as_ref() != Some(made));
        let deployment = deployment.map(|made| Attribute::changed("deployment", found, made));
        let name = live.is_none_or(|live| live.name != spec.name).then(|| name_attribute(live, spec));
        deployment.into_iter().chain(name).collect()
    }

    fn learned(&self, live: &FunctionLive) -> Outputs {
        let url = Some(live.invocation_url.as_str()).filter(|url| !url.is_empty());
        url.map(|url| ("invocationUrl".to_owned(), url.into())).into_iter().collect()
    }

    fn observe(&self, _slug: &str, live: &FunctionLive) -> Option<Observed> {
        Some(observed::live(live))
    }

    fn expect(&self, _context: &Context<'_>, _address: &Address, spec: &Spec) -> Option<Observed> {
        Some(observed::expected(spec))
    }

    fn export(&self, slug: &str, live: &FunctionLive) -> Vec<(Path, Value)> {
        let place = Path::root().key("functions").key(slug).key("name");
        vec![(place, live.name.as_str().into())]
    }
}

/// The output that holds the number of the deployment that was made.
pub(crate) const DEPLOYMENT_ID: &str = "deploymentId";

/// A deployment's number as a value.
#[expect(clippy::cast_precision_loss, reason = "deployments are counted from 1")]
pub(super) fn deployment_number(id: i64) -> Value {
    Value::Number(id as f64)
}

/// Digests of what should be deployed.
pub(super) struct Wanted {
    pub(super) bundle: String,
    pub(super) environment: String,
}

impl Wanted {
    fn of(spec: &Spec) -> Self {
        let bundle = spec.bundle.as_ref().map(|bundle| marker::bundle_digest(&bundle.sha256));
        Self { bundle: bundle.unwrap_or_default(), environment: spec.environment_digest.clone() }
    }
}

/// What a deployment would change.
struct Differences {
    attributes: Vec<Attribute>,
    origin: Origin,
    reason: Option<String>,
    with_code: bool,
}

fn differences(
    spec: &Spec,
    wanted: &Wanted,
    current: Option<&DeploymentLive>,
    deployed: Option<&Earlier>,
) -> Option<Differences> {
    let Some(current) = current else {
        let mut attributes = bundle_attributes(spec, wanted, None, None).to_vec();
        attributes.push(Attribute::added("runtime", spec.runtime));
        attributes.extend(variable_attributes(spec, &[]));
        return Some(Differences { attributes, origin: Origin::Unknown, reason: None, with_code: true });
    };
    let mut attributes = Vec::new();
    let marker = Marker::of(current.id, &current.variables);
    let known = marker.as_ref().filter(|_| current.status != Status::Failed);
    let with_code = spec.again || known.is_none_or(|marker| marker.bundle != wanted.bundle);
    if with_code {
        let size = deployed.filter(|_| known.is_some()).and_then(|earlier| earlier.size);
        let size = size.map_or(Value::Unknown, Value::Bytes);
        let bundle = known.map_or(Value::Unknown, |marker| marker::short(&marker.bundle).into());
        attributes.extend(bundle_attributes(spec, wanted, Some(bundle), Some(size)));
    }
    if current.runtime.as_deref().is_some_and(|runtime| runtime != spec.runtime) {
        attributes.push(Attribute::changed(
            "runtime",
            current.runtime.as_deref().map(Value::from),
            spec.runtime,
        ));
    }
    let mut variables = variable_attributes(spec, &current.variables);
    let origin = origin::of(current, wanted, !variables.is_empty());
    if variables.is_empty() && known.is_some_and(|marker| marker.environment != wanted.environment) {
        let digest = |text: &str| Value::String(format!("digest {}", text.get(..8).unwrap_or(text)));
        let before = known.map(|marker| digest(&marker.environment));
        variables.push(Attribute::changed("env", before, digest(&wanted.environment)));
    }
    attributes.extend(variables);
    let reason = match (&marker, current.status) {
        _ if spec.again => Some("--redeploy asks for it".to_owned()),
        (None, _) if matches!(origin, Origin::Drift | Origin::Both) => {
            Some("something else has deployed it since the last apply".to_owned())
        }
        (None, _) => Some(
            "what is deployed carries no marker of neonform that counts, so it cannot be compared".to_owned(),
        ),
        (Some(_), Status::Failed) => Some("the last deployment failed".to_owned()),
        _ if with_code => {
            let new = spec.bundle.as_ref().map(|bundle| bundle.modules.as_slice()).unwrap_or_default();
            Some(cause::between(deployed.map(|earlier| earlier.modules.as_slice()), new))
        }
        _ => None,
    };
    (with_code || !attributes.is_empty()).then_some(Differences { attributes, origin, reason, with_code })
}

/// The code by its hash, and the size of what is uploaded.
fn bundle_attributes(
    spec: &Spec,
    wanted: &Wanted,
    bundle: Option<Value>,
    size: Option<Value>,
) -> [Attribute; 2] {
    let new = spec.bundle.as_ref().map_or(0, |bundle| bundle.archive.len() as u64);
    [
        Attribute::changed("bundle", bundle, marker::short(&wanted.bundle)),
        Attribute::changed("size", size, Value::Bytes(new)),
    ]
}

/// Names that come and go; values never show.
fn variable_attributes(spec: &Spec, live: &[String]) -> Vec<Attribute> {
    let secret = || Value::Secret(Secret::new(""));
    let added = spec
        .environment
        .set
        .iter()
        .filter(|(name, _)| !live.contains(name))
        .map(|(name, _)| Attribute { name: format!("env.{name}"), before: None, after: Some(secret()) });
    let removed = removed(spec, live).map(|name| Attribute {
        name: format!("env.{name}"),
        before: Some(secret()),
        after: None,
    });
    added.chain(removed).collect()
}

/// Variables of the current deployment that the policy does not set.
fn removed<'a>(spec: &'a Spec, live: &'a [String]) -> impl Iterator<Item = &'a String> {
    live.iter()
        .filter(|name| !marker::is_marker(name) && !spec.environment.set.iter().any(|(set, _)| set == *name))
}

fn deployment(
    address: &Address,
    spec: &Spec,
    wanted: &Wanted,
    live: Option<&FunctionLive>,
    found: Differences,
) -> Change<Operation> {
    let renamed = live.map_or(address.name(), |live| live.name.as_str()) != spec.name;
    let operation = Operation::Deploy(Deployment {
        bundle: spec.bundle.clone().filter(|_| found.with_code),
        runtime: spec.runtime,
        environment: environment_to_send(spec, wanted, live),
        replaced: replaced(live),
        rename: renamed.then(|| spec.name.clone()),
    });
    let action = if live.is_some() { Action::Update } else { Action::Create };
    let mut change = Change::doable(action, Impact::Additive, operation);
    change.attributes = found.attributes;
    change.origin = found.origin;
    if renamed {
        change.attributes.push(name_attribute(live, spec));
    }
    change.reason = found.reason.filter(|_| live.is_some());
    let mut details = vec![
        ("slug".to_owned(), address.name().into()),
        ("source".to_owned(), spec.source.path.as_str().into()),
        ("runtime".to_owned(), spec.runtime.into()),
    ];
    let url = live.map(|live| live.invocation_url.as_str()).filter(|url| !url.is_empty());
    details.extend(url.map(|url| ("invocationUrl".to_owned(), url.into())));
    change.records =
        vec![Record { kind: "service", identifier: format!("function:{}", address.name()), action, details }];
    change
}

/// The id of the deployment that a new one replaces.
fn replaced(live: Option<&FunctionLive>) -> i64 {
    live.and_then(|live| live.current.as_ref()).map_or(0, |current| current.id)
}

/// Declared values, deletions as written, leftovers and old markers deleted, the new marker.
fn environment_to_send(spec: &Spec, wanted: &Wanted, live: Option<&FunctionLive>) -> Vec<(String, Secret)> {
    let current = live.and_then(|live| live.current.as_ref());
    let marker = spec.marked.then(|| Marker {
        replaced: replaced(live),
        bundle: wanted.bundle.clone(),
        environment: wanted.environment.clone(),
    });
    let live_names = current.map(|deployment| deployment.variables.as_slice()).unwrap_or_default();
    let old_markers = live_names.iter().filter(|name| marker::is_marker(name));
    let deleted = spec.environment.deleted.iter().chain(removed(spec, live_names)).chain(old_markers);
    let mut send = spec.environment.set.clone();
    for name in deleted {
        if !send.iter().any(|(sent, _)| sent == name) {
            send.push((name.clone(), Secret::new("")));
        }
    }
    send.extend(marker.map(|marker| (marker.name(), Secret::new("1"))));
    send
}

fn name_attribute(live: Option<&FunctionLive>, spec: &Spec) -> Attribute {
    Attribute::changed("name", live.map(|live| live.name.as_str().into()), spec.name.as_str())
}

fn rename(live: &FunctionLive, spec: &Spec, wanted: &Wanted) -> Change<Operation> {
    let own = Deployment {
        bundle: None,
        runtime: spec.runtime,
        environment: environment_to_send(spec, wanted, Some(live)),
        replaced: replaced(Some(live)),
        rename: Some(spec.name.clone()),
    };
    let operation = Operation::Rename { name: spec.name.clone(), own };
    let mut change = Change::doable(Action::Update, Impact::Additive, operation);
    change.attributes = vec![name_attribute(Some(live), spec)];
    change
}

#[cfg(test)]
#[path = "spec_tests.rs"]
mod tests;
