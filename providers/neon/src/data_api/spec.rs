//! What `dataApi` may say, and what it says once defaults are in (spec 1.5, 3.2).

use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::node::Shape;
use neonform_engine::policy::{Cursor, Object};
use neonform_engine::value::Value;

use crate::toggle::is_enabled;

/// A `dataApi` value that was read.
pub(super) struct Settings {
    /// Whether it is on.
    pub(super) enabled: bool,
    /// Who issues the tokens: `neon` or `external`.
    pub(super) provider: &'static str,
    /// The resolved form.
    pub(super) resolved: Vec<(String, Value)>,
}

/// Reads `dataApi`; faults are reported.
pub(super) fn read(cursor: &Cursor<'_>) -> Option<Settings> {
    match cursor.shape() {
        Shape::Bool(enabled) => {
            let resolved = vec![("authProvider".to_owned(), "neon".into())];
            Some(Settings { enabled: *enabled, provider: "neon", resolved })
        }
        Shape::Object(_) => cursor.object().and_then(|object| read_object(&object)),
        _ => {
            cursor.report(
                cursor
                    .problem(codes::WRONG_TYPE, "the value does not describe the Data API")
                    .layer(Layer::Type)
                    .expected("true, false, or an object"),
            );
            None
        }
    }
}

fn read_object(object: &Object<'_>) -> Option<Settings> {
    let enabled = is_enabled(object);
    let provider =
        object.get("authProvider").map_or(Some("neon"), |given| given.choice(&["neon", "external"]));
    let mut resolved = vec![("authProvider".to_owned(), provider.unwrap_or("neon").into())];
    for key in ["jwksUrl", "providerName", "jwtAudience"] {
        let Some(field) = object.get(key) else { continue };
        let Some(text) = field.string() else { continue };
        if provider == Some("neon") {
            field.report(
                field
                    .problem(codes::NOT_ALLOWED_HERE, "the field has no meaning with authProvider \"neon\"")
                    .layer(Layer::Cross(object.cursor().path().clone()))
                    .expected("the field only with authProvider \"external\"")
                    .fix("remove it, or write authProvider: \"external\""),
            );
        } else {
            resolved.push((key.to_owned(), text.into()));
        }
    }
    if let Some(settings) = object.get("settings").and_then(|settings| settings.object()) {
        let read = read_settings(&settings);
        if !read.is_empty() {
            resolved.push(("settings".to_owned(), Value::Map(read)));
        }
    }
    Some(Settings { enabled, provider: provider?, resolved })
}

fn read_settings(object: &Object<'_>) -> Vec<(String, Value)> {
    let mut read = Vec::new();
    for key in ["dbAggregatesEnabled", "serverTimingEnabled"] {
        read.push((key, object.get(key).and_then(|field| field.boolean()).map(Value::from)));
    }
    for key in ["dbAnonRole", "dbExtraSearchPath", "jwtRoleClaimKey", "serverCorsAllowedOrigins"] {
        read.push((key, object.get(key).and_then(|field| field.string()).map(Value::from)));
    }
    for key in ["dbMaxRows", "jwtCacheMaxLifetime"] {
        #[expect(clippy::cast_precision_loss, reason = "integer() keeps within the exact range of a double")]
        read.push((
            key,
            object.get(key).and_then(|field| field.integer()).map(|number| Value::from(number as f64)),
        ));
    }
    let schemas = object.get("dbSchemas").and_then(|field| field.list());
    let schemas =
        schemas.map(|items| items.iter().filter_map(|item| item.string()).map(Value::from).collect());
    read.push(("dbSchemas", schemas.map(Value::List)));
    let mode = object.get("openapiMode").and_then(|field| field.choice(&["ignore-privileges", "disabled"]));
    read.push(("openapiMode", mode.map(Value::from)));
    read.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
