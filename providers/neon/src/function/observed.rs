//! What a function is like, in the names that its changes use.
//!
//! Code is told by its digest, which a deployment's marker holds; what was deployed by something else is told by the
//! number of the deployment. Of a variable there is the name; the digest of the values that a policy sets is
//! slow and salted (`marker.rs`), for telling whether two plans would deploy the same.

use neonform_engine::state::{Attributes, Observed};
use neonform_engine::value::{Secret, Value};

use super::driver::{DeploymentLive, FunctionLive, Status};
use super::marker::{self, Marker};
use super::spec::Spec;

/// A live function; one that was never deployed has a name and no more.
pub(super) fn live(live: &FunctionLive) -> Observed {
    let mut attributes = vec![("name".to_owned(), live.name.as_str().into())];
    let Some(current) = &live.current else { return Observed::new(attributes) };
    attributes.push(("bundle".to_owned(), code(current).into()));
    attributes.extend(current.runtime.as_deref().map(|runtime| ("runtime".to_owned(), runtime.into())));
    let names = current.variables.iter().filter(|name| !marker::is_marker(name));
    attributes.extend(variables(names.map(String::as_str)));
    let identity = [("deployment", current.id.to_string()), ("status", format!("{:?}", current.status))];
    let identity = identity.into_iter().map(|(name, text)| (name.to_owned(), text.to_lowercase().into()));
    Observed { identity: identity.collect(), ..Observed::new(attributes) }
}

/// What a policy asks of a function.
pub(super) fn expected(spec: &Spec) -> Observed {
    let digest = spec.bundle.as_ref().map(|bundle| marker::bundle_digest(&bundle.sha256));
    let mut attributes = vec![("name".to_owned(), spec.name.as_str().into())];
    attributes.extend(digest.as_deref().map(|digest| ("bundle".to_owned(), marker::short(digest).into())));
    attributes.push(("runtime".to_owned(), spec.runtime.into()));
    attributes.extend(variables(spec.environment.set.iter().map(|(name, _)| name.as_str())));
    let mut identity = vec![("environment".to_owned(), spec.environment_digest.as_str().into())];
    identity.extend(digest.map(|digest| ("bundle".to_owned(), digest.into())));
    let modules = spec.bundle.iter().flat_map(|bundle| &bundle.modules);
    let inputs = modules.map(|module| (module.path.clone(), module.sha256.clone())).collect();
    Observed { attributes, identity, inputs }
}

fn code(current: &DeploymentLive) -> String {
    match Marker::of(current.id, &current.variables) {
        Some(marker) if current.status != Status::Failed => marker::short(&marker.bundle),
        _ if current.status == Status::Failed => format!("failed (deployment {})", current.id),
        _ => format!("unknown (deployment {})", current.id),
    }
}

fn variables<'a>(names: impl Iterator<Item = &'a str>) -> Attributes {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.into_iter().map(|name| (format!("env.{name}"), Value::Secret(Secret::new("")))).collect()
}
