//! Single triggers, for commands without a policy: what is there, create, change and delete one.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::cron;
use super::driver::{FEATURE, Schedule, Storage};
use super::spec::{Settings, Source};
use crate::client::Request;
use crate::reported::Reported;
use crate::scope::Scope;

/// A trigger.
#[derive(Debug, Clone, Deserialize)]
pub struct TriggerReport {
    /// Its id.
    pub trigger_id: String,
    /// Its name.
    pub name: String,
    /// The word for what sets it off.
    #[serde(rename = "type")]
    pub sort: String,
    /// Slug of the function that it calls.
    pub function_slug: String,
    /// The path that it calls.
    #[serde(default)]
    pub function_path: Option<String>,
    /// Whether it is on.
    #[serde(default)]
    pub enabled: bool,
    /// Whether the branch has it from its parent, unchanged.
    #[serde(default)]
    pub inherited: bool,
    /// When it runs next.
    #[serde(default)]
    pub next_run_at: Option<String>,
    #[serde(default)]
    schedule: Option<Schedule>,
    #[serde(default)]
    storage_object_created: Option<Storage>,
}

impl TriggerReport {
    /// The cron expression of a schedule.
    pub fn cron(&self) -> Option<&str> {
        self.schedule.as_ref().map(|schedule| schedule.cron.as_str())
    }

    /// The bucket that is watched, and the beginning of the keys that count.
    pub fn storage(&self) -> Option<(&str, Option<&str>)> {
        let storage = self.storage_object_created.as_ref()?;
        Some((&storage.bucket_name, storage.prefix.as_deref()))
    }
}

/// What is to be changed of a trigger; the rest stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Its name.
    pub name: Option<String>,
    /// Slug of the function.
    pub function: Option<String>,
    /// The path.
    pub path: Option<String>,
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// The cron expression.
    pub cron: Option<String>,
    /// The bucket.
    pub bucket: Option<String>,
    /// The beginning of keys; an empty one is any.
    pub prefix: Option<String>,
}

impl Changes {
    /// What is wrong with them for this trigger.
    pub fn faults(&self, of: &TriggerReport) -> Vec<Diagnostic> {
        let mut faults: Vec<Diagnostic> = self.cron.as_deref().and_then(cron_fault).into_iter().collect();
        let other_sort = |flags: &str, wanted: &str| {
            Diagnostic::error(codes::CONTRADICTION, "a trigger cannot become one of another type")
                .found(format!("{flags} for trigger {}, of type {}", of.name, of.sort))
                .expected(format!("a trigger of type {wanted}"))
                .fix("delete it and create another one")
        };
        if self.cron.is_some() && of.cron().is_none() {
            faults.push(other_sort("--cron", "schedule"));
        }
        if (self.bucket.is_some() || self.prefix.is_some()) && of.storage().is_none() {
            faults.push(other_sort("--bucket or --prefix", "storage_object_created"));
        }
        if *self == Self::default() {
            faults.push(
                Diagnostic::error(codes::USAGE, "nothing says what to change")
                    .expected("one or more of the flags that --help lists")
                    .fix("pass one of them"),
            );
        }
        faults
    }

    /// A bucket takes its prefix along: what sets a trigger off is replaced as a whole (API spec 6.11).
    fn body(&self, of: &TriggerReport) -> Json {
        let mut body = Map::new();
        body.insert("type".to_owned(), of.sort.as_str().into());
        let mut put =
            |name: &str, value: Option<Json>| body.extend(value.map(|value| (name.to_owned(), value)));
        put("name", self.name.clone().map(Json::from));
        put("function_slug", self.function.clone().map(Json::from));
        put("function_path", self.path.clone().map(Json::from));
        put("enabled", self.enabled.map(Json::from));
        put("schedule", self.cron.as_ref().map(|cron| json!({ "cron": cron })));
        if let Some((bucket, prefix)) =
            of.storage().filter(|_| self.bucket.is_some() || self.prefix.is_some())
        {
            let bucket = self.bucket.as_deref().unwrap_or(bucket);
            let prefix = self.prefix.as_deref().or(prefix).filter(|prefix| !prefix.is_empty());
            put(&of.sort, Some(storage(bucket, prefix)));
        }
        body.into()
    }
}

