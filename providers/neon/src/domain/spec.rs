//! When a custom domain is registered, retargeted or deleted.

use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Conflict, Doable, Impact, Origin, Record, Remedy};
use neonform_engine::kind::{Context, Declared, Kind, Report};
use neonform_engine::path::Path;
use neonform_engine::places::Places;
use neonform_engine::policy::Policy;
use neonform_engine::state::Observed;
use neonform_engine::value::Value;

use super::driver::DomainLive;
use super::read;

/// The custom domain kind.
pub struct Domain;

/// What a policy asks of a custom domain.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Slug of the function that it leads to.
    pub function: String,
}

/// One change, perhaps of several requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Register on this function.
    Register(String),
    /// Move from one function to another.
    Retarget {
        /// Slug of the function that has it.
        from: String,
        /// Slug of the function that gets it.
        to: String,
    },
    /// Delete the registration, as long as it leads to this function.
    Delete(DomainLive),
}

impl Kind for Domain {
    type Spec = Spec;
    type Live = DomainLive;
    type Operation = Operation;

    const NAME: &'static str = "domain";
    const PRUNED_AS: Option<&'static str> = Some("domains");

    fn declare(&self, policy: &Policy<'_>) -> Declared<Spec> {
        read::declare(policy)
    }

    fn diff(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &Spec,
        live: Option<&DomainLive>,
    ) -> Vec<Change<Operation>> {
        let host = address.name();
        match live {
            None => vec![registration(host, spec)],
            Some(live) if !live.is_function() => vec![foreign(&context.target.name, host, spec, live)],
            Some(live) if live.entity == spec.function => Vec::new(),
            Some(live) => vec![retarget(&context.target.name, host, spec, live)],
        }
    }

    fn requests(&self, operation: &Operation) -> usize {
        match operation {
            Operation::Register(_) => 1,
            // The deployment that is waited for, the registrations as they are now, deletion, registration.
            Operation::Retarget { .. } => 4,
            Operation::Delete(_) => 2,
        }
    }

    fn prune(&self, address: &Address, live: &DomainLive, _with_data: bool) -> Option<Change<Operation>> {
        let mut change = Change::doable(Action::Delete, Impact::Destructive, Operation::Delete(live.clone()));
        change.attributes = vec![Attribute {
            name: "function".to_owned(),
            before: Some(live.entity.as_str().into()),
            after: None,
        }];
        change.reason = Some("the policy does not declare it".to_owned());
        change.records = record(address.name(), Action::Delete, Vec::new());
        Some(change)
    }

    fn observe(&self, _host: &str, live: &DomainLive) -> Option<Observed> {
        let leads = if live.is_function() { live.entity.clone() } else { foreign_entity(live) };
        Some(Observed::new(vec![("function".to_owned(), leads.into())]))
    }

    fn expect(&self, _context: &Context<'_>, _address: &Address, spec: &Spec) -> Option<Observed> {
        Some(Observed::new(vec![("function".to_owned(), spec.function.as_str().into())]))
    }

    fn report(&self, address: &Address, spec: &Spec, live: Option<&DomainLive>) -> Option<Report> {
        let mut fields = vec![
            ("domain".to_owned(), address.name().into()),
            ("slug".to_owned(), spec.function.as_str().into()),
        ];
        let here = live.filter(|live| live.is_function() && live.entity == spec.function);
        fields.extend(here.map(|live| ("cnameTarget".to_owned(), live.cname_target.as_str().into())));
        let means = format!("{}: the region has no target for custom domains yet", address.name());
        Some(Report { section: "customDomains", fields, when_empty: Some(("cnameTarget", means)) })
    }

    fn export(&self, host: &str, live: &DomainLive) -> Vec<(Path, Value)> {
        if !live.is_function() {
            return Vec::new();
        }
        let place = Path::root().key("functions").key(&live.entity).key("customDomains");
        vec![(place, Value::List(vec![host.into()]))]
    }
}

fn record(host: &str, action: Action, details: Vec<(String, Value)>) -> Vec<Record> {
    let details = std::iter::once(("domain".to_owned(), host.into())).chain(details).collect();
    vec![Record { kind: "service", identifier: format!("domain:{host}"), action, details }]
}

fn registration(host: &str, spec: &Spec) -> Change<Operation> {
    let function = spec.function.as_str();
    let mut change =
        Change::doable(Action::Create, Impact::Additive, Operation::Register(function.to_owned()));
    change.attributes = vec![Attribute::added("function", function)];
    change.records = record(host, Action::Create, vec![("slug".to_owned(), function.into())]);
    change
}

fn retarget(branch: &str, host: &str, spec: &Spec, live: &DomainLive) -> Change<Operation> {
    let (from, to) = (live.entity.as_str(), spec.function.as_str());
    let operation = Operation::Retarget { from: from.to_owned(), to: to.to_owned() };
    let mut change = Change::doable(Action::Update, Impact::Override, operation);
    change.attributes = vec![Attribute::changed("function", Some(from.into()), to)];
    change.records = record(
        host,
        Action::Update,
        vec![("slug".to_owned(), to.into()), ("previousSlug".to_owned(), from.into())],
    );
    change.conflict = Some(Conflict {
        identifier: branch.to_owned(),
        field: "customDomain",
        current: Some(from.into()),
        desired: Some(to.into()),
    });
    change
}

fn foreign_entity(live: &DomainLive) -> String {
    format!("{} {}", live.entity_type, live.entity)
}

fn foreign(branch: &str, host: &str, spec: &Spec, live: &DomainLive) -> Change<Operation> {
    let entity = |kind: &str, id: &str| {
        Value::Map(vec![("entityType".to_owned(), kind.into()), ("entityId".to_owned(), id.into())])
    };
    Change {
        action: Action::Update,
        impact: Impact::Override,
        attributes: vec![Attribute::changed(
            "function",
            Some(foreign_entity(live).into()),
            spec.function.as_str(),
        )],
        origin: Origin::Unknown,
        reason: Some(format!("{host} is registered on something that is not a function")),
        doable: Doable::No(Remedy::ByHand(
            "delete the registration where it was made, or take the domain out of the policy".to_owned(),
        )),
        records: Vec::new(),
        conflict: Some(Conflict {
            identifier: branch.to_owned(),
            field: "customDomain",
            current: Some(entity(&live.entity_type, &live.entity)),
            desired: Some(entity("function", &spec.function)),
        }),
        places: Places::default(),
    }
}
