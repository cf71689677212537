//! Reading an evaluated policy: a cursor over the file's half and the closure's, which remembers
//! what was asked for.
//!
//! Kinds walk their keys with a [`Cursor`]; every fault is reported at the innermost path and the
//! walk goes on. An object that was opened and holds a key that nobody asked for is refused at the
//! end, all its unknown keys in one diagnostic (spec 1.3). Several kinds may read one object: equal
//! diagnostics count once. What a key means is the kinds' business, not this file's.

mod unknown;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Collector, Diagnostic, Failure, Layer, codes};
use crate::node::{Entry, Node, Position, Shape, quote};
use crate::path::Path;
use crate::target::Target;

/// Which half of a policy a cursor is in; paths are relative to their half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// What the file exports.
    Static,
    /// What the `branch` closure returned.
    Tuning,
}

/// An evaluated policy for one target, being read.
pub struct Policy<'p> {
    root: &'p Node,
    tuning: Option<&'p Node>,
    target: Option<&'p Target>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    problems: Vec<Diagnostic>,
    opened: BTreeMap<(Half, Path), BTreeSet<String>>,
}

impl<'p> Policy<'p> {
    /// A policy without its closure's half: what can be checked before a target is known.
    pub fn of_file(root: &'p Node) -> Self {
        Self { root, tuning: None, target: None, state: RefCell::default() }
    }

    /// A policy with its closure's answer for `target`; `None` is no tuning.
    pub fn for_target(root: &'p Node, tuning: Option<&'p Node>, target: &'p Target) -> Self {
        Self { root, tuning, target: Some(target), state: RefCell::default() }
    }

    /// The branch decided for; `None` while only the file is checked.
    pub fn target(&self) -> Option<&'p Target> {
        self.target
    }

    /// The exported object.
    pub fn root(&self) -> Option<Object<'_>> {
        self.open_half(Half::Static, self.root)
    }

    /// The object that the closure returned, if it returned one.
    pub fn tuning(&self) -> Option<Object<'_>> {
        self.open_half(Half::Tuning, self.tuning?)
    }

    fn open_half<'a>(&'a self, half: Half, node: &'a Node) -> Option<Object<'a>> {
        let cursor = Cursor { policy: self, half, path: Path::root(), node, at: node.at.clone() };
        match not_a_policy(half, &cursor) {
            Some(problem) => {
                self.report(problem);
                None
            }
            None => cursor.object(),
        }
    }

    /// What paths of a half are relative to, as a message names it: nothing for the file's own.
    fn inside(&self, half: Half) -> Option<String> {
        let target = self.target.filter(|_| half == Half::Tuning)?;
        Some(format!("branch({:?})", target.name))
    }

    /// Adds a problem that belongs to no single value.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.state.borrow_mut().problems.push(diagnostic);
    }

    /// Ends the reading: unknown keys are refused.
    ///
    /// # Errors
    /// Every problem found, warnings along with the errors, sorted by place.
    pub fn finish(self) -> Result<Vec<Diagnostic>, Failure> {
        let mut unknown = Vec::new();
        self.unknown_keys(Half::Static, &Path::root(), self.root, &mut unknown);
        if let Some(tuning) = self.tuning {
            self.unknown_keys(Half::Tuning, &Path::root(), tuning, &mut unknown);
        }
        let mut collector = Collector::default();
        self.state
            .into_inner()
            .problems
            .into_iter()
            .chain(unknown)
            .for_each(|problem| collector.push(problem));
        collector.finish()
    }

    /// Looks for unknown keys in every object that was opened, from `node` downwards.
    fn unknown_keys(&self, half: Half, path: &Path, node: &Node, found: &mut Vec<Diagnostic>) {
        match &node.shape {
            Shape::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.unknown_keys(half, &path.index(index), item, found);
                }
            }
            Shape::Object(entries) => {
                let state = self.state.borrow();
                let Some(claimed) = state.opened.get(&(half, path.clone())) else { return };
                found.extend(self.unknown_keys_of(half, path, entries, claimed));
                for entry in entries {
                    self.unknown_keys(half, &path.key(&entry.key), &entry.node, found);
                }
            }
            _ => {}
        }
    }

    fn unknown_keys_of(
        &self,
        half: Half,
        path: &Path,
        entries: &[Entry],
        claimed: &BTreeSet<String>,
    ) -> Option<Diagnostic> {
        let is_unknown =
            |entry: &&Entry| entry.node.shape != Shape::Undefined && !claimed.contains(&entry.key);
        let unknown: Vec<&Entry> = entries.iter().filter(is_unknown).collect();
        let first = unknown.first()?;
        let names: Vec<String> = unknown.iter().map(|entry| quote(&entry.key)).collect();
        let known: Vec<&str> = claimed.iter().map(String::as_str).collect();
        let problem = Diagnostic::error(codes::UNKNOWN_KEY, "the policy language has no such key here")
            .path(path.clone())
            .at(first.key_at.clone())
            .found(names.join(", "))
            .expected(format!("one of {}", known.join(", ")))
            .fix(nearest_fix(&first.key, &known));
        Some(Diagnostic { inside: self.inside(half), ..problem })
    }
}

