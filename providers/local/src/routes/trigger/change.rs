//! Making and changing a trigger: what a body may say, and what that does.
//!
//! A change names the type, which it cannot change, and at least one field. Most fields it leaves
//! out stay; the object named after the type is replaced whole, so leaving out its prefix widens
//! it to every key.

use rusqlite::OptionalExtension;
use serde_json::json;

use super::cron::Schedule;
use super::{OBJECT_CREATED, SCHEDULE, Trigger, of};
use crate::body::Fields;
use crate::call::{Call, Reply, World};
use crate::error::ApiError;
use crate::ids;
use crate::routes::{branch, function};

const PATH_LIMIT: usize = 2048;
const PREFIX_LIMIT: usize = 1024;

/// What a body says; `None` was not said.
struct Wanted<'a> {
    kind: &'a str,
    name: Option<&'a str>,
    function_slug: Option<&'a str>,
    function_path: Option<&'a str>,
    enabled: Option<bool>,
    event: Option<Event<'a>>,
}

/// What sets a trigger off.
enum Event<'a> {
    Schedule { cron: &'a str },
    ObjectCreated { bucket_name: &'a str, prefix: Option<&'a str> },
}

pub(super) fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let mut fields = call.fields()?;
    let wanted = Wanted::take(&mut fields)?;
    let missing = |name: &str| fields.wrong(name, "is required");
    let name = wanted.name.ok_or_else(|| missing("name"))?;
    let function_slug = wanted.function_slug.ok_or_else(|| missing("function_slug"))?;
    let event = wanted.event.as_ref().ok_or_else(|| missing(wanted.kind))?;
    let mut trigger = Trigger {
        branch_id: branch.id,
        id: format!("trigger-{}", ids::uuid()),
        kind: wanted.kind.to_owned(),
        name: name.to_owned(),
        function_slug: function_slug.to_owned(),
        function_path: wanted.function_path.unwrap_or("/").to_owned(),
        enabled: wanted.enabled.unwrap_or(true),
        inherited: false,
        cron: None,
        bucket_name: None,
        prefix: None,
        version: 1,
    };
    event.put(&mut trigger);
    fields.done()?;
    refuse_unknown_function(&call.world, &trigger)?;
    refuse_taken_name(&call.world, &trigger)?;
    trigger.save(call.world.sql)?;
    Reply::created(json!({ "trigger": trigger.json(&call.world) }))
}

pub(super) fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let mut trigger = of(call)?;
    let mut fields = call.fields()?;
    let wanted = Wanted::take(&mut fields)?;
    if wanted.kind != trigger.kind {
        return Err(fields.wrong("type", "cannot be changed"));
    }
    fields.done()?;
    if wanted.is_empty() {
        return Err(ApiError::invalid("a trigger update needs at least one field besides \"type\""));
    }
    if let Some(path) = wanted.function_path {
        path.clone_into(&mut trigger.function_path);
    }
    if let Some(event) = &wanted.event {
        event.put(&mut trigger);
    }
    if let Some(slug) = wanted.function_slug {
        slug.clone_into(&mut trigger.function_slug);
        refuse_unknown_function(&call.world, &trigger)?;
    }
    if let Some(name) = wanted.name {
        name.clone_into(&mut trigger.name);
        refuse_taken_name(&call.world, &trigger)?;
    }
    trigger.enabled = wanted.enabled.unwrap_or(trigger.enabled);
    trigger.inherited = false;
    trigger.version = trigger.version.saturating_add(1);
    trigger.save(call.world.sql)?;
    Reply::ok(json!({ "trigger": trigger.json(&call.world) }))
}

impl<'a> Wanted<'a> {
    fn take(fields: &mut Fields<'a>) -> Result<Self, ApiError> {
        let kind: &str = fields.required("type")?;
        if ![SCHEDULE, OBJECT_CREATED].contains(&kind) {
            return Err(fields.wrong("type", "must be schedule or storage_object_created"));
        }
        let name = fields.optional::<&str>("name")?;
        if name.is_some_and(|name| !(1..=256).contains(&name.chars().count())) {
            return Err(fields.wrong("name", "must have 1 to 256 characters"));
        }
        let function_path = fields.optional::<&str>("function_path")?;
        if function_path.is_some_and(|path| !is_path(path)) {
            return Err(ApiError::invalid("invalid function trigger path"));
        }
        Ok(Self {
            kind,
            name,
            function_slug: fields.optional("function_slug")?,
            function_path,
            enabled: fields.optional("enabled")?,
            event: Event::take(fields, kind)?,
        })
    }

    fn is_empty(&self) -> bool {
        self.name.or(self.function_slug).or(self.function_path).is_none()
            && self.enabled.is_none()
            && self.event.is_none()
    }
}

impl<'a> Event<'a> {
    /// Takes the object named after the type; that of the other type stays and is refused.
    fn take(fields: &mut Fields<'a>, kind: &str) -> Result<Option<Self>, ApiError> {
        let name = if kind == SCHEDULE { SCHEDULE } else { OBJECT_CREATED };
        let Some(mut event) = fields.optional_object(name)? else {
            return Ok(None);
        };
        let taken = if kind == SCHEDULE {
            let cron: &str = event.required("cron")?;
            Schedule::parse(cron).map_err(|problem| ApiError::invalid(format!("cron: {problem}")))?;
            Self::Schedule { cron }
        } else {
            Self::ObjectCreated { bucket_name: bucket_name(&mut event)?, prefix: prefix(&mut event)? }
        };
        event.done()?;
        Ok(Some(taken))
    }

    fn put(&self, trigger: &mut Trigger) {
        match self {
            Self::Schedule { cron } => trigger.cron = Some((*cron).to_owned()),
            Self::ObjectCreated { bucket_name, prefix } => {
                trigger.bucket_name = Some((*bucket_name).to_owned());
                trigger.prefix = prefix.map(str::to_owned);
            }
        }
    }
}

fn bucket_name<'a>(event: &mut Fields<'a>) -> Result<&'a str, ApiError> {
    let name: &str = event.required("bucket_name")?;
    if (1..=255).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(event.wrong("bucket_name", "must have 1 to 255 characters"))
}

fn prefix<'a>(event: &mut Fields<'a>) -> Result<Option<&'a str>, ApiError> {
    match event.optional::<&str>("prefix")? {
        Some(prefix) if !(1..=PREFIX_LIMIT).contains(&prefix.len()) => {
            Err(event.wrong("prefix", "must have 1 to 1024 bytes; leave it out to match every key"))
        }
        given => Ok(given),
    }
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.len() <= PATH_LIMIT && !path.contains(['?', '#'])
}

fn refuse_unknown_function(world: &World<'_>, trigger: &Trigger) -> Result<(), ApiError> {
    match function::find(world.sql, &trigger.branch_id, &trigger.function_slug)? {
        Some(_) => Ok(()),
        None => Err(ApiError::new(404, "target function not visible on branch")),
    }
}

fn refuse_taken_name(world: &World<'_>, trigger: &Trigger) -> Result<(), ApiError> {
    let taken = world
        .sql
        .query_row(
            "SELECT 1 FROM function_trigger WHERE branch_id = ?1 AND name = ?2 AND id <> ?3",
            [&trigger.branch_id, &trigger.name, &trigger.id],
            |_| Ok(()),
        )
        .optional()?;
    match taken {
        Some(()) => Err(ApiError::conflict("function trigger name already exists on branch")),
        None => Ok(()),
    }
}
