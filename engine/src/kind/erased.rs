//! The adapter between typed kinds and the engine: the only erased types and the only boxed futures.
//!
//! Specs, live states and operations are plain data; outside their kind they are opaque. A value
//! that reaches the wrong kind is a bug of ours and reads as one.

use std::any::Any;
use std::future::ready;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::{Context, Declared, Driver, Outputs, Prior, Report, Resource, Section, Seen};
use crate::address::Address;
use crate::change::{Attribute, Change};
use crate::diagnostic::{Diagnostic, Failure, codes};
use crate::path::Path;
use crate::policy::Policy;
use crate::state::Observed;
use crate::value::Value;

/// A kind's own spec, opaque.
#[derive(Clone)]
pub struct AnySpec(Arc<dyn Any + Send + Sync>);

/// A kind's own live state of one resource, opaque.
#[derive(Clone)]
pub struct Live(Arc<dyn Any + Send + Sync>);

/// A kind's own operation, opaque.
#[derive(Clone)]
pub struct AnyOperation(Arc<dyn Any + Send + Sync>);

impl AnyOperation {
    /// The operation of a change that is only looked at: no kind can make it.
    pub fn absent() -> Self {
        Self(Arc::new(()))
    }
}

/// A change whose operation is opaque.
pub type AnyChange = Change<AnyOperation>;

/// A kind as the engine holds it; what a section of the language does not do does nothing.
pub trait ErasedKind<Client>: Send + Sync {
    /// The kind's name.
    fn name(&self) -> &'static str;

    /// See [`super::Kind::declare`].
    fn declare(&self, policy: &Policy<'_>) -> Declared<AnySpec>;

    /// See [`super::Kind::PRUNED_AS`].
    fn pruned_as(&self) -> Option<&'static str> {
        None
    }

    /// See [`super::Kind::ONE_PER_BRANCH`].
    fn is_one_per_branch(&self) -> bool {
        false
    }

    /// See [`Driver::prepare`].
    fn prepare<'a>(
        &'a self,
        _client: &'a Client,
        _address: &'a Address,
        spec: AnySpec,
    ) -> BoxFuture<'a, Result<AnySpec, Failure>> {
        ready(Ok(spec)).boxed()
    }

    /// See [`Driver::read`].
    fn read<'a>(&'a self, _client: &'a Client) -> BoxFuture<'a, Result<Vec<(String, Live)>, Failure>> {
        ready(Ok(Vec::new())).boxed()
    }

    /// See [`super::Kind::diff`].
    fn diff(
        &self,
        _context: &Context<'_>,
        _address: &Address,
        _spec: &AnySpec,
        _live: Option<&Live>,
    ) -> Result<Vec<AnyChange>, Failure> {
        Ok(Vec::new())
    }

    /// See [`super::Kind::inherited`].
    fn inherited(&self, _live: &Live) -> Result<Option<Live>, Failure> {
        Ok(None)
    }

    /// See [`super::Kind::observe`].
    fn observe(&self, _name: &str, _live: &Live) -> Result<Option<Observed>, Failure> {
        Ok(None)
    }

    /// See [`super::Kind::expect`].
    fn expect(
        &self,
        _context: &Context<'_>,
        _address: &Address,
        _spec: &AnySpec,
    ) -> Result<Option<Observed>, Failure> {
        Ok(None)
    }

    /// See [`Driver::examine`].
    fn examine<'a>(
        &'a self,
        _client: &'a Client,
        _address: &'a Address,
        live: &'a Live,
    ) -> BoxFuture<'a, Result<Live, Failure>> {
        ready(Ok(live.clone())).boxed()
    }

    /// See [`super::Kind::prune`].
    fn prune(
        &self,
        _address: &Address,
        _live: &Live,
        _with_data: bool,
    ) -> Result<Option<AnyChange>, Failure> {
        Ok(None)
    }

    /// See [`super::Kind::requests`].
    fn requests(&self, _operation: &AnyOperation) -> Result<usize, Failure> {
        Ok(0)
    }

    /// See [`super::Kind::overtaken`].
    fn overtaken(
        &self,
        _context: &Context<'_>,
        _address: &Address,
        _spec: &AnySpec,
        _learned: &Outputs,
        _live: Option<&Live>,
    ) -> Result<Vec<Attribute>, Failure> {
        Ok(Vec::new())
    }

    /// See [`super::Kind::learned`].
    fn learned(&self, _live: &Live) -> Result<Outputs, Failure> {
        Ok(Outputs::new())
    }

    /// See [`Driver::look`].
    fn look<'a>(
        &'a self,
        _client: &'a Client,
        _names: &'a [&'a str],
        _attempt: u32,
    ) -> BoxFuture<'a, Result<Seen<Live>, Failure>> {
        ready(Ok(None)).boxed()
    }

    /// See [`super::Kind::warnings`].
    fn warnings(&self, _address: &Address, _spec: &AnySpec) -> Result<Vec<Diagnostic>, Failure> {
        Ok(Vec::new())
    }

    /// See [`super::Kind::report`].
    fn report(
        &self,
        _address: &Address,
        _spec: &AnySpec,
        _live: Option<&Live>,
    ) -> Result<Option<Report>, Failure> {
        Ok(None)
    }

    /// See [`Driver::apply`].
    fn apply<'a>(
        &'a self,
        _client: &'a Client,
        _address: &'a Address,
        _operation: &'a AnyOperation,
        _prior: &'a Prior,
    ) -> BoxFuture<'a, Result<Outputs, Failure>> {
        ready(Ok(Outputs::new())).boxed()
    }

    /// See [`super::Kind::export`].
    fn export(&self, _name: &str, _live: &Live) -> Result<Vec<(Path, Value)>, Failure> {
        Ok(Vec::new())
    }
}

