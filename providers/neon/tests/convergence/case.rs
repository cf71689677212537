//! Writing a policy and a platform as a conformance case, so that what a property found runs through the
//! whole of neonform and can be kept.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use crate::policy::Policy;
use crate::state::{NOW, PROJECT};

/// What a case does with its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Plan,
    Apply,
}

/// A policy as a file. What the closure returns is a constant.
pub(crate) fn neon_ts(policy: &Policy) -> String {
    let mut fields = policy.file.as_object().cloned().unwrap_or_default();
    let closure = pretty(&policy.tuning).replace('\n', "\n  ");
    fields.insert("branch".to_owned(), json!(PLACE));
    let text = pretty(&Json::Object(fields))
        .replace(&format!("\"branch\": \"{PLACE}\""), &format!("branch: () => ({closure})"));
    format!("import {{ defineConfig }} from \"@neon/config/v1\";\n\nexport default defineConfig({text});\n")
}

/// Stands for the closure until it is put in.
const PLACE: &str = "the closure of this policy";

fn pretty(value: &Json) -> String {
    // Every JSON text is TypeScript too, but for a key `__proto__`, which no pool holds.
    serde_json::to_string_pretty(value).unwrap()
}

/// `case.json`: the platform's `report` in the corpus's names.
pub(crate) fn case_json(title: &str, operation: Operation, branch: &str, report: &Json) -> Json {
    let op = if operation == Operation::Plan { "plan" } else { "apply" };
    json!({
        "title": title,
        "family": "property",
        "op": op,
        "branch": branch,
        "now": NOW,
        "options": { "updateExisting": true, "allowProtected": true },
        "live": live(report),
    })
}

fn live(report: &Json) -> Json {
    let branch = report["branch"]["id"].as_str().unwrap_or_default();
    let list = |key: &str, of: &dyn Fn(&Json) -> Json| {
        report[key].as_array().into_iter().flatten().map(of).collect::<Vec<Json>>()
    };
    let here = |fields: Json| {
        let mut all = Map::from_iter([("branchId".to_owned(), json!(branch))]);
        all.extend(
            fields.as_object().cloned().unwrap_or_default().into_iter().filter(|(_, value)| !value.is_null()),
        );
        Json::Object(all)
    };
    let auth = &report["auth"];
    let auth = auth.is_object().then(|| {
        here(json!({
            "projectId": auth["auth_provider_project_id"], "jwksUrl": auth["jwks_url"], "baseUrl": auth["base_url"],
        }))
    });
    let data_api =
        report["dataApi"].as_object().into_iter().flatten().filter(|(_, answer)| answer.is_object());
    let data_api: Vec<Json> = data_api
        .map(|(name, answer)| {
            here(
                json!({ "databaseName": name, "url": answer["url"], "settings": camel(&answer["settings"]) }),
            )
        })
        .collect();
    json!({
        "project": {
            "id": PROJECT, "name": "storefront", "regionId": "aws-us-east-2", "pgVersion": 17,
            "defaultEndpointSettings": { "autoscalingLimitMinCu": 0.25, "autoscalingLimitMaxCu": 2 },
        },
        "branches": list("branches", &branch_of),
        "endpoints": list("endpoints", &endpoint),
        "databases": list("databases", &|item| here(json!({ "name": item["name"], "ownerName": item["owner_name"] }))),
        "auth": auth.into_iter().collect::<Vec<Json>>(),
        "dataApi": data_api,
        "buckets": list("buckets", &|item| here(json!({ "name": item["name"], "accessLevel": item["access_level"] }))),
        "functions": list("functions", &|item| here(function(item))),
        "triggers": list("triggers", &|item| here(trigger(item))),
        "customDomains": list("customDomains", &|item| here(camel(item))),
    })
}

fn without_null(fields: Json) -> Json {
    let fields = fields.as_object().cloned().unwrap_or_default();
    Json::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

fn branch_of(item: &Json) -> Json {
    without_null(json!({
        "id": item["id"], "name": item["name"], "parentId": item["parent_id"], "isDefault": item["default"],
        "protected": item["protected"], "expiresAt": item["expires_at"], "createdAt": item["created_at"],
    }))
}

fn endpoint(item: &Json) -> Json {
    let suspend = match item["suspend_timeout_seconds"].as_i64() {
        Some(-1) => json!(false),
        None | Some(0) => Json::Null,
        Some(seconds) => json!(seconds),
    };
    without_null(json!({
        "id": item["id"], "branchId": item["branch_id"], "type": item["type"],
        "autoscalingLimitMinCu": item["autoscaling_limit_min_cu"],
        "autoscalingLimitMaxCu": item["autoscaling_limit_max_cu"], "suspendTimeout": suspend,
    }))
}

fn function(item: &Json) -> Json {
    let current = &item["current_deployment"];
    let deployment = |current: &Json| json!({ "id": current["id"], "status": current["status"], "environment": current["environment"] });
    json!({
        "id": item["id"], "slug": item["slug"], "name": item["name"], "invocationUrl": item["invocation_url"],
        "activeDeploymentId": item["active_deployment"]["id"],
        "currentDeployment": current.is_object().then(|| deployment(current)),
    })
}

fn trigger(item: &Json) -> Json {
    let storage = &item["storage_object_created"];
    json!({
        "triggerId": item["trigger_id"], "type": item["type"], "name": item["name"],
        "functionSlug": item["function_slug"], "functionPath": item["function_path"],
        "enabled": item["enabled"], "inherited": item["inherited"], "cron": item["schedule"]["cron"],
        "bucketName": storage["bucket_name"], "prefix": storage["prefix"],
    })
}

/// The API's names as the corpus has them: `db_max_rows` is `dbMaxRows`.
fn camel(from: &Json) -> Json {
    let Some(fields) = from.as_object() else { return Json::Null };
    let name = |key: &str| {
        let mut parts = key.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |name, part| {
            let (head, rest) = part.split_at(part.len().min(1));
            name + &head.to_ascii_uppercase() + rest
        })
    };
    fields.iter().map(|(key, value)| (name(key), value.clone())).collect()
}