/// What a whole half can be instead of an object, with what to do about it (spec 1.10, 2.3).
fn not_a_policy(half: Half, cursor: &Cursor<'_>) -> Option<Diagnostic> {
    let (place, what, fix) = match half {
        Half::Static => {
            (Path::root(), "the policy", "export the object itself: export default defineConfig({ … })")
        }
        Half::Tuning => {
            (Path::root().key("branch"), "what branch returned", "return a plain object, without async")
        }
    };
    match (half, &cursor.node.shape) {
        (Half::Static, Shape::Function) => {
            let summary = "a policy is an object now, and no longer a function";
            let fix =
                "export the object, and put what depends on the branch into branch: (branch) => ({ … })";
            Some(
                cursor
                    .problem(codes::POLICY_IS_FUNCTION, summary)
                    .layer(Layer::Type)
                    .expected("an object")
                    .fix(fix),
            )
        }
        (_, Shape::Other(_)) => {
            let problem = cursor.problem(codes::NOT_PLAIN_DATA, &format!("{what} is not plain data"));
            let closure = || cursor.policy.root.entry("branch")?.key_at.clone();
            let at = cursor.at().or_else(|| (half == Half::Tuning).then(closure).flatten());
            let problem = Diagnostic { inside: None, ..problem.path(place).at(at) };
            Some(problem.layer(Layer::Type).expected("a plain object").fix(fix))
        }
        _ => None,
    }
}

fn nearest_fix(key: &str, known: &[&str]) -> String {
    let lower = key.to_lowercase();
    match known
        .iter()
        .find(|name| name.to_lowercase().starts_with(&lower) || lower.starts_with(&name.to_lowercase()))
    {
        Some(name) => format!("write {name}, or remove the key"),
        None => "remove the key, or check its spelling".to_owned(),
    }
}

/// One value of a policy under the eyes of a kind.
#[derive(Clone)]
pub struct Cursor<'a> {
    policy: &'a Policy<'a>,
    half: Half,
    path: Path,
    node: &'a Node,
    at: Option<Position>,
}

impl<'a> Cursor<'a> {
    /// Where in the policy this value is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where in the source this value was written, or what holds it.
    pub fn at(&self) -> Option<Position> {
        self.at.clone()
    }

