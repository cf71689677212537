//! What the two processes say to each other: one JSON value a line, versioned.
//!
//! Trees go as flat lists, since JSON readers bound how deep values nest. Nothing that the confined process says is
//! trusted: what does not make sense reads as nothing, and codes and labels are looked up among the known ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::vec::IntoIter;

use neonform_bundle::{Input, Reads};
use neonform_engine::diagnostic::{Diagnostic, Failure, Severity, codes};
use neonform_engine::node::{Entry, Node, Position, Shape};
use neonform_engine::path::{Path, Segment};
use serde::{Deserialize, Serialize};

use crate::{Limits, Request};

/// The version of what is said; both sides are the same program, unless somebody replaced it meanwhile.
pub(super) const VERSION: u32 = 1;

/// Deeper than any policy that is taken.
const DEEPEST: usize = 256;

/// The labels of facts that evaluation and bundling add.
const LABELS: &[&str] = &[
    "branch",
    "cause",
    "code",
    "file",
    "importer",
    "largest files",
    "leads to",
    "not shown",
    "stack",
    "fact",
];

/// What this side asks for.
#[derive(Serialize, Deserialize)]
pub(super) enum Ask {
    /// First: evaluate this policy.
    Load(Box<Policy>),
    /// First: try what must not work, in this repository.
    Probe(Aims),
    /// Then: call the closure with these facts.
    Tune(serde_json::Value),
}

/// What the other side says.
#[derive(Serialize, Deserialize)]
pub(super) enum Tell {
    /// The layers that hold it now.
    Ready { version: u32, layers: Vec<Layer> },
    /// The policy prints.
    Printed(String),
    /// What the policy exports, or what its closure returned, and everything that was read so far.
    Answer { tree: Option<Tree>, inputs: Vec<(String, [u8; 32])>, variables: BTreeSet<String> },
    /// What is wrong.
    Failed(Vec<Problem>),
    /// What became of each attempt.
    Probed(Vec<super::Attempt>),
}

/// One layer below the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Whether it holds the process.
    pub active: bool,
    /// What it takes away, or why it does not.
    pub detail: String,
}

/// What a probe is to try its hands on.
#[derive(Serialize, Deserialize)]
pub(super) struct Aims {
    /// The repository.
    pub(super) root: PathBuf,
    /// A file outside of it that is there.
    pub(super) outside: PathBuf,
}

/// A [`Request`], but for its console.
#[derive(Serialize, Deserialize)]
pub(super) struct Policy {
    policy: PathBuf,
    pub(super) root: PathBuf,
    packages: bool,
    env: BTreeMap<String, String>,
    env_allow: Option<BTreeSet<String>>,
    now: i64,
    heap_bytes: usize,
    time: Duration,
    output_bytes: usize,
    calls: usize,
}

impl Policy {
    pub(super) fn of(request: &Request) -> Self {
        let Limits { heap_bytes, time, output_bytes, calls } = request.limits;
        Self {
            policy: request.policy.clone(),
            root: request.root.clone(),
            packages: request.reads == Reads::SharedAndPackages,
            env: request.env.clone(),
            env_allow: request.env_allow.clone(),
            now: request.now,
            heap_bytes,
            time,
            output_bytes,
            calls,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            heap_bytes: self.heap_bytes,
            time: self.time,
            output_bytes: self.output_bytes,
            calls: self.calls,
        }
    }

    pub(super) fn request(self, console: Arc<dyn Fn(&str) + Send + Sync>) -> Request {
        let limits = self.limits();
        Request {
            policy: self.policy,
            root: self.root,
            reads: if self.packages { Reads::SharedAndPackages } else { Reads::Shared },
            env: self.env,
            env_allow: self.env_allow,
            untrusted: true,
            confined: None,
            now: self.now,
            limits,
            console,
        }
    }
}