/// Writes a case under the target's scratch folder and says what to do with it.
pub(crate) fn write(name: &str, policy: &Policy, case: &Json) -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("properties").join(name);
    let text = |value: &Json| pretty(value) + "\n";
    // A case has to expect something to be run: what would be so if there was nothing to do.
    let expected = json!({ "ok": true, "mutations": [] });
    let files = [("neon.ts", neon_ts(policy)), ("case.json", text(case)), ("expected.json", text(&expected))];
    let written = fs::create_dir_all(&directory)
        .and_then(|()| files.iter().try_for_each(|(file, text)| fs::write(directory.join(file), text)));
    match written {
        Ok(()) => instructions(name, &directory),
        Err(cause) => format!("The case could not be written to {}: {cause}", directory.display()),
    }
}

fn instructions(name: &str, directory: &Path) -> String {
    let directory = directory.display();
    format!(
        "It was written as a case to {directory}\n\
         Run it:  cargo xtask conformance {directory}\n\
         Keep it: copy it to testdata/conformance/{name} and put what is right into its expected.json; the one \
         written there is a placeholder that expects no change."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_rendered_with_its_closure() {
        let policy = Policy {
            file: json!({ "auth": true, "buckets": { "a \"b\"\u{2028}": { "access": "public_read" } } }),
            tuning: json!({ "protected": true, "postgres": {} }),
        };
        let expected = "import { defineConfig } from \"@neon/config/v1\";\n\nexport default defineConfig({\n  \
            \"auth\": true,\n  \"buckets\": {\n    \"a \\\"b\\\"\u{2028}\": {\n      \"access\": \"public_read\"\n    }\n  },\n  \
            branch: () => ({\n    \"protected\": true,\n    \"postgres\": {}\n  })\n});\n";
        assert_eq!(neon_ts(&policy), expected);
    }

    #[test]
    fn an_empty_policy_is_one_too() {
        let policy = Policy { file: json!({}), tuning: json!({}) };
        assert!(neon_ts(&policy).ends_with("defineConfig({\n  branch: () => ({})\n});\n"));
    }

    #[test]
    fn a_platform_is_written_in_the_names_of_the_corpus() {
        let report = json!({
            "branch": { "id": "br-a-b-1" },
            "branches": [{ "id": "br-a-b-1", "name": "main", "default": true, "protected": false }],
            "endpoints": [{
                "id": "ep-1", "branch_id": "br-a-b-1", "type": "read_write", "suspend_timeout_seconds": -1,
                "autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 2,
            }],
            "databases": [{ "name": "neondb", "owner_name": "me" }],
            "auth": null,
            "dataApi": { "neondb": { "url": "u", "settings": { "db_max_rows": 3 } }, "other": null },
            "buckets": [{ "name": "b", "access_level": "private" }],
            "functions": [{
                "id": "f", "slug": "api", "name": "Api", "invocation_url": "i",
                "current_deployment": { "id": 2, "status": "completed", "environment": ["A"] },
            }],
            "triggers": [{
                "trigger_id": "t", "type": "schedule", "name": "n", "function_slug": "api", "function_path": "/",
                "enabled": true, "inherited": false, "schedule": { "cron": "* * * * *" },
            }],
            "customDomains": [{ "domain": "a.co", "entity_type": "function", "entity_id": "api", "cname_target": "c" }],
        });
        let case = case_json("T", Operation::Apply, "main", &report);
        let expected = json!({
            "branches": [{ "id": "br-a-b-1", "name": "main", "isDefault": true, "protected": false }],
            "endpoints": [{
                "id": "ep-1", "branchId": "br-a-b-1", "type": "read_write", "autoscalingLimitMinCu": 0.25,
                "autoscalingLimitMaxCu": 2, "suspendTimeout": false,
            }],
            "databases": [{ "branchId": "br-a-b-1", "name": "neondb", "ownerName": "me" }],
            "auth": [],
            "dataApi": [{ "branchId": "br-a-b-1", "databaseName": "neondb", "url": "u", "settings": { "dbMaxRows": 3 } }],
            "buckets": [{ "branchId": "br-a-b-1", "name": "b", "accessLevel": "private" }],
            "functions": [{
                "branchId": "br-a-b-1", "id": "f", "slug": "api", "name": "Api", "invocationUrl": "i",
                "currentDeployment": { "id": 2, "status": "completed", "environment": ["A"] },
            }],
            "triggers": [{
                "branchId": "br-a-b-1", "triggerId": "t", "type": "schedule", "name": "n", "functionSlug": "api",
                "functionPath": "/", "enabled": true, "inherited": false, "cron": "* * * * *",
            }],
            "customDomains": [{
                "branchId": "br-a-b-1", "domain": "a.co", "entityType": "function", "entityId": "api", "cnameTarget": "c",
            }],
        });
        for (list, expected) in expected.as_object().unwrap() {
            assert_eq!(case["live"][list], *expected, "{list}");
        }
        assert_eq!((&case["op"], &case["now"]), (&json!("apply"), &json!(NOW)));
    }
}
