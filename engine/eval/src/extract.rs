//! From the tokens that `prelude/extract.js` writes to a [`Node`] with the places of its parts.
//!
//! A value that was written as a literal has the place of the literal. Anything else has the place where the
//! literal around it names it, and failing that the place of what is around it.

use std::vec::IntoIter;

use neonform_engine::node::{Entry, Node, Position, Shape};
use serde_json::Value;

use crate::program::Program;

/// The tree that `tokens` describe; nothing when they are not what the prelude writes.
pub(crate) fn node(tokens: &str, program: &Program) -> Option<Node> {
    let tokens: Vec<Value> = serde_json::from_str(tokens).ok()?;
    let mut reader = Reader { tokens: tokens.into_iter(), program };
    let node = reader.node(None)?;
    reader.tokens.next().is_none().then_some(node)
}

struct Reader<'p> {
    tokens: IntoIter<Value>,
    program: &'p Program,
}

impl Reader<'_> {
    /// The next node, which its surroundings place `at`.
    fn node(&mut self, at: Option<Position>) -> Option<Node> {
        let shape = match self.text()?.as_str() {
            "u" => Shape::Undefined,
            "z" => Shape::Null,
            "t" => Shape::Bool(true),
            "f" => Shape::Bool(false),
            "n" => Shape::Number(self.text()?.parse().ok()?),
            "s" => Shape::String(self.text()?),
            "F" => Shape::Function,
            "e" => Shape::Unknown(Vec::new()),
            "x" => Shape::Other(self.text()?),
            "l" => return self.list(at),
            "o" => return self.object(at),
            _ => return None,
        };
        Some(Node { shape, at })
    }

    fn list(&mut self, at: Option<Position>) -> Option<Node> {
        let (literal, at) = self.literal(at)?;
        let count = self.count()?;
        let mut items = Vec::new();
        for index in 0..count {
            let written = literal.and_then(|literal| self.program.item(literal, index));
            items.push(self.node(written.or_else(|| at.clone()))?);
        }
        Some(Node { shape: Shape::List(items), at })
    }

    fn object(&mut self, at: Option<Position>) -> Option<Node> {
        let (literal, at) = self.literal(at)?;
        let count = self.count()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            let key = self.text()?;
            let written = literal.and_then(|literal| self.program.key(literal, &key));
            let (key_at, value_at) = written.unwrap_or_default();
            let key_at = key_at.or_else(|| at.clone());
            let node = self.node(value_at.or_else(|| key_at.clone()))?;
            entries.push(Entry { key, key_at, node });
        }
        Some(Node { shape: Shape::Object(entries), at })
    }

    /// The number of the literal that made a value, and the value's place.
    fn literal(&mut self, at: Option<Position>) -> Option<(Option<usize>, Option<Position>)> {
        let number = self.tokens.next()?.as_i64()?;
        let literal = usize::try_from(number).ok();
        let written = literal.and_then(|literal| self.program.literal(literal));
        Some((literal, written.or(at)))
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.tokens.next()?.as_u64()?).ok()
    }

    fn text(&mut self) -> Option<String> {
        match self.tokens.next()? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tokens: &str, expected: Option<Shape>) {
        assert_eq!(node(tokens, &Program::default()).map(|node| node.shape), expected, "{tokens}");
    }

    #[test]
    fn every_kind_of_token_is_read() {
        check(r#"["u"]"#, Some(Shape::Undefined));
        check(r#"["z"]"#, Some(Shape::Null));
        check(r#"["f"]"#, Some(Shape::Bool(false)));
        check(r#"["n","0.1"]"#, Some(Shape::Number(0.1)));
        check(r#"["n","-Infinity"]"#, Some(Shape::Number(f64::NEG_INFINITY)));
        check(r#"["s","a\n"]"#, Some(Shape::String("a\n".to_owned())));
        check(r#"["x","a Map"]"#, Some(Shape::Other("a Map".to_owned())));
        check(
            r#"["l",-1,2,"t","F"]"#,
            Some(Shape::List(vec![Node::new(Shape::Bool(true)), Node::new(Shape::Function)])),
        );
        let entry = Entry { key: "k".to_owned(), key_at: None, node: Node::new(Shape::Null) };
        check(r#"["o",-1,1,"k","z"]"#, Some(Shape::Object(vec![entry])));
    }

    #[test]
    fn anything_else_is_nothing() {
        for tokens in ["", "[]", r#"["q"]"#, r#"["n","one"]"#, r#"["l",-1,2,"t"]"#, r#"["u","u"]"#] {
            check(tokens, None);
        }
    }
}
