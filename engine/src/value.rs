//! Attribute values as the engine carries them between kinds and whoever draws them.
//!
//! A [`Secret`] masks itself in every rendering; its text leaves only through [`Secret::expose`],
//! which request bodies call and nothing else.

use std::fmt;

use crate::path::{Path, Segment};

/// A text that never shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes custody of a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for a request body or a digest.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("(secret)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("(secret)")
    }
}

/// A plain value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value, said so.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A size in bytes.
    Bytes(u64),
    /// A text.
    String(String),
    /// A text that never shows.
    Secret(Secret),
    /// A value that this run is not told; it shows as `(unknown)` and equals nothing that is there.
    Unknown,
    /// Values in order.
    List(Vec<Value>),
    /// Named values in order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// Puts `value` where `path` says, making maps and lists on the way; what is there already and
    /// in the way is replaced.
    pub fn set(&mut self, path: &Path, value: Value) {
        let mut place = self;
        for segment in path.segments() {
            place = match segment {
                Segment::Key(key) => place.entry(key),
                Segment::Index(index) => place.item(*index),
            };
        }
        *place = value;
    }

    /// Like [`Value::set`], but a list goes behind the items of the list that is there.
    pub fn merge(&mut self, path: &Path, value: Value) {
        match (self.at_mut(path), value) {
            (Some(Value::List(items)), Value::List(more)) => items.extend(more),
            (_, value) => self.set(path, value),
        }
    }

    /// The value where `path` says, if there is one.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        path.segments().iter().try_fold(self, |place, segment| match (place, segment) {
            (Value::Map(entries), Segment::Key(key)) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            (Value::List(items), Segment::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    fn at_mut(&mut self, path: &Path) -> Option<&mut Value> {
        path.segments().iter().try_fold(self, |place, segment| match (place, segment) {
            (Value::Map(entries), Segment::Key(key)) => {
                entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            (Value::List(items), Segment::Index(index)) => items.get_mut(*index),
            _ => None,
        })
    }

    fn entry(&mut self, key: &str) -> &mut Value {
        if !matches!(self, Value::Map(_)) {
            *self = Value::Map(Vec::new());
        }
        let Value::Map(entries) = self else { unreachable!("made a map above") };
        let position = entries.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            entries.push((key.to_owned(), Value::Null));
            entries.len() - 1
        });
        &mut entries[position].1
    }

    fn item(&mut self, index: usize) -> &mut Value {
        if !matches!(self, Value::List(_)) {
            *self = Value::List(Vec::new());
        }
        let Value::List(items) = self else { unreachable!("made a list above") };
        if items.len() <= index {
            items.resize(index + 1, Value::Null);
        }
        &mut items[index]
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl fmt::Display for Value {
    /// As a person would write it; texts bare at the top and quoted inside lists and maps.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::String(text) => out.write_str(text),
            other => write_inner(other, out),
        }
    }
}

fn write_inner(value: &Value, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::Null => out.write_str("null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Number(value) => write!(out, "{value}"),
        Value::Bytes(size) => write_size(*size, out),
        Value::String(value) => write!(out, "{value:?}"),
        Value::Secret(value) => write!(out, "{value}"),
        Value::Unknown => out.write_str("(unknown)"),
        Value::List(items) => {
            out.write_str("[")?;
            for (position, item) in items.iter().enumerate() {
                out.write_str(if position == 0 { "" } else { ", " })?;
                write_inner(item, out)?;
            }
            out.write_str("]")
        }
        Value::Map(entries) => {
            out.write_str("{")?;
            for (position, (key, item)) in entries.iter().enumerate() {
                write!(out, "{}{key}: ", if position == 0 { "" } else { ", " })?;
                write_inner(item, out)?;
            }
            out.write_str("}")
        }
    }
}

/// With three digits or so, in powers of a thousand: `733 B`, `12.3 kB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is all that shows")]
fn write_size(size: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match size {
        0..1_000 => write!(out, "{size} B"),
        1_000..999_950 => write!(out, "{:.1} kB", size as f64 / 1e3),
        _ => write!(out, "{:.1} MB", size as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_masks_itself_wherever_it_sits() {
        let value = Value::Map(vec![("KEY".to_owned(), Value::Secret(Secret::new("hunter2")))]);
        assert_eq!(value.to_string(), "{KEY: (secret)}");
        assert!(!format!("{value:?}").contains("hunter2"));
    }

    #[test]
    fn sizes_have_a_unit() {
        let sizes =
            [0, 999, 1_000, 12_345, 999_949, 999_950, 52_428_800].map(|size| Value::Bytes(size).to_string());
        assert_eq!(sizes, ["0 B", "999 B", "1.0 kB", "12.3 kB", "999.9 kB", "1.0 MB", "52.4 MB"]);
    }

    #[test]
    fn lists_that_are_merged_grow() {
        let place = Path::root().key("domains");
        let mut value = Value::Map(Vec::new());
        value.merge(&place, Value::List(vec!["a".into()]));
        value.merge(&place, Value::List(vec!["b".into()]));
        assert_eq!(value.at(&place.index(1)), Some(&"b".into()));
        assert_eq!(value.at(&place.index(2)), None);
    }

    #[test]
    fn set_builds_the_way() {
        let mut value = Value::Map(Vec::new());
        value.set(&Path::root().key("functions").index(1).key("slug"), "b".into());
        value.set(&Path::root().key("functions").index(0).key("slug"), "a".into());
        assert_eq!(value.to_string(), r#"{functions: [{slug: "a"}, {slug: "b"}]}"#);
    }
}
