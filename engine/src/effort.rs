//! What applying a plan takes: how many requests, and how many of them one after the other.
//!
//! Each kind says how many its changes send when nothing is refused and nothing has to be waited for; so much is
//! known before, and no more.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use crate::address::Address;
use crate::change::Doable;
use crate::diagnostic::Failure;
use crate::kind::Provider;
use crate::plan::{Plan, Step};

/// What applying a plan takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    /// Requests to send.
    pub requests: usize,
    /// Requests that are sent one after the other, since others wait for them or no more are sent at once.
    pub rounds: usize,
    /// About how long that is; nothing where nobody has measured.
    pub about: Option<Duration>,
}

impl Effort {
    /// About how long it is in whole seconds, at least one: nobody should count on less.
    pub fn seconds(&self) -> Option<u64> {
        self.about.map(|about| (about.as_secs() + u64::from(about.subsec_nanos() > 0)).max(1))
    }
}

/// Adds up the steps of a plan.
///
/// # Errors
/// A bug of ours: an operation reached another kind.
pub(crate) fn of<Client>(provider: &Provider<Client>, plan: &Plan) -> Result<Effort, Failure> {
    let mut waves: BTreeMap<usize, Wave<'_>> = BTreeMap::new();
    for step in &plan.steps {
        waves.entry(step.wave).or_default().add(step, requests(provider, step)?);
    }
    let looks = looks(provider, plan);
    Ok(Effort {
        requests: waves.values().map(|wave| wave.requests).sum::<usize>() + looks,
        rounds: waves.values().map(|wave| wave.rounds(provider.concurrency)).sum::<usize>() + looks.min(1),
        about: None,
    })
}

/// What was written is looked at again (`standing.rs`): one request for each kind, all at once.
fn looks<Client>(provider: &Provider<Client>, plan: &Plan) -> usize {
    // A branch that is created is not: everything on it is read right after.
    let is_new = |kind: usize| plan.target.id.is_none() && provider.kinds[kind].is_one_per_branch();
    let kinds: BTreeSet<usize> = plan.steps.iter().map(|step| step.kind).collect();
    kinds.into_iter().filter(|kind| !is_new(*kind)).count()
}

fn requests<Client>(provider: &Provider<Client>, step: &Step) -> Result<usize, Failure> {
    let mut total = 0;
    for change in &step.changes {
        if let Doable::Yes(operation) = &change.doable {
            total += provider.kinds[step.kind].requests(operation)?;
        }
    }
    Ok(total)
}

/// Steps that may run at once as far as they do not need each other.
#[derive(Default)]
struct Wave<'a> {
    requests: usize,
    /// Requests until a step is done, one after the other.
    until: HashMap<&'a Address, usize>,
    longest: usize,
}

impl<'a> Wave<'a> {
    /// Adds a step; those that it needs were added before.
    fn add(&mut self, step: &'a Step, requests: usize) {
        let before = step.needs.iter().filter_map(|need| self.until.get(need)).max().copied();
        let until = before.unwrap_or_default() + requests;
        self.until.insert(&step.address, until);
        self.longest = self.longest.max(until);
        self.requests += requests;
    }

    fn rounds(&self, concurrency: usize) -> usize {
        self.requests.div_ceil(concurrency.max(1)).max(self.longest)
    }
}
