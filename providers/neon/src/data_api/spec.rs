//! When the Data API is enabled, updated or deleted.

use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Conflict, Impact, Record, Remedy};
use neonform_engine::diagnostic::{Diagnostic, Layer, codes};
use neonform_engine::kind::{Context, Declared, Kind, Resource};
use neonform_engine::node::Shape;
use neonform_engine::path::Path;
use neonform_engine::policy::Policy;
use neonform_engine::state::Observed;
use neonform_engine::value::Value;

use super::driver::DataApiLive;
use super::settings::{self, Written, named};
use crate::auth::{self, Auth};
use crate::scope::DEFAULT_DATABASE;

/// The Data API kind.
pub struct DataApi;

/// What a policy asks of the Data API.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What is written.
    pub written: Written,
    /// Whether the branch has Neon Auth; known once prepared, where it matters.
    pub has_auth: Option<bool>,
}

/// One change, perhaps of several requests.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Enable on a database.
    Enable(String, Written),
    /// Replace the settings of a database's integration, in the policy's names.
    Update {
        /// The database.
        database: String,
        /// All of the settings as they were found.
        found: Vec<(String, Value)>,
        /// All of them as they are to be.
        settings: Vec<(String, Value)>,
    },
    /// Delete a database's integration.
    Disable(String),
}

impl Kind for DataApi {
    type Spec = Spec;
    type Live = DataApiLive;
    type Operation = Operation;

    const NAME: &'static str = "data_api";

    fn declare(&self, policy: &Policy<'_>) -> Declared<Spec> {
        let mut declared = Declared::default();
        let Some(root) = policy.root() else { return declared };
        let cursor = root.get("dataApi");
        let written = cursor.as_ref().and_then(settings::read);
        let enabled = written.as_ref().is_some_and(|written| written.enabled);
        let word = match (&cursor, enabled) {
            (None, _) => "omitted",
            (Some(_), true) => "enabled",
            (Some(_), false) => "disabled",
        };
        declared.resolved.push((Path::root().key("dataApiEnabled"), enabled.into()));
        declared.resolved.push((Path::root().key("dataApiPolicy"), word.into()));
        let (Some(cursor), Some(written)) = (cursor, written) else { return declared };
        let mut needs = Vec::new();
        if enabled {
            require_auth(policy, &written);
            declared.resolved.push((Path::root().key("dataApi"), written.resolved()));
            declared.service = Some("Data API");
            needs.push(Address::singleton(Auth::NAME));
        }
        let unknown = written.unknown.clone();
        let spec = Spec { written, has_auth: None };
        let resource = Resource::declared(Address::singleton(Self::NAME), spec, &cursor);
        declared.resources.push(Resource { needs, unknown, ..resource });
        declared
    }

    fn diff(
        &self,
        context: &Context<'_>,
        _address: &Address,
        spec: &Spec,
        live: Option<&DataApiLive>,
    ) -> Vec<Change<Operation>> {
        let database = live.map_or(DEFAULT_DATABASE, |live| &live.database);
        match (spec.written.enabled, live.filter(|live| live.enabled)) {
            (true, None) => vec![enabling(&spec.written, database)],
            (true, Some(live)) => {
                let update = update(&context.target.name, &spec.written, live);
                provider_drift(spec).into_iter().chain(update).collect()
            }
            (false, Some(live)) => vec![deletion(&context.target.name, live)],
            (false, None) => Vec::new(),
        }
    }

    fn inherited(&self, live: &DataApiLive) -> Option<DataApiLive> {
        // Whether the platform copies it is not established; what it would be called is.
        Some(DataApiLive { enabled: false, settings: None, ..live.clone() })
    }

    fn requests(&self, operation: &Operation) -> usize {
        match operation {
            Operation::Enable(..) | Operation::Disable(_) => 1,
            // It is looked at right before.
            Operation::Update { .. } => 2,
        }
    }

    fn observe(&self, _name: &str, live: &DataApiLive) -> Option<Observed> {
        let settings = live.settings.iter().flatten();
        let settings = settings.map(|(key, value)| (format!("settings.{key}"), value.clone()));
        let database = ("database".to_owned(), live.database.as_str().into());
        live.enabled.then(|| Observed::new(std::iter::once(database).chain(settings).collect()))
    }

    /// Without the provider, which the platform does not report.
    fn expect(&self, _context: &Context<'_>, _address: &Address, spec: &Spec) -> Option<Observed> {
        let settings = spec.written.settings.iter();
        let settings = settings.map(|(key, value)| (format!("settings.{key}"), value.clone()));
        spec.written.enabled.then(|| Observed::new(settings.collect()))
    }

