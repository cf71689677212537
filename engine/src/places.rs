//! Where in the sources a resource and its parts are declared.
//!
//! A kind takes the places from the cursor that it reads; the engine hands them on to every change of
//! the resource. Parts go by the dotted names that attributes have. What is written in no place of its
//! own has that of what holds it, and a resource that nobody declares has none.

use std::collections::BTreeMap;

use crate::node::{Position, Shape};
use crate::policy::Cursor;

/// The places of a declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    whole: Option<Position>,
    parts: BTreeMap<String, Position>,
}

impl Places {
    /// The places of a value and of all keys in it.
    pub fn of(cursor: &Cursor<'_>) -> Self {
        let mut places = Self::at(cursor.at());
        places.add("", cursor.shape());
        places
    }

    /// The place of a declaration without parts.
    pub fn at(whole: Option<Position>) -> Self {
        Self { whole, parts: BTreeMap::new() }
    }

    fn add(&mut self, prefix: &str, shape: &Shape) {
        let Shape::Object(entries) = shape else { return };
        for entry in entries {
            let name = format!("{prefix}{}", entry.key);
            self.add(&format!("{name}."), &entry.node.shape);
            self.parts.extend(entry.node.at.clone().or(entry.key_at.clone()).map(|at| (name, at)));
        }
    }

    /// With the place of one part.
    #[must_use]
    pub fn with_part(mut self, name: &str, at: Position) -> Self {
        self.parts.insert(name.to_owned(), at);
        self
    }

    /// With the parts of what else is said of the resource, which counts first.
    #[must_use]
    pub fn over(mut self, other: Places) -> Self {
        self.parts.extend(other.parts);
        self.whole = self.whole.or(other.whole);
        self
    }

    /// With another name for a part: an attribute that is not called as its key is.
    #[must_use]
    pub fn named(mut self, attribute: &str, key: &str) -> Self {
        let inside = format!("{key}.");
        let renamed = |(name, at): (&String, &Position)| {
            let rest =
                if name == key { "" } else { name.strip_prefix(&inside).map(|_| &name[key.len()..])? };
            Some((format!("{attribute}{rest}"), at.clone()))
        };
        let added: Vec<_> = self.parts.iter().filter_map(renamed).collect();
        self.parts.extend(added);
        self
    }

    /// Where the resource is declared.
    pub fn whole(&self) -> Option<&Position> {
        self.whole.as_ref()
    }

    /// Where an attribute is declared, or what holds it.
    pub fn part(&self, attribute: &str) -> Option<&Position> {
        let mut name = attribute;
        loop {
            match (self.parts.get(name), name.rsplit_once('.')) {
                (Some(at), _) => return Some(at),
                (None, Some((holder, _))) => name = holder,
                (None, None) => return self.whole(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{Entry, Node};
    use crate::policy::Policy;

    fn at(line: u32) -> Option<Position> {
        Some(Position { file: "neon.ts".into(), line, column: 1 })
    }

    fn entry(key: &str, line: u32, shape: Shape) -> Entry {
        Entry { key: key.to_owned(), key_at: None, node: Node { shape, at: at(line) } }
    }

    fn places() -> Places {
        let limits = Shape::Object(vec![entry("max", 4, Shape::Null)]);
        let env = Shape::Object(vec![entry("A.B", 3, Shape::Null)]);
        let root = Shape::Object(vec![entry("env", 2, env), entry("postgres", 4, limits)]);
        let root = Node { shape: root, at: at(1) };
        let policy = Policy::of_file(&root);
        Places::of(policy.root().expect("an object").cursor())
    }

    #[track_caller]
    fn check(places: &Places, attribute: &str, line: u32) {
        assert_eq!(places.part(attribute).cloned(), at(line), "{attribute}");
    }

    #[test]
    fn an_attribute_has_its_own_place_or_that_of_what_holds_it() {
        let places = places();
        check(&places, "env.A.B", 3);
        check(&places, "env.GONE", 2);
        check(&places, "database", 1);
        assert_eq!(Places::default().part("env.GONE"), None);
    }

    #[test]
    fn another_name_and_what_is_said_elsewhere_lead_to_places_too() {
        let places = places().named("limits", "postgres");
        check(&places, "limits.max", 4);
        check(&places, "limits", 4);
        let tuned = Places { whole: at(9), parts: BTreeMap::from([("env".to_owned(), at(8).unwrap())]) };
        let both = places.over(tuned);
        check(&both, "env", 8);
        check(&both, "database", 1);
    }
}
