//! What the tests of this crate share: policies as the engine reads them, and archives that need no bundler.

use std::io::Write;
use std::sync::Arc;

use neonform_engine::node::{Entry, Node, Shape};
use serde_json::Value as Json;

/// A policy's half as it comes out of the JavaScript engine.
pub(crate) fn node(value: &Json) -> Node {
    Node::new(match value {
        Json::Null => Shape::Null,
        Json::Bool(value) => Shape::Bool(*value),
        Json::Number(value) => Shape::Number(value.as_f64().unwrap()),
        Json::String(value) => Shape::String(value.clone()),
        Json::Array(items) => Shape::List(items.iter().map(node).collect()),
        Json::Object(fields) => Shape::Object(
            fields
                .iter()
                .map(|(key, value)| Entry { key: key.clone(), key_at: None, node: node(value) })
                .collect(),
        ),
    })
}

/// An archive with this text as its entry module.
pub(crate) fn archive(text: &str) -> Arc<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("index.mjs", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    Arc::new(writer.finish().unwrap().into_inner())
}
