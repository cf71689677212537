//! What a policy says about custom domains, and which of it is in force (spec 3.3).

use std::collections::{HashMap, HashSet};

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Diagnostic, codes};
use neonform_engine::kind::{Declared, Kind, Resource};
use neonform_engine::node::Position;
use neonform_engine::path::Path;
use neonform_engine::places::Places;
use neonform_engine::policy::{Object, Policy};
use neonform_engine::value::Value;

use super::hostname::{self, Written};
use super::spec::{Domain, Spec};
use crate::function::Function;
use crate::homes::{functions, tuned_functions};

/// A hostname, the function that has it, and where that is written.
type Owned<'a> = (String, &'a str, Option<Position>);

/// Reads every list; faults are reported.
pub(super) fn declare(policy: &Policy<'_>) -> Declared<Spec> {
    let mut declared = Declared::default();
    let tuned: HashMap<_, _> = tuned_functions(policy)
        .into_iter()
        .filter_map(|(slug, object)| Some((slug, hostname::list(&object.get("customDomains")?))))
        .collect();
    let on_default = policy.target().is_some_and(|target| target.is_default == Some(true));
    let homes = functions(policy);
    let stated = homes.iter().map(|home| home.iter().map(stated).collect::<Vec<_>>()).collect::<Vec<_>>();
    let mut owners: Vec<Owned<'_>> = Vec::new();
    for (index, (slug, stated)) in stated.into_iter().next().unwrap_or_default().into_iter().enumerate() {
        let tuned = tuned.get(slug).cloned();
        let Some(hosts) = tuned.or(stated.filter(|_| on_default)) else { continue };
        let place = Path::root().key("preview").key("functions").index(index).key("customDomains");
        let listed = hosts.iter().map(|(host, _)| Value::from(host.as_str())).collect();
        declared.resolved.push((place, Value::List(listed)));
        owners.extend(hosts.into_iter().map(|(host, at)| (host, slug, at)));
    }
    if policy.target().is_some() {
        report_shared(policy, &owners);
        let mut seen = HashSet::new();
        for (host, slug, at) in &owners {
            // One that is on two functions is reported above, in better words than "declared twice".
            if seen.insert(host) {
                declared.resources.push(resource(host, slug, at.clone()));
            }
        }
    }
    declared
}

fn resource(host: &str, slug: &str, at: Option<Position>) -> Resource<Spec> {
    let place = Path::root().key("functions").key(slug).key("customDomains");
    let spec = Spec { function: slug.to_owned() };
    let owner = Some(Address::new(Function::NAME, slug));
    let resource = Resource::new(Address::new(Domain::NAME, host), spec, place);
    Resource { owner, places: Places::at(at), ..resource }
}

/// The hosts that the file states for a function, whether or not they are in force.
fn stated<'a>((slug, object): &(&'a str, Object<'a>)) -> (&'a str, Option<Vec<Written>>) {
    (slug, object.get("customDomains").map(|list| hostname::list(&list)))
}

fn report_shared(policy: &Policy<'_>, owners: &[Owned<'_>]) {
    let mut first_owners = HashMap::new();
    for (host, slug, _) in owners {
        let first = *first_owners.entry(host).or_insert(slug);
        if first != slug {
            policy.report(
                Diagnostic::error(codes::CONTRADICTION, "one hostname is in force on two functions")
                    .found(format!("{host:?} on functions {first:?} and {slug:?}"))
                    .expected("a hostname on one function of a branch")
                    .fix("remove it from one of the two"),
            );
        }
    }
}
