//! The settings of a Data API: which there are, of what type, and what an unset one is.

use serde_json::{Map, Value, json};

use crate::body::Fields;
use crate::error::ApiError;

/// What a setting holds.
#[derive(Clone, Copy)]
enum Shape {
    Flag,
    Text,
    Whole,
    Texts,
    OpenapiMode,
}

const SETTINGS: [(&str, Shape); 10] = [
    ("db_aggregates_enabled", Shape::Flag),
    ("db_anon_role", Shape::Text),
    ("db_extra_search_path", Shape::Text),
    ("db_max_rows", Shape::Whole),
    ("db_schemas", Shape::Texts),
    ("jwt_role_claim_key", Shape::Text),
    ("jwt_cache_max_lifetime", Shape::Whole),
    ("openapi_mode", Shape::OpenapiMode),
    ("server_cors_allowed_origins", Shape::Text),
    ("server_timing_enabled", Shape::Flag),
];
const OPENAPI_MODES: [&str; 2] = ["ignore-privileges", "disabled"];

/// Takes `settings` of a body, if they are there.
pub(super) fn take(body: &mut Fields<'_>) -> Result<Option<Value>, ApiError> {
    let Some(mut fields) = body.optional_object("settings")? else {
        return Ok(None);
    };
    let mut taken = Map::new();
    for (name, shape) in SETTINGS {
        if let Some(value) = take_one(&mut fields, name, shape)? {
            taken.insert(name.to_owned(), value);
        }
    }
    fields.done()?;
    Ok(Some(Value::Object(taken)))
}

fn take_one(fields: &mut Fields<'_>, name: &'static str, shape: Shape) -> Result<Option<Value>, ApiError> {
    Ok(match shape {
        Shape::Flag => fields.optional::<bool>(name)?.map(Value::from),
        Shape::Text => fields.optional::<&str>(name)?.map(Value::from),
        Shape::Texts => fields.strings(name)?.map(Value::from),
        Shape::Whole => match fields.optional::<i64>(name)? {
            Some(number) if number < 0 => return Err(fields.wrong(name, "must not be negative")),
            given => given.map(Value::from),
        },
        Shape::OpenapiMode => match fields.optional::<&str>(name)? {
            Some(mode) if !OPENAPI_MODES.contains(&mode) => {
                return Err(fields.wrong(name, "must be ignore-privileges or disabled"));
            }
            given => given.map(Value::from),
        },
    })
}

/// The settings in effect: the stored ones over the defaults. A setting without a default is left
/// out while it is unset.
pub(super) fn with_defaults(stored: &Value) -> Value {
    let mut effective = json!({
        "db_aggregates_enabled": true,
        "db_anon_role": "anonymous",
        "db_schemas": ["public"],
        "jwt_role_claim_key": ".role",
        "openapi_mode": "disabled",
        "server_timing_enabled": false,
    });
    if let (Some(effective), Some(stored)) = (effective.as_object_mut(), stored.as_object()) {
        effective.extend(stored.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    effective
}
