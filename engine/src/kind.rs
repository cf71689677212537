//! The contract between the engine and a resource kind.
//!
//! A kind answers four questions: what does the policy want (`declare`), what is there (`read`), how
//! do they differ (`diff`), make it so (`apply`). [`Kind`] is synchronous and never sees a client, so
//! that it stays pure; [`Driver`] talks. `kind/erased.rs` is the only place where types are erased.
//! Start with the bucket, the easy one.

use std::future::{Future, ready};

use jiff::Timestamp;

use crate::address::Address;
use crate::change::{Attribute, Change, Doable};
use crate::diagnostic::{Diagnostic, Failure};
use crate::path::Path;
use crate::places::Places;
use crate::policy::{Cursor, Policy};
use crate::state::Observed;
use crate::target::Target;
use crate::unknown::Unknown;
use crate::value::Value;

mod erased;

pub use erased::{AnyChange, AnyOperation, AnySpec, Erased, ErasedKind, Live};

/// What apply learned, as names and values: ids, URLs.
pub type Outputs = Vec<(String, Value)>;

/// Resources that were looked at again, by name; nothing where that is not possible.
pub type Seen<Live> = Option<Vec<(String, Live)>>;

/// A resource that the policy wants, as its kind declares it.
#[derive(Debug, Clone)]
pub struct Resource<Spec> {
    /// Kind and name.
    pub address: Address,
    /// What is wanted; an unset field means leave as is.
    pub spec: Spec,
    /// The resource that it hangs off: that one comes first, and this one right after it.
    pub owner: Option<Address>,
    /// What has to be there first. A kind reports references to what the policy does not declare, so
    /// an address that nobody declares is no edge.
    pub needs: Vec<Address>,
    /// Where in the policy it is declared.
    pub path: Path,
    /// Where in the sources that is.
    pub places: Places,
    /// Attributes that the policy sets to what nobody knows; the spec leaves them as if unset.
    pub unknown: Vec<Unknown>,
}

impl<Spec> Resource<Spec> {
    /// A resource that needs nothing, declared where nobody knows.
    pub fn new(address: Address, spec: Spec, path: Path) -> Self {
        let (places, unknown) = (Places::default(), Vec::new());
        Self { address, spec, owner: None, needs: Vec::new(), path, places, unknown }
    }

    /// A resource that needs nothing and is declared by a value.
    pub fn declared(address: Address, spec: Spec, cursor: &Cursor<'_>) -> Self {
        Self { places: Places::of(cursor), ..Self::new(address, spec, cursor.path().clone()) }
    }
}

/// What a report says of a wanted resource besides its changes, for example which name leads where.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The part of the report that it belongs to.
    pub section: &'static str,
    /// Names and values; what apply learns is added.
    pub fields: Vec<(String, Value)>,
    /// A field, and what it means when it is known and empty.
    pub when_empty: Option<(&'static str, String)>,
}

/// What the changes that a change needs have learned.
#[derive(Debug, Default)]
pub struct Prior(Vec<(Address, Outputs)>);

impl Prior {
    /// The outputs of some resources.
    pub fn new(outputs: Vec<(Address, Outputs)>) -> Self {
        Self(outputs)
    }

    /// One output of one resource; nothing when it was not changed in this run.
    pub fn output(&self, address: &Address, name: &str) -> Option<&Value> {
        let (_, outputs) = self.0.iter().find(|(of, _)| of == address)?;
        outputs.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }
}

/// What one kind found in a policy.
#[derive(Debug)]
pub struct Declared<Spec> {
    /// The resources, in the policy's order.
    pub resources: Vec<Resource<Spec>>,
    /// The kind's part of the resolved policy (spec 3.2), by path.
    pub resolved: Vec<(Path, Value)>,
    /// The service that the branch uses because of it, for reports (spec 4.10).
    pub service: Option<&'static str>,
}

impl<Spec> Default for Declared<Spec> {
    fn default() -> Self {
        Self { resources: Vec::new(), resolved: Vec::new(), service: None }
    }
}

/// What a comparison may know besides the two states.
pub struct Context<'a> {
    /// The branch decided for.
    pub target: &'a Target,
    /// The time of the plan.
    pub now: Timestamp,
}