/// A [`Diagnostic`] of evaluation.
#[derive(Serialize, Deserialize)]
pub(super) struct Problem {
    code: String,
    warning: bool,
    path: Vec<Step>,
    inside: Option<String>,
    at: Option<(String, u32, u32)>,
    summary: String,
    found: Option<String>,
    expected: Option<String>,
    fix: Option<String>,
    facts: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
enum Step {
    Key(String),
    Index(usize),
}

/// The problems of a failure.
pub(super) fn problems(failure: Failure) -> Vec<Problem> {
    let step = |segment: &Segment| match segment {
        Segment::Key(key) => Step::Key(key.clone()),
        Segment::Index(index) => Step::Index(*index),
    };
    let problem = |told: Diagnostic| Problem {
        code: told.code.id.to_owned(),
        warning: told.severity == Severity::Warning,
        path: told.path.segments().iter().map(step).collect(),
        inside: told.inside,
        at: told.at.map(|at| (at.file.to_string(), at.line, at.column)),
        summary: told.summary,
        found: told.found,
        expected: told.expected,
        fix: told.fix,
        facts: told.facts.into_iter().map(|(label, text)| (label.to_owned(), text)).collect(),
    };
    failure.0.into_iter().map(problem).collect()
}

/// The failure of these problems.
pub(super) fn failure(problems: Vec<Problem>) -> Failure {
    let label = |name: &str| LABELS.iter().copied().find(|label| *label == name).unwrap_or("fact");
    let told = |problem: Problem| {
        let code = codes::ALL.iter().find(|code| code.id == problem.code).copied();
        let path = problem.path.iter().fold(Path::root(), |path, step| match step {
            Step::Key(key) => path.key(key),
            Step::Index(index) => path.index(*index),
        });
        let at = problem.at.map(|(file, line, column)| Position { file: file.into(), line, column });
        Diagnostic {
            severity: if problem.warning { Severity::Warning } else { Severity::Error },
            inside: problem.inside,
            found: problem.found,
            expected: problem.expected,
            fix: problem.fix,
            facts: problem.facts.into_iter().map(|(name, text)| (label(&name), text)).collect(),
            ..Diagnostic::error(code.unwrap_or(codes::EVALUATION_FAILED), problem.summary).path(path).at(at)
        }
    };
    Failure(problems.into_iter().map(told).collect())
}

/// A [`Node`] as a list: a list or an object is followed by what it holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Tree {
    files: Vec<String>,
    parts: Vec<(Part, Place)>,
}

/// The number of a file, line and column.
type Place = Option<(usize, u32, u32)>;

#[derive(Serialize, Deserialize)]
enum Part {
    Undefined,
    Null,
    Bool(bool),
    /// As text: JSON has no infinities.
    Number(String),
    String(String),
    List(usize),
    Object(usize),
    /// Before each value of an object.
    Key(String),
    Function,
    Unknown(Vec<String>),
    Other(String),
}

impl Tree {
    pub(super) fn of(node: &Node) -> Self {
        let mut writer =
            Writer { tree: Self { files: Vec::new(), parts: Vec::new() }, known: HashMap::new() };
        writer.node(node);
        writer.tree
    }

    /// The node; nothing when this is none.
    pub(super) fn node(self) -> Option<Node> {
        let files = self.files.into_iter().map(Arc::from).collect();
        let mut reader = Reader { files, parts: self.parts.into_iter() };
        let node = reader.node(0)?;
        reader.parts.next().is_none().then_some(node)
    }
}

struct Writer {
    tree: Tree,
    known: HashMap<Arc<str>, usize>,
}

impl Writer {
    fn put(&mut self, part: Part, at: Option<&Position>) {
        let files = &mut self.tree.files;
        let place = at.map(|at| {
            let number = *self.known.entry(Arc::clone(&at.file)).or_insert_with(|| {
                files.push(at.file.to_string());
                files.len() - 1
            });
            (number, at.line, at.column)
        });
        self.tree.parts.push((part, place));
    }

    fn node(&mut self, node: &Node) {
        let part = match &node.shape {
            Shape::Undefined => Part::Undefined,
            Shape::Null => Part::Null,
            Shape::Bool(value) => Part::Bool(*value),
            Shape::Number(value) => Part::Number(value.to_string()),
            Shape::String(value) => Part::String(value.clone()),
            Shape::List(items) => Part::List(items.len()),
            Shape::Object(entries) => Part::Object(entries.len()),
            Shape::Function => Part::Function,
            Shape::Unknown(names) => Part::Unknown(names.clone()),
            Shape::Other(what) => Part::Other(what.clone()),
        };
        self.put(part, node.at.as_ref());
        match &node.shape {
            Shape::List(items) => items.iter().for_each(|item| self.node(item)),
            Shape::Object(entries) => entries.iter().for_each(|entry| {
                self.put(Part::Key(entry.key.clone()), entry.key_at.as_ref());
                self.node(&entry.node);
            }),
            _ => {}
        }
    }
}

