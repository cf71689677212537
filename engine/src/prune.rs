//! Pruning: deleting what exists and nobody declares, only when asked to.
//!
//! Deletions run after everything else has succeeded, what came last in the registry first. Deleting
//! all that exists of a kind needs that kind by name: a policy for another branch or project, or one
//! that declares nothing of the kind, must not empty this one.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::change::{Action, Attribute, Change, Doable, Impact, Origin, Remedy};
use crate::desired::Desired;
use crate::diagnostic::{Diagnostic, Failure, codes};
use crate::kind::{AnyChange, Live, Provider};
use crate::places::Places;
use crate::plan::{Finding, Plan, Step};
use crate::refresh::{LiveState, Undeclared};

/// What a run may prune.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prune {
    /// Which kinds.
    pub kinds: Kinds,
    /// `--prune-data`: what a resource holds may go with it.
    pub with_data: bool,
}

/// Which kinds a run prunes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Kinds {
    /// None.
    #[default]
    None,
    /// `--prune`: every kind, as long as something of the kind remains.
    All,
    /// `--prune=functions,triggers`: these, whatever remains.
    Named(Vec<String>),
}

impl Prune {
    /// Whether anything is pruned.
    pub fn is_on(&self) -> bool {
        self.kinds != Kinds::None
    }

    fn covers(&self, word: &str) -> bool {
        match &self.kinds {
            Kinds::None => false,
            Kinds::All => true,
            Kinds::Named(names) => names.iter().any(|name| name == word),
        }
    }
}

/// Checks the words of `--prune=`.
///
/// # Errors
/// When a word names no kind that can be pruned.
pub fn check<Client>(provider: &Provider<Client>, prune: &Prune) -> Result<(), Failure> {
    let Kinds::Named(names) = &prune.kinds else { return Ok(()) };
    let known: Vec<&str> = provider.kinds.iter().filter_map(|kind| kind.pruned_as()).collect();
    let unknown: Vec<&str> = names.iter().map(String::as_str).filter(|name| !known.contains(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(codes::USAGE, "--prune names a kind that cannot be pruned")
        .found(unknown.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", "))
        .expected(format!("one or more of {}, with commas between them", known.join(", ")))
        .fix("correct --prune")
        .suggest_each(&unknown, &known)
        .into())
}

/// Adds deletions to a plan, and the undeclared resources that stay.
///
/// # Errors
/// When what a deletion depends on cannot be read.
pub(crate) async fn add<Client>(
    provider: &Provider<Client>,
    plan: &mut Plan,
    desired: &Desired,
    live: &LiveState,
    prune: &Prune,
) -> Result<(), Failure> {
    let mut by_kind: BTreeMap<usize, Vec<Undeclared>> = BTreeMap::new();
    for undeclared in live.undeclared(provider, desired) {
        by_kind.entry(undeclared.kind).or_default().push(undeclared);
    }
    for (wave, (kind, undeclared)) in (1..).zip(by_kind.into_iter().rev()) {
        let word = provider.kinds[kind].pruned_as().unwrap_or_default();
        if !prune.covers(word) {
            plan.undeclared.extend(undeclared.into_iter().map(|resource| resource.address));
        } else if prune.kinds == Kinds::All && undeclared.len() == live.count(kind) {
            plan.impossible.extend(undeclared.into_iter().map(|resource| would_empty(resource, word)));
        } else {
            delete(provider, plan, undeclared, wave, prune.with_data).await?;
        }
    }
    plan.undeclared.sort();
    Ok(())
}

async fn delete<Client>(
    provider: &Provider<Client>,
    plan: &mut Plan,
    undeclared: Vec<Undeclared>,
    wave: usize,
    with_data: bool,
) -> Result<(), Failure> {
    // A branch that does not exist yet holds nothing that could be examined.
    let exists = plan.target.id.is_some();
    let examined = join_all(undeclared.iter().map(async |resource| -> Result<Live, Failure> {
        let kind = &provider.kinds[resource.kind];
        if exists {
            kind.examine(&provider.client, &resource.address, &resource.live).await
        } else {
            Ok(resource.live.clone())
        }
    }));
    for (resource, examined) in undeclared.iter().zip(examined.await) {
        let Undeclared { address, kind, .. } = resource;
        let examined = examined?;
        let Some(change) = provider.kinds[*kind].prune(address, &examined, with_data)? else {
            plan.undeclared.push(address.clone());
            continue;
        };
        let observed = provider.kinds[*kind].observe(address.name(), &examined)?;
        plan.live.extend(observed.map(|observed| (address.clone(), observed)));
        if change.is_planned() {
            let (address, kind) = (address.clone(), *kind);
            let (changes, needs) = (vec![change], Vec::new());
            plan.steps.push(Step { address, kind, changes, wanted: None, needs, wave });
        } else {
            plan.drift.push(Finding { address: address.clone(), change });
        }
    }
    Ok(())
}

fn would_empty(resource: Undeclared, word: &str) -> Finding {
    let change: AnyChange = Change {
        action: Action::Delete,
        impact: Impact::Destructive,
        attributes: Vec::<Attribute>::new(),
        origin: Origin::Unknown,
        reason: Some(format!("no {word} that exist here are declared, so this would delete all of them")),
        doable: Doable::No(Remedy::PassFlag(format!("--prune={word} if that is meant"))),
        records: Vec::new(),
        conflict: None,
        places: Places::default(),
    };
    Finding { address: resource.address, change }
}
