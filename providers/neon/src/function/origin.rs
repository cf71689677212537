//! Which side moved where a function is deployed: the policy, the branch, or both.
//!
//! A marker that counts says what the deployment was made from. One that no longer counts says that something
//! else has deployed since, which is drift, and what neonform had deployed before that. Without a marker nothing is
//! known. A deployment that failed, or that a flag asks for again, is neither side's move.

use neonform_engine::change::Origin;

use super::driver::DeploymentLive;
use super::marker::Marker;
use super::spec::Wanted;

/// Why what is deployed is not what is wanted; `other_names` says that the names of its variables differ.
pub(super) fn of(current: &DeploymentLive, wanted: &Wanted, other_names: bool) -> Origin {
    let counts = Marker::of(current.id, &current.variables);
    let overtaken = counts.is_none();
    let Some(applied) = counts.or_else(|| Marker::newest(&current.variables)) else { return Origin::Unknown };
    let same_environment = applied.environment == wanted.environment;
    let moved = applied.bundle != wanted.bundle || !same_environment;
    // Names that differ although the policy's variables are those of the last apply were added by somebody else.
    match (moved, overtaken || other_names && same_environment) {
        (true, true) => Origin::Both,
        (true, false) => Origin::Policy,
        (false, true) => Origin::Drift,
        (false, false) => Origin::Unknown,
    }
}