    /// The bare value.
    pub fn shape(&self) -> &'a Shape {
        &self.node.shape
    }

    /// The value as a message names it.
    pub fn describe(&self) -> String {
        self.node.describe()
    }

    /// Starts a diagnostic about this value: path, place and found are filled in.
    pub fn problem(&self, code: crate::diagnostic::Code, summary: &str) -> Diagnostic {
        self.about(Diagnostic::error(code, summary))
            .path(self.path.clone())
            .at(self.at())
            .found(self.describe())
    }

    /// Says which half of the policy a diagnostic's path is in.
    pub fn about(&self, diagnostic: Diagnostic) -> Diagnostic {
        Diagnostic { inside: self.policy.inside(self.half), ..diagnostic }
    }

    /// Adds a problem to the policy's; of a value that is not known there is only one to tell.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.policy.report(match self.unknown() {
            Some(variables) => self.undecided(variables),
            None => diagnostic,
        });
    }

    fn wrong_type(&self, expected: &str) {
        self.report(
            self.problem(codes::WRONG_TYPE, "the value has the wrong type")
                .layer(Layer::Type)
                .expected(expected),
        );
    }

    /// This value as an object; anything else is reported.
    pub fn object(&self) -> Option<Object<'a>> {
        let Shape::Object(entries) = &self.node.shape else {
            self.wrong_type("an object");
            return None;
        };
        let place = (self.half, self.path.clone());
        self.policy.state.borrow_mut().opened.entry(place).or_default();
        Some(Object { cursor: self.clone(), entries })
    }

    /// This value as a list; anything else is reported.
    pub fn list(&self) -> Option<Vec<Cursor<'a>>> {
        let Shape::List(items) = &self.node.shape else {
            self.wrong_type("a list");
            return None;
        };
        let cursors = items.iter().enumerate().map(|(index, node)| Cursor {
            policy: self.policy,
            half: self.half,
            path: self.path.index(index),
            node,
            at: node.at.clone().or_else(|| self.at()),
        });
        Some(cursors.collect())
    }

    /// This value as a string; anything else is reported.
    pub fn string(&self) -> Option<&'a str> {
        match &self.node.shape {
            Shape::String(text) => Some(text),
            _ => {
                self.wrong_type("a string");
                None
            }
        }
    }

    /// This value as a string of `least` to `most` characters; anything else is reported.
    pub fn text(&self, least: usize, most: usize) -> Option<&'a str> {
        let text = self.string()?;
        // JavaScript counts UTF-16 code units, and so does the reference's validator.
        let length = text.encode_utf16().count();
        let expected = match (least, most) {
            (least, usize::MAX) => format!("at least {least} character{}", if least == 1 { "" } else { "s" }),
            (least, most) => format!("{least} to {most} characters"),
        };
        if length < least {
            self.report(self.problem(codes::TOO_SMALL, "the text is too short").expected(expected));
            None
        } else if length > most {
            self.report(
                self.problem(codes::TOO_BIG, "the text is too long")
                    .expected(format!("{expected}; it has {length}")),
            );
            None
        } else {
            Some(text)
        }
    }

    /// This value as a boolean; anything else is reported.
    pub fn boolean(&self) -> Option<bool> {
        match &self.node.shape {
            Shape::Bool(value) => Some(*value),
            _ => {
                self.wrong_type("true or false");
                None
            }
        }
    }

    /// This value as a whole number; anything else is reported.
    pub fn integer(&self) -> Option<i64> {
        // 2^53: beyond it a double no longer holds every whole number.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match &self.node.shape {
            #[expect(clippy::cast_possible_truncation, reason = "the guard keeps the value within i64")]
            Shape::Number(value) if value.fract() == 0.0 && value.abs() < EXACT => Some(*value as i64),
            _ => {
                self.wrong_type("a whole number");
                None
            }
        }
    }

    /// This value as one of `choices`; anything else is reported.
    pub fn choice(&self, choices: &[&'static str]) -> Option<&'static str> {
        if let Shape::String(text) = &self.node.shape
            && let Some(choice) = choices.iter().find(|choice| *choice == text)
        {
            return Some(choice);
        }
        let listed: Vec<String> = choices.iter().map(|choice| quote(choice)).collect();
        self.report(
            self.problem(codes::INVALID_CHOICE, "the value is not one of those allowed")
                .layer(Layer::Type)
                .expected(listed.join(" or ")),
        );
        None
    }
}

/// An object of a policy under the eyes of a kind.
#[derive(Clone)]
pub struct Object<'a> {
    cursor: Cursor<'a>,
    entries: &'a [Entry],
}

