//! When a branch's own settings change.

use jiff::{SignedDuration, Timestamp};
use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Conflict, Doable, Impact, Origin, Record, Remedy};
use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::kind::{Context, Declared, Kind, Resource};
use neonform_engine::node::Shape;
use neonform_engine::path::Path;
use neonform_engine::places::Places;
use neonform_engine::policy::Policy;
use neonform_engine::state::Observed;
use neonform_engine::unknown::Unknown;
use neonform_engine::value::Value;

use super::compute::{self, Compute, shown};
use super::creation::{self, NewBranch};
use super::driver::{BranchLive, EndpointLive};
use super::{observed, parent};
use crate::duration;

/// The longest lifetime: 30 days.
const LONGEST_TTL: i64 = 2_592_000;
/// Expiries closer than this are equal: the platform keeps whole seconds and requests take time.
const TTL_TOLERANCE: i64 = 30;

/// The branch kind.
pub struct Branch;

/// What a policy asks of a branch.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    /// Compute settings, when named.
    pub compute: Option<Compute>,
    /// Protection, when named.
    pub protected: Option<bool>,
    /// Lifetime in seconds, when named.
    pub ttl: Option<i64>,
    /// Name of the parent, used at creation only.
    pub parent: Option<String>,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Set the named compute settings of an endpoint.
    Resize {
        /// The endpoint's id.
        endpoint: String,
        /// The settings.
        compute: Compute,
    },
    /// Set protection.
    Protect(bool),
    /// Set the expiry.
    Expire(Timestamp),
    /// Create the branch.
    Create(NewBranch),
}

impl Kind for Branch {
    type Spec = Spec;
    type Live = BranchLive;
    type Operation = Operation;

    const NAME: &'static str = "branch";
    const ONE_PER_BRANCH: bool = true;

    fn declare(&self, policy: &Policy<'_>) -> Declared<Spec> {
        check_closure(policy);
        let mut declared = Declared::default();
        let mut unknown = Vec::new();
        let spec = read_tuning(policy, &mut declared.resolved, &mut unknown);
        if let Some(target) = policy.target() {
            let address = Address::new(Self::NAME, &target.name);
            let resource = Resource::new(address, spec, Path::root().key("branch"));
            declared.resources.push(Resource { places: places(policy), unknown, ..resource });
        }
        declared
    }

    fn diff(
        &self,
        context: &Context<'_>,
        _address: &Address,
        spec: &Spec,
        live: Option<&BranchLive>,
    ) -> Vec<Change<Operation>> {
        let Some(live) = live else { return vec![creation::creation(context, spec)] };
        let name = &context.target.name;
        let mut changes = Vec::new();
        changes.extend(spec.compute.as_ref().and_then(|wanted| compute_change(name, wanted, live)));
        changes.extend(spec.protected.and_then(|wanted| protection_change(name, wanted, live)));
        changes.extend(spec.ttl.and_then(|wanted| expiry_change(context, wanted, live)));
        changes
    }

    fn observe(&self, _name: &str, live: &BranchLive) -> Option<Observed> {
        Some(observed::live(live))
    }

    fn expect(&self, context: &Context<'_>, _address: &Address, spec: &Spec) -> Option<Observed> {
        Some(observed::expected(spec, context.target.exists))
    }

    fn export(&self, _name: &str, live: &BranchLive) -> Vec<(Path, Value)> {
        let branch = Path::root().key("branch");
        let mut found = Vec::new();
        found.extend(live.parent.as_deref().map(|parent| (branch.key("parent"), parent.into())));
        found.extend(live.protected.then(|| (branch.key("protected"), true.into())));
        let tuned =
            live.endpoint.as_ref().map(|endpoint| tuned(endpoint, &live.defaults)).unwrap_or_default();
        if !tuned.is_empty() {
            found.push((branch.key("postgres").key("computeSettings"), Value::Map(tuned)));
        }
        found
    }
}

/// What the closure returned, else the closure.
fn places(policy: &Policy<'_>) -> Places {
    let root = policy.root();
    let closure = root.as_ref().and_then(|root| root.get("branch")).and_then(|closure| closure.at());
    let returned = policy.tuning().map(|tuning| Places::of(tuning.cursor())).unwrap_or_default();
    let returned = returned.named("expiresAt", "ttl").named("computeSettings", "postgres.computeSettings");
    returned.over(Places::at(closure))
}

