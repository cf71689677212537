//! Making a plan so: steps run once what they need is done, several at a time.
//!
//! A failure skips what depended on it and nothing else, and is reported once. Every change ends in
//! exactly one of done, failed, skipped; the outcome lists them in the plan's order whatever order
//! they ran in. Nothing is rolled back.

use std::collections::HashSet;

use futures::stream::{FuturesUnordered, StreamExt};

use crate::address::Address;
use crate::diagnostic::Failure;
use crate::event::{Event, Listener};
use crate::kind::{Outputs, Provider};
use crate::plan::{Plan, Step};

/// How one change ended.
#[derive(Debug)]
pub enum Ending {
    /// It was made, and this was learned.
    Done(Outputs),
    /// It failed.
    Failed(Failure),
    /// It was not tried, because this one did not succeed.
    Skipped(Address),
}

/// How every change of a plan ended, in the plan's order: one list for each step, one ending for
/// each of its changes.
#[derive(Debug)]
pub struct Outcome(pub Vec<Vec<Ending>>);

impl Outcome {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.0.iter().flatten().all(|ending| matches!(ending, Ending::Done(_)))
    }

    /// What failed, in the plan's order.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.0.iter().flatten().filter_map(|ending| match ending {
            Ending::Failed(failure) => Some(failure),
            _ => None,
        })
    }
}

/// Applies a plan that the gate has let through.
pub async fn apply<Client>(provider: &Provider<Client>, plan: &Plan, listen: &Listener<'_>) -> Outcome {
    let mut endings: Vec<Option<Vec<Ending>>> = plan.steps.iter().map(|_| None).collect();
    let mut succeeded: HashSet<Address> = HashSet::new();
    let mut unsuccessful: HashSet<Address> = HashSet::new();
    let mut waiting: Vec<usize> = (0..plan.steps.len()).collect();
    let mut running = FuturesUnordered::new();
    loop {
        skip_hopeless(plan, &mut waiting, &mut unsuccessful, &mut endings, listen);
        let mut ready = |index: &usize| plan.steps[*index].needs.iter().all(|need| succeeded.contains(need));
        while running.len() < provider.concurrency.max(1) {
            let Some(place) = waiting.iter().position(&mut ready) else { break };
            let index = waiting.remove(place);
            running.push(async move { (index, run_step(provider, &plan.steps[index], listen).await) });
        }
        let Some((index, step_endings)) = running.next().await else { break };
        let address = plan.steps[index].address.clone();
        if step_endings.iter().all(|ending| matches!(ending, Ending::Done(_))) {
            succeeded.insert(address);
        } else {
            unsuccessful.insert(address);
        }
        endings[index] = Some(step_endings);
    }
    drop(running);
    Outcome(endings.into_iter().map(Option::unwrap_or_default).collect())
}

async fn run_step<Client>(provider: &Provider<Client>, step: &Step, listen: &Listener<'_>) -> Vec<Ending> {
    let mut endings = Vec::with_capacity(step.changes.len());
    let mut failed = false;
    for change in &step.changes {
        let crate::change::Doable::Yes(operation) = &change.doable else { continue };
        if failed {
            endings.push(Ending::Skipped(step.address.clone()));
            continue;
        }
        listen(Event::Started { address: &step.address, action: change.action });
        match provider.kinds[step.kind].apply(&provider.client, &step.address, operation).await {
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

/// Skips every waiting step that needs one which did not succeed, and so on through the graph.
fn skip_hopeless(
    plan: &Plan,
    waiting: &mut Vec<usize>,
    unsuccessful: &mut HashSet<Address>,
    endings: &mut [Option<Vec<Ending>>],
    listen: &Listener<'_>,
) {
    let hopeless = |index: &usize, unsuccessful: &HashSet<Address>| {
        plan.steps[*index].needs.iter().find(|need| unsuccessful.contains(need)).cloned()
    };
    while let Some((place, because)) = waiting
        .iter()
        .enumerate()
        .find_map(|(place, index)| hopeless(index, unsuccessful).map(|because| (place, because)))
    {
        let index = waiting.remove(place);
        let step = &plan.steps[index];
        listen(Event::Skipped { address: &step.address, because: &because });
        unsuccessful.insert(step.address.clone());
        endings[index] = Some(step.changes.iter().map(|_| Ending::Skipped(because.clone())).collect());
    }
}
