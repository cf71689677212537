//! May this plan be applied? The only reader of the consent flags.
//!
//! Pure. Changes that cannot be made refuse everything, additive changes included (spec 4.6). Then
//! consents are asked for: touching a protected branch, overriding settings that exist, deleting what
//! nobody declares. The reference leaves the first unenforced; here it holds. An empty plan needs no
//! consent.

use crate::change::{Change, Impact};
use crate::plan::Plan;

/// What the caller agreed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Consent {
    /// `--update-existing`: settings that exist may be overridden.
    pub update_existing: bool,
    /// `--allow-protected`: a protected branch may be changed.
    pub allow_protected: bool,
    /// `--prune`: resources that nobody declares may be deleted.
    pub prune: bool,
}

impl Consent {
    /// Consent to everything that the policy says, for a branch that was just made from it.
    pub fn to_policy(prune: bool) -> Self {
        Self { update_existing: true, allow_protected: true, prune }
    }
}

/// A consent that is missing, in the reference's words and order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The branch is protected.
    ProtectedBranch,
    /// Settings that exist would be overridden.
    OverrideUpdates,
    /// Resources would be deleted.
    Prune,
}

impl Missing {
    /// The reference's word for it where it has one (spec 4.6).
    pub fn word(self) -> &'static str {
        match self {
            Missing::ProtectedBranch => "protected-branch",
            Missing::OverrideUpdates => "override-updates",
            Missing::Prune => "prune",
        }
    }

    /// The flag that gives it.
    pub fn flag(self) -> &'static str {
        match self {
            Missing::ProtectedBranch => "--allow-protected",
            Missing::OverrideUpdates => "--update-existing",
            Missing::Prune => "--prune",
        }
    }

    /// Whether a change of the plan needs it.
    pub fn is_for<Operation>(self, change: &Change<Operation>) -> bool {
        match self {
            Missing::ProtectedBranch => true,
            Missing::OverrideUpdates => change.impact == Impact::Override,
            Missing::Prune => change.impact == Impact::Destructive,
        }
    }
}

/// The judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Allowed,
    /// Something cannot be made; no consent helps.
    Impossible,
    /// Some values are not known, so that it can only be read; no consent helps.
    Unknown,
    /// These consents are missing.
    Needs(Vec<Missing>),
}

/// Judges a plan.
pub fn judge(plan: &Plan, consent: Consent) -> Verdict {
    if !plan.impossible.is_empty() {
        return Verdict::Impossible;
    }
    if !plan.unknown().is_empty() {
        return Verdict::Unknown;
    }
    let missing = missing(plan, consent);
    if missing.is_empty() { Verdict::Allowed } else { Verdict::Needs(missing) }
}

/// The consents that a plan needs and does not have, whether or not it can be made.
pub fn missing(plan: &Plan, consent: Consent) -> Vec<Missing> {
    let mut missing = Vec::new();
    if plan.target.is_protected == Some(true) && !plan.steps.is_empty() && !consent.allow_protected {
        missing.push(Missing::ProtectedBranch);
    }
    if has(plan, Impact::Override) && !consent.update_existing {
        missing.push(Missing::OverrideUpdates);
    }
    if has(plan, Impact::Destructive) && !consent.prune {
        missing.push(Missing::Prune);
    }
    missing
}

fn has(plan: &Plan, impact: Impact) -> bool {
    plan.changes().any(|(_, change)| change.impact == impact)
}
