//! Single functions, for commands without a policy: what is there, deploy one, delete one (spec 9).
//!
//! A deployment that uploads code carries a marker as one of `apply` does, wherever what the marker says is known:
//! the platform merges variables, so their values are known where every variable is set now, or where none changes
//! and the deployment before says what they were. Otherwise it carries none, and the marker before it stays, from
//! which a plan tells that something else has deployed since.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;
use serde::Deserialize;

use super::driver::{self, Bundle, FEATURE};
use super::marker::{self, Marker};
use super::report::{DeploymentReport, FunctionReport};
use super::spec::{Deployment, Environment};
use crate::client::Request;
use crate::homes::{SLUG_RULE, is_slug};
use crate::reported::Reported;
use crate::scope::Scope;

#[derive(Deserialize)]
struct One {
    function: Reported<FunctionReport>,
}

/// What is to be deployed.
#[derive(Debug)]
pub struct Order {
    /// The code; without it the code that was deployed last.
    pub bundle: Option<Bundle>,
    /// Variables to set and to delete; the others stay.
    pub environment: Environment,
    /// The runtime.
    pub runtime: &'static str,
}

/// A deployment that was made.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// Its number.
    pub id: i64,
    /// Whether it carries a marker, so that a plan can compare it.
    pub marked: bool,
}

/// What is wrong with a slug, before anything is asked about it.
pub fn slug_fault(slug: &str) -> Option<Diagnostic> {
    let problem = Diagnostic::error(codes::INVALID_NAME, "a function's slug breaks the rule for slugs");
    (!is_slug(slug))
        .then(|| problem.found(format!("{slug:?}")).expected(SLUG_RULE).fix("choose another slug"))
}

/// Every function of the branch.
///
/// # Errors
/// What the API or the network said.
pub async fn list(scope: &Scope) -> Result<Vec<Reported<FunctionReport>>, Failure> {
    let request = Request::get("listBranchFunctions", scope.in_branch(&["functions"])).feature(FEATURE);
    scope.client.list(request, "functions").await
}

/// One function, if it is there.
///
/// # Errors
/// What the API or the network said.
pub async fn find(scope: &Scope, slug: &str) -> Result<Option<Reported<FunctionReport>>, Failure> {
    let found: Option<One> = scope.client.find(driver::one(scope, slug)).await?;
    Ok(found.map(|found| found.function))
}

/// Deletes a function; one that is gone already is as it should be.
///
/// # Errors
/// What the API or the network said.
pub async fn delete(scope: &Scope, slug: &str) -> Result<(), Failure> {
    let path = scope.in_branch(&["functions", slug]);
    scope.client.delete(Request::delete("deleteBranchFunction", path).feature(FEATURE)).await
}

/// Deploys a function.
///
/// # Errors
/// When it is the first deployment and has no code; what the API or the network said.
pub async fn deploy(scope: &Scope, slug: &str, order: Order) -> Result<Made, Failure> {
    let current = find(scope, slug).await?.and_then(|found| found.read.current);
    if current.is_none() && order.bundle.is_none() {
        return Err(Diagnostic::error(codes::USAGE, "the function has no code yet; nothing was deployed")
            .found(format!("function {slug:?}, without a deployment whose code could be used again"))
            .fix("pass --src with its entry file or directory")
            .into());
    }
    let environment = order.environment;
    let marker = marker_after(scope, slug, order.bundle.as_ref(), &environment, current.as_ref()).await?;
    let marked = marker.is_some();
    let mut send = environment.set;
    let mut delete = environment.deleted;
    if marked {
        let names = current.as_ref().map(DeploymentReport::names).unwrap_or_default();
        delete.extend(names.iter().filter(|name| marker::is_marker(name)).cloned());
    }
    send.extend(delete.into_iter().map(|name| (name, Secret::new(""))));
    send.extend(marker.map(|marker| (marker.name(), Secret::new("1"))));
    let deployment = Deployment {
        bundle: order.bundle,
        runtime: order.runtime,
        environment: send,
        replaced: current.map_or(0, |current| current.id),
        rename: None,
    };
    Ok(Made { id: driver::send(scope, slug, &deployment).await?, marked })
}

/// The marker of the deployment that follows `current`, where all that it says is known.
async fn marker_after(
    scope: &Scope,
    slug: &str,
    bundle: Option<&Bundle>,
    environment: &Environment,
    current: Option<&DeploymentReport>,
) -> Result<Option<Marker>, Failure> {
    let names = current.map(DeploymentReport::names).unwrap_or_default();
    let before = current.and_then(|current| Marker::of(current.id, names));
    let bundle = match (bundle, &before) {
        (Some(bundle), _) => marker::bundle_digest(&bundle.sha256),
        (None, Some(before)) => before.bundle.clone(),
        (None, None) => return Ok(None),
    };
    let is_said = |name: &String| {
        environment.deleted.contains(name) || environment.set.iter().any(|(set, _)| set == name)
    };
    let stays = names.iter().any(|name| !marker::is_marker(name) && !is_said(name));
    let environment = match before {
        _ if !stays => driver::digest(scope, slug, &environment.set).await?,
        Some(before) if environment.set.is_empty() && environment.deleted.is_empty() => before.environment,
        _ => return Ok(None),
    };
    Ok(Some(Marker { replaced: current.map_or(0, |current| current.id), bundle, environment }))
}
