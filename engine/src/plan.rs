//! The plan: what would be done to a branch, as data.
//!
//! Pure: desired and live state and a time go in, steps come out, always in the same order
//! (prerequisites first, then by registry, then as written). A resource that needs no change has no
//! step. What cannot be done and what is only shown stand beside the steps.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::address::Address;
use crate::change::Doable;
use crate::desired::Desired;
use crate::diagnostic::{Diagnostic, Failure};
use crate::kind::{AnyChange, Context, Provider};
use crate::refresh::{LiveState, refresh};
use crate::target::Target;

/// What would be done.
pub struct Plan {
    /// The branch.
    pub target: Target,
    /// Changes to make, one step for each changed resource.
    pub steps: Vec<Step>,
    /// Changes that cannot be made.
    pub impossible: Vec<Finding>,
    /// Drift that is shown and not corrected.
    pub drift: Vec<Finding>,
    /// Resources that are as they should be.
    pub unchanged: Vec<Address>,
    /// Resources of declared kinds that exist and that the policy does not declare.
    pub undeclared: Vec<Address>,
    /// Services that the policy uses.
    pub services: Vec<&'static str>,
    /// Problems that stop nothing.
    pub warnings: Vec<Diagnostic>,
}

/// All changes of one resource.
pub struct Step {
    /// The resource.
    pub address: Address,
    /// Which kind of the registry.
    pub kind: usize,
    /// The changes, in order.
    pub changes: Vec<AnyChange>,
    /// Steps of this plan that have to succeed first.
    pub needs: Vec<Address>,
}

/// One change that no step makes.
pub struct Finding {
    /// The resource.
    pub address: Address,
    /// The change.
    pub change: AnyChange,
}

impl Plan {
    /// Whether there is nothing to do and nothing in the way.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.impossible.is_empty()
    }

    /// Every change that would be made, with its address, in order.
    pub fn changes(&self) -> impl Iterator<Item = (&Address, &AnyChange)> {
        self.steps.iter().flat_map(|step| step.changes.iter().map(move |change| (&step.address, change)))
    }
}

/// Reads live state and plans.
///
/// # Errors
/// When a read or a preparation fails.
pub async fn plan<Client>(
    provider: &Provider<Client>,
    mut desired: Desired,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let live = refresh(provider, &mut desired).await?;
    compare(provider, desired, &live, now)
}

/// Compares desired with live state.
///
/// # Errors
/// Only a bug: a value that reached the wrong kind.
pub fn compare<Client>(
    provider: &Provider<Client>,
    desired: Desired,
    live: &LiveState,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let undeclared = live.undeclared(provider, &desired);
    let context = Context { target: &desired.target, now };
    let mut plan = Plan {
        target: desired.target.clone(),
        steps: Vec::new(),
        impossible: Vec::new(),
        drift: Vec::new(),
        unchanged: Vec::new(),
        undeclared,
        services: desired.services,
        warnings: desired.warnings,
    };
    for wanted in desired.resources {
        let changes =
            provider.kinds[wanted.kind].diff(&context, &wanted.address, &wanted.spec, live.of(&wanted))?;
        let (doable, found): (Vec<_>, Vec<_>) = changes.into_iter().partition(AnyChange::is_doable);
        for change in found {
            let list =
                if matches!(change.doable, Doable::No(_)) { &mut plan.impossible } else { &mut plan.drift };
            list.push(Finding { address: wanted.address.clone(), change });
        }
        if doable.is_empty() {
            plan.unchanged.push(wanted.address);
        } else {
            let (address, kind) = (wanted.address, wanted.kind);
            plan.steps.push(Step { address, kind, changes: doable, needs: wanted.needs });
        }
    }
    let changed: HashSet<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
    for step in &mut plan.steps {
        step.needs.retain(|need| changed.contains(need));
    }
    Ok(plan)
}
