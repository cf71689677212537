//! An evaluated policy as plain data: what the file said, and where it said it.
//!
//! `engine/eval` makes these trees; nothing of the JavaScript engine survives in them. Key order is
//! JavaScript's property order, which decides the order of a plan (spec 1.6). Values that are not
//! plain data keep only a description, so that a message can name them.

use std::fmt;
use std::sync::Arc;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The file, relative to the repository where it lies inside.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in UTF-16 code units, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One value of an evaluated policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What the value is.
    pub shape: Shape,
    /// Where it was written, when that is known.
    pub at: Option<Position>,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// `undefined`: counts as absent everywhere but inside a function's `env` (spec 1.3).
    Undefined,
    /// `null`: never accepted in place of absence.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, `NaN` and infinities included.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    List(Vec<Node>),
    /// A plain object or a class instance with own fields, in property order.
    Object(Vec<Entry>),
    /// A function; it stays behind in the engine.
    Function,
    /// A value that depends on variables of the environment which this run is not told, by their names.
    Unknown(Vec<String>),
    /// Anything else, described: "a promise", "a Map", "a symbol".
    Other(String),
}

/// One property of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The property's name.
    pub key: String,
    /// Where the key was written, when that is known.
    pub key_at: Option<Position>,
    /// The property's value.
    pub node: Node,
}

impl Node {
    /// A node without a position.
    pub fn new(shape: Shape) -> Self {
        Self { shape, at: None }
    }

    /// The entry of an object by its key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.shape {
            Shape::Object(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The value as a person would name it in a message, cut to a readable length.
    pub fn describe(&self) -> String {
        match &self.shape {
            Shape::Undefined => "undefined".to_owned(),
            Shape::Null => "null".to_owned(),
            Shape::Bool(value) => value.to_string(),
            Shape::Number(value) => value.to_string(),
            Shape::String(value) => quote(value),
            Shape::List(items) => format!("a list of {}", items.len()),
            Shape::Object(_) => "an object".to_owned(),
            Shape::Function => "a function".to_owned(),
            Shape::Unknown(_) => "(unknown)".to_owned(),
            Shape::Other(what) => what.clone(),
        }
    }
}

/// A string in double quotes, cut after 300 characters.
pub fn quote(text: &str) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{:?}…", &text[..cut]),
        None => format!("{text:?}"),
    }
}
