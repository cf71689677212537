//! What is sent for triggers.

use std::fmt;

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Failure, codes};
use neonform_engine::kind::{Driver, Outputs, Prior, Seen};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::spec::{Operation, Settings, Source, Trigger};
use crate::client::Request;
use crate::moved::moved;
use crate::scope::Scope;

pub(super) const FEATURE: &str = "Triggers";

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

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Schedule {
    pub(super) cron: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Storage {
    pub(super) bucket_name: String,
    #[serde(default)]
    pub(super) prefix: Option<String>,
}

impl Driver<Scope> for Trigger {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, TriggerLive)>, Failure> {
        list(scope).await
    }

    async fn look(&self, scope: &Scope, _names: &[&str], attempt: u32) -> Result<Seen<TriggerLive>, Failure> {
        scope.before_look(attempt).await?;
        self.read(scope).await.map(Some)
    }

    async fn apply(
        &self,
        scope: &Scope,
        address: &Address,
        operation: Operation,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        match operation {
            Operation::Create(settings) => create(scope, address.name(), &settings).await?,
            Operation::Update(id, settings) => update(scope, address.name(), &id, &settings).await?,
            Operation::Delete(planned) => delete(scope, address.name(), planned).await?,
        }
        Ok(Outputs::new())
    }
}

async fn create(scope: &Scope, name: &str, settings: &Settings) -> Result<(), Failure> {
    let request = Request::post("createBranchTrigger", scope.in_branch(&["triggers"]));
    let request = request.json(body(name, settings)).feature(FEATURE);
    let is_it = |(found, live): &(String, TriggerLive)| found == name && *settings == live.settings();
    let look = || async { Ok(list(scope).await?.iter().any(is_it).then_some(Json::Null)) };
    let Err(failure) = scope.client.make(request, look).await else { return Ok(()) };
    if !failure.is(codes::ALREADY_EXISTS) {
        return Err(failure);
    }
    // Somebody created it at the same time, which is success if it is the same.
    match find(scope, name).await? {
        Some(live) if *settings == live.settings() => Ok(()),
        Some(live) => Err(moved(
            "a trigger of this name was created since the plan was made",
            format!("{name}: {live}"),
            settings.to_string(),
        )),
        None => Err(failure),
    }
}

async fn update(scope: &Scope, name: &str, id: &str, settings: &Settings) -> Result<(), Failure> {
    let request = Request::patch("updateBranchTrigger", scope.in_branch(&["triggers", id]));
    let request = request.json(body(name, settings)).feature(FEATURE);
    let Err(failure) = scope.client.send::<Json>(request).await else { return Ok(()) };
    // What is not found may be the function as well.
    if !failure.is(codes::NOT_FOUND) || find(scope, name).await?.is_some_and(|live| live.id == id) {
        return Err(failure);
    }
    let found = format!("{name}: there is no trigger with the id {id}");
    Err(moved("the trigger was deleted since the plan was made", found, settings.to_string()))
}

/// Looks again right before something is taken away; what is gone already is as it should be.
async fn delete(scope: &Scope, name: &str, planned: TriggerLive) -> Result<(), Failure> {
    match find(scope, name).await? {
        None => Ok(()),
        Some(live) if live == planned => {
            let request = Request::delete("deleteBranchTrigger", scope.in_branch(&["triggers", &live.id]));
            scope.client.delete(request.feature(FEATURE)).await
        }
        Some(live) => Err(moved(
            "the trigger was changed since the plan was made; it was not deleted",
            format!("{name}: {live}"),
            planned.to_string(),
        )),
    }
}

/// The trigger of this name as it is now.
async fn find(scope: &Scope, name: &str) -> Result<Option<TriggerLive>, Failure> {
    Ok(list(scope).await?.into_iter().find(|(found, _)| found == name).map(|(_, live)| live))
}

impl fmt::Display for TriggerLive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(out, &self.source, &self.function, &self.path, self.enabled)
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(out, &self.source, &self.function, &self.path, self.enabled)
    }
}

/// A trigger in one line.
fn told(
    out: &mut fmt::Formatter<'_>,
    source: &Source,
    function: &str,
    path: &str,
    enabled: bool,
) -> fmt::Result {
    write!(out, "{}", source.word())?;
    for (name, value) in source.fields() {
        write!(out, ", {name} {value}")?;
    }
    write!(out, ", function {function}, path {path}, {}", if enabled { "enabled" } else { "disabled" })
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
pub(super) fn body(name: &str, settings: &Settings) -> Json {
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