/// What is wrong with a cron expression.
pub fn cron_fault(expression: &str) -> Option<Diagnostic> {
    let problem = Diagnostic::error(codes::INVALID_CRON, "the platform does not take the schedule");
    Some(
        problem
            .found(format!("{expression:?}: {}", cron::fault(expression)?))
            .expected("five numeric fields in UTC: minute, hour, day of the month, month, day of the week")
            .fix("write --cron '0 3 * * *' for three in the morning"),
    )
}

fn storage(bucket: &str, prefix: Option<&str>) -> Json {
    let mut fields = json!({ "bucket_name": bucket });
    if let Some(prefix) = prefix {
        fields["prefix"] = prefix.into();
    }
    fields
}

#[derive(Deserialize)]
struct Listed {
    triggers: Vec<Reported<TriggerReport>>,
}

#[derive(Deserialize)]
struct One {
    trigger: Reported<TriggerReport>,
}

/// Every trigger of the branch, those of the parent included.
///
/// # Errors
/// What the API or the network said.
pub async fn list(scope: &Scope) -> Result<Vec<Reported<TriggerReport>>, Failure> {
    let request = Request::get("listBranchTriggers", scope.in_branch(&["triggers"])).feature(FEATURE);
    Ok(scope.client.send::<Listed>(request).await?.triggers)
}

/// Creates a trigger.
///
/// # Errors
/// When the name is taken or the function is not there; what the API or the network said.
pub async fn create(
    scope: &Scope,
    name: &str,
    settings: &Settings,
) -> Result<Reported<TriggerReport>, Failure> {
    let body = super::driver::body(name, settings);
    let request = Request::post("createBranchTrigger", scope.in_branch(&["triggers"])).json(body);
    // Only for an answer that was lost: of two that are the same, one was there before.
    let before: Vec<String> = list(scope).await?.into_iter().map(|found| found.read.trigger_id).collect();
    let look = || async {
        let found = list(scope).await?.into_iter().find(|found| found.read.name == name);
        let found = found.filter(|found| !before.contains(&found.read.trigger_id));
        Ok(found.filter(|found| is_as(&found.read, settings)).map(|trigger| One { trigger }))
    };
    Ok(scope.client.make::<One, _>(request.feature(FEATURE), look).await?.trigger)
}

fn is_as(found: &TriggerReport, settings: &Settings) -> bool {
    let source = match &settings.source {
        Source::Schedule(cron) => found.cron() == Some(cron),
        Source::Storage { bucket, prefix } => found.storage() == Some((bucket, prefix.as_deref())),
    };
    source
        && found.function_slug == settings.function
        && found.function_path.as_deref().unwrap_or("/") == settings.path
        && found.enabled == settings.enabled
}

/// Changes a trigger.
///
/// # Errors
/// What the API or the network said.
pub async fn update(
    scope: &Scope,
    of: &TriggerReport,
    changes: &Changes,
) -> Result<Reported<TriggerReport>, Failure> {
    let path = scope.in_branch(&["triggers", &of.trigger_id]);
    let request = Request::patch("updateBranchTrigger", path).json(changes.body(of)).feature(FEATURE);
    Ok(scope.client.send::<One>(request).await?.trigger)
}

/// Deletes a trigger; one that is gone already is as it should be.
///
/// # Errors
/// What the API or the network said.
pub async fn delete(scope: &Scope, id: &str) -> Result<(), Failure> {
    let request = Request::delete("deleteBranchTrigger", scope.in_branch(&["triggers", id]));
    scope.client.delete(request.feature(FEATURE)).await
}
