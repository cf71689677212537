//! Single custom domains, for commands without a policy: what is there, register one, delete one.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use serde::Deserialize;

use super::driver::{self, FEATURE};
use super::hostname;
use crate::client::Request;
use crate::reported::Reported;
use crate::scope::Scope;

/// A registration.
#[derive(Debug, Clone, Deserialize)]
pub struct DomainReport {
    /// The host.
    pub domain: String,
    /// What sort of thing it leads to.
    pub entity_type: String,
    /// The function's slug, or another id.
    pub entity_id: String,
    /// Where its CNAME record has to point; may be empty.
    #[serde(default)]
    pub cname_target: Option<String>,
    /// How far the platform is with it.
    #[serde(default)]
    pub status: Option<String>,
    /// What its DNS says.
    #[serde(default)]
    pub dns_status: Option<String>,
    /// Why it is not active.
    #[serde(default)]
    pub status_reason: Option<String>,
}

impl DomainReport {
    /// Whether it leads to a function.
    pub fn leads_to(&self, slug: &str) -> bool {
        self.entity_type == "function" && self.entity_id == slug
    }

    /// Where its CNAME record has to point, if anywhere.
    pub fn target(&self) -> Option<&str> {
        self.cname_target.as_deref().filter(|target| !target.is_empty())
    }
}

/// A host as the platform has it.
///
/// # Errors
/// When it is none.
pub fn host(written: &str) -> Result<String, Failure> {
    let host = hostname::normalise(written);
    match hostname::fault(&host) {
        None => Ok(host),
        Some(summary) => Err(Diagnostic::error(codes::INVALID_HOSTNAME, summary)
            .found(format!("{written:?}"))
            .expected(hostname::EXPECTED)
            .fix("correct it")
            .into()),
    }
}

/// Every custom domain of the branch.
///
/// # Errors
/// What the API or the network said.
pub async fn list(scope: &Scope) -> Result<Vec<Reported<DomainReport>>, Failure> {
    let path = scope.in_branch(&["custom-domains"]);
    let request = Request::get("listBranchCustomDomains", path).feature(FEATURE);
    scope.client.list(request, "custom_domains").await
}

/// Registers a host for a function; one that is there already stays as it is.
///
/// # Errors
/// When it leads elsewhere; what the API or the network said.
pub async fn register(scope: &Scope, host: &str, slug: &str) -> Result<Reported<DomainReport>, Failure> {
    let request = driver::registration(scope, host, slug);
    let look = || async {
        let found = list(scope).await?.into_iter().find(|found| found.read.domain == host);
        Ok(found.filter(|found| found.read.leads_to(slug)))
    };
    let failure = match scope.client.make(request, look).await {
        Ok(made) => return Ok(made),
        Err(failure) if failure.is(codes::ALREADY_EXISTS) => failure,
        Err(failure) => return Err(failure),
    };
    match list(scope).await?.into_iter().find(|found| found.read.domain == host) {
        Some(Reported { read, .. }) => {
            Err(Diagnostic::error(codes::CONFLICT, "the custom domain leads elsewhere; nothing was changed")
                .found(format!("{host}: {} {:?} of the same branch", read.entity_type, read.entity_id))
                .expected(format!("one that is free, or leads to function {slug:?} already"))
                .fix(format!("delete it first with: neonform domains delete {host}"))
                .into())
        }
        None => Err(driver::taken(host, failure)),
    }
}

/// Deletes a registration; one that is gone already is as it should be.
///
/// # Errors
/// What the API or the network said.
pub async fn delete(scope: &Scope, host: &str) -> Result<(), Failure> {
    driver::delete(scope, host).await
}
