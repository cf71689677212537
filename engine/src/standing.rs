//! Does what an apply wrote stand, now that everything was tried? Nothing locks a branch against others,
//! so a run looks again at what it wrote, each kind in one go, before it says that it is done.
//!
//! A resource that something else wrote meanwhile turns from done to failed, with what was written and
//! what is there. What is written after this look was written after the run. A look that fails is a
//! failure as well: a run does not say that something stands where it could not see it.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::address::Address;
use crate::apply::{Ending, Stopped};
use crate::change::{Action, Attribute};
use crate::diagnostic::{Diagnostic, Failure, codes};
use crate::event::{Event, Listener};
use crate::kind::{Context, Live, Outputs, Provider};
use crate::plan::{Plan, Step};
use crate::value::Value;

/// Looks at what does not seem to stand, the first included: a write may not show at once.
const LOOKS: u32 = 3;

/// Looks at every resource with a change that was done, and turns those that do not stand into
/// failures.
pub(crate) async fn check<Client>(
    provider: &Provider<Client>,
    plan: &Plan,
    stopped: &Stopped<'_>,
    endings: &mut [Vec<Ending>],
    listen: &Listener<'_>,
) {
    // Whoever was stopped does not say that it is done.
    if stopped() {
        return;
    }
    let mut by_kind: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, step) in plan.steps.iter().enumerate() {
        if endings[index].iter().any(Ending::is_done) {
            by_kind.entry(step.kind).or_default().push(index);
        }
    }
    if by_kind.is_empty() {
        return;
    }
    listen(Event::Looking);
    let written: &[Vec<Ending>] = endings;
    let looks = by_kind.values().map(|indices| look(provider, plan, written, indices));
    for found in join_all(looks).await.into_iter().flatten() {
        let (index, ended) = found;
        match ended {
            Ok(learned) => learn(&mut endings[index], learned),
            Err(_) if stopped() => {}
            Err(failure) => {
                listen(Event::Failed { address: &plan.steps[index].address, failure: &failure });
                fail(&mut endings[index], failure);
            }
        }
    }
}

/// What a look found: what a resource that stands tells, or how another one does not stand.
type Found = (usize, Result<Outputs, Failure>);

/// Looks at the written resources of one kind, and again at those that do not seem to stand.
async fn look<Client>(
    provider: &Provider<Client>,
    plan: &Plan,
    endings: &[Vec<Ending>],
    indices: &[usize],
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut open = indices.to_vec();
    for attempt in 0..LOOKS {
        let Some(kind) = open.first().map(|index| &provider.kinds[plan.steps[*index].kind]) else { break };
        let names: Vec<&str> = open.iter().map(|index| plan.steps[*index].address.name()).collect();
        let live: BTreeMap<String, Live> = match kind.look(&provider.client, &names, attempt).await {
            Ok(None) => break,
            Ok(Some(live)) => live.into_iter().collect(),
            Err(failure) => {
                found.push((open[0], Err(unseen(failure, &plan.steps[open[0]].address, open.len()))));
                break;
            }
        };
        let mut overtaken = Vec::new();
        for index in std::mem::take(&mut open) {
            let step = &plan.steps[index];
            let live = live.get(step.address.name());
            match judge(provider, plan, step, &endings[index], live) {
                Ok(None) => found.push((index, learned(provider, step, live))),
                Ok(Some(moved)) => overtaken.push((index, moved)),
                Err(failure) => found.push((index, Err(failure))),
            }
        }
        open = overtaken.iter().map(|(index, _)| *index).collect();
        if attempt + 1 == LOOKS {
            found.extend(overtaken.into_iter().map(|(index, moved)| (index, Err(moved.into()))));
        }
    }
    found
}

/// What somebody else made of a resource, if anything.
fn judge<Client>(
    provider: &Provider<Client>,
    plan: &Plan,
    step: &Step,
    endings: &[Ending],
    live: Option<&Live>,
) -> Result<Option<Diagnostic>, Failure> {
    let Some(wanted) = &step.wanted else {
        return Ok(
            live.map(|_| moved(&step.address, "it is there".to_owned(), "that it is deleted".to_owned()))
        );
    };
    let context = Context { target: &plan.target, now: plan.now };
    let outputs: Outputs = endings.iter().filter_map(Ending::learned).flatten().cloned().collect();
    let kind = &provider.kinds[step.kind];
    let mut attributes = kind.overtaken(&context, &step.address, wanted, &outputs, live)?;
    if !endings.iter().all(Ending::is_done) {
        // What was never written cannot be overtaken.
        let made = step.changes.iter().zip(endings).filter(|(_, ending)| ending.is_done());
        let names: Vec<&str> =
            made.flat_map(|(change, _)| change.attributes.iter().map(|one| one.name.as_str())).collect();
        attributes.retain(|attribute| names.contains(&attribute.name.as_str()));
    }
    if attributes.is_empty() {
        return Ok(None);
    }
    let is_there = attributes.iter().any(|attribute| attribute.before.is_some());
    let found =
        if is_there { listed(&attributes, |one| one.before.as_ref()) } else { "it is gone".to_owned() };
    Ok(Some(moved(&step.address, found, listed(&attributes, |one| one.after.as_ref()))))
}

fn listed(attributes: &[Attribute], side: impl Fn(&Attribute) -> Option<&Value>) -> String {
    let text = |attribute: &Attribute| {
        let value = side(attribute).map_or_else(|| "unset".to_owned(), ToString::to_string);
        format!("{} {value}", attribute.name)
    };
    attributes.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn moved(address: &Address, found: String, written: String) -> Diagnostic {
    Diagnostic::error(
        codes::MOVED,
        "something else changed the resource while this was applied; what was written does not stand",
    )
    .found(format!("{address}: {found}"))
    .expected(format!("{written}, as it was written"))
    .fix("run the command again to plan from what is there now")
}

/// A failed look, with what it means.
fn unseen(failure: Failure, address: &Address, number: usize) -> Failure {
    let others = if number > 1 { format!(" and {} more", number - 1) } else { String::new() };
    let note = format!("{address}{others}: written; whether it stands could not be looked at");
    Failure(failure.0.into_iter().map(|problem| problem.fact("meanwhile", note.clone())).collect())
}

/// What a look tells of a resource that is new.
fn learned<Client>(
    provider: &Provider<Client>,
    step: &Step,
    live: Option<&Live>,
) -> Result<Outputs, Failure> {
    let is_new = step.changes.iter().any(|change| change.action == Action::Create);
    live.filter(|_| is_new).map_or(Ok(Outputs::new()), |live| provider.kinds[step.kind].learned(live))
}

fn learn(endings: &mut [Ending], learned: Outputs) {
    if let Some(Ending::Done(outputs)) = endings.last_mut() {
        outputs.extend(learned);
    }
}

/// The last change that was done is the one that does not stand.
fn fail(endings: &mut [Ending], failure: Failure) {
    if let Some(ending) = endings.iter_mut().rfind(|ending| ending.is_done()) {
        *ending = Ending::Failed(failure);
    }
}