/// The pure half of a kind.
pub trait Kind: Send + Sync + 'static {
    /// What is asked for; unset means leave as is.
    type Spec: Clone + Send + Sync + 'static;
    /// What was reported; not reported differs from absent.
    type Live: Clone + Send + Sync + 'static;
    /// What the driver needs in order to make one change.
    type Operation: Clone + Send + Sync + 'static;

    /// The kind's name, the first half of its addresses.
    const NAME: &'static str;

    /// The word for the kind behind `--prune=`; a kind without one is never pruned.
    const PRUNED_AS: Option<&'static str> = None;

    /// Whether every branch has exactly one, named after the branch: two branches are then compared as
    /// if it had no name.
    const ONE_PER_BRANCH: bool = false;

    /// Reads the kind's keys, reports every fault, and declares resources.
    fn declare(&self, policy: &Policy<'_>) -> Declared<Self::Spec>;

    /// Compares; the changes come in the order in which they should happen, none when nothing
    /// differs. `live` is absent when the resource does not exist.
    fn diff(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &Self::Spec,
        live: Option<&Self::Live>,
    ) -> Vec<Change<Self::Operation>>;

    /// What a new branch starts with of its parent's resource; nothing unless the platform copies it
    /// (API spec 7).
    fn inherited(&self, _live: &Self::Live) -> Option<Self::Live> {
        None
    }

    /// What a resource is like, in the names that changes use; nothing where there is none. Values of
    /// secrets are left out, and so is what changes by itself.
    fn observe(&self, name: &str, live: &Self::Live) -> Option<Observed>;

    /// What [`Kind::observe`] says of the settings that the policy names, once they are applied;
    /// nothing where the policy wants that there is none.
    fn expect(&self, context: &Context<'_>, address: &Address, spec: &Self::Spec) -> Option<Observed>;

    /// How a resource that nobody declares is deleted. `with_data` is the consent to delete what it
    /// holds as well.
    fn prune(
        &self,
        _address: &Address,
        _live: &Self::Live,
        _with_data: bool,
    ) -> Option<Change<Self::Operation>> {
        None
    }

    /// How many requests a change sends when all goes well; what waiting takes is not counted.
    fn requests(&self, _operation: &Self::Operation) -> usize {
        1
    }

    /// What of a resource that this run has written does not stand, because something else wrote it
    /// as well: `before` is what is there, `after` what was written. `learned` is what writing it told.
    fn overtaken(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &Self::Spec,
        _learned: &Outputs,
        live: Option<&Self::Live>,
    ) -> Vec<Attribute> {
        let changes = self.diff(context, address, spec, live).into_iter();
        let changes = changes.filter(|change| !matches!(change.doable, Doable::Shown(_)));
        changes.flat_map(|change| change.attributes).collect()
    }

    /// What looking at a resource tells that its creation did not.
    fn learned(&self, _live: &Self::Live) -> Outputs {
        Outputs::new()
    }

    /// What is worth knowing of a wanted resource once it is prepared.
    fn warnings(&self, _address: &Address, _spec: &Self::Spec) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// What a report says of a wanted resource whether or not it changes.
    fn report(&self, _address: &Address, _spec: &Self::Spec, _live: Option<&Self::Live>) -> Option<Report> {
        None
    }

    /// What a policy would say to get this live state, as places and values; nothing when a policy
    /// cannot say it (spec 4.9).
    fn export(&self, _name: &str, _live: &Self::Live) -> Vec<(Path, Value)> {
        Vec::new()
    }
}

/// The half of a kind that talks to a `Client`.
pub trait Driver<Client: Sync>: Kind {
    /// Makes what the comparison needs and the policy does not hold, a function's bundle say. Runs
    /// for every resource before anything is compared, so that a failure fails the plan.
    fn prepare(
        &self,
        _client: &Client,
        _address: &Address,
        spec: Self::Spec,
    ) -> impl Future<Output = Result<Self::Spec, Failure>> + Send {
        ready(Ok(spec))
    }

    /// Reads every resource of the kind on the branch, by name, in one go.
    fn read(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Vec<(String, Self::Live)>, Failure>> + Send;

    /// Reads again, past anything that is kept, what this run has written: resources of these names,
    /// others may come along. Nothing where that cannot be looked at. What was just written may not
    /// show at once: `attempt` counts from 0, and a driver waits before it looks another time.
    fn look(
        &self,
        client: &Client,
        _names: &[&str],
        _attempt: u32,
    ) -> impl Future<Output = Result<Seen<Self::Live>, Failure>> + Send {
        async { self.read(client).await.map(Some) }
    }

    /// Reads of a resource that nobody declares what its deletion depends on and lists do not say.
    fn examine(
        &self,
        _client: &Client,
        _address: &Address,
        live: Self::Live,
    ) -> impl Future<Output = Result<Self::Live, Failure>> + Send {
        ready(Ok(live))
    }

    /// Makes one change; `prior` is what the changes that it needs have learned. Repeating it after a
    /// crash is harmless.
    fn apply(
        &self,
        client: &Client,
        address: &Address,
        operation: Self::Operation,
        prior: &Prior,
    ) -> impl Future<Output = Result<Outputs, Failure>> + Send;
}

/// A part of the policy language that declares no resource: it is checked and resolved.
pub trait Section: Send + Sync + 'static {
    /// What it is called.
    const NAME: &'static str;

    /// Reads the section's keys and reports every fault.
    fn declare(&self, policy: &Policy<'_>) -> Declared<()>;
}

/// A provider: its kinds, the client that they share, and how many changes it takes at once.
pub struct Provider<Client> {
    /// What it is called.
    pub name: &'static str,
    /// The registry, in the order of a plan.
    pub kinds: Vec<Box<dyn ErasedKind<Client>>>,
    /// What drivers talk to.
    pub client: Client,
    /// At most this many changes at a time.
    pub concurrency: usize,
}
