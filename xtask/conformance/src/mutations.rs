//! What was sent, in the corpus's words: the writing calls of the reference's adapter.

use neonform_local::Exchange;
use serde_json::{Map, Value as Json, json};

use crate::accepted;
use crate::placeholder::Placeholders;

/// The writing calls of a log, in order; those that only we make are left out.
pub fn calls(log: &[Exchange], placeholders: &Placeholders) -> Vec<Json> {
    let writes = log.iter().filter(|exchange| exchange.method != "GET");
    writes
        .filter(|exchange| !accepted::is_ours_alone(exchange))
        .map(|exchange| call(exchange, placeholders))
        .collect()
}

fn call(exchange: &Exchange, placeholders: &Placeholders) -> Json {
    let segments: Vec<&str> = exchange.path.split('/').filter(|segment| !segment.is_empty()).collect();
    let after = |name: &str| {
        let place = segments.iter().position(|segment| *segment == name)?;
        segments.get(place + 1).map(|segment| decode(segment))
    };
    let body = &exchange.body;
    let branch = after("branches");
    match exchange.operation {
        "updateEndpoint" => json!(["updateEndpoint", after("endpoints"), compute(&body["endpoint"])]),
        "updateBranch" => json!(["updateBranch", branch, camel(&body["branch"])]),
        "enableNeonAuth" => json!(["enableNeonAuth", branch, { "databaseName": body["database_name"] }]),
        "createBranchBucket" => json!(["createBranchBucket", branch, camel(body)]),
        "deployBranchFunction" => {
            json!(["deployBranchFunction", branch, after("functions"), deployment(body, placeholders)])
        }
        "createBranch" => json!(["createBranch", new_branch(body)]),
        "enableProjectBranchDataApi" => {
            json!(["enableProjectBranchDataApi", branch, after("data-api"), data_api(body)])
        }
        "updateProjectBranchDataApi" => {
            json!(["updateProjectBranchDataApi", branch, after("data-api"), camel(&body["settings"])])
        }
        "deleteProjectBranchDataApi" => json!(["deleteProjectBranchDataApi", branch, after("data-api")]),
        "createBranchTrigger" => json!(["createBranchTrigger", branch, trigger(body)]),
        "updateBranchTrigger" => json!(["updateBranchTrigger", branch, after("triggers"), trigger(body)]),
        "registerBranchCustomDomain" => {
            let registered = json!({ "domain": body["domain"], "functionSlug": body["entity_id"] });
            json!(["registerBranchCustomDomain", branch, registered])
        }
        "deleteBranchCustomDomain" => json!(["deleteBranchCustomDomain", branch, after("custom-domains")]),
        other => json!([other, exchange.path, body]),
    }
}

/// The adapter takes what the API spreads over the branch and its first endpoint as one object.
fn new_branch(body: &Json) -> Json {
    let mut fields = camel(&body["branch"]);
    let settings = compute(&body["endpoints"][0]);
    let settings: Map<String, Json> = settings
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| *key != "type")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if !settings.is_empty() {
        fields["computeSettings"] = settings.into();
    }
    fields
}

fn data_api(body: &Json) -> Json {
    let mut fields = camel(body);
    if fields["authProvider"] == "neon_auth" {
        fields["authProvider"] = "neon".into();
    }
    if let Some(settings) = body.get("settings") {
        fields["settings"] = camel(settings);
    }
    fields
}

/// The adapter has what sets a trigger off beside its other fields.
fn trigger(body: &Json) -> Json {
    let mut fields = camel(body);
    if let Some(fields) = fields.as_object_mut() {
        for inner in ["schedule", "storageObjectCreated"] {
            if let Some(source) = fields.remove(inner) {
                fields.extend(camel(&source).as_object().cloned().unwrap_or_default());
            }
        }
    }
    fields
}

/// Path segments of the corpus are ids and slugs; only what percent-encoding does to them matters.
fn decode(segment: &str) -> String {
    segment.replace("%2D", "-").replace("%5F", "_")
}

fn compute(body: &Json) -> Json {
    let mut settings = camel(body);
    if let Some(settings) = settings.as_object_mut()
        && let Some(seconds) = settings.remove("suspendTimeoutSeconds")
    {
        settings.insert("suspendTimeout".to_owned(), seconds);
    }
    settings
}

fn deployment(body: &Json, placeholders: &Placeholders) -> Json {
    let bundle = body["zip"]["sha256"].as_str().and_then(|sha256| placeholders.slug_of(sha256));
    let environment = body["environment"].as_object().cloned().unwrap_or_default();
    json!({
        "bundle": bundle.map(|slug| format!("<bundle:{slug}>")),
        "environment": accepted::without_markers(environment),
        "runtime": body["runtime"],
    })
}

fn camel(body: &Json) -> Json {
    let Some(fields) = body.as_object() else { return body.clone() };
    Json::Object(fields.iter().map(|(key, value)| (camel_case(key), value.clone())).collect::<Map<_, _>>())
}

fn camel_case(key: &str) -> String {
    let mut parts = key.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let head = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &head.into_iter().chain(letters).collect::<String>()
    })
}
