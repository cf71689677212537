//! Where we differ from the reference on purpose, each with its reason. Everything else must match.

use neonform_local::Exchange;
use serde_json::{Map, Value as Json};

use crate::case::Case;

/// Writing calls that the reference never makes.
pub fn is_ours_alone(exchange: &Exchange) -> bool {
    // The reference never sends a function's display name; we set it after a deployment
    // (`design.md`, better 5).
    exchange.operation == "updateBranchFunction"
}

/// An environment without our marker, the variable whose name remembers what was deployed
/// (`design.md`, "No state file").
pub fn without_markers(environment: Map<String, Json>) -> Map<String, Json> {
    environment.into_iter().filter(|(name, _)| !name.starts_with("NEONFORM_")).collect()
}

/// Two issues of the reference that are one of ours: a relative path as external package breaks the
/// name rule and the rule about installable packages, and is reported twice (spec 1.6, quirk).
pub const REPORTED_TWICE: (&str, &str) = ("external-package-path", "external-package-not-installable");

/// Whether nothing may have been sent although the reference sent something: we bundle everything
/// before the first change (`design.md`, better 2), where the reference bundles step by step.
pub fn may_stop_before_the_first_change(error: &Json) -> bool {
    error["issues"]
        .as_array()
        .is_some_and(|issues| issues.iter().any(|issue| issue["code"] == "bundle-failed"))
}

/// An update of the Data API's settings without those that are so already: the platform replaces all
/// of them, so we send the live ones along, which the reference does not (API spec 10.4).
pub fn without_live_settings(case: &Case, mut call: Json) -> Json {
    if call[0] == "updateProjectBranchDataApi"
        && let Some(live) = case.live("dataApi").iter().find(|live| live["branchId"] == call[1])
        && let Some(settings) = call[3].as_object_mut()
    {
        settings.retain(|name, value| live["settings"].get(name) != Some(value));
    }
    call
}

/// What may follow the reference's last call once a step failed: we go on with steps that do not
/// depend on the failed one (`design.md`, "Applying"), where the reference stops.
pub fn may_go_on_after_failure(expected: &[Json], actual: &[Json]) -> bool {
    actual.starts_with(expected)
}

/// What the reference reads back of a branch, as far as it can be compared: buckets by name, because
/// the platform lists them in no order that means anything, and of credentials what status shows.
pub fn inspected(expected: &Json) -> Json {
    let mut expected = expected.clone();
    for part in ["preview", "resolved"] {
        let preview = if part == "preview" { &mut expected[part] } else { &mut expected[part]["preview"] };
        if let Some(buckets) = preview["buckets"].as_array_mut() {
            buckets.sort_by_key(|bucket| bucket["name"].as_str().map(str::to_owned));
        }
    }
    if let Some(credentials) = expected["preview"]["credentials"].as_array_mut() {
        for credential in credentials {
            *credential = serde_json::json!({
                "id": credential["tokenIdShort"],
                "name": credential["name"],
                "scopes": credential["scopes"],
                "lastUsedAt": credential["lastUsedAt"],
            });
        }
    }
    expected
}
