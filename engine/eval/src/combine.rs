//! From several evaluations of one policy to one: what differs from one to the other is unknown.
//!
//! A part is unknown where its kind differs, a list also where its length does. An object is compared key by key, and a key
//! that is not always there is as good as `undefined`. What exists is not decided here: whoever needs a part to
//! be an object refuses one that is unknown.

use std::collections::{BTreeSet, HashSet};

use neonform_engine::node::{Entry, Node, Shape};

use crate::standing::Secret;

/// One evaluation besides the first.
pub(crate) struct Variant<'a> {
    /// What came out; nothing counts as an object without keys.
    pub(crate) node: &'a Node,
    /// The one variable that was not what it is in the first evaluation, where it was just one.
    pub(crate) varied: Option<&'a str>,
}

/// What is compared, and what it is called.
pub(crate) struct Combination<'a> {
    /// The variables that were asked for.
    pub(crate) names: &'a BTreeSet<String>,
    /// What made the texts that stand for them.
    pub(crate) secret: Secret,
}

impl Combination<'_> {
    /// The first evaluation with everything unknown in which another one differs.
    pub(crate) fn of(&self, first: &Node, others: &[Variant<'_>]) -> Node {
        let differing: Vec<&Variant<'_>> =
            others.iter().filter(|other| !is_alike(&first.shape, &other.node.shape)).collect();
        if !differing.is_empty() {
            return self.unknown(first, &differing);
        }
        let shape = match &first.shape {
            Shape::List(items) => Shape::List(
                items.iter().enumerate().map(|(at, item)| self.of(item, &items_at(others, at))).collect(),
            ),
            Shape::Object(entries) => match self.keys(entries, others) {
                Some(keys) => {
                    Shape::Object(keys.iter().map(|key| self.entry(key, entries, others)).collect())
                }
                None => return self.unknown(first, &others.iter().collect::<Vec<_>>()),
            },
            leaf => leaf.clone(),
        };
        Node { shape, at: first.at.clone() }
    }

    /// The keys of an object in all evaluations, each once; nothing where one is made of a hidden value.
    fn keys<'n>(&self, entries: &'n [Entry], others: &[Variant<'n>]) -> Option<Vec<&'n str>> {
        let all = entries.iter().chain(others.iter().flat_map(|other| entries_of(other.node)));
        let (mut seen, mut keys) = (HashSet::new(), Vec::new());
        for entry in all {
            if seen.insert(entry.key.as_str()) {
                keys.push(entry.key.as_str());
            }
        }
        (!keys.iter().any(|key| self.secret.is_in(key, self.names))).then_some(keys)
    }

    fn entry(&self, key: &str, entries: &[Entry], others: &[Variant<'_>]) -> Entry {
        let absent = Node::new(Shape::Undefined);
        let find = |entries: &'_ [Entry]| entries.iter().position(|entry| entry.key == key);
        let own = find(entries).map(|at| &entries[at]);
        let found: Vec<Option<&Entry>> =
            others.iter().map(|other| entries_of(other.node).iter().find(|entry| entry.key == key)).collect();
        let variants: Vec<Variant<'_>> = others
            .iter()
            .zip(&found)
            .map(|(other, entry)| Variant {
                node: entry.map_or(&absent, |entry| &entry.node),
                varied: other.varied,
            })
            .collect();
        let key_at = own.or(found.iter().flatten().next().copied()).and_then(|entry| entry.key_at.clone());
        let node = self.of(own.map_or(&absent, |entry| &entry.node), &variants);
        Entry { key: key.to_owned(), key_at, node }
    }

    fn unknown(&self, first: &Node, differing: &[&Variant<'_>]) -> Node {
        let told: BTreeSet<&str> = differing.iter().filter_map(|other| other.varied).collect();
        let names = if told.is_empty() {
            self.names.iter().cloned().collect()
        } else {
            told.into_iter().map(str::to_owned).collect()
        };
        let at = first.at.clone().or_else(|| differing.iter().find_map(|other| other.node.at.clone()));
        Node { shape: Shape::Unknown(names), at }
    }
}

fn items_at<'n>(others: &[Variant<'n>], at: usize) -> Vec<Variant<'n>> {
    let item = |other: &Variant<'n>| match &other.node.shape {
        Shape::List(items) => items.get(at).map(|node| Variant { node, varied: other.varied }),
        _ => None,
    };
    others.iter().filter_map(item).collect()
}

