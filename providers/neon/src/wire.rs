//! Plain values to JSON and back.

use neonform_engine::value::Value;
use serde_json::{Number, Value as Json};

/// A value as a request carries it; a secret leaves here.
pub(crate) fn json(value: &Value) -> Json {
    match value {
        // What is unknown is never sent: a plan that holds it is not applied.
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(value) => number(*value),
        Value::Bytes(size) => (*size).into(),
        Value::String(text) => text.as_str().into(),
        Value::Secret(text) => text.expose().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

/// A number as JavaScript writes it: 2 and not 2.0.
#[expect(clippy::cast_possible_truncation, reason = "the guard keeps the value within i64")]
pub(crate) fn number(value: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT { (value as i64).into() } else { value.into() }
}

/// What an answer carries as a value.
pub(crate) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => Number::as_f64(number).map_or(Value::Null, Value::Number),
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(entries) => {
            Value::Map(entries.iter().map(|(key, item)| (key.clone(), value(item))).collect())
        }
    }
}
