//! What drivers talk to: the API client, bound to one branch, and what was read of it already.

use std::sync::Arc;
use std::time::Duration;

use neonform_engine::diagnostic::Failure;
use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::branch::BranchLive;
use crate::client::{ApiPath, Client, Request};
use crate::function::{Builds, Bundler, Digests};
use crate::target::Found;

/// One branch of one project, through one client.
pub struct Scope {
    /// The API client.
    pub client: Client,
    /// Project id.
    pub project: String,
    /// Branch id; the parent's for a branch that does not exist yet.
    pub branch: String,
    /// Branch name.
    pub branch_name: String,
    /// The branch and its endpoint, read before the policy's closure ran.
    pub branch_live: BranchLive,
    /// Makes function bundles.
    pub bundler: Arc<dyn Bundler>,
    /// Digests of environments that were made before.
    pub digests: Arc<Digests>,
    /// How deployments are waited for.
    pub polling: Polling,
    /// What this run says about deployments.
    pub deploying: Deploying,
    /// The deployments that were made through it.
    pub builds: Arc<Builds>,
    /// What several kinds ask for is read once.
    pub shared: Shared,
}

/// How a deployment is waited for (spec 4.7).
#[derive(Debug, Clone, Copy)]
pub struct Polling {
    /// Time between two looks.
    pub interval: Duration,
    /// Time after which it counts as failed.
    pub limit: Duration,
}

impl Default for Polling {
    fn default() -> Self {
        Self { interval: Duration::from_secs(2), limit: Duration::from_secs(600) }
    }
}

/// What one run says about deployments, whatever the policy says.
#[derive(Debug, Clone)]
pub struct Deploying {
    /// Which functions are deployed again although nothing changed.
    pub again: Again,
    /// Whether deployments carry the marker that lets the next run see that nothing changed.
    pub marker: bool,
}

/// Functions that are deployed again although nothing changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Again {
    /// None.
    #[default]
    None,
    /// All.
    All,
    /// Those of these slugs.
    These(Vec<String>),
}

impl Again {
    /// Whether a function is one of them.
    pub(crate) fn covers(&self, slug: &str) -> bool {
        match self {
            Again::None => false,
            Again::All => true,
            Again::These(slugs) => slugs.iter().any(|found| found == slug),
        }
    }
}

impl Default for Deploying {
    fn default() -> Self {
        Self { again: Again::None, marker: true }
    }
}

/// Answers that several kinds need.
#[derive(Debug, Default)]
pub struct Shared {
    database: OnceCell<String>,
    auth: OnceCell<bool>,
}

#[derive(Deserialize)]
struct Databases {
    databases: Vec<Database>,
}

#[derive(Deserialize)]
struct Database {
    name: String,
}

impl Scope {
    /// A branch that was found; deployments are waited for and made as usual.
    pub fn of(client: Client, found: Found, bundler: Arc<dyn Bundler>) -> Self {
        Self {
            client,
            project: found.target.project,
            branch: found.id,
            branch_name: found.target.name,
            branch_live: found.live,
            bundler,
            digests: Arc::new(Digests::of_this_run()),
            polling: Polling::default(),
            deploying: Deploying::default(),
            builds: Arc::default(),
            shared: Shared::default(),
        }
    }

    /// A path below the project.
    pub fn in_project(&self, rest: &[&str]) -> ApiPath {
        ApiPath::new(&["projects", &self.project]).join(rest)
    }

    /// A path below the branch.
    pub fn in_branch(&self, rest: &[&str]) -> ApiPath {
        self.in_project(&["branches", &self.branch]).join(rest)
    }

    /// Waits before what was written is looked at another time (`attempt` counts from 0).
    ///
    /// # Errors
    /// When the run is stopped meanwhile.
    pub(crate) async fn before_look(&self, attempt: u32) -> Result<(), Failure> {
        if attempt == 0 { Ok(()) } else { self.client.pause(self.polling.interval / 4).await }
    }

    /// The database that Neon Auth and the Data API use (spec 4.1).
    ///
    /// # Errors
    /// What the API or the network said.
    pub(crate) async fn database(&self) -> Result<String, Failure> {
        let read = async || {
            let request = Request::get("listBranchDatabases", self.in_branch(&["databases"]));
            let listed: Databases = self.client.send(request).await?;
            Ok(choose(listed.databases.into_iter().map(|database| database.name).collect()))
        };
        self.shared.database.get_or_try_init(read).await.cloned()
    }

    /// Whether the branch has Neon Auth.
    ///
    /// # Errors
    /// What the API or the network said.
    pub(crate) async fn has_auth(&self) -> Result<bool, Failure> {
        self.shared.auth.get_or_try_init(|| self.read_auth()).await.copied()
    }

    /// Whether the branch has Neon Auth now, whatever was read before.
    ///
    /// # Errors
    /// What the API or the network said.
    pub(crate) async fn read_auth(&self) -> Result<bool, Failure> {
        let request = Request::get("getNeonAuth", self.in_branch(&["auth"]));
        Ok(self.client.find::<serde_json::Value>(request).await?.is_some())
    }
}

/// The only database, else `neondb`, else the first; `neondb` when there are none (spec 4.1).
fn choose(names: Vec<String>) -> String {
    let conventional = names.iter().position(|name| name == "neondb").unwrap_or(0);
    names.into_iter().nth(conventional).unwrap_or_else(|| DEFAULT_DATABASE.to_owned())
}

/// The database of a branch that reports none.
pub(crate) const DEFAULT_DATABASE: &str = "neondb";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conventional_database_wins() {
        let choose = |names: &[&str]| choose(names.iter().map(ToString::to_string).collect());
        assert_eq!(choose(&[]), "neondb");
        assert_eq!(choose(&["only"]), "only");
        assert_eq!(choose(&["analytics", "neondb"]), "neondb");
        assert_eq!(choose(&["b", "a"]), "b");
    }
}