fn entries_of(node: &Node) -> &[Entry] {
    match &node.shape {
        Shape::Object(entries) => entries,
        _ => &[],
    }
}

/// Whether two parts are the same, leaving aside what is in them.
fn is_alike(one: &Shape, other: &Shape) -> bool {
    match (one, other) {
        (Shape::Object(_), Shape::Object(_)) => true,
        (Shape::List(one), Shape::List(other)) => one.len() == other.len(),
        (Shape::Number(one), Shape::Number(other)) => one == other || one.is_nan() && other.is_nan(),
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(entries: Vec<(&str, Shape)>) -> Node {
        let entry =
            |(key, shape): (&str, Shape)| Entry { key: key.to_owned(), key_at: None, node: Node::new(shape) };
        Node::new(Shape::Object(entries.into_iter().map(entry).collect()))
    }

    fn check(first: Node, others: &[(Node, Option<&str>)], expected: Node) {
        let names = BTreeSet::from(["A".to_owned(), "B".to_owned()]);
        let combination = Combination { names: &names, secret: Secret::random() };
        let others: Vec<_> = others.iter().map(|(node, varied)| Variant { node, varied: *varied }).collect();
        assert_eq!(combination.of(&first, &others), expected);
    }

    fn unknown(names: &[&str]) -> Shape {
        Shape::Unknown(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn what_differs_is_unknown_and_named_by_what_made_it_differ() {
        let one = |value: f64| object(vec![("same", Shape::Null), ("n", Shape::Number(value))]);
        check(
            one(1.0),
            &[(one(1.0), Some("A")), (one(2.0), Some("B"))],
            object(vec![("same", Shape::Null), ("n", unknown(&["B"]))]),
        );
        check(
            one(1.0),
            &[(one(2.0), None)],
            object(vec![("same", Shape::Null), ("n", unknown(&["A", "B"]))]),
        );
    }

    #[test]
    fn a_key_that_is_not_always_there_is_unknown() {
        let with = object(vec![("a", Shape::Object(Vec::new()))]);
        check(with.clone(), &[(object(vec![]), Some("A"))], object(vec![("a", unknown(&["A"]))]));
        check(object(vec![]), &[(with, Some("A"))], object(vec![("a", unknown(&["A"]))]));
        check(
            object(vec![("a", Shape::Undefined)]),
            &[(object(vec![]), None)],
            object(vec![("a", Shape::Undefined)]),
        );
    }

    #[test]
    fn lists_differ_by_length_or_item_by_item() {
        let list = |items: &[&str]| {
            Node::new(Shape::List(
                items.iter().map(|item| Node::new(Shape::String((*item).to_owned()))).collect(),
            ))
        };
        check(list(&["a"]), &[(list(&["a", "b"]), Some("A"))], Node::new(unknown(&["A"])));
        let second = Node::new(Shape::List(vec![
            Node::new(Shape::String("a".to_owned())),
            Node::new(unknown(&["A"])),
        ]));
        check(list(&["a", "b"]), &[(list(&["a", "c"]), Some("A"))], second);
    }

    #[test]
    fn keys_that_are_made_of_a_hidden_value_make_the_whole_unknown() {
        let names = BTreeSet::from(["A".to_owned()]);
        let secret = Secret::random();
        let made = |which| object(vec![(&*secret.text(which, "A"), Shape::Null)]);
        let (one, two) = (made(crate::standing::Which::First), made(crate::standing::Which::Second));
        let found = Combination { names: &names, secret }.of(&one, &[Variant { node: &two, varied: None }]);
        assert_eq!(found, Node::new(unknown(&["A"])));
    }
}