    fn export(&self, _name: &str, live: &DataApiLive) -> Vec<(Path, Value)> {
        if live.enabled { vec![(Path::root().key("dataApi"), true.into())] } else { Vec::new() }
    }
}

fn require_auth(policy: &Policy<'_>, written: &Written) {
    if written.provider != "neon" || auth::is_declared(policy) {
        return;
    }
    let root = policy.root();
    let auth = root.as_ref().and_then(|root| root.get("auth"));
    let at = auth.as_ref().or(root.as_ref().map(|root| root.cursor())).and_then(|cursor| cursor.at());
    let found = auth
        .filter(|auth| *auth.shape() != Shape::Undefined)
        .map_or("nothing".to_owned(), |auth| auth.describe());
    policy.report(
        Diagnostic::error(codes::MISSING_PREREQUISITE, "the Data API's provider \"neon\" needs Neon Auth")
            .layer(Layer::Cross(Path::root()))
            .path(Path::root().key("auth"))
            .at(at)
            .found(found)
            .expected("Neon Auth turned on")
            .fix("write auth: true, or dataApi: { authProvider: \"external\", jwksUrl: \"https://…\" }"),
    );
}

fn record(action: Action, details: Vec<(String, Value)>) -> Vec<Record> {
    vec![Record { kind: "service", identifier: "dataApi".to_owned(), action, details }]
}

fn enabling(written: &Written, database: &str) -> Change<Operation> {
    let operation = Operation::Enable(database.to_owned(), written.clone());
    let mut change = Change::doable(Action::Create, Impact::Additive, operation);
    change.attributes =
        vec![Attribute::added("database", database), Attribute::added("authProvider", written.provider)];
    change.attributes.extend(written.external.iter().map(|(key, text)| Attribute::added(key, text.as_str())));
    let settings = written.settings.iter();
    change
        .attributes
        .extend(settings.map(|(key, value)| Attribute::added(&format!("settings.{key}"), value.clone())));
    change.records = record(Action::Create, Vec::new());
    change
}

/// A branch that does not report settings may have any: nothing can be compared (spec 4.4).
fn update(branch: &str, written: &Written, live: &DataApiLive) -> Option<Change<Operation>> {
    let reported = live.settings.as_ref()?;
    let current = |key: &str| reported.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    let attributes: Vec<Attribute> = written
        .settings
        .iter()
        .filter(|(key, value)| current(key).as_ref() != Some(value))
        .map(|(key, value)| Attribute::changed(&format!("settings.{key}"), current(key), value.clone()))
        .collect();
    if attributes.is_empty() {
        return None;
    }
    // The platform replaces all settings: what is left out would go back to its default.
    let mut merged = Value::Map(reported.clone());
    for (key, value) in &written.settings {
        merged.set(&Path::root().key(key), value.clone());
    }
    let Value::Map(settings) = merged else { return None };
    let (database, found) = (live.database.clone(), reported.clone());
    let operation = Operation::Update { database, found, settings };
    let mut change = Change::doable(Action::Update, Impact::Override, operation);
    change.attributes = attributes;
    let wanted = named(&written.settings);
    change.records = record(
        Action::Update,
        vec![("field".to_owned(), "settings".into()), ("settings".to_owned(), wanted.clone())],
    );
    change.conflict = Some(Conflict {
        identifier: branch.to_owned(),
        field: "dataApi.settings",
        current: Some(Value::Map(reported.clone())),
        desired: Some(wanted),
    });
    Some(change)
}

fn deletion(branch: &str, live: &DataApiLive) -> Change<Operation> {
    let mut change =
        Change::doable(Action::Delete, Impact::Override, Operation::Disable(live.database.clone()));
    change.attributes = vec![Attribute {
        name: "database".to_owned(),
        before: Some(live.database.as_str().into()),
        after: None,
    }];
    change.records = record(Action::Delete, Vec::new());
    change.conflict = Some(Conflict {
        identifier: branch.to_owned(),
        field: "dataApi",
        current: Some(true.into()),
        desired: Some(false.into()),
    });
    change
}

/// The platform does not report the provider; without Neon Auth it cannot be the built-in one.
fn provider_drift(spec: &Spec) -> Option<Change<Operation>> {
    (spec.has_auth == Some(false)).then(|| {
        Change::shown(
            vec![Attribute::changed("authProvider", Some("another one".into()), spec.written.provider)],
            "the Data API was enabled while the branch had no Neon Auth, and its provider cannot be changed",
            Remedy::ByHand(
                "apply dataApi: false, then dataApi: true; or write the provider that is in use".to_owned(),
            ),
        )
    })
}
