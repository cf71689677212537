//! A function and its deployments as people are told of them; everything that may be absent is.

use serde::Deserialize;

use super::driver::Status;
use super::marker::{self, Mark};

/// A function.
#[derive(Debug, Clone, Deserialize)]
pub struct FunctionReport {
    /// Its slug.
    pub slug: String,
    /// Its display name.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it is called; empty when it cannot be.
    #[serde(default)]
    pub invocation_url: Option<String>,
    /// When it was created.
    #[serde(default)]
    pub created_at: Option<String>,
    /// The newest deployment, whatever became of it.
    #[serde(default, rename = "current_deployment")]
    pub current: Option<DeploymentReport>,
    /// The deployment that serves.
    #[serde(default, rename = "active_deployment")]
    pub active: Option<DeploymentReport>,
}

/// A deployment.
#[derive(Debug, Clone, Deserialize)]
pub struct DeploymentReport {
    /// Its number.
    pub id: i64,
    /// The platform's word for what became of it.
    #[serde(default)]
    pub status: Option<String>,
    /// Its runtime.
    #[serde(default)]
    pub runtime: Option<String>,
    /// Its memory.
    #[serde(default)]
    pub memory_mib: Option<i64>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    environment: Option<Vec<String>>,
}

impl FunctionReport {
    /// Where it is called, if anywhere.
    pub fn url(&self) -> Option<&str> {
        self.invocation_url.as_deref().filter(|url| !url.is_empty())
    }
}

impl DeploymentReport {
    /// What became of it.
    pub fn ending(&self) -> Status {
        Status::read(self.status.as_deref())
    }

    /// The platform's word for that; one that is missing counts as pending (spec 9).
    pub fn word(&self) -> &str {
        self.status.as_deref().unwrap_or("pending")
    }

    /// The names of all its variables.
    pub(super) fn names(&self) -> &[String] {
        self.environment.as_deref().unwrap_or_default()
    }

    /// The names of its variables without our markers, sorted.
    pub fn variables(&self) -> Vec<&str> {
        let own = self.names().iter().filter(|name| !marker::is_marker(name));
        let mut names: Vec<&str> = own.map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Our newest marker on it.
    pub fn mark(&self) -> Option<Mark> {
        Mark::of(self.id, self.names())
    }
}