/// A typed kind behind the erased interface.
pub struct Erased<K>(K);

impl<K> Erased<K> {
    /// A kind with a driver, for a registry.
    pub fn kind<Client>(kind: K) -> Box<dyn ErasedKind<Client>>
    where
        K: Driver<Client>,
        Client: Sync + 'static,
    {
        Box::new(Erased(kind))
    }

    /// A part of the language without a driver, for a registry.
    pub fn section<Client>(section: K) -> Box<dyn ErasedKind<Client>>
    where
        K: Section,
        Client: 'static,
    {
        Box::new(ErasedSection(section, PhantomData))
    }
}

fn erase_declared<Spec: Send + Sync + 'static>(declared: Declared<Spec>) -> Declared<AnySpec> {
    let erase = |resource: Resource<Spec>| Resource {
        address: resource.address,
        spec: AnySpec(Arc::new(resource.spec)),
        owner: resource.owner,
        needs: resource.needs,
        path: resource.path,
        places: resource.places,
        unknown: resource.unknown,
    };
    Declared {
        resources: declared.resources.into_iter().map(erase).collect(),
        resolved: declared.resolved,
        service: declared.service,
    }
}

fn erase_change<Operation: Send + Sync + 'static>(change: Change<Operation>) -> AnyChange {
    change.map(|operation| AnyOperation(Arc::new(operation)))
}