impl<'a> Object<'a> {
    /// The object itself as a value.
    pub fn cursor(&self) -> &Cursor<'a> {
        &self.cursor
    }

    /// Says that the language has this key here and looks it up; absent and `undefined` are `None`.
    pub fn get(&self, key: &str) -> Option<Cursor<'a>> {
        self.claim(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        (entry.node.shape != Shape::Undefined).then(|| self.at_entry(entry))
    }

    /// Like [`Object::get`], but absence is reported.
    pub fn require(&self, key: &str, expected: &str) -> Option<Cursor<'a>> {
        let found = self.get(key);
        if found.is_none() {
            let problem = Diagnostic::error(codes::WRONG_TYPE, "a required key is missing");
            self.cursor.report(
                self.cursor
                    .about(problem)
                    .layer(Layer::Type)
                    .path(self.cursor.path.key(key))
                    .at(self.cursor.at())
                    .found("nothing")
                    .expected(expected),
            );
        }
        found
    }

    /// Whether a key is present and not `undefined`; does not claim it.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key && entry.node.shape != Shape::Undefined)
    }

    /// Every entry of a record keyed by user names, in property order, `undefined` ones left out.
    pub fn entries(&self) -> Vec<(&'a str, Cursor<'a>)> {
        let present = |(_, cursor): &(&str, Cursor<'a>)| *cursor.shape() != Shape::Undefined;
        self.entries_and_undefined().into_iter().filter(present).collect()
    }

    /// Every entry, those that are `undefined` too.
    pub fn entries_and_undefined(&self) -> Vec<(&'a str, Cursor<'a>)> {
        let list = self.entries.iter().map(|entry| {
            self.claim(&entry.key);
            (entry.key.as_str(), self.at_entry(entry))
        });
        list.collect()
    }

    fn claim(&self, key: &str) {
        let place = (self.cursor.half, self.cursor.path.clone());
        self.cursor.policy.state.borrow_mut().opened.entry(place).or_default().insert(key.to_owned());
    }

    fn at_entry(&self, entry: &'a Entry) -> Cursor<'a> {
        Cursor {
            policy: self.cursor.policy,
            half: self.cursor.half,
            path: self.cursor.path.key(&entry.key),
            node: &entry.node,
            at: entry.node.at.clone().or_else(|| entry.key_at.clone()).or_else(|| self.cursor.at()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(entries: Vec<(&str, Shape)>) -> Node {
        let entries = entries.into_iter().map(|(key, shape)| Entry {
            key: key.to_owned(),
            key_at: None,
            node: Node::new(shape),
        });
        Node::new(Shape::Object(entries.collect()))
    }

    fn problems(policy: Policy<'_>) -> Vec<String> {
        policy.finish().expect_err("a problem").0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn keys_that_nobody_asked_for_are_refused_together() {
        let root = object(vec![("auth", Shape::Bool(true)), ("x", Shape::Null), ("y", Shape::Null)]);
        let policy = Policy::of_file(&root);
        policy.root().expect("an object").get("auth");
        assert_eq!(
            problems(policy),
            [r#"the policy language has no such key here; found "x", "y"; expected one of auth"#]
        );
    }

    #[test]
    fn undefined_is_absent_and_not_unknown() {
        let root = object(vec![("x", Shape::Undefined)]);
        let policy = Policy::of_file(&root);
        assert!(policy.root().expect("an object").get("y").is_none());
        assert_eq!(policy.finish(), Ok(vec![]));
    }

    #[test]
    fn two_readers_of_one_fault_report_it_once() {
        let root = object(vec![("port", Shape::Number(1.5))]);
        let policy = Policy::of_file(&root);
        for _ in 0..2 {
            policy.root().and_then(|root| root.get("port")).and_then(|port| port.integer());
        }
        assert_eq!(
            problems(policy),
            ["port: the value has the wrong type; found 1.5; expected a whole number"]
        );
    }
}
