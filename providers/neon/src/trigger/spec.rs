//! When a trigger is created, updated or deleted.

use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Conflict, Doable, Impact, Origin, Record, Remedy};
use neonform_engine::kind::{Context, Declared, Kind};
use neonform_engine::path::Path;
use neonform_engine::places::Places;
use neonform_engine::policy::Policy;
use neonform_engine::state::{Attributes, Observed};
use neonform_engine::value::Value;

use super::driver::TriggerLive;
use super::read;

/// The trigger kind.
pub struct Trigger;

/// What a policy asks of a trigger.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Slug of the function that it calls.
    pub function: String,
    /// The path that it calls.
    pub path: String,
    /// Whether it is on; absent when the policy does not say.
    pub enabled: Option<bool>,
    /// What sets it off.
    pub source: Source,
}

/// What sets a trigger off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A cron expression.
    Schedule(String),
    /// An object stored in a bucket, with a key that begins so.
    Storage {
        /// The bucket's name.
        bucket: String,
        /// The beginning of the key; absent is any.
        prefix: Option<String>,
    },
}

impl Source {
    /// The type's word, in the policy and on the wire.
    pub fn word(&self) -> &'static str {
        match self {
            Source::Schedule(_) => "schedule",
            Source::Storage { .. } => "storage_object_created",
        }
    }

    /// Names and values, in the policy's resolved form.
    pub(super) fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Source::Schedule(cron) => vec![("cron", cron.as_str().into())],
            Source::Storage { bucket, prefix } => {
                let prefix = prefix.as_deref().map(|prefix| ("prefix", prefix.into()));
                [("bucketName", bucket.as_str().into())].into_iter().chain(prefix).collect()
            }
        }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Create.
    Create(Settings),
    /// Update the trigger with this id, every field.
    Update(String, Settings),
    /// Delete the trigger as it was found.
    Delete(TriggerLive),
}

/// Everything that is sent of a trigger.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Slug of the function.
    pub function: String,
    /// The path that it calls.
    pub path: String,
    /// Whether it is on.
    pub enabled: bool,
    /// What sets it off.
    pub source: Source,
}

impl Kind for Trigger {
    type Spec = Spec;
    type Live = TriggerLive;
    type Operation = Operation;

    const NAME: &'static str = "trigger";
    const PRUNED_AS: Option<&'static str> = Some("triggers");

    fn declare(&self, policy: &Policy<'_>) -> Declared<Spec> {
        read::declare(policy)
    }

    fn diff(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &Spec,
        live: Option<&TriggerLive>,
    ) -> Vec<Change<Operation>> {
        let Some(live) = live else { return vec![creation(address.name(), spec)] };
        if live.source.word() != spec.source.word() {
            return vec![other_type(address.name(), spec, live)];
        }
        let is_child = context.target.parent_id.is_some();
        let kept_off = spec.enabled.is_none() && !live.enabled && (live.inherited || is_child);
        let settings = Settings { enabled: !kept_off && spec.enabled != Some(false), ..settings(spec) };
        let update = update(address.name(), &settings, live);
        update.into_iter().chain(kept_off.then(|| stays_off(address.name()))).collect()
    }

    fn inherited(&self, live: &TriggerLive) -> Option<TriggerLive> {
        Some(TriggerLive { inherited: true, enabled: false, ..live.clone() })
    }

    fn observe(&self, _name: &str, live: &TriggerLive) -> Option<Observed> {
        let mut attributes = attributes(&live.source, &live.function, &live.path);
        attributes.push(("enabled".to_owned(), live.enabled.into()));
        let identity =
            vec![("id".to_owned(), live.id.as_str().into()), ("inherited".to_owned(), live.inherited.into())];
        Some(Observed { identity, ..Observed::new(attributes) })
    }

    fn expect(&self, _context: &Context<'_>, _address: &Address, spec: &Spec) -> Option<Observed> {
        let mut attributes = attributes(&spec.source, &spec.function, &spec.path);
        attributes.extend(spec.enabled.map(|enabled| ("enabled".to_owned(), enabled.into())));
        Some(Observed::new(attributes))
    }

    fn requests(&self, operation: &Operation) -> usize {
        match operation {
            Operation::Create(_) | Operation::Update(..) => 1,
            // It is looked at right before.
            Operation::Delete(_) => 2,
        }
    }

    fn prune(&self, address: &Address, live: &TriggerLive, _with_data: bool) -> Option<Change<Operation>> {
        let mut change = Change::doable(Action::Delete, Impact::Destructive, Operation::Delete(live.clone()));
        change.attributes = vec![removed("function", &live.function), removed("type", live.source.word())];
        change.reason = Some("the policy does not declare it".to_owned());
        change.records = vec![Record {
            kind: "service",
            identifier: identifier(&live.function, address.name()),
            action: Action::Delete,
            details: Vec::new(),
        }];
        Some(change)
    }

