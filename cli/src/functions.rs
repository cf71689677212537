//! The functions of a resolved policy, for commands that are about their sources alone.

use neonform_engine::path::Path;
use neonform_engine::value::Value;
use neonform_neon::function::{External, Source};

/// Slug and source of every function, in the policy's order.
pub fn declared(resolved: &Value) -> Vec<(String, Source)> {
    match resolved.at(&Path::root().key("preview").key("functions")) {
        Some(Value::List(functions)) => {
            functions.iter().map(|found| (text(found, "slug"), source(found))).collect()
        }
        _ => Vec::new(),
    }
}

fn source(function: &Value) -> Source {
    let bundler = match text(function, "bundler").as_str() {
        "none" => "none",
        "esbuild" => "esbuild",
        _ => "<function>",
    };
    let external = |package: &Value| External {
        name: text(package, "name"),
        include_files: package.at(&Path::root().key("includeFiles")) == Some(&Value::Bool(true)),
    };
    let external = match function.at(&Path::root().key("externalPackages")) {
        Some(Value::List(packages)) => Some(packages.iter().map(external).collect()),
        _ => None,
    };
    Source { path: text(function, "source"), at: None, bundler, external }
}

fn text(value: &Value, field: &str) -> String {
    match value.at(&Path::root().key(field)) {
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    }
}
