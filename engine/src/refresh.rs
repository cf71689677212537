//! Live state: one concurrent round over everything that the policy declares.
//!
//! Each declared kind is read once, kinds that the policy never mentions are not read at all, and
//! meanwhile every resource is prepared (a function is bundled). Either failing fails the plan, all
//! problems together.

use std::collections::{HashMap, HashSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};

use crate::address::Address;
use crate::desired::{Desired, Wanted};
use crate::diagnostic::Failure;
use crate::kind::{Live, Provider};

/// What was reported, by kind and name.
#[derive(Default)]
pub struct LiveState {
    by_kind: HashMap<usize, HashMap<String, Live>>,
}

impl LiveState {
    /// The live state of a wanted resource; absent when it does not exist.
    pub fn of(&self, wanted: &Wanted) -> Option<&Live> {
        self.by_kind.get(&wanted.kind)?.get(wanted.address.name())
    }

    /// Resources of declared kinds that exist and that nobody declares, sorted.
    pub fn undeclared<Client>(&self, provider: &Provider<Client>, desired: &Desired) -> Vec<Address> {
        let declared: HashSet<&Address> = desired.resources.iter().map(|wanted| &wanted.address).collect();
        let names = |(kind, resources): (&usize, &HashMap<String, Live>)| {
            let kind = provider.kinds[*kind].name();
            resources.keys().map(|name| Address::new(kind, name)).collect::<Vec<_>>()
        };
        let existing = self.by_kind.iter().flat_map(names);
        let mut found: Vec<Address> = existing.filter(|address| !declared.contains(address)).collect();
        found.sort();
        found
    }
}

/// Reads live state and prepares the wanted resources.
///
/// # Errors
/// Every problem of every read and every preparation.
pub async fn refresh<Client>(
    provider: &Provider<Client>,
    desired: &mut Desired,
) -> Result<LiveState, Failure> {
    let declared = desired.declared_kinds();
    let reads = join_all(
        provider
            .kinds
            .iter()
            .enumerate()
            .filter(|(index, _)| declared.contains(index))
            .map(async |(index, kind)| kind.read(&provider.client).await.map(|found| (index, found))),
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
    for read in reads {
        match read {
            Ok((kind, found)) => {
                state.by_kind.insert(kind, found.into_iter().collect());
            }
            Err(failure) => problems.extend(failure.0),
        }
    }
    if problems.is_empty() { Ok(state) } else { Err(Failure(problems)) }
}