fn check_closure(policy: &Policy<'_>) {
    let Some(closure) = policy.root().and_then(|root| root.get("branch")) else { return };
    if *closure.shape() != Shape::Function {
        let problem = closure.problem(codes::WRONG_TYPE, "branch is not a function").layer(Layer::Type);
        closure.report(
            problem
                .expected("a function of the branch that returns its tuning")
                .fix("write branch: (branch) => ({ … })"),
        );
    }
}

fn read_tuning(policy: &Policy<'_>, resolved: &mut Vec<(Path, Value)>, unknown: &mut Vec<Unknown>) -> Spec {
    let Some(tuning) = policy.tuning() else { return Spec::default() };
    let parent = tuning.get("parent").and_then(|cursor| parent::read(&cursor));
    let protected = tuning.known("protected", "protected", unknown).and_then(|cursor| cursor.boolean());
    let ttl = tuning.known("ttl", "expiresAt", unknown).and_then(|cursor| {
        let seconds = duration::seconds(&cursor)?;
        if seconds > LONGEST_TTL {
            cursor.report(
                cursor
                    .problem(codes::DURATION_OUT_OF_RANGE, "the branch's lifetime is too long")
                    .found(format!("{} ({seconds} seconds)", cursor.describe()))
                    .expected("at most 30 days (2592000 seconds)"),
            );
            return None;
        }
        Some(seconds)
    });
    let postgres = tuning.get("postgres").and_then(|cursor| cursor.object());
    let compute = postgres
        .and_then(|postgres| postgres.get("computeSettings")?.object())
        .map(|o| compute::read(&o, unknown));
    // Settings of which none is known are not named.
    let compute = compute.filter(|read| *read != Compute::default() || unknown.is_empty());
    resolved.extend(parent.map(|name| (Path::root().key("parent"), name.into())));
    resolved.extend(protected.map(|value| (Path::root().key("protected"), value.into())));
    #[expect(clippy::cast_precision_loss, reason = "a lifetime is at most 2592000")]
    resolved.extend(ttl.map(|seconds| (Path::root().key("ttlSeconds"), Value::Number(seconds as f64))));
    resolved.extend(
        compute.as_ref().map(|compute| {
            (Path::root().key("postgres").key("computeSettings"), Value::Map(compute.written()))
        }),
    );
    resolved.extend(unknown.iter().map(|one| (place(&one.attribute), Value::Unknown)));
    Spec { compute, protected, ttl, parent: parent.map(str::to_owned) }
}

/// Where the resolved policy has what an attribute comes from.
fn place(attribute: &str) -> Path {
    match attribute.split_once('.') {
        Some((settings, name)) => Path::root().key("postgres").key(settings).key(name),
        None => Path::root().key(if attribute == "expiresAt" { "ttlSeconds" } else { attribute }),
    }
}

fn compute_change(branch: &str, wanted: &Compute, live: &BranchLive) -> Option<Change<Operation>> {
    let Some(endpoint) = &live.endpoint else { return Some(no_endpoint(branch, wanted)) };
    let differing = differing(wanted, endpoint);
    if differing.is_empty() {
        return None;
    }
    let operation = Operation::Resize { endpoint: endpoint.id.clone(), compute: wanted.clone() };
    let mut change = Change::doable(Action::Update, Impact::Override, operation);
    change.records = vec![Record {
        kind: "branch",
        identifier: branch.to_owned(),
        action: Action::Update,
        details: vec![
            ("field".to_owned(), "computeSettings".into()),
            ("endpointId".to_owned(), endpoint.id.as_str().into()),
            ("settings".to_owned(), Value::Map(wanted.written())),
        ],
    }];
    let side = |pick: fn(&Difference) -> Option<Value>| {
        differing.iter().filter_map(|found| Some((found.setting.to_owned(), pick(found)?))).collect()
    };
    change.conflict = Some(Conflict {
        identifier: branch.to_owned(),
        field: "computeSettings",
        current: Some(Value::Map(side(|found| found.live.clone()))),
        desired: Some(Value::Map(side(|found| Some(found.wanted.clone())))),
    });
    change.attributes = differing
        .into_iter()
        .map(|found| {
            Attribute::changed(&format!("computeSettings.{}", found.setting), found.live, found.wanted)
        })
        .collect();
    Some(change)
}

