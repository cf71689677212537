//! What drivers talk to: the API client, bound to one branch, and what was read of it already.

use std::sync::Arc;

use crate::branch::BranchLive;
use crate::client::{ApiPath, Client};
use crate::function::Bundler;

/// One branch of one project, through one client.
pub struct Scope {
    /// The API client.
    pub client: Client,
    /// Project id.
    pub project: String,
    /// Branch id.
    pub branch: String,
    /// Branch name.
    pub branch_name: String,
    /// The branch and its endpoint, read before the policy's closure ran.
    pub branch_live: BranchLive,
    /// Makes function bundles.
    pub bundler: Arc<dyn Bundler>,
}

impl Scope {
    /// A path below the project.
    pub fn in_project(&self, rest: &[&str]) -> ApiPath {
        ApiPath::new(&["projects", &self.project]).join(rest)
    }

    /// A path below the branch.
    pub fn in_branch(&self, rest: &[&str]) -> ApiPath {
        self.in_project(&["branches", &self.branch]).join(rest)
    }
}
