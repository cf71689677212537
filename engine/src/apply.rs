//! Making a plan so: steps run once what they need is done, several at a time.
//!
//! A failure skips what depended on it and nothing else, and is reported once. Every change ends in
//! exactly one of done, failed, skipped; the outcome lists them in the plan's order whatever order
//! they ran in. Nothing is rolled back. Deletions wait until everything before them has succeeded.
//! Once the run is stopped no change is begun; those that were begun end as they end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::stream::{FuturesUnordered, StreamExt};

use crate::address::Address;
use crate::diagnostic::Failure;
use crate::event::{Because, Event, Listener};
use crate::kind::{Outputs, Prior, Provider};
use crate::plan::{Plan, Step};
use crate::standing;
use crate::value::Value;

/// How one change ended.
#[derive(Debug)]
pub enum Ending {
    /// It was made, and this was learned.
    Done(Outputs),
    /// It failed.
    Failed(Failure),
    /// It was not tried.
    Skipped(Because),
}

impl Ending {
    /// What was learned by making it, where it was made.
    pub fn learned(&self) -> Option<&Outputs> {
        match self {
            Ending::Done(outputs) => Some(outputs),
            _ => None,
        }
    }

    /// Whether it was made.
    pub fn is_done(&self) -> bool {
        self.learned().is_some()
    }
}

/// How every change of a plan ended, in the plan's order: one list for each step, one ending for
/// each of its changes.
#[derive(Debug)]
pub struct Outcome(pub Vec<Vec<Ending>>);

impl Outcome {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.0.iter().flatten().all(Ending::is_done)
    }

    /// What was learned about resources, as names and values, in the plan's order.
    pub fn outputs<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = (&'a Address, &'a (String, Value))> {
        plan.steps.iter().zip(&self.0).flat_map(|(step, endings)| {
            endings.iter().filter_map(Ending::learned).flatten().map(|output| (&step.address, output))
        })
    }

    /// What failed, in the plan's order.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.0.iter().flatten().filter_map(|ending| match ending {
            Ending::Failed(failure) => Some(failure),
            _ => None,
        })
    }
}

/// Whether a run is to begin nothing any more; once it is, it stays so.
pub type Stopped<'a> = dyn Fn() -> bool + Send + Sync + 'a;

/// Applies a plan that the gate has let through.
pub async fn apply<Client>(
    provider: &Provider<Client>,
    plan: &Plan,
    stopped: &Stopped<'_>,
    listen: &Listener<'_>,
) -> Outcome {
    let mut run = Run::new(provider, plan, stopped, listen);
    let mut waves: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (index, step) in plan.steps.iter().enumerate() {
        waves.entry(step.wave).or_default().insert(index);
    }
    for waiting in waves.into_values() {
        match run.unsuccessful.clone() {
            None => run.wave(waiting).await,
            Some(failed) => {
                let because = Because::Needs(failed);
                waiting.into_iter().for_each(|index| run.skip(index, &because));
            }
        }
    }
    let mut endings: Vec<Vec<Ending>> = run.endings.into_iter().map(Option::unwrap_or_default).collect();
    standing::check(provider, plan, stopped, &mut endings, listen).await;
    Outcome(endings)
}

/// One running apply. Steps are named by their place in the plan.
struct Run<'a, Client> {
    provider: &'a Provider<Client>,
    plan: &'a Plan,
    stopped: &'a Stopped<'a>,
    listen: &'a Listener<'a>,
    endings: Vec<Option<Vec<Ending>>>,
    succeeded: HashMap<&'a Address, Outputs>,
    /// The first step that failed.
    unsuccessful: Option<Address>,
    /// Which steps need a step.
    dependents: HashMap<&'a Address, Vec<usize>>,
    /// How many of the steps that a step needs have not succeeded yet.
    missing: Vec<usize>,
}

impl<'a, Client> Run<'a, Client> {
    fn new(
        provider: &'a Provider<Client>,
        plan: &'a Plan,
        stopped: &'a Stopped<'a>,
        listen: &'a Listener<'a>,
    ) -> Self {
        let mut dependents: HashMap<&Address, Vec<usize>> = HashMap::new();
        for (index, step) in plan.steps.iter().enumerate() {
            step.needs.iter().for_each(|need| dependents.entry(need).or_default().push(index));
        }
        Self {
            provider,
            plan,
            stopped,
            listen,
            endings: plan.steps.iter().map(|_| None).collect(),
            succeeded: HashMap::new(),
            unsuccessful: None,
            dependents,
            missing: plan.steps.iter().map(|step| step.needs.len()).collect(),
        }
    }

