//! The plan: what would be done to a branch, as data.
//!
//! Pure but for what deletions have to know: desired and live state and a time go in, steps come
//! out, always in the same order (prerequisites first, what hangs off a resource right after it, then
//! by registry, then as written; deletions last). A resource that needs no change has no step. What
//! cannot be done and what is only shown stand beside the steps.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::address::Address;
use crate::apply::Outcome;
use crate::change::Doable;
use crate::desired::Desired;
use crate::diagnostic::{Diagnostic, Failure};
use crate::effort::{self, Effort};
use crate::kind::{AnyChange, AnySpec, Context, Provider, Report};
use crate::prune::{self, Prune};
use crate::refresh::{LiveState, refresh};
use crate::state::State;
use crate::target::Target;
use crate::unknown;
use crate::value::Value;

/// What would be done.
pub struct Plan {
    /// The branch.
    pub target: Target,
    /// The time that it was made.
    pub now: Timestamp,
    /// Changes to make, one step for each changed resource.
    pub steps: Vec<Step>,
    /// Changes that cannot be made.
    pub impossible: Vec<Finding>,
    /// Drift that is shown and not corrected.
    pub drift: Vec<Finding>,
    /// Resources that are as they should be.
    pub unchanged: Vec<Address>,
    /// Resources that exist, that nobody declares, and that stay; of the kinds that were read.
    pub undeclared: Vec<Address>,
    /// What is reported besides changes.
    pub reports: Vec<(Address, Report)>,
    /// Services that the policy uses.
    pub services: Vec<&'static str>,
    /// Problems that stop nothing.
    pub warnings: Vec<Diagnostic>,
    /// What is declared or would be deleted, as it was when the plan was made.
    pub live: State,
    /// What is declared, as far as the policy names it.
    pub expected: State,
    /// What applying it takes.
    pub effort: Effort,
}

/// All changes of one resource.
pub struct Step {
    /// The resource.
    pub address: Address,
    /// Which kind of the registry.
    pub kind: usize,
    /// The changes, in order.
    pub changes: Vec<AnyChange>,
    /// What is wanted; nothing where the resource is deleted, or the plan is only to be read.
    pub wanted: Option<AnySpec>,
    /// Steps of this plan that have to succeed first.
    pub needs: Vec<Address>,
    /// 0 for what is declared; deletions come in later waves, each after all earlier ones succeeded.
    pub wave: usize,
}

/// One change that no step makes.
pub struct Finding {
    /// The resource.
    pub address: Address,
    /// The change.
    pub change: AnyChange,
}

/// What a plan is made for besides policy and branch.
#[derive(Debug, Clone)]
pub struct Purpose {
    /// The time that it is made.
    pub now: Timestamp,
    /// What it may delete.
    pub prune: Prune,
    /// Whether undeclared resources are looked for in kinds that the policy does not declare.
    pub show_undeclared: bool,
}

impl Purpose {
    /// A plan at `now` that deletes nothing.
    pub fn at(now: Timestamp) -> Self {
        Self { now, prune: Prune::default(), show_undeclared: false }
    }
}

impl Plan {
    /// A plan at `now` that says nothing of a branch yet.
    pub fn blank(target: Target, now: Timestamp) -> Self {
        Self {
            target,
            now,
            steps: Vec::new(),
            impossible: Vec::new(),
            drift: Vec::new(),
            unchanged: Vec::new(),
            undeclared: Vec::new(),
            reports: Vec::new(),
            services: Vec::new(),
            warnings: Vec::new(),
            live: State::new(),
            expected: State::new(),
            effort: Effort::default(),
        }
    }

