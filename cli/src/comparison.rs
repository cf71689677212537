//! Two states side by side, for `diff` and for `snapshot --check`.
//!
//! What differs is put into the shape of a plan that nobody can apply, so that every format draws it the way it
//! draws a plan.

use std::collections::HashSet;

use jiff::Timestamp;
use neonform_engine::plan::{Plan, Step};
use neonform_engine::state::{Extent, State, differences};
use neonform_engine::target::Target;
use neonform_neon::kinds;

use crate::policy_file::NAMES;

/// One of the two.
pub struct Side {
    /// What it is called.
    pub label: String,
    /// The file that it was read from.
    pub file: Option<String>,
    /// Project id, where one is known.
    pub project: String,
    /// The branch's name.
    pub branch: String,
    /// Its resources, comparable with those of other branches.
    pub state: State,
    /// Whether that is all there is.
    pub extent: Extent,
}

/// What differs.
pub struct Comparison {
    /// What the first is called.
    pub from: String,
    /// What the second is called.
    pub to: String,
    /// The file that one of them was read from, else that of a policy.
    pub file: String,
    /// What makes the second out of the first; not to be applied.
    pub plan: Plan,
}

impl Comparison {
    /// Compares.
    pub fn of(from: &Side, to: &Side) -> Self {
        let kinds = kinds();
        let registered = |name: &str| kinds.iter().position(|kind| kind.name() == name).unwrap_or_default();
        let mut steps: Vec<Step> = differences((&from.state, from.extent), (&to.state, to.extent))
            .into_iter()
            .map(|(address, change)| Step {
                kind: registered(address.kind()),
                address,
                changes: vec![change],
                wanted: None,
                needs: Vec::new(),
                wave: 0,
            })
            .collect();
        steps.sort_by_key(|step| step.kind);
        let differing: HashSet<_> = steps.iter().map(|step| &step.address).collect();
        let same = from
            .state
            .keys()
            .filter(|address| to.state.contains_key(*address) && !differing.contains(address));
        let target = Target::named(&to.project, &to.branch);
        let plan =
            Plan { unchanged: same.cloned().collect(), steps, ..Plan::blank(target, Timestamp::UNIX_EPOCH) };
        let file = from.file.as_ref().or(to.file.as_ref()).map_or(NAMES[0], String::as_str).to_owned();
        Self { file, from: from.label.clone(), to: to.label.clone(), plan }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.plan.steps.is_empty()
    }
}
