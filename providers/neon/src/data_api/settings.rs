//! What `dataApi` may say, what it says once defaults are in, and its settings' names (spec 1.5, 3.2).

use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::node::Shape;
use neonform_engine::path::Path;
use neonform_engine::policy::{Cursor, Object};
use neonform_engine::unknown::Unknown;
use neonform_engine::value::Value;

use crate::toggle::is_enabled;

/// A `dataApi` value as written, defaults filled in.
#[derive(Debug, Clone)]
pub struct Written {
    /// Whether it is on.
    pub enabled: bool,
    /// Who issues the tokens: `neon` or `external`.
    pub provider: &'static str,
    /// The fields of an external provider, in the policy's names.
    pub external: Vec<(&'static str, String)>,
    /// The named settings, in the policy's names and this file's order.
    pub settings: Vec<(&'static str, Value)>,
    /// What nobody knows of all that.
    pub unknown: Vec<Unknown>,
}

impl Written {
    /// The resolved form (spec 3.2).
    pub(super) fn resolved(&self) -> Value {
        let mut fields = vec![("authProvider".to_owned(), self.provider.into())];
        fields.extend(self.external.iter().map(|(key, text)| ((*key).to_owned(), text.as_str().into())));
        if !self.settings.is_empty() {
            fields.push(("settings".to_owned(), named(&self.settings)));
        }
        let mut resolved = Value::Map(fields);
        for one in &self.unknown {
            let place = one.attribute.split('.').fold(Path::root(), |path, key| path.key(key));
            resolved.set(&place, Value::Unknown);
        }
        resolved
    }
}

/// Settings as one value.
pub(super) fn named(settings: &[(&'static str, Value)]) -> Value {
    Value::Map(settings.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

/// A setting's name in the policy and on the wire (API spec 6.8).
pub(super) const NAMES: [(&str, &str); 10] = [
    ("dbAggregatesEnabled", "db_aggregates_enabled"),
    ("dbAnonRole", "db_anon_role"),
    ("dbExtraSearchPath", "db_extra_search_path"),
    ("dbMaxRows", "db_max_rows"),
    ("dbSchemas", "db_schemas"),
    ("jwtRoleClaimKey", "jwt_role_claim_key"),
    ("jwtCacheMaxLifetime", "jwt_cache_max_lifetime"),
    ("openapiMode", "openapi_mode"),
    ("serverCorsAllowedOrigins", "server_cors_allowed_origins"),
    ("serverTimingEnabled", "server_timing_enabled"),
];

/// Reads `dataApi`; faults are reported.
pub(super) fn read(cursor: &Cursor<'_>) -> Option<Written> {
    match cursor.shape() {
        Shape::Bool(enabled) => {
            let (external, settings, unknown) = (Vec::new(), Vec::new(), Vec::new());
            Some(Written { enabled: *enabled, provider: "neon", external, settings, unknown })
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

fn read_object(object: &Object<'_>) -> Option<Written> {
    let enabled = is_enabled(object);
    let provider =
        object.get("authProvider").map_or(Some("neon"), |given| given.choice(&["neon", "external"]));
    let (mut external, mut unknown) = (Vec::new(), Vec::new());
    for key in ["jwksUrl", "providerName", "jwtAudience"] {
        let field =
            if provider == Some("external") { object.known(key, key, &mut unknown) } else { object.get(key) };
        let Some(field) = field else { continue };
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
            external.push((key, text.to_owned()));
        }
    }
    let settings = object.get("settings").and_then(|settings| settings.object());
    let settings = settings.map(|settings| read_settings(&settings, &mut unknown)).unwrap_or_default();
    Some(Written { enabled, provider: provider?, external, settings, unknown })
}

fn read_settings(object: &Object<'_>, unknown: &mut Vec<Unknown>) -> Vec<(&'static str, Value)> {
    let mut read = Vec::new();
    let mut get = |key: &str| object.known(key, &format!("settings.{key}"), unknown);
    for key in ["dbAggregatesEnabled", "serverTimingEnabled"] {
        read.push((key, get(key).and_then(|field| field.boolean()).map(Value::from)));
    }
    for key in ["dbAnonRole", "dbExtraSearchPath", "jwtRoleClaimKey", "serverCorsAllowedOrigins"] {
        read.push((key, get(key).and_then(|field| field.string()).map(Value::from)));
    }
    for key in ["dbMaxRows", "jwtCacheMaxLifetime"] {
        #[expect(clippy::cast_precision_loss, reason = "integer() keeps within the exact range of a double")]
        read.push((key, get(key).and_then(|field| field.integer()).map(|number| Value::from(number as f64))));
    }
    let schemas = get("dbSchemas").and_then(|field| field.list());
    let schemas =
        schemas.map(|items| items.iter().filter_map(|item| item.string()).map(Value::from).collect());
    read.push(("dbSchemas", schemas.map(Value::List)));
    let mode = get("openapiMode").and_then(|field| field.choice(&["ignore-privileges", "disabled"]));
    read.push(("openapiMode", mode.map(Value::from)));
    read.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}
