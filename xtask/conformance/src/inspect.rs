//! Reading a branch back, as the corpus tells it: the resolved policy that would give what is there,
//! and lists of what hangs off it.

use neonform::output::json::exposed;
use neonform::pipeline::{self, Request};
use neonform_engine::inspect::inspect as read;
use neonform_neon::target;
use serde_json::{Map, Value as Json, json};

use crate::execute::Ended;

/// Inspects the branch of a case.
pub async fn inspect(request: &Request<'_>) -> Ended {
    let found = match target::find(request.client, request.project, request.branch).await {
        Ok(found) => found,
        Err(failure) => return Ended::Failed(failure.0),
    };
    let facts = neonform::commands::status::facts(&found);
    let bundler = request.bundler.clone();
    let provider = pipeline::provider(request.client, found, bundler);
    match read(&provider).await {
        Ok(config) => Ended::Inspected(result(&facts, &exposed(&config))),
        Err(failure) => Ended::Failed(failure.0),
    }
}

fn result(facts: &Json, config: &Json) -> Json {
    let list = |key: &str, name: &str| -> Vec<Json> {
        let entries = config[key].as_object().into_iter().flatten();
        entries.map(|(own, fields)| with(fields, name, own)).collect()
    };
    let buckets = list("buckets", "name");
    let on = |key: &str| config[key] == Json::Bool(true);
    let mut resolved = json!({
        "authEnabled": on("auth"),
        "dataApiEnabled": on("dataApi"),
        "dataApiPolicy": if on("dataApi") { "enabled" } else { "omitted" },
        "preview": { "aiGatewayEnabled": false, "buckets": buckets, "functions": [] },
    });
    if on("dataApi") {
        resolved["dataApi"] = json!({ "authProvider": "neon" });
    }
    for (key, value) in config["branch"].as_object().into_iter().flatten() {
        resolved[key] = value.clone();
    }
    let functions: Vec<Json> = list("functions", "slug")
        .iter()
        .map(|function| json!({ "slug": function["slug"], "name": function["name"] }))
        .collect();
    let credentials = config["credentials"].as_array().cloned().unwrap_or_default();
    json!({
        "project": facts["project"],
        "branch": facts["branch"],
        "resolved": resolved,
        "preview": { "buckets": buckets, "functions": functions, "credentials": credentials },
    })
}

fn with(fields: &Json, name: &str, value: &str) -> Json {
    let own = [(name.to_owned(), Json::from(value))];
    let others = fields.as_object().cloned().unwrap_or_default();
    Json::Object(own.into_iter().chain(others).collect::<Map<_, _>>())
}
