//! What a seed fixes in memory, for answers that must be predictable.
//!
//! Pins are part of no database: they go with the process, and a later seed replaces only what it
//! names.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::seed::Seed;

/// All that is fixed.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    pub(crate) now: Option<Timestamp>,
    pub(crate) created_branch_id: Option<String>,
    pub(crate) created_endpoint_id: Option<String>,
    pub(crate) lenient_expiration: bool,
    pub(crate) cname_target: Option<String>,
    scripts: Vec<Script>,
}

/// What reads of one function report about deployments made since.
#[derive(Debug)]
struct Script {
    slug: String,
    statuses: Vec<String>,
    reads: usize,
    /// Why they failed.
    error: Option<String>,
    /// Branch and id of the deployments it is about.
    deployments: Vec<(String, i64)>,
}

impl Pins {
    /// Fixes what the seed fixes; what it leaves open stays as it was.
    pub(crate) fn take(pins: &Mutex<Self>, seed: &Seed, frozen: Option<Timestamp>) {
        let mut held = pins.lock().unwrap_or_else(PoisonError::into_inner);
        let pins = &mut *held;
        pins.now = frozen.or(pins.now);
        for (pin, given) in [
            (&mut pins.created_branch_id, &seed.created_branch_id),
            (&mut pins.created_endpoint_id, &seed.created_endpoint_id),
            (&mut pins.cname_target, &seed.cname_target),
        ] {
            if given.is_some() {
                pin.clone_from(given);
            }
        }
        pins.lenient_expiration |= seed.lenient_expiration;
        for (slug, statuses) in &seed.deployment_status {
            pins.scripts.retain(|script| script.slug != *slug);
            let (slug, statuses) = (slug.clone(), statuses.clone());
            let error = seed.deployment_error.iter().find(|(of, _)| *of == slug);
            let error = error.map(|(_, error)| error.clone());
            pins.scripts.push(Script { slug, statuses, reads: 0, error, deployments: Vec::new() });
        }
    }

    /// Notes a deployment that was made just now.
    pub(crate) fn deployed(&mut self, branch_id: &str, slug: &str, id: i64) {
        if let Some(script) = self.scripts.iter_mut().find(|script| script.slug == slug) {
            script.deployments.push((branch_id.to_owned(), id));
        }
    }

    /// The status a script gives a deployment. With `read` the next one is its turn; without, it
    /// is the one that was reported last, or the first.
    pub(crate) fn status(&mut self, branch_id: &str, slug: &str, id: i64, read: bool) -> Option<String> {
        let script = self.scripts.iter_mut().find(|script| script.slug == slug)?;
        script.is_about(branch_id, id).then_some(())?;
        let turn = if read { script.reads } else { script.reads.saturating_sub(1) };
        script.reads += usize::from(read);
        script.statuses.get(turn).or(script.statuses.last()).cloned()
    }

    /// Why a deployment failed, where a script says so.
    pub(crate) fn error(&self, branch_id: &str, slug: &str, id: i64) -> Option<String> {
        let script = self.scripts.iter().find(|script| script.slug == slug)?;
        script.error.clone().filter(|_| script.is_about(branch_id, id))
    }
}

impl Script {
    fn is_about(&self, branch_id: &str, id: i64) -> bool {
        self.deployments.iter().any(|made| made.0 == branch_id && made.1 == id)
    }
}
