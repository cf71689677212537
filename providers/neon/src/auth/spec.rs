//! When Neon Auth is enabled.

use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Impact, Record};
use neonform_engine::kind::{Context, Declared, Kind, Resource};
use neonform_engine::path::Path;
use neonform_engine::policy::Policy;
use neonform_engine::state::Observed;
use neonform_engine::value::Value;

use super::driver::AuthLive;
use crate::scope::DEFAULT_DATABASE;
use crate::toggle::is_on;

/// The Neon Auth kind.
pub struct Auth;

/// Neon Auth on; there is nothing more to ask for.
#[derive(Debug, Clone)]
pub struct Spec;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Enable with this database.
    Enable(String),
}

/// Whether a policy turns Neon Auth on.
pub(crate) fn is_declared(policy: &Policy<'_>) -> bool {
    policy.root().and_then(|root| root.get("auth")).is_some_and(|auth| is_on(&auth))
}

impl Kind for Auth {
    type Spec = Spec;
    type Live = AuthLive;
    type Operation = Operation;

    const NAME: &'static str = "auth";

    fn declare(&self, policy: &Policy<'_>) -> Declared<Spec> {
        let mut declared = Declared::default();
        let root = policy.root();
        let on = root.as_ref().and_then(|root| root.get("auth")).filter(is_on);
        declared.resolved.push((Path::root().key("authEnabled"), on.is_some().into()));
        if let Some(cursor) = on {
            declared.resources.push(Resource::declared(Address::singleton(Self::NAME), Spec, &cursor));
            declared.service = Some("Neon Auth");
        }
        declared
    }

    fn diff(
        &self,
        _context: &Context<'_>,
        _address: &Address,
        _spec: &Spec,
        live: Option<&AuthLive>,
    ) -> Vec<Change<Operation>> {
        if live.is_some_and(|live| live.enabled) {
            return Vec::new();
        }
        // A branch without the integration still has a database to choose.
        let database = live.map_or(DEFAULT_DATABASE, |live| &live.database);
        let operation = Operation::Enable(database.to_owned());
        let mut change = Change::doable(Action::Create, Impact::Additive, operation);
        change.attributes = vec![Attribute::added("database", database)];
        change.records = vec![Record {
            kind: "service",
            identifier: "auth".to_owned(),
            action: Action::Create,
            details: Vec::new(),
        }];
        vec![change]
    }

    fn inherited(&self, live: &AuthLive) -> Option<AuthLive> {
        Some(live.clone())
    }

    fn observe(&self, _name: &str, live: &AuthLive) -> Option<Observed> {
        let database = || vec![("database".to_owned(), live.database.as_str().into())];
        live.enabled.then(|| Observed::new(database()))
    }

    fn expect(&self, _context: &Context<'_>, _address: &Address, _spec: &Spec) -> Option<Observed> {
        Some(Observed::default())
    }

    fn export(&self, _name: &str, live: &AuthLive) -> Vec<(Path, Value)> {
        if live.enabled { vec![(Path::root().key("auth"), true.into())] } else { Vec::new() }
    }
}
