//! What is sent for the Data API.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{Driver, Outputs, Prior, Seen};
use neonform_engine::value::Value;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::settings::{NAMES, Written};
use super::spec::{DataApi, Operation, Spec};
use crate::client::Request;
use crate::moved::moved;
use crate::scope::Scope;
use crate::wire;

/// The integration of the chosen database as reported.
#[derive(Debug, Clone)]
pub struct DataApiLive {
    /// Whether the database has the integration.
    pub enabled: bool,
    /// The database that it has or would have it.
    pub database: String,
    /// Its settings in the policy's names; absent when the platform does not report them, which is
    /// not the same as none.
    pub settings: Option<Vec<(String, Value)>>,
}

#[derive(Deserialize)]
struct Reported {
    #[serde(default)]
    settings: Option<Map<String, Json>>,
}

impl Driver<Scope> for DataApi {
    async fn prepare(&self, scope: &Scope, _address: &Address, spec: Spec) -> Result<Spec, Failure> {
        let matters = spec.written.enabled && spec.written.provider == "neon";
        let has_auth = if matters { Some(scope.has_auth().await?) } else { None };
        Ok(Spec { has_auth, ..spec })
    }

    async fn read(&self, scope: &Scope) -> Result<Vec<(String, DataApiLive)>, Failure> {
        Ok(vec![(String::new(), read(scope, &scope.database().await?).await?)])
    }

    async fn look(&self, scope: &Scope, _names: &[&str], attempt: u32) -> Result<Seen<DataApiLive>, Failure> {
        scope.before_look(attempt).await?;
        self.read(scope).await.map(Some)
    }

    async fn apply(
        &self,
        scope: &Scope,
        _address: &Address,
        operation: Operation,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        match operation {
            Operation::Enable(database, written) => {
                let path = scope.in_branch(&["data-api", &database]);
                let request = Request::post("enableProjectBranchDataApi", path).json(body(&written));
                // Somebody enabling it at the same time is success (API spec 6.8).
                scope.client.send_unless_exists(request).await?;
            }
            Operation::Update { database, found, settings } => {
                // All settings are sent: those that nobody names must not become what they were.
                let now = read(scope, &database).await?.settings;
                if now.as_ref() != Some(&found) {
                    let told = |settings: Vec<_>| Value::Map(settings).to_string();
                    return Err(moved(
                        "the Data API was changed since the plan was made; it was left alone",
                        now.map_or("settings that are not reported".to_owned(), told),
                        told(found),
                    ));
                }
                let path = scope.in_branch(&["data-api", &database]);
                let body = json!({ "settings": on_the_wire(&settings) });
                let request = Request::patch("updateProjectBranchDataApi", path).json(body);
                scope.client.send::<Json>(request).await?;
            }
            Operation::Disable(database) => {
                let path = scope.in_branch(&["data-api", &database]);
                scope.client.delete(Request::delete("deleteProjectBranchDataApi", path)).await?;
            }
        }
        Ok(Outputs::new())
    }
}

async fn read(scope: &Scope, database: &str) -> Result<DataApiLive, Failure> {
    let request = Request::get("getNeonDataApi", scope.in_branch(&["data-api", database]));
    let found: Option<Reported> = scope.client.find(request).await?;
    Ok(DataApiLive {
        enabled: found.is_some(),
        settings: found.and_then(|found| found.settings).map(|settings| in_policy_names(&settings)),
        database: database.to_owned(),
    })
}

/// Settings that this version does not know, and values that are `null`, are left out.
fn in_policy_names(settings: &Map<String, Json>) -> Vec<(String, Value)> {
    let known = NAMES.iter().filter_map(|(name, wire)| Some(((*name).to_owned(), settings.get(*wire)?)));
    known.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name, wire::value(value))).collect()
}

fn on_the_wire(settings: &[(String, Value)]) -> Map<String, Json> {
    let name = |written: &str| NAMES.iter().find(|(name, _)| *name == written).map(|(_, wire)| *wire);
    let known = settings.iter().filter_map(|(written, value)| Some((name(written)?.to_owned(), value)));
    known.map(|(name, value)| (name, wire::json(value))).collect()
}

fn body(written: &Written) -> Json {
    let mut body = Map::new();
    let provider = if written.provider == "neon" { "neon_auth" } else { written.provider };
    body.insert("auth_provider".to_owned(), provider.into());
    for (key, text) in &written.external {
        let wire = match *key {
            "jwksUrl" => "jwks_url",
            "providerName" => "provider_name",
            _ => "jwt_audience",
        };
        body.insert(wire.to_owned(), text.as_str().into());
    }
    let settings: Vec<_> =
        written.settings.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    if !settings.is_empty() {
        body.insert("settings".to_owned(), on_the_wire(&settings).into());
    }
    Json::Object(body)
}
