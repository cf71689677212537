//! Desired state: every kind reads the policy, and what they declare becomes one graph.
//!
//! All kinds run before anything fails, so that every problem is reported at once. Then the rules
//! that no kind can see alone: one address declared twice, a circle. What comes out is ordered:
//! prerequisites first, what hangs off a resource right after it, then by registry, then as written.

use std::collections::{HashMap, HashSet};

use crate::address::Address;
use crate::diagnostic::{Diagnostic, Failure, codes};
use crate::graph::Graph;
use crate::kind::{AnySpec, Declared, ErasedKind, Resource};
use crate::places::Places;
use crate::policy::Policy;
use crate::target::Target;
use crate::unknown::Unknown;
use crate::value::Value;

/// What should exist on a branch.
pub struct Desired {
    /// The branch.
    pub target: Target,
    /// The resources, prerequisites first.
    pub resources: Vec<Wanted>,
    /// The resolved policy (spec 3.2).
    pub resolved: Value,
    /// Services that the policy uses, in registry order (spec 4.10).
    pub services: Vec<&'static str>,
    /// Problems that stop nothing.
    pub warnings: Vec<Diagnostic>,
}

/// One resource that should exist.
#[derive(Clone)]
pub struct Wanted {
    /// Kind and name.
    pub address: Address,
    /// Which kind of the registry.
    pub kind: usize,
    /// What is asked for.
    pub spec: AnySpec,
    /// What has to be there first.
    pub needs: Vec<Address>,
    /// Where in the sources it is declared.
    pub places: Places,
    /// Attributes that the policy sets to what nobody knows.
    pub unknown: Vec<Unknown>,
}

/// Checks what a policy file exports, before any branch is known (spec 1).
///
/// # Errors
/// Every problem of the file.
pub fn check<Client>(
    kinds: &[Box<dyn ErasedKind<Client>>],
    policy: Policy<'_>,
) -> Result<Vec<Diagnostic>, Failure> {
    declare(kinds, &policy);
    policy.finish()
}

/// Builds the desired state for the target that `policy` is read for.
///
/// # Errors
/// Every problem of the file and of what its closure returned.
pub fn build<Client>(
    kinds: &[Box<dyn ErasedKind<Client>>],
    policy: Policy<'_>,
    target: &Target,
) -> Result<Desired, Failure> {
    let (resources, parts) = declare(kinds, &policy);
    let order = order(&resources, &policy);
    let warnings = policy.finish()?;
    let mut by_address: HashMap<Address, Wanted> =
        resources.into_iter().map(|wanted| (wanted.address.clone(), wanted)).collect();
    let mut resolved = Value::Map(Vec::new());
    for (path, value) in parts.resolved {
        resolved.set(&path, value);
    }
    Ok(Desired {
        target: target.clone(),
        resources: order.iter().filter_map(|address| by_address.remove(address)).collect(),
        resolved,
        services: parts.services,
        warnings,
    })
}

#[derive(Default)]
struct Parts {
    resolved: Vec<(crate::path::Path, Value)>,
    services: Vec<&'static str>,
}

fn declare<Client>(kinds: &[Box<dyn ErasedKind<Client>>], policy: &Policy<'_>) -> (Vec<Wanted>, Parts) {
    let mut wanted: Vec<(Option<Address>, Wanted)> = Vec::new();
    let mut parts = Parts::default();
    let mut declared = HashMap::new();
    for (kind, declares) in kinds.iter().enumerate() {
        let Declared { resources, resolved, service } = declares.declare(policy);
        parts.resolved.extend(resolved);
        parts.services.extend(service);
        for resource in resources {
            report_duplicate(policy, &mut declared, &resource);
            let Resource { address, spec, owner, mut needs, places, unknown, .. } = resource;
            needs.extend(owner.iter().cloned());
            wanted.push((owner, Wanted { address, kind, spec, needs, places, unknown }));
        }
    }
    (beside_owners(wanted), parts)
}

/// Moves what hangs off a resource right behind it, in one pass.
fn beside_owners(declared: Vec<(Option<Address>, Wanted)>) -> Vec<Wanted> {
    let places: HashMap<Address, usize> =
        declared.iter().enumerate().map(|(place, (_, wanted))| (wanted.address.clone(), place)).collect();
    let mut placed: Vec<((usize, usize), Wanted)> = declared
        .into_iter()
        .enumerate()
        .map(|(place, (owner, wanted))| {
            let beside = owner.and_then(|owner| places.get(&owner).copied());
            (beside.map_or((place, 0), |owner| (owner, place + 1)), wanted)
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, wanted)| wanted).collect()
}

fn report_duplicate(
    policy: &Policy<'_>,
    declared: &mut HashMap<Address, crate::path::Path>,
    resource: &Resource<AnySpec>,
) {
    let Some(first) = declared.insert(resource.address.clone(), resource.path.clone()) else { return };
    policy.report(
        Diagnostic::error(codes::DUPLICATE, "one resource is declared twice")
            .path(resource.path.clone())
            .found(format!("{} at {first} and at {}", resource.address, resource.path))
            .expected("each resource in one place")
            .fix("remove one of the two"),
    );
}

fn order(resources: &[Wanted], policy: &Policy<'_>) -> Vec<Address> {
    let mut graph = Graph::default();
    resources.iter().for_each(|wanted| graph.add(&wanted.address));
    for wanted in resources {
        wanted.needs.iter().for_each(|need| graph.before(need, &wanted.address));
    }
    graph.order().unwrap_or_else(|stuck| {
        let names: Vec<String> = stuck.iter().map(ToString::to_string).collect();
        policy.report(
            Diagnostic::error(codes::CYCLE, "resources need each other in a circle")
                .found(names.join(", "))
                .fix("remove one of the references between them"),
        );
        Vec::new()
    })
}

impl Desired {
    /// The kinds, by registry position, that have a resource here.
    pub fn declared_kinds(&self) -> HashSet<usize> {
        self.resources.iter().map(|wanted| wanted.kind).collect()
    }
}
