//! Everything that a server says about every branch, as comparable lines.
//!
//! A line is a path with names in it (`peer.functions.api.active_deployment.runtime`) and a value.
//! What necessarily differs between two servers is evened out: ids and hosts become names, random
//! ids and times go, an expiry is counted from the branch's creation. Everything else stays, so a field
//! that the backend learns is compared without a word here.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::PROJECT;
use super::http::get;

/// Path to value.
pub type State = BTreeMap<String, String>;

/// What is read of a branch: label, route below the branch, the answer's key, and for a list the field
/// that names its elements.
const READS: [(&str, &str, &str, &str); 13] = [
    ("branch", "", "branch", ""),
    ("computes", "/endpoints", "endpoints", "type"),
    ("databases", "/databases", "databases", "name"),
    ("roles", "/roles", "roles", "name"),
    ("auth", "/auth", "", ""),
    ("data_api", "/data-api/neondb", "", ""),
    ("storage", "/storage", "", ""),
    ("ai_gateway", "/ai_gateway", "", ""),
    ("buckets", "/buckets?limit=100", "buckets", "name"),
    ("functions", "/functions?limit=100", "functions", "slug"),
    ("triggers", "/triggers", "triggers", "name"),
    ("domains", "/custom-domains?limit=100", "custom_domains", "domain"),
    ("credentials", "/credentials", "credentials", "name"),
];

/// Fields that say nothing about a policy: random, or a matter of when one looks.
const LEFT_OUT: [&str; 12] = [
    "auth_provider_project_id",
    "created_at",
    "current_state",
    "id",
    "last_active",
    "pending_state",
    "state_changed_at",
    "suspended_at",
    "token_id",
    "token_id_short",
    "trigger_id",
    "updated_at",
];

/// Reads all branches.
pub fn read(root: &str) -> Result<State, String> {
    let project = format!("/projects/{PROJECT}");
    let branches = get(root, &format!("{project}/branches?limit=100"))?.unwrap_or_default();
    let branches = branches["branches"].as_array().cloned().unwrap_or_default();
    let computes = get(root, &format!("{project}/endpoints"))?.unwrap_or_default();
    let names = names(&branches, computes["endpoints"].as_array().map_or(&[], Vec::as_slice));
    let mut state = State::new();
    for branch in &branches {
        let (id, name) = (text(&branch["id"]), text(&branch["name"]));
        for (label, route, key, named_by) in READS {
            let path = format!("{name}.{label}");
            let Some(answer) = get(root, &format!("{project}/branches/{id}{route}"))? else {
                state.insert(path, "absent".to_owned());
                continue;
            };
            let found = if key.is_empty() { &answer } else { &answer[key] };
            match found.as_array() {
                Some(items) if !named_by.is_empty() => {
                    for item in items {
                        flatten(&format!("{path}.{}", text(&item[named_by])), item, &names, &mut state);
                    }
                }
                _ => flatten(&path, found, &names, &mut state),
            }
        }
    }
    Ok(state)
}

/// Every id that a server made up and that a file may hold, and the name to put there.
pub fn ids(root: &str) -> Result<Vec<(String, String)>, String> {
    let project = format!("/projects/{PROJECT}");
    let list = |route: &str, key: &str| -> Result<Vec<Json>, String> {
        let answer = get(root, &format!("{project}{route}"))?.unwrap_or_default();
        Ok(answer[key].as_array().cloned().unwrap_or_default())
    };
    let branches = list("/branches?limit=100", "branches")?;
    let mut ids = Vec::new();
    for branch in &branches {
        let route = format!("/branches/{}/credentials", text(&branch["id"]));
        for credential in list(&route, "credentials")? {
            let name = format!("({} of {})", text(&credential["name"]), text(&branch["name"]));
            ids.push((text(&credential["token_id"]), name.clone()));
            ids.push((text(&credential["token_id_short"]), name));
        }
    }
    ids.extend(names(&branches, &list("/endpoints", "endpoints")?));
    Ok(ids)
}

/// The id of the first branch's trigger of this name.
pub fn trigger(root: &str, name: &str) -> Result<String, String> {
    let project = format!("/projects/{PROJECT}");
    let branches = get(root, &format!("{project}/branches"))?.unwrap_or_default();
    let id = text(&branches["branches"][0]["id"]);
    let triggers = get(root, &format!("{project}/branches/{id}/triggers"))?.unwrap_or_default();
    let found = triggers["triggers"].as_array().into_iter().flatten().find(|it| it["name"] == name);
    found.map(|it| text(&it["trigger_id"])).ok_or_else(|| format!("there is no trigger {name}"))
}

/// Ids that occur inside URLs and references, and the names to put there.
fn names(branches: &[Json], computes: &[Json]) -> Vec<(String, String)> {
    let name_of = |id: &Json| branches.iter().find(|branch| branch["id"] == *id).map(|it| text(&it["name"]));
    let branches = branches.iter().map(|it| (text(&it["id"]), format!("({})", text(&it["name"]))));
    let computes = computes.iter().map(|it| {
        let branch = name_of(&it["branch_id"]).unwrap_or_default();
        (text(&it["id"]), format!("({} of {branch})", text(&it["type"])))
    });
    branches.chain(computes).collect()
}

fn flatten(path: &str, value: &Json, names: &[(String, String)], state: &mut State) {
    match value {
        Json::Object(fields) => {
            for (key, field) in fields {
                // A deployment's id counts deployments.
                if LEFT_OUT.contains(&key.as_str()) && !(key == "id" && path.ends_with("_deployment")) {
                    continue;
                }
                let path = format!("{path}.{key}");
                match key.as_str() {
                    "expires_at" => drop(state.insert(path, lifetime(value))),
                    "next_run_at" if !field.is_null() => drop(state.insert(path, "a time".to_owned())),
                    "environment" => variables(&path, field, state),
                    _ => flatten(&path, field, names, state),
                }
            }
        }
        other => {
            let said = names.iter().fold(text(other), |said, (id, name)| said.replace(id, name));
            state.insert(path.to_owned(), said);
        }
    }
}

/// A deployment's variables, one line each; the digests in our marker's name are left out.
fn variables(path: &str, names: &Json, state: &mut State) {
    for name in names.as_array().into_iter().flatten().map(text) {
        let marker =
            name.strip_prefix("NEONFORM_").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let name = if marker.is_some() { "NEONFORM_(marker)" } else { &name };
        state.insert(format!("{path}.{name}"), "set".to_owned());
    }
}

fn lifetime(branch: &Json) -> String {
    let times = (seconds(&text(&branch["created_at"])), seconds(&text(&branch["expires_at"])));
    match times {
        (Some(created), Some(expires)) => format!("created + {} s", expires - created),
        _ => text(&branch["expires_at"]),
    }
}

/// Seconds since the epoch of a time as the API writes it, in UTC.
fn seconds(time: &str) -> Option<i64> {
    let digits: Vec<i64> =
        time.split(|c: char| !c.is_ascii_digit()).take(6).map_while(|part| part.parse().ok()).collect();
    let [year, month, day, hour, minute, second] = digits[..] else { return None };
    // Days from the civil calendar, with years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_count_from_the_epoch() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2024-02-29T12:00:01.500Z"), Some(1_709_208_001));
        assert_eq!(seconds("soon"), None);
    }
}
