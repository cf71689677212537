//! Schemas for whoever reads documents, and the same schemas for us.
//!
//! The published ones in `docs/schema` allow fields that they do not describe, because fields may be added. The strict
//! ones refuse them: a field that is new, gone or renamed is then noticed here. `tests/goldens.rs` holds every document
//! of `snapshots/` against them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jsonschema::{Registry, Validator};
use serde_json::Value;

/// Where the schemas pretend to be, so that they find each other.
const BASE: &str = "https://neonform.invalid/schema/";

/// The schemas by name, with what they have in common among them.
pub type Schemas = BTreeMap<String, Value>;

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

/// The same schemas, refusing every field that they do not describe.
pub fn strict(schemas: &Schemas) -> Schemas {
    let mut strict = schemas.clone();
    strict.values_mut().for_each(close);
    strict
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            // What is under `properties` are names, and one of them may be called `properties`.
            if fields.get("properties").is_some_and(Value::is_object) && fields.contains_key("type") {
                fields.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// A validator for one of the schemas.
///
/// # Errors
/// When a schema is none, or refers to what is not there.
pub fn validator(schemas: &Schemas, name: &str) -> Result<Validator, String> {
    let at = |name: &str| format!("{BASE}{name}.json");
    let mut registry = Registry::new();
    for (name, schema) in schemas {
        registry = registry.add(at(name), schema.clone()).map_err(|cause| format!("{name}: {cause}"))?;
    }
    let registry = registry.prepare().map_err(|cause| cause.to_string())?;
    let start = serde_json::json!({ "$ref": at(name) });
    let options = jsonschema::options().with_registry(&registry);
    options.build(&start).map_err(|cause| format!("{name}: {cause}"))
}

/// The document on standard output of a golden, if it is one.
pub fn document(golden: &str) -> Option<Value> {
    let (_, rest) = golden.split_once("--- stdout\n")?;
    let (out, _) = rest.split_once("--- stderr")?;
    out.starts_with('{').then(|| serde_json::from_str(out).ok())?
}
