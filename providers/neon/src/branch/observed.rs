//! What a branch is like, in the names that its changes use.

use neonform_engine::state::{Attributes, Observed};
use neonform_engine::value::Value;

use super::compute::shown;
use super::driver::BranchLive;
use super::spec::Spec;

/// The live branch: protection, expiry, parent, and the settings of its read-write compute.
pub(super) fn live(live: &BranchLive) -> Observed {
    let mut attributes: Attributes = Vec::new();
    attributes.extend(live.parent.as_deref().map(|parent| ("parent".to_owned(), parent.into())));
    attributes.push(("protected".to_owned(), live.protected.into()));
    attributes.extend(live.expires_at.as_deref().map(|at| ("expiresAt".to_owned(), at.into())));
    let endpoint = live.endpoint.as_ref();
    attributes.extend(
        endpoint
            .into_iter()
            .flat_map(|endpoint| settings(endpoint.min, endpoint.max, endpoint.suspend_seconds)),
    );
    let identity = endpoint.map(|endpoint| ("endpoint".to_owned(), endpoint.id.as_str().into()));
    Observed { identity: identity.into_iter().collect(), ..Observed::new(attributes) }
}

/// What a policy names. Its lifetime is left out: the expiry that comes of it depends on when the branch was made.
pub(super) fn expected(spec: &Spec, exists: bool) -> Observed {
    let mut attributes: Attributes = Vec::new();
    let parent = spec.parent.as_deref().filter(|_| !exists);
    attributes.extend(parent.map(|parent| ("parent".to_owned(), parent.into())));
    attributes.extend(spec.protected.map(|protected| ("protected".to_owned(), protected.into())));
    let compute = spec.compute.as_ref();
    attributes.extend(compute.into_iter().flat_map(|compute| {
        settings(compute.min, compute.max, compute.suspend.as_ref().map(|suspend| suspend.seconds))
    }));
    Observed::new(attributes)
}

fn settings(min: Option<f64>, max: Option<f64>, suspend: Option<i64>) -> Attributes {
    let settings = [
        ("autoscalingLimitMinCu", min.map(Value::from)),
        ("autoscalingLimitMaxCu", max.map(Value::from)),
        ("suspendTimeout", suspend.and_then(shown)),
    ];
    let named = |(name, value): (&str, Option<Value>)| Some((format!("computeSettings.{name}"), value?));
    settings.into_iter().filter_map(named).collect()
}
