//! Live state: one concurrent round over everything that the policy declares.
//!
//! Each declared kind is read once, kinds that the policy never mentions are not read at all unless
//! undeclared resources are asked for, and meanwhile every resource is prepared (a function is
//! bundled). Either failing fails the plan, all problems together. For a branch that does not exist
//! yet, what is read is its parent's, and what the platform copies of it counts.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};

use crate::address::Address;
use crate::desired::{Desired, Wanted};
use crate::diagnostic::{Failure, codes, each_once};
use crate::kind::{ErasedKind, Live, Provider};

/// What was reported, by kind and name.
#[derive(Default)]
pub struct LiveState {
    by_kind: BTreeMap<usize, HashMap<String, Live>>,
}

impl LiveState {
    /// The live state of a wanted resource; absent when it does not exist.
    pub fn of(&self, wanted: &Wanted) -> Option<&Live> {
        self.by_kind.get(&wanted.kind)?.get(wanted.address.name())
    }

    /// Resources that exist and that nobody declares, of kinds that can be pruned: by registry, then
    /// by name.
    pub fn undeclared<Client>(&self, provider: &Provider<Client>, desired: &Desired) -> Vec<Undeclared> {
        let declared: HashSet<&Address> = desired.resources.iter().map(|wanted| &wanted.address).collect();
        let mut found = Vec::new();
        for (kind, resources) in &self.by_kind {
            if provider.kinds[*kind].pruned_as().is_none() {
                continue;
            }
            let name = provider.kinds[*kind].name();
            let of_kind = resources.iter().map(|(resource, live)| Undeclared {
                address: Address::new(name, resource),
                kind: *kind,
                live: live.clone(),
            });
            let mut of_kind: Vec<Undeclared> =
                of_kind.filter(|undeclared| !declared.contains(&undeclared.address)).collect();
            of_kind.sort_by(|a, b| a.address.cmp(&b.address));
            found.extend(of_kind);
        }
        found
    }

    /// How many resources of a kind exist.
    pub fn count(&self, kind: usize) -> usize {
        self.by_kind.get(&kind).map_or(0, HashMap::len)
    }
}

/// A resource that exists and that nobody declares.
pub struct Undeclared {
    /// Kind and name.
    pub address: Address,
    /// Which kind of the registry.
    pub kind: usize,
    /// What was reported.
    pub live: Live,
}

/// Reads live state and prepares the wanted resources; `everything` reads kinds that can be pruned
/// even where the policy declares none.
///
/// # Errors
/// Every problem of every read and every preparation, each once.
pub async fn refresh<Client>(
    provider: &Provider<Client>,
    desired: &mut Desired,
    everything: bool,
) -> Result<LiveState, Failure> {
    let declared = desired.declared_kinds();
    let exists = desired.target.id.is_some();
    // A new branch without a parent starts with nothing.
    let readable = exists || desired.target.parent_id.is_some();
    let reads = join_all(
        provider
            .kinds
            .iter()
            .enumerate()
            .filter(|(index, kind)| {
                readable && (declared.contains(index) || (everything && kind.pruned_as().is_some()))
            })
            .map(async |(index, kind)| (index, kind.read(&provider.client).await)),
    );
    // Bounded, because a preparation may take memory and threads; in order, because specs are matched up.
    let prepared = stream::iter(desired.resources.iter().map(|wanted| {
        provider.kinds[wanted.kind].prepare(&provider.client, &wanted.address, wanted.spec.clone())
    }));
    let prepared = prepared.buffered(provider.concurrency.max(1)).collect::<Vec<_>>();
    let (reads, prepared) = futures::join!(reads, prepared);

    let mut problems = Vec::new();
    let mut state = LiveState::default();
    for (wanted, spec) in desired.resources.iter_mut().zip(prepared) {
        match spec {
            Ok(spec) => wanted.spec = spec,
            Err(failure) => problems.extend(failure.0),
        }
    }
    for (kind, read) in reads {
        match read {
            Ok(found) => {
                let found = if exists { found } else { inherited(provider, kind, found)? };
                state.by_kind.insert(kind, found.into_iter().collect());
            }
            Err(failure) if !declared.contains(&kind) && is_unavailable(&failure) => {}
            Err(failure) => problems.extend(failure.0),
        }
    }
    // Kinds may share a request; its failure is then reported by each of them.
    if problems.is_empty() { Ok(state) } else { Err(Failure(each_once(problems.into_iter()))) }
}

/// Reads every resource of every kind; a feature that the project lacks counts as empty (spec 4.9).
///
/// # Errors
/// Every problem of every read.
pub(crate) async fn read_all<Client>(
    provider: &Provider<Client>,
) -> Result<Vec<(&dyn ErasedKind<Client>, String, Live)>, Failure> {
    let reads =
        join_all(provider.kinds.iter().map(async |kind| (kind, kind.read(&provider.client).await))).await;
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for (kind, read) in reads {
        match read {
            Ok(mut live) => {
                // The API lists in no order that means anything.
                live.sort_by(|(a, _), (b, _)| a.cmp(b));
                found.extend(live.into_iter().map(|(name, live)| (&**kind, name, live)));
            }
            Err(failure) if is_unavailable(&failure) => {}
            Err(failure) => problems.extend(failure.0),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(Failure(problems)) }
}

/// Whether a failure only says that the project lacks a feature.
fn is_unavailable(failure: &Failure) -> bool {
    failure.0.iter().all(|problem| problem.code == codes::FEATURE_UNAVAILABLE)
}

fn inherited<Client>(
    provider: &Provider<Client>,
    kind: usize,
    of_parent: Vec<(String, Live)>,
) -> Result<Vec<(String, Live)>, Failure> {
    let copy = |(name, live): (String, Live)| {
        let copied = provider.kinds[kind].inherited(&live);
        copied.map(|copied| copied.map(|live| (name, live))).transpose()
    };
    of_parent.into_iter().filter_map(copy).collect()
}