    /// Whether there is nothing to do and nothing in the way.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.impossible.is_empty()
    }

    /// Every report, with its fields and then what was learned by applying.
    pub fn reported<'a>(
        &'a self,
        outcome: Option<&'a Outcome>,
    ) -> impl Iterator<Item = (&'a Report, Vec<&'a (String, Value)>)> {
        let mut learned: HashMap<&Address, Vec<_>> = HashMap::new();
        for (address, output) in outcome.into_iter().flat_map(|outcome| outcome.outputs(self)) {
            learned.entry(address).or_default().push(output);
        }
        self.reports.iter().map(move |(address, report)| {
            let learned = learned.remove(address).unwrap_or_default();
            (report, report.fields.iter().chain(learned).collect())
        })
    }

    /// What reports have to say about fields that are known to be empty.
    pub fn notes(&self, outcome: Option<&Outcome>) -> Vec<String> {
        let note = |(report, fields): (&Report, Vec<&(String, Value)>)| {
            let (field, means) = report.when_empty.as_ref()?;
            let (_, value) = fields.into_iter().rfind(|(name, _)| name == field)?;
            (*value == Value::from("")).then(|| means.clone())
        };
        self.reported(outcome).filter_map(note).collect()
    }

    /// Resources with a value that is not known: a plan with one is only to be read.
    pub fn unknown(&self) -> Vec<&Address> {
        let mut found: Vec<&Address> =
            self.changes().filter(|(_, change)| change.is_unknown()).map(|(address, _)| address).collect();
        found.dedup();
        found
    }

    /// Every change that would be made, with its address, in order.
    pub fn changes(&self) -> impl Iterator<Item = (&Address, &AnyChange)> {
        self.steps.iter().flat_map(|step| step.changes.iter().map(move |change| (&step.address, change)))
    }
}

/// Reads live state and plans.
///
/// # Errors
/// When a read or a preparation fails.
pub async fn plan<Client>(
    provider: &Provider<Client>,
    mut desired: Desired,
    purpose: &Purpose,
) -> Result<Plan, Failure> {
    prune::check(provider, &purpose.prune)?;
    let everything = purpose.show_undeclared || purpose.prune.is_on();
    let live = refresh(provider, &mut desired, everything).await?;
    let mut plan = compare(provider, &desired, &live, purpose.now)?;
    prune::add(provider, &mut plan, &desired, &live, &purpose.prune).await?;
    plan.effort = effort::of(provider, &plan)?;
    Ok(plan)
}

/// Compares desired with live state.
fn compare<Client>(
    provider: &Provider<Client>,
    desired: &Desired,
    live: &LiveState,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let context = Context { target: &desired.target, now };
    let mut plan = Plan {
        services: desired.services.clone(),
        warnings: desired.warnings.clone(),
        ..Plan::blank(desired.target.clone(), now)
    };
    for wanted in &desired.resources {
        let (kind, found) = (&provider.kinds[wanted.kind], live.of(wanted));
        let address = wanted.address.clone();
        let observed = found.map(|live| kind.observe(address.name(), live)).transpose()?.flatten();
        let stands = observed.clone().unwrap_or_default();
        plan.live.extend(observed.map(|observed| (address.clone(), observed)));
        let mut expected = kind.expect(&context, &address, &wanted.spec)?;
        if let Some(expected) = &mut expected {
            wanted.unknown.iter().for_each(|one| expected.set(&one.attribute, &Value::Unknown));
        }
        plan.expected.extend(expected.map(|expected| (address.clone(), expected)));
        plan.warnings.extend(kind.warnings(&address, &wanted.spec)?);
        let report = kind.report(&address, &wanted.spec, found)?;
        plan.reports.extend(report.map(|report| (address.clone(), report)));
        let changes = kind.diff(&context, &address, &wanted.spec, found)?;
        let changes = unknown::mark(changes, &wanted.unknown, &stands);
        let changes = changes.into_iter().map(|change| change.declared(&wanted.places));
        let (planned, found): (Vec<_>, Vec<_>) = changes.partition(AnyChange::is_planned);
        for change in found {
            let list =
                if matches!(change.doable, Doable::No(_)) { &mut plan.impossible } else { &mut plan.drift };
            list.push(Finding { address: address.clone(), change });
        }
        if planned.is_empty() {
            plan.unchanged.push(address);
        } else {
            let (kind, needs) = (wanted.kind, wanted.needs.clone());
            let spec = Some(wanted.spec.clone());
            plan.steps.push(Step { address, kind, changes: planned, wanted: spec, needs, wave: 0 });
        }
    }
    let changed: HashSet<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
    for step in &mut plan.steps {
        step.needs.retain(|need| changed.contains(need));
    }
    Ok(plan)
}
