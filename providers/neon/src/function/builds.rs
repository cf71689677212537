//! The deployments that one run has made, and what is known of their builds without asking for it.
//!
//! A deployment is noted where it is made; every later look at functions tells how far it has come.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::driver::Status;

/// What is known of the deployments of a run.
#[derive(Debug, Default)]
pub struct Builds(Mutex<BTreeMap<String, Build>>);

/// A deployment of a run.
#[derive(Debug, Clone)]
pub struct Build {
    /// The function's slug.
    pub slug: String,
    /// The deployment's number.
    pub id: i64,
    /// What became of it, as far as it was seen.
    pub status: Status,
    /// Why it failed.
    pub error: Option<String>,
}

impl Builds {
    /// All of them, by slug.
    pub fn all(&self) -> Vec<Build> {
        self.held().values().cloned().collect()
    }

    /// Notes one that was just made.
    pub(super) fn made(&self, slug: &str, id: i64) {
        let build = Build { slug: slug.to_owned(), id, status: Status::Pending, error: None };
        self.held().insert(slug.to_owned(), build);
    }

    /// Hears what became of a deployment, perhaps of one that this run has not made.
    pub(super) fn saw(&self, slug: &str, id: i64, status: Status, error: Option<&str>) {
        if let Some(build) = self.held().get_mut(slug).filter(|build| build.id == id) {
            build.status = status;
            build.error = error.map(str::to_owned);
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Build>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