    fn export(&self, name: &str, live: &TriggerLive) -> Vec<(Path, Value)> {
        let place = Path::root().key("triggers").key(name);
        let own = |(field, value)| (place.key(if field == "bucketName" { "bucket" } else { field }), value);
        let mut found = vec![
            (place.key("type"), live.source.word().into()),
            (place.key("function"), live.function.as_str().into()),
        ];
        found.extend(live.source.fields().into_iter().map(own));
        if live.path != "/" {
            found.push((place.key("functionPath"), live.path.as_str().into()));
        }
        found.push((place.key("enabled"), live.enabled.into()));
        found
    }
}

fn settings(spec: &Spec) -> Settings {
    Settings {
        function: spec.function.clone(),
        path: spec.path.clone(),
        enabled: spec.enabled.unwrap_or(true),
        source: spec.source.clone(),
    }
}

/// What a trigger is like, but for whether it is on.
fn attributes(source: &Source, function: &str, path: &str) -> Attributes {
    let mut found = vec![("type".to_owned(), source.word().into()), ("function".to_owned(), function.into())];
    found.extend(source.fields().into_iter().map(|(field, value)| (field.to_owned(), value)));
    found.push(("functionPath".to_owned(), path.into()));
    found
}

fn identifier(function: &str, name: &str) -> String {
    format!("trigger:{function}:{name}")
}

fn record(name: &str, action: Action, settings: &Settings) -> Vec<Record> {
    let mut details = vec![
        ("functionSlug".to_owned(), settings.function.as_str().into()),
        ("type".to_owned(), settings.source.word().into()),
    ];
    details.extend(settings.source.fields().into_iter().map(|(field, value)| (field.to_owned(), value)));
    details.push(("enabled".to_owned(), settings.enabled.into()));
    let identifier = identifier(&settings.function, name);
    vec![Record { kind: "service", identifier, action, details }]
}

fn creation(name: &str, spec: &Spec) -> Change<Operation> {
    let settings = settings(spec);
    let mut change = Change::doable(Action::Create, Impact::Additive, Operation::Create(settings.clone()));
    let made = attributes(&settings.source, &settings.function, &settings.path);
    change.attributes = made.into_iter().map(|(name, value)| Attribute::added(&name, value)).collect();
    change.attributes.push(Attribute::added("enabled", settings.enabled));
    change.records = record(name, Action::Create, &settings);
    change
}

fn update(name: &str, wanted: &Settings, live: &TriggerLive) -> Option<Change<Operation>> {
    let mut attributes = Vec::new();
    let mut compare = |field: &str, before: Option<Value>, after: Option<Value>| {
        if before != after {
            attributes.push(Attribute { name: field.to_owned(), before, after });
        }
    };
    compare("function", Some(live.function.as_str().into()), Some(wanted.function.as_str().into()));
    compare("functionPath", Some(live.path.as_str().into()), Some(wanted.path.as_str().into()));
    let (before, after) = (live.source.fields(), wanted.source.fields());
    let of = |fields: &[(&'static str, Value)], name: &str| {
        fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    };
    for field in ["cron", "bucketName", "prefix"] {
        compare(field, of(&before, field), of(&after, field));
    }
    compare("enabled", Some(live.enabled.into()), Some(wanted.enabled.into()));
    if attributes.is_empty() {
        return None;
    }
    let operation = Operation::Update(live.id.clone(), wanted.clone());
    let mut change = Change::doable(Action::Update, Impact::Additive, operation);
    change.attributes = attributes;
    change.records = record(name, Action::Update, wanted);
    Some(change)
}

fn other_type(name: &str, spec: &Spec, live: &TriggerLive) -> Change<Operation> {
    let fix = format!("delete trigger {name:?} and apply again, or give the new one another name");
    Change {
        action: Action::Update,
        impact: Impact::Additive,
        attributes: vec![Attribute::changed("type", Some(live.source.word().into()), spec.source.word())],
        origin: Origin::Unknown,
        reason: Some("the platform keeps a trigger's type for good".to_owned()),
        doable: Doable::No(Remedy::ByHand(fix)),
        records: Vec::new(),
        conflict: Some(Conflict {
            identifier: name.to_owned(),
            field: "trigger",
            current: Some(live.source.word().into()),
            desired: Some(spec.source.word().into()),
        }),
        places: Places::default(),
    }
}

fn stays_off(name: &str) -> Change<Operation> {
    let place = Path::root().key("triggers").key(name).key("enabled");
    Change::shown(
        vec![Attribute::changed("enabled", Some(false.into()), true)],
        "a branch gets its parent's triggers disabled, and the policy does not say enabled: true",
        Remedy::EditKey(place, "write enabled: true to turn it on here, or false to leave it off".to_owned()),
    )
}

fn removed(name: &str, before: &str) -> Attribute {
    Attribute { name: name.to_owned(), before: Some(before.into()), after: None }
}
