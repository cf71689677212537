//! What is sent for custom domains.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::kind::{Driver, Outputs, Prior, Seen};
use serde::Deserialize;
use serde_json::json;

use super::spec::{Domain, Operation};
use super::wait;
use crate::client::Request;
use crate::moved::moved;
use crate::scope::Scope;

pub(super) const FEATURE: &str = "Custom domains";

/// A registration as reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainLive {
    /// `function`, or what else it leads to.
    pub entity_type: String,
    /// The function's slug, or another id.
    pub entity: String,
    /// Where its CNAME record has to point; may be empty.
    pub cname_target: String,
}

impl DomainLive {
    /// Whether it leads to a function.
    pub(super) fn is_function(&self) -> bool {
        self.entity_type == "function"
    }
}

#[derive(Deserialize)]
struct Item {
    domain: String,
    entity_type: String,
    entity_id: String,
    #[serde(default)]
    cname_target: String,
}

impl Driver<Scope> for Domain {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, DomainLive)>, Failure> {
        list(scope).await
    }

    async fn look(&self, scope: &Scope, _names: &[&str], attempt: u32) -> Result<Seen<DomainLive>, Failure> {
        scope.before_look(attempt).await?;
        self.read(scope).await.map(Some)
    }

    async fn apply(
        &self,
        scope: &Scope,
        address: &Address,
        operation: Operation,
        prior: &Prior,
    ) -> Result<Outputs, Failure> {
        let host = address.name();
        match operation {
            Operation::Register(function) => register(scope, host, &function).await,
            Operation::Retarget { from, to } => {
                wait::for_deployment(scope, host, &to, prior).await?;
                let planned = |live: &DomainLive| live.is_function() && live.entity == from;
                check_owner(scope, host, &from, planned).await?;
                delete(scope, host).await?;
                register(scope, host, &to).await.map_err(|failure| unregistered(host, &from, failure))
            }
            Operation::Delete(planned) => {
                let same = |live: &DomainLive| {
                    live.entity_type == planned.entity_type && live.entity == planned.entity
                };
                check_owner(scope, host, &planned.entity, same).await?;
                delete(scope, host).await?;
                Ok(Outputs::new())
            }
        }
    }
}

async fn items(scope: &Scope) -> Result<Vec<Item>, Failure> {
    let path = scope.in_branch(&["custom-domains"]);
    let request = Request::get("listBranchCustomDomains", path).feature(FEATURE);
    scope.client.list(request, "custom_domains").await
}

async fn list(scope: &Scope) -> Result<Vec<(String, DomainLive)>, Failure> {
    let live = |item: Item| {
        let Item { domain, entity_type, entity_id, cname_target } = item;
        (domain, DomainLive { entity_type, entity: entity_id, cname_target })
    };
    Ok(items(scope).await?.into_iter().map(live).collect())
}

/// The registration of a host on this branch as it is now.
async fn find(scope: &Scope, host: &str) -> Result<Option<DomainLive>, Failure> {
    Ok(list(scope).await?.into_iter().find(|(name, _)| name == host).map(|(_, live)| live))
}

pub(super) fn registration(scope: &Scope, host: &str, function: &str) -> Request {
    let body = json!({ "domain": host, "entity_type": "function", "entity_id": function });
    let path = scope.in_branch(&["custom-domains"]);
    Request::post("registerBranchCustomDomain", path).json(body).feature(FEATURE)
}

async fn register(scope: &Scope, host: &str, function: &str) -> Result<Outputs, Failure> {
    let request = registration(scope, host, function);
    let is_it =
        |item: &Item| item.domain == host && item.entity_type == "function" && item.entity_id == function;
    let look = || async { Ok(items(scope).await?.into_iter().find(is_it)) };
    let failure = match scope.client.make::<Item, _>(request, look).await {
        Ok(item) => return Ok(vec![("cnameTarget".to_owned(), item.cname_target.into())]),
        Err(failure) => failure,
    };
    if !failure.is(codes::ALREADY_EXISTS) {
        return Err(failure);
    }
    // Where it is on this branch, it was not when the plan was made.
    match find(scope, host).await? {
        Some(live) => Err(moved(
            "a custom domain was registered since the plan was made",
            format!("{host}: it is on {} {:?}", live.entity_type, live.entity),
            format!("function {function:?}"),
        )),
        None => Err(taken(host, failure)),
    }
}

pub(super) async fn delete(scope: &Scope, host: &str) -> Result<(), Failure> {
    let path = scope.in_branch(&["custom-domains", host]);
    scope.client.delete(Request::delete("deleteBranchCustomDomain", path).feature(FEATURE)).await
}

/// Looks again right before something is taken away (spec 4.7).
async fn check_owner(
    scope: &Scope,
    host: &str,
    from: &str,
    planned: impl Fn(&DomainLive) -> bool,
) -> Result<(), Failure> {
    let now = find(scope, host).await?;
    if now.as_ref().is_some_and(planned) {
        return Ok(());
    }
    let found = now.map_or("it is not registered on the branch".to_owned(), |live| {
        format!("it is on {} {:?}", live.entity_type, live.entity)
    });
    let summary = "a custom domain is no longer where the plan found it; it was left alone";
    Err(moved(summary, format!("{host}: {found}"), format!("function {from:?}")))
}

/// Says what a 409 means here: the platform does not tell who has the name.
pub(super) fn taken(host: &str, failure: Failure) -> Failure {
    let explain = |problem: Diagnostic| {
        if problem.code != codes::ALREADY_EXISTS {
            return problem;
        }
        let fix = format!("delete {host} from the branch or project that has it, then run the command again");
        Diagnostic { summary: "a custom domain is registered elsewhere".to_owned(), ..problem }.fix(fix)
    };
    Failure(failure.0.into_iter().map(explain).collect())
}

/// Adds to a failure that the old registration is gone.
fn unregistered(host: &str, from: &str, failure: Failure) -> Failure {
    let note =
        format!("{host} no longer leads to function {from:?}: its registration was deleted to move it");
    Failure(failure.0.into_iter().map(|problem| problem.fact("meanwhile", note.clone())).collect())
}