fn restore<'a, T: 'static>(value: &'a Arc<dyn Any + Send + Sync>, kind: &str) -> Result<&'a T, Failure> {
    value.downcast_ref().ok_or_else(|| {
        Diagnostic::error(
            codes::INTERNAL,
            "a value reached a kind that did not make it; this is a bug in neonform",
        )
        .fact("kind", kind)
        .into()
    })
}

impl<Client, K> ErasedKind<Client> for Erased<K>
where
    Client: Sync,
    K: Driver<Client>,
{
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn pruned_as(&self) -> Option<&'static str> {
        K::PRUNED_AS
    }

    fn is_one_per_branch(&self) -> bool {
        K::ONE_PER_BRANCH
    }

    fn declare(&self, policy: &Policy<'_>) -> Declared<AnySpec> {
        erase_declared(self.0.declare(policy))
    }

    fn prepare<'a>(
        &'a self,
        client: &'a Client,
        address: &'a Address,
        spec: AnySpec,
    ) -> BoxFuture<'a, Result<AnySpec, Failure>> {
        async move {
            let typed = restore::<K::Spec>(&spec.0, K::NAME)?.clone();
            Ok(AnySpec(Arc::new(self.0.prepare(client, address, typed).await?)))
        }
        .boxed()
    }

    fn read<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<Vec<(String, Live)>, Failure>> {
        async move {
            let found = self.0.read(client).await?;
            Ok(found.into_iter().map(|(name, live)| (name, Live(Arc::new(live)))).collect())
        }
        .boxed()
    }

    fn diff(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &AnySpec,
        live: Option<&Live>,
    ) -> Result<Vec<AnyChange>, Failure> {
        let spec = restore::<K::Spec>(&spec.0, K::NAME)?;
        let live = live.map(|live| restore::<K::Live>(&live.0, K::NAME)).transpose()?;
        let changes = self.0.diff(context, address, spec, live);
        Ok(changes.into_iter().map(erase_change).collect())
    }

    fn inherited(&self, live: &Live) -> Result<Option<Live>, Failure> {
        let inherited = self.0.inherited(restore::<K::Live>(&live.0, K::NAME)?);
        Ok(inherited.map(|live| Live(Arc::new(live))))
    }

    fn observe(&self, name: &str, live: &Live) -> Result<Option<Observed>, Failure> {
        Ok(self.0.observe(name, restore::<K::Live>(&live.0, K::NAME)?))
    }

    fn expect(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &AnySpec,
    ) -> Result<Option<Observed>, Failure> {
        Ok(self.0.expect(context, address, restore::<K::Spec>(&spec.0, K::NAME)?))
    }

    fn examine<'a>(
        &'a self,
        client: &'a Client,
        address: &'a Address,
        live: &'a Live,
    ) -> BoxFuture<'a, Result<Live, Failure>> {
        async move {
            let live = restore::<K::Live>(&live.0, K::NAME)?.clone();
            Ok(Live(Arc::new(self.0.examine(client, address, live).await?)))
        }
        .boxed()
    }

    fn prune(&self, address: &Address, live: &Live, with_data: bool) -> Result<Option<AnyChange>, Failure> {
        let live = restore::<K::Live>(&live.0, K::NAME)?;
        Ok(self.0.prune(address, live, with_data).map(erase_change))
    }

    fn requests(&self, operation: &AnyOperation) -> Result<usize, Failure> {
        Ok(self.0.requests(restore::<K::Operation>(&operation.0, K::NAME)?))
    }

    fn overtaken(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &AnySpec,
        learned: &Outputs,
        live: Option<&Live>,
    ) -> Result<Vec<Attribute>, Failure> {
        let spec = restore::<K::Spec>(&spec.0, K::NAME)?;
        let live = live.map(|live| restore::<K::Live>(&live.0, K::NAME)).transpose()?;
        Ok(self.0.overtaken(context, address, spec, learned, live))
    }

    fn learned(&self, live: &Live) -> Result<Outputs, Failure> {
        Ok(self.0.learned(restore::<K::Live>(&live.0, K::NAME)?))
    }

    fn look<'a>(
        &'a self,
        client: &'a Client,
        names: &'a [&'a str],
        attempt: u32,
    ) -> BoxFuture<'a, Result<Seen<Live>, Failure>> {
        async move {
            let Some(found) = self.0.look(client, names, attempt).await? else { return Ok(None) };
            Ok(Some(found.into_iter().map(|(name, live)| (name, Live(Arc::new(live)))).collect()))
        }
        .boxed()
    }

    fn warnings(&self, address: &Address, spec: &AnySpec) -> Result<Vec<Diagnostic>, Failure> {
        Ok(self.0.warnings(address, restore::<K::Spec>(&spec.0, K::NAME)?))
    }

    fn report(
        &self,
        address: &Address,
        spec: &AnySpec,
        live: Option<&Live>,
    ) -> Result<Option<Report>, Failure> {
        let spec = restore::<K::Spec>(&spec.0, K::NAME)?;
        let live = live.map(|live| restore::<K::Live>(&live.0, K::NAME)).transpose()?;
        Ok(self.0.report(address, spec, live))
    }

    fn apply<'a>(
        &'a self,
        client: &'a Client,
        address: &'a Address,
        operation: &'a AnyOperation,
        prior: &'a Prior,
    ) -> BoxFuture<'a, Result<Outputs, Failure>> {
        async move {
            let operation = restore::<K::Operation>(&operation.0, K::NAME)?.clone();
            self.0.apply(client, address, operation, prior).await
        }
        .boxed()
    }

    fn export(&self, name: &str, live: &Live) -> Result<Vec<(Path, Value)>, Failure> {
        Ok(self.0.export(name, restore::<K::Live>(&live.0, K::NAME)?))
    }
}

struct ErasedSection<S, Client>(S, PhantomData<fn() -> Client>);

impl<Client, S: Section> ErasedKind<Client> for ErasedSection<S, Client> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn declare(&self, policy: &Policy<'_>) -> Declared<AnySpec> {
        erase_declared(self.0.declare(policy))
    }
}
