//! What the resources of a branch are like, as data that outlives a run: for snapshots, for comparing two states,
//! and for seeing that a branch moved since a plan was made.
//!
//! A kind says what is there ([`crate::kind::Kind::observe`]) and what a policy asks for
//! ([`crate::kind::Kind::expect`]) in the same names. No value of a secret is in either.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::change::{Action, Attribute, Change, Impact};
use crate::diagnostic::Failure;
use crate::kind::{AnyChange, AnyOperation, ErasedKind, Provider};
use crate::plan::Plan;
use crate::refresh::read_all;
use crate::value::Value;

/// Names and values.
pub type Attributes = Vec<(String, Value)>;

/// One resource, as it is or as it should be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Its settings, in the names that changes use; dotted where they are nested.
    pub attributes: Attributes,
    /// What else tells one state of it from the next: ids, the number of a deployment. Two branches never agree on it.
    pub identity: Attributes,
    /// Files that it is made from, by path with their SHA-256 in hexadecimal.
    pub inputs: Vec<(String, String)>,
}

impl Observed {
    /// A resource without an identity of its own.
    pub fn new(attributes: Attributes) -> Self {
        Self { attributes, ..Self::default() }
    }

    /// One setting, if it has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Sets one setting.
    pub fn set(&mut self, name: &str, value: &Value) {
        match self.attributes.iter_mut().find(|(found, _)| found == name) {
            Some((_, old)) => *old = value.clone(),
            None => self.attributes.push((name.to_owned(), value.clone())),
        }
    }
}

/// Resources by address.
pub type State = BTreeMap<Address, Observed>;

/// Whether a state tells everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What it does not hold does not exist.
    Everything,
    /// It holds what a plan is about, and says nothing of other resources.
    Planned,
}

/// Everything that is on a branch.
///
/// # Errors
/// Every problem of every read; a feature that the project lacks is none.
pub async fn observe<Client>(provider: &Provider<Client>) -> Result<State, Failure> {
    let mut state = State::new();
    for (kind, name, live) in read_all(provider).await? {
        let observed = kind.observe(&name, &live)?;
        state.extend(observed.map(|observed| (Address::new(kind.name(), &name), observed)));
    }
    Ok(state)
}

impl Plan {
    /// What there will be once the plan is applied: `state` is what there is, all of it or what the plan is about.
    pub fn result(&self, mut state: State) -> State {
        for (address, expected) in &self.expected {
            let resource = state.entry(address.clone()).or_default();
            expected.attributes.iter().for_each(|(name, value)| resource.set(name, value));
        }
        for (address, change) in self.changes() {
            if change.action == Action::Delete {
                state.remove(address);
            } else if let Some(observed) = state.get_mut(address) {
                let removed =
                    |name: &str| change.attributes.iter().any(|a| a.name == name && a.after.is_none());
                observed.attributes.retain(|(name, _)| !removed(name));
            }
        }
        state
    }
}

/// What differs from one state to the other, by address. A state that does not hold `everything` says nothing of
/// a resource that it lacks.
pub fn differences(before: (&State, Extent), after: (&State, Extent)) -> Vec<(Address, AnyChange)> {
    let ((before, of_before), (after, of_after)) = (before, after);
    let addresses: BTreeSet<&Address> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for address in addresses {
        let (old, new) = (before.get(address), after.get(address));
        let action = match (old, new) {
            (None, _) if of_before == Extent::Planned => continue,
            (_, None) if of_after == Extent::Planned => continue,
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ => Action::Update,
        };
        let attributes = between(old, new);
        if action != Action::Update || !attributes.is_empty() {
            let change = Change::doable(action, Impact::Additive, AnyOperation::absent());
            found.push((address.clone(), Change { attributes, ..change }));
        }
    }
    found
}

/// The attributes that differ, by name.
pub fn between(before: Option<&Observed>, after: Option<&Observed>) -> Vec<Attribute> {
    let side = |observed: Option<&Observed>| -> BTreeMap<String, Value> {
        observed.into_iter().flat_map(|observed| observed.attributes.iter().cloned()).collect()
    };
    let (before, mut after) = (side(before), side(after));
    let mut found = Vec::new();
    for (name, before) in before {
        let after = after.remove(&name);
        if after.as_ref() != Some(&before) {
            found.push(Attribute { name, before: Some(before), after });
        }
    }
    found.extend(after.into_iter().map(|(name, after)| Attribute { name, before: None, after: Some(after) }));
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// A state as it is compared with another branch's: what every branch has one of goes without its name.
pub fn comparable<Client>(kinds: &[Box<dyn ErasedKind<Client>>], state: State) -> State {
    state.into_iter().map(|(address, observed)| (on_every_branch(kinds, &address), observed)).collect()
}

/// A resource as all branches call it.
pub fn on_every_branch<Client>(kinds: &[Box<dyn ErasedKind<Client>>], address: &Address) -> Address {
    let is_single = kinds.iter().any(|kind| kind.name() == address.kind() && kind.is_one_per_branch());
    if is_single { Address::singleton(address.kind()) } else { address.clone() }
}
