//! One run of a scenario: what `neonform apply` does, with `--create` where the branch is new.

use std::collections::BTreeSet;

use neonform_engine::apply::{Ending, Outcome, apply};
use neonform_engine::diagnostic::{Failure, codes};
use neonform_engine::gate::{Consent, Verdict, judge};
use neonform_engine::kind::Provider;
use neonform_engine::plan::{Plan, plan};
use neonform_neon::{Scope, target};

use super::scenarios::{NEW, Scenario};
use crate::state::PROJECT;
use crate::world::{World, described, desired};

/// How a run ended.
#[derive(Default)]
pub(super) struct Run {
    /// What was begun: plans with how each of their changes ended.
    pub(super) applied: Vec<(Plan, Outcome)>,
    /// What kept a plan from being made or begun.
    pub(super) stopped: Option<Failure>,
}

impl Run {
    pub(super) fn is_complete(&self) -> bool {
        self.stopped.is_none() && self.applied.iter().all(|(_, outcome)| outcome.is_complete())
    }

    pub(super) fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.stopped.iter().chain(self.applied.iter().flat_map(|(_, outcome)| outcome.failures()))
    }

    /// Every change that was planned, for messages.
    pub(super) fn described(&self) -> Vec<String> {
        self.applied.iter().flat_map(|(plan, _)| described(plan)).collect()
    }

    /// The resources of which it says that all was done.
    pub(super) fn done(&self) -> BTreeSet<String> {
        let steps = self.applied.iter().flat_map(|(plan, outcome)| plan.steps.iter().zip(&outcome.0));
        let done = steps.filter(|(_, endings)| endings.iter().all(|end| matches!(end, Ending::Done(_))));
        done.map(|(step, _)| step.address.to_string()).collect()
    }

    /// The resources that something was planned for.
    pub(super) fn changed(&self) -> BTreeSet<String> {
        let steps = self.applied.iter().flat_map(|(plan, _)| &plan.steps);
        steps.map(|step| step.address.to_string()).collect()
    }

    async fn go_on(&mut self, provider: &Provider<Scope>, plan: Plan) {
        let verdict = judge(&plan, Consent::to_policy(true));
        if verdict == Verdict::Allowed {
            let outcome = apply(provider, &plan, &|| false, &|_| {}).await;
            self.applied.push((plan, outcome));
        } else {
            self.stopped = Some(Failure(Vec::new()));
        }
    }
}

/// Plans and applies.
pub(super) async fn run(world: &World, scenario: &Scenario) -> Run {
    let mut run = Run::default();
    run.stopped = steps(world, scenario, &mut run).await.err().or(run.stopped.take());
    run
}

async fn steps(world: &World, scenario: &Scenario, run: &mut Run) -> Result<(), Failure> {
    if scenario.branch == NEW {
        match world.plan_creation(&scenario.policy, NEW).await {
            Ok((provider, mut creation)) => {
                creation.steps.truncate(1);
                run.go_on(&provider, creation).await;
                return if run.is_complete() { second_half(world, scenario, run).await } else { Ok(()) };
            }
            // An existing branch is taken as it is.
            Err(failure) if failure.0.iter().any(|problem| problem.code == codes::ALREADY_EXISTS) => {}
            Err(failure) => return Err(failure),
        }
    }
    let (provider, plan) = world.plan(&scenario.policy).await?;
    run.go_on(&provider, plan).await;
    Ok(())
}

async fn second_half(world: &World, scenario: &Scenario, run: &mut Run) -> Result<(), Failure> {
    let mut found = target::find(&world.client, PROJECT, Some(NEW)).await?;
    // To the policy it is still a new branch.
    found.target.exists = false;
    found.target.expires_at = None;
    let target = found.target.clone();
    let provider = world.provider_for(found);
    let wanted = desired(&provider.kinds, &scenario.policy, &target)?;
    let plan = plan(&provider, wanted, &world.purpose).await?;
    run.go_on(&provider, plan).await;
    Ok(())
}