struct Reader {
    files: Vec<Arc<str>>,
    parts: IntoIter<(Part, Place)>,
}

impl Reader {
    fn place(&self, place: Place) -> Option<Position> {
        let (number, line, column) = place?;
        Some(Position { file: Arc::clone(self.files.get(number)?), line, column })
    }

    fn node(&mut self, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let (part, place) = self.parts.next()?;
        let at = self.place(place);
        let shape = match part {
            Part::Undefined => Shape::Undefined,
            Part::Null => Shape::Null,
            Part::Bool(value) => Shape::Bool(value),
            Part::Number(text) => Shape::Number(text.parse().ok()?),
            Part::String(text) => Shape::String(text),
            Part::Function => Shape::Function,
            Part::Unknown(names) => Shape::Unknown(names),
            Part::Other(what) => Shape::Other(what),
            Part::Key(_) => return None,
            Part::List(count) => {
                let mut items = Vec::new();
                for _ in 0..count {
                    items.push(self.node(depth + 1)?);
                }
                Shape::List(items)
            }
            Part::Object(count) => {
                let mut entries = Vec::new();
                for _ in 0..count {
                    let (Part::Key(key), place) = self.parts.next()? else { return None };
                    let key_at = self.place(place);
                    entries.push(Entry { key, key_at, node: self.node(depth + 1)? });
                }
                Shape::Object(entries)
            }
        };
        Some(Node { shape, at })
    }
}

/// What was read, for the wire.
pub(super) fn inputs(inputs: &[Input]) -> Vec<(String, [u8; 32])> {
    inputs.iter().map(|input| (input.path.clone(), input.sha256)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Node {
        let at = |line| Some(Position { file: "neon.ts".into(), line, column: 7 });
        let entry =
            |key: &str, shape| Entry { key: key.to_owned(), key_at: at(2), node: Node { shape, at: at(3) } };
        let list = vec![Node::new(Shape::Undefined), Node { shape: Shape::Null, at: at(9) }];
        Node {
            shape: Shape::Object(vec![
                entry("a", Shape::Number(-0.0)),
                entry("b", Shape::Number(f64::NEG_INFINITY)),
                entry("c", Shape::List(list)),
                entry("d", Shape::Unknown(vec!["NAME".to_owned()])),
                entry("", Shape::Other("a Map".to_owned())),
            ]),
            at: at(1),
        }
    }

    fn through(tree: &Tree) -> Option<Node> {
        let text = serde_json::to_string(tree).ok()?;
        serde_json::from_str::<Tree>(&text).ok()?.node()
    }

    #[test]
    fn a_tree_comes_out_as_it_went_in() {
        assert_eq!(through(&Tree::of(&sample())), Some(sample()));
        let deep = (0..200).fold(Node::new(Shape::Null), |node, _| Node::new(Shape::List(vec![node])));
        assert_eq!(through(&Tree::of(&deep)), Some(deep));
    }

    #[test]
    fn what_is_no_tree_is_nothing() {
        let tree = |parts: Vec<Part>| {
            let parts = parts.into_iter().map(|part| (part, None)).collect();
            Tree { files: Vec::new(), parts }.node()
        };
        assert_eq!(tree(vec![]), None);
        assert_eq!(tree(vec![Part::Null, Part::Null]), None);
        assert_eq!(tree(vec![Part::List(usize::MAX), Part::Null]), None);
        assert_eq!(tree(vec![Part::Object(1), Part::Null, Part::Null]), None);
        assert_eq!(tree((0..100_000).map(|_| Part::List(1)).collect()), None);
    }

    #[test]
    fn problems_keep_everything_and_learn_no_new_words() {
        let told = Diagnostic::error(codes::SANDBOX, "no")
            .path(Path::root().key("a").index(1))
            .found("f")
            .expected("e")
            .fix("x")
            .fact("stack", "s");
        let failed = Failure(vec![told.clone(), Diagnostic::warning(codes::DEPRECATED, "old")]);
        assert_eq!(failure(problems(failed.clone())), failed);
        let mut odd = problems(told.into());
        odd[0].code = "made-up".to_owned();
        odd[0].facts[0].0 = "made up".to_owned();
        let read = failure(odd).0.remove(0);
        assert_eq!((read.code, read.facts[0].0), (codes::EVALUATION_FAILED, "fact"));
    }
}
