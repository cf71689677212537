//! Creating a branch from a policy (spec 5.1): the plan that was made for it, applied in two halves.
//!
//! The branch comes first, with everything that the creation call carries. Then the policy is asked
//! again, about the branch that now exists, and what it wants is planned against what the platform
//! made of it. A failure after the first half leaves a branch, and says so.

use neonform_engine::apply::{Ending, Outcome, apply};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::event::{Because, Listener};
use neonform_engine::gate::{Consent, Verdict, judge};
use neonform_engine::plan::{Plan, Step};
use neonform_engine::target::Target;
use neonform_engine::value::Value;
use neonform_neon::target;

use crate::pipeline::{Planned, Request, plan_found};

/// What became of a creation.
pub struct Creation {
    /// Both halves in one plan.
    pub plan: Plan,
    /// How each change ended.
    pub outcome: Outcome,
    /// The branch, once it exists.
    pub branch: Option<Target>,
    /// What kept the second half from being planned or begun.
    pub stopped: Option<Failure>,
}

impl Creation {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.stopped.is_none() && self.outcome.is_complete()
    }

    /// What failed first.
    pub fn cause(&self) -> Option<&Failure> {
        self.outcome.failures().next().or(self.stopped.as_ref())
    }

    /// Says that there is a branch whose policy was not applied to the end; `again` goes on with it.
    pub fn partial(&self, again: &str) -> Option<Diagnostic> {
        let branch = self.branch.as_ref().filter(|_| !self.is_complete())?;
        let summary = "the branch was created, and its policy was not applied to the end";
        let id = branch.id.as_deref().unwrap_or_default();
        Some(
            Diagnostic::error(codes::PARTIAL_CREATE, summary)
                .found(format!("branch {} ({id})", branch.name))
                .fix(format!("mend what failed, then go on with: {again}"))
                .fact("branch", branch.name.as_str())
                .fact("branch id", id),
        )
    }
}

/// Applies a plan for a branch that does not exist. What the policy says is consented to; deletions
/// need theirs (`prune`). `replanned` hears what is left to do once the branch exists.
pub async fn create(
    request: &Request<'_>,
    planned: Planned,
    prune: bool,
    replanned: &(dyn Fn(&Plan) + Sync),
    listen: &Listener<'_>,
) -> Creation {
    let Planned { provider, mut plan, loaded } = planned;
    // The branch hangs off nothing and its kind is the first of the registry.
    let rest = plan.steps.split_off(plan.steps.len().min(1));
    let first = apply(&provider, &plan, &|| request.client.is_stopped(), listen).await;
    let id = first.outputs(&plan).find(|(_, (name, _))| name == "branchId").map(|(_, (_, id))| id.clone());
    let Some(Value::String(id)) = id else {
        let because = plan.steps.first().map(|step| Because::Needs(step.address.clone()));
        let skipped = |step: &Step| {
            let endings = step.changes.iter().filter_map(|_| because.clone().map(Ending::Skipped));
            endings.collect::<Vec<_>>()
        };
        let endings = first.0.into_iter().chain(rest.iter().map(skipped)).collect();
        plan.steps.extend(rest);
        return Creation { plan, outcome: Outcome(endings), branch: None, stopped: None };
    };
    let exists = Target { id: Some(id.clone()), ..plan.target.clone() };
    match second_half(request, loaded, &id, prune, replanned, listen).await {
        Ok((second, outcome)) => {
            let branch = Some(second.target.clone());
            let steps = plan.steps.into_iter().chain(second.steps).collect();
            let endings = first.0.into_iter().chain(outcome.0).collect();
            Creation { plan: Plan { steps, ..second }, outcome: Outcome(endings), branch, stopped: None }
        }
        Err(failure) => {
            plan.target = exists.clone();
            Creation { plan, outcome: first, branch: Some(exists), stopped: Some(failure) }
        }
    }
}

async fn second_half(
    request: &Request<'_>,
    loaded: neonform_eval::Loaded,
    id: &str,
    prune: bool,
    replanned: &(dyn Fn(&Plan) + Sync),
    listen: &Listener<'_>,
) -> Result<(Plan, Outcome), Failure> {
    let mut found = target::find(request.client, request.project, Some(id)).await?;
    // To the policy it is still a new branch, with what is known of it now (spec 3.1).
    found.target.exists = false;
    found.target.expires_at = None;
    let Planned { provider, plan, .. } = plan_found(request, loaded, found).await?;
    match judge(&plan, Consent::to_policy(prune)) {
        Verdict::Allowed => {
            replanned(&plan);
            let outcome = apply(&provider, &plan, &|| request.client.is_stopped(), listen).await;
            Ok((plan, outcome))
        }
        Verdict::Impossible | Verdict::Unknown | Verdict::Needs(_) => {
            let names: Vec<String> =
                plan.impossible.iter().map(|finding| finding.address.to_string()).collect();
            Err(Diagnostic::error(codes::CONFLICT, "the new branch cannot be made what the policy says")
                .found(names.join(", "))
                .fix("see neonform plan for the branch")
                .into())
        }
    }
}
