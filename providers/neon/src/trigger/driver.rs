//! What is sent for triggers.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{Driver, Outputs, Prior};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::spec::{Operation, Settings, Source, Trigger};
use crate::client::Request;
use crate::scope::Scope;

const FEATURE: &str = "Triggers";

/// A trigger as reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerLive {
    /// Its id.
    pub id: String,
    /// Slug of the function that it calls.
    pub function: String,
    /// The path that it calls.
    pub path: String,
    /// Whether it is on.
    pub enabled: bool,
    /// Whether the branch has it from its parent, unchanged.
    pub inherited: bool,
    /// What sets it off.
    pub source: Source,
}

impl TriggerLive {
    /// What of it is sent.
    fn settings(&self) -> Settings {
        let Self { function, path, enabled, source, .. } = self.clone();
        Settings { function, path, enabled, source }
    }
}

#[derive(Deserialize)]
struct Listed {
    triggers: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    trigger_id: String,
    name: String,
    function_slug: String,
    #[serde(default)]
    function_path: Option<String>,
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    inherited: bool,
    #[serde(default)]
    schedule: Option<Schedule>,
    #[serde(default)]
    storage_object_created: Option<Storage>,
}

#[derive(Deserialize)]
struct Schedule {
    cron: String,
}

#[derive(Deserialize)]
struct Storage {
    bucket_name: String,
    #[serde(default)]
    prefix: Option<String>,
}

impl Driver<Scope> for Trigger {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, TriggerLive)>, Failure> {
        list(scope).await
    }

    async fn apply(
        &self,
        scope: &Scope,
        address: &Address,
        operation: Operation,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        match operation {
            Operation::Create(settings) => {
                let request = Request::post("createBranchTrigger", scope.in_branch(&["triggers"]));
                let request = request.json(body(address.name(), &settings)).feature(FEATURE);
                let is_it = |(name, live): &(String, TriggerLive)| {
                    name == address.name() && settings == live.settings()
                };
                let look = || async { Ok(list(scope).await?.iter().any(is_it).then_some(Json::Null)) };
                scope.client.make(request, look).await?;
            }
            Operation::Update(id, settings) => {
                let request = Request::patch("updateBranchTrigger", scope.in_branch(&["triggers", &id]));
                let request = request.json(body(address.name(), &settings)).feature(FEATURE);
                scope.client.send::<Json>(request).await?;
            }
            Operation::Delete(id) => {
                let request = Request::delete("deleteBranchTrigger", scope.in_branch(&["triggers", &id]));
                scope.client.delete(request.feature(FEATURE)).await?;
            }
        }
        Ok(Outputs::new())
    }
}

async fn list(scope: &Scope) -> Result<Vec<(String, TriggerLive)>, Failure> {
    let request = Request::get("listBranchTriggers", scope.in_branch(&["triggers"])).feature(FEATURE);
    let listed: Listed = scope.client.send(request).await?;
    // A type that this version does not know is not one that a policy could have declared.
    Ok(listed.triggers.into_iter().filter_map(read).collect())
}

fn read(item: Item) -> Option<(String, TriggerLive)> {
    let source = match (item.schedule, item.storage_object_created) {
        (Some(schedule), _) => Source::Schedule(schedule.cron),
        (None, Some(storage)) => Source::Storage { bucket: storage.bucket_name, prefix: storage.prefix },
        (None, None) => return None,
    };
    let live = TriggerLive {
        id: item.trigger_id,
        function: item.function_slug,
        path: item.function_path.unwrap_or_else(|| "/".to_owned()),
        enabled: item.enabled,
        inherited: item.inherited,
        source,
    };
    Some((item.name, live))
}

/// Every field: an update replaces what sets the trigger off as a whole, so that a prefix which is
/// left out is gone (API spec 6.11).
fn body(name: &str, settings: &Settings) -> Json {
    let source = match &settings.source {
        Source::Schedule(cron) => json!({ "cron": cron }),
        Source::Storage { bucket, prefix: None } => json!({ "bucket_name": bucket }),
        Source::Storage { bucket, prefix: Some(prefix) } => {
            json!({ "bucket_name": bucket, "prefix": prefix })
        }
    };
    json!({
        "type": settings.source.word(),
        "name": name,
        "function_slug": settings.function,
        "function_path": settings.path,
        "enabled": settings.enabled,
        settings.source.word(): source,
    })
}
