//! What is sent for a branch's own settings.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{Driver, Outputs, Prior, Seen};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::compute::Compute;
use super::creation::NewBranch;
use super::manage;
use super::spec::{Branch, Operation};
use crate::client::Request;
use crate::scope::Scope;
use crate::target::Endpoint;
use crate::wire::number;

/// A branch as reported.
#[derive(Debug, Clone, Default)]
pub struct BranchLive {
    /// Whether it is protected.
    pub protected: bool,
    /// When it expires, as reported.
    pub expires_at: Option<String>,
    /// Name of its parent.
    pub parent: Option<String>,
    /// Its first read-write endpoint.
    pub endpoint: Option<EndpointLive>,
    /// The project's settings for a new endpoint.
    pub defaults: EndpointLive,
}

/// Settings of a read-write endpoint as reported.
#[derive(Debug, Clone, Default)]
pub struct EndpointLive {
    /// The endpoint's id; empty for a project's defaults.
    pub id: String,
    /// Smallest size, in compute units.
    pub min: Option<f64>,
    /// Largest size, in compute units.
    pub max: Option<f64>,
    /// Idle timeout in seconds; -1 is never, 0 the platform's default.
    pub suspend_seconds: Option<i64>,
}

impl Driver<Scope> for Branch {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, BranchLive)>, Failure> {
        Ok(vec![(scope.branch_name.clone(), scope.branch_live.clone())])
    }

    async fn look(&self, scope: &Scope, names: &[&str], attempt: u32) -> Result<Seen<BranchLive>, Failure> {
        // A branch that was just created is read again before anything else is planned for it.
        if names != [scope.branch_name.as_str()] {
            return Ok(None);
        }
        scope.before_look(attempt).await?;
        Ok(Some(vec![(scope.branch_name.clone(), look(scope).await?)]))
    }

    async fn apply(
        &self,
        scope: &Scope,
        _address: &Address,
        operation: Operation,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        let request = match operation {
            Operation::Resize { endpoint, compute } => {
                let body = json!({ "endpoint": compute_body(&compute) });
                Request::patch("updateEndpoint", scope.in_project(&["endpoints", &endpoint])).json(body)
            }
            Operation::Protect(protected) => Request::patch("updateBranch", scope.in_branch(&[]))
                .json(json!({ "branch": { "protected": protected } })),
            Operation::Expire(at) => {
                let body = json!({ "branch": { "expires_at": format!("{at:.3}") } });
                Request::patch("updateBranch", scope.in_branch(&[])).json(body)
            }
            Operation::Create(branch) => return create(scope, &branch).await,
        };
        scope.client.send::<Json>(request).await?;
        Ok(Outputs::new())
    }
}

#[derive(Deserialize)]
struct One {
    branch: Settings,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    protected: bool,
    #[serde(default)]
    expires_at: Option<String>,
}

#[derive(Deserialize)]
struct OneEndpoint {
    endpoint: Endpoint,
}

/// The settings as they are now, whatever was read before.
async fn look(scope: &Scope) -> Result<BranchLive, Failure> {
    let was = &scope.branch_live;
    let branch = scope.client.send::<One>(Request::get("getBranch", scope.in_branch(&[])));
    let endpoint = async {
        let Some(was) = &was.endpoint else { return Ok(None) };
        let request = Request::get("getEndpoint", scope.in_project(&["endpoints", &was.id]));
        let found: Option<OneEndpoint> = scope.client.find(request).await?;
        Ok::<_, Failure>(found.map(|found| EndpointLive::from(&found.endpoint)))
    };
    let (branch, endpoint) = futures::join!(branch, endpoint);
    let Settings { protected, expires_at } = branch?.branch;
    Ok(BranchLive { protected, expires_at, endpoint: endpoint?, ..was.clone() })
}

/// Whether a branch as reported is what was asked for, its compute aside: what that lacks, the second half of a
/// creation sets.
pub(super) fn is(branch: &Json, new: &NewBranch) -> bool {
    // The platform drops fractions of a second.
    let expires_at = branch["expires_at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    branch["name"] == new.name
        && (new.parent.is_none() || branch["parent_id"].as_str() == new.parent.as_deref())
        && branch["protected"].as_bool().unwrap_or(false) == new.protected.unwrap_or(false)
        && expires_at.map(|at| at.as_second()) == new.expires_at.map(|at| at.as_second())
}

async fn create(scope: &Scope, new: &NewBranch) -> Result<Outputs, Failure> {
    let created = manage::create(&scope.client, &scope.project, new).await?;
    Ok(vec![("branchId".to_owned(), created.id.into())])
}

/// The one call that carries everything that is said about a new branch (spec 5.1).
pub(super) fn body(new: &NewBranch) -> Json {
    let mut branch = Map::new();
    branch.insert("name".to_owned(), new.name.as_str().into());
    branch.extend(new.parent.as_deref().map(|id| ("parent_id".to_owned(), id.into())));
    branch.extend(new.expires_at.map(|at| ("expires_at".to_owned(), format!("{at:.3}").into())));
    branch.extend(new.protected.map(|protected| ("protected".to_owned(), protected.into())));
    let mut endpoint = new.compute.as_ref().map(compute_body).unwrap_or_default();
    endpoint.insert("type".to_owned(), "read_write".into());
    json!({ "branch": branch, "endpoints": [endpoint] })
}

fn compute_body(compute: &Compute) -> Map<String, Json> {
    let mut body = Map::new();
    body.extend(compute.min.map(|min| ("autoscaling_limit_min_cu".to_owned(), number(min))));
    body.extend(compute.max.map(|max| ("autoscaling_limit_max_cu".to_owned(), number(max))));
    body.extend(compute.suspend.as_ref().map(|s| ("suspend_timeout_seconds".to_owned(), s.seconds.into())));
    body
}