struct Difference {
    setting: &'static str,
    live: Option<Value>,
    wanted: Value,
}

fn differing(wanted: &Compute, live: &EndpointLive) -> Vec<Difference> {
    let mut found = Vec::new();
    let sizes =
        [("autoscalingLimitMinCu", wanted.min, live.min), ("autoscalingLimitMaxCu", wanted.max, live.max)];
    for (setting, wanted, live) in sizes {
        if let Some(wanted) = wanted.filter(|wanted| live != Some(*wanted)) {
            found.push(Difference { setting, live: live.map(Value::from), wanted: wanted.into() });
        }
    }
    if let Some(suspend) = &wanted.suspend {
        // A branch that reports no timeout has the platform's default, which is 0 on the wire.
        let reported = live.suspend_seconds.unwrap_or(0);
        if reported != suspend.seconds {
            let live = shown(reported);
            found.push(Difference { setting: "suspendTimeout", live, wanted: suspend.written.clone() });
        }
    }
    found
}

/// Settings that are not the project's defaults.
fn tuned(endpoint: &EndpointLive, defaults: &EndpointLive) -> Vec<(String, Value)> {
    let size = |live: Option<f64>, default: Option<f64>| live.filter(|_| live != default).map(Value::from);
    let timeout = endpoint.suspend_seconds.filter(|_| endpoint.suspend_seconds != defaults.suspend_seconds);
    let settings = [
        ("autoscalingLimitMinCu", size(endpoint.min, defaults.min)),
        ("autoscalingLimitMaxCu", size(endpoint.max, defaults.max)),
        ("suspendTimeout", timeout.and_then(shown)),
    ];
    settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn no_endpoint(branch: &str, wanted: &Compute) -> Change<Operation> {
    let fix = "create a read-write compute on the branch, or remove the settings from the policy";
    Change {
        action: Action::Update,
        impact: Impact::Override,
        attributes: vec![Attribute::changed("computeSettings", None, Value::Map(wanted.written()))],
        origin: Origin::Unknown,
        reason: Some("the branch has no read-write compute to tune".to_owned()),
        doable: Doable::No(Remedy::ByHand(fix.to_owned())),
        records: Vec::new(),
        conflict: Some(Conflict {
            identifier: branch.to_owned(),
            field: "endpoint",
            current: None,
            desired: Some(Value::Map(wanted.written())),
        }),
        places: Places::default(),
    }
}

fn protection_change(branch: &str, wanted: bool, live: &BranchLive) -> Option<Change<Operation>> {
    if live.protected == wanted {
        return None;
    }
    let mut change = Change::doable(Action::Update, Impact::Override, Operation::Protect(wanted));
    change.attributes = vec![Attribute::changed("protected", Some(live.protected.into()), wanted)];
    let details = vec![("field".to_owned(), "protected".into()), ("protected".to_owned(), wanted.into())];
    set_reports(&mut change, branch, details, "protected", Some(live.protected.into()), wanted.into());
    Some(change)
}

/// A lifetime counts from the branch's creation, so that applying again does not prolong it; from
/// now where the creation time is unknown, or where the lifetime counted from it is over.
fn expiry_change(context: &Context<'_>, ttl: i64, live: &BranchLive) -> Option<Change<Operation>> {
    let lifetime = SignedDuration::from_secs(ttl);
    let from_creation = context.target.created_at.and_then(|created| created.checked_add(lifetime).ok());
    let from_now = context.now.checked_add(lifetime).ok()?;
    let wanted = from_creation.filter(|expiry| *expiry > context.now).unwrap_or(from_now);
    let current = live.expires_at.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
    let away = current.map(|current| (current.as_second() - wanted.as_second()).abs());
    if away.is_some_and(|seconds| seconds <= TTL_TOLERANCE) {
        return None;
    }
    let text = |at: Timestamp| Value::String(format!("{at:.3}"));
    let before = live.expires_at.clone().map(Value::String);
    let mut change = Change::doable(Action::Update, Impact::Override, Operation::Expire(wanted));
    change.attributes = vec![Attribute::changed("expiresAt", before.clone(), text(wanted))];
    let details = vec![("field".to_owned(), "ttl".into()), ("expiresAt".to_owned(), text(wanted))];
    set_reports(&mut change, &context.target.name, details, "ttl", before, text(wanted));
    Some(change)
}

fn set_reports(
    change: &mut Change<Operation>,
    branch: &str,
    details: Vec<(String, Value)>,
    field: &'static str,
    current: Option<Value>,
    desired: Value,
) {
    let identifier = branch.to_owned();
    change.records =
        vec![Record { kind: "branch", identifier: identifier.clone(), action: Action::Update, details }];
    change.conflict = Some(Conflict { identifier, field, current, desired: Some(desired) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use neonform_engine::target::Target;

    const NOW: &str = "2026-10-05T12:00:00Z";

    fn target(created_at: Option<&str>) -> Target {
        Target {
            id: Some("br-a-b-c".to_owned()),
            is_default: Some(false),
            is_protected: Some(false),
            created_at: created_at.map(|text| text.parse().unwrap()),
            ..Target::named("p", "dev")
        }
    }

    fn live() -> BranchLive {
        BranchLive {
            protected: false,
            expires_at: None,
            parent: None,
            defaults: EndpointLive::default(),
            endpoint: Some(EndpointLive {
                id: "ep-1".to_owned(),
                min: Some(0.25),
                max: Some(2.0),
                suspend_seconds: Some(300),
            }),
        }
    }

    fn check(spec: Spec, live: &BranchLive, created_at: Option<&str>, expected: &str) {
        let target = target(created_at);
        let context = Context { target: &target, now: NOW.parse().unwrap() };
        let changes = Branch.diff(&context, &Address::new("branch", "dev"), &spec, Some(live));
        let lines: Vec<String> = changes
            .iter()
            .flat_map(|change| &change.attributes)
            .map(|a| {
                let side =
                    |value: &Option<Value>| value.as_ref().map_or("unset".to_owned(), ToString::to_string);
                format!("{} {} -> {}", a.name, side(&a.before), side(&a.after))
            })
            .collect();
        assert_eq!(lines.join("; "), expected);
    }

    fn suspend(seconds: i64, written: Value) -> Spec {
        let suspend = Some(compute::Suspend { seconds, written });
        Spec { compute: Some(Compute { suspend, ..Compute::default() }), ..Spec::default() }
    }

    #[test]
    fn the_same_timeout_in_another_notation_is_no_drift() {
        check(suspend(300, 300.0.into()), &live(), None, "");
        check(suspend(-1, false.into()), &live(), None, "computeSettings.suspendTimeout 5m -> false");
    }

    #[test]
    fn only_named_settings_are_compared() {
        let compute = Some(Compute { max: Some(4.0), ..Compute::default() });
        let spec = Spec { compute, ..Spec::default() };
        check(spec, &live(), None, "computeSettings.autoscalingLimitMaxCu 2 -> 4");
        check(Spec::default(), &live(), None, "");
    }

    #[test]
    fn a_lifetime_counts_from_creation() {
        let spec = || Spec { ttl: Some(86_400), ..Spec::default() };
        let expiring = |at: &str| BranchLive { expires_at: Some(at.to_owned()), ..live() };
        check(spec(), &expiring("2026-10-06T00:00:00Z"), Some("2026-10-05T00:00:00Z"), "");
        check(spec(), &expiring("2026-10-06T12:00:30Z"), None, "");
        let moved = "expiresAt 2026-10-06T12:00:31Z -> 2026-10-06T12:00:00.000Z";
        check(spec(), &expiring("2026-10-06T12:00:31Z"), None, moved);
    }

    #[test]
    fn a_lifetime_that_is_over_since_creation_counts_from_now() {
        let spec = Spec { ttl: Some(86_400), ..Spec::default() };
        check(spec, &live(), Some("2026-09-01T00:00:00Z"), "expiresAt unset -> 2026-10-06T12:00:00.000Z");
    }
}