    /// Runs these steps, those that come first in the plan first.
    async fn wave(&mut self, mut waiting: BTreeSet<usize>) {
        let (provider, plan, stopped, listen) = (self.provider, self.plan, self.stopped, self.listen);
        let mut ready: BTreeSet<usize> =
            waiting.iter().copied().filter(|index| self.missing[*index] == 0).collect();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < provider.concurrency.max(1) && !stopped() {
                let Some(index) = ready.pop_first() else { break };
                waiting.remove(&index);
                let prior = self.prior(index);
                running.push(async move {
                    (index, run_step(provider, &plan.steps[index], &prior, stopped, listen).await)
                });
            }
            let Some((index, endings)) = running.next().await else { break };
            if self.end(index, endings) {
                let freed = self.dependents.get(&plan.steps[index].address).into_iter().flatten();
                for dependent in freed {
                    self.missing[*dependent] -= 1;
                    if self.missing[*dependent] == 0 && waiting.contains(dependent) {
                        ready.insert(*dependent);
                    }
                }
            } else {
                self.skip_dependents(index, &mut waiting);
            }
        }
        // Only a stopped run leaves anything here: every other step was run or needed one that failed.
        waiting.into_iter().for_each(|index| self.skip(index, &Because::Stopped));
    }

    fn prior(&self, index: usize) -> Prior {
        let needs = &self.plan.steps[index].needs;
        Prior::new(
            needs.iter().filter_map(|need| Some((need.clone(), self.succeeded.get(need)?.clone()))).collect(),
        )
    }

    /// Keeps how a step ended; whether it succeeded.
    fn end(&mut self, index: usize, endings: Vec<Ending>) -> bool {
        let address = &self.plan.steps[index].address;
        let outputs =
            endings.iter().map(|ending| ending.learned().cloned()).collect::<Option<Vec<Outputs>>>();
        self.endings[index] = Some(endings);
        match outputs {
            Some(outputs) => drop(self.succeeded.insert(address, outputs.concat())),
            None => drop(self.unsuccessful.get_or_insert_with(|| address.clone())),
        }
        self.succeeded.contains_key(address)
    }

    fn skip(&mut self, index: usize, because: &Because) {
        let step = &self.plan.steps[index];
        (self.listen)(Event::Skipped { address: &step.address, because });
        self.endings[index] = Some(step.changes.iter().map(|_| Ending::Skipped(because.clone())).collect());
    }

    /// Skips every waiting step that needs this one, and so on through the graph, in the plan's order.
    fn skip_dependents(&mut self, failed: usize, waiting: &mut BTreeSet<usize>) {
        let mut hopeless = BTreeMap::new();
        let mut causes = vec![failed];
        while let Some(cause) = causes.pop() {
            let because = &self.plan.steps[cause].address;
            for dependent in self.dependents.get(because).into_iter().flatten() {
                if waiting.remove(dependent) {
                    hopeless.insert(*dependent, Because::Needs(because.clone()));
                    causes.push(*dependent);
                }
            }
        }
        hopeless.into_iter().for_each(|(index, because)| self.skip(index, &because));
    }
}

async fn run_step<Client>(
    provider: &Provider<Client>,
    step: &Step,
    prior: &Prior,
    stopped: &Stopped<'_>,
    listen: &Listener<'_>,
) -> Vec<Ending> {
    let mut endings = Vec::with_capacity(step.changes.len());
    let mut failed = false;
    for change in &step.changes {
        let crate::change::Doable::Yes(operation) = &change.doable else { continue };
        if failed {
            endings.push(Ending::Skipped(Because::Needs(step.address.clone())));
            continue;
        }
        if stopped() {
            endings.push(Ending::Skipped(Because::Stopped));
            continue;
        }
        listen(Event::Started { address: &step.address, action: change.action });
        match provider.kinds[step.kind].apply(&provider.client, &step.address, operation, prior).await {
            Ok(outputs) => {
                listen(Event::Done { address: &step.address, action: change.action });
                endings.push(Ending::Done(outputs));
            }
            Err(failure) => {
                listen(Event::Failed { address: &step.address, failure: &failure });
                endings.push(Ending::Failed(failure));
                failed = true;
            }
        }
    }
    endings
}
