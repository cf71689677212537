//! A project on disk, a run of the evaluator over it, and everything that came out as one text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use neonform_engine::diagnostic::Failure;
use neonform_engine::node::{Node, Shape};
use neonform_eval::{Limits, Loaded, Request, load};
use serde_json::{Value, json};

/// The time of every test: 2026-01-02T03:04:05.678Z.
const NOW: i64 = 1_767_323_045_678;

/// A project and how it is run.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) limits: Limits,
    pub(crate) env_allow: Option<BTreeSet<String>>,
    pub(crate) untrusted: bool,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Project {
    /// A project of these files; `neon.ts` is the policy.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let limits = Limits { time: Duration::from_secs(20), ..Limits::default() };
        Self {
            folder,
            env: BTreeMap::new(),
            limits,
            env_allow: None,
            untrusted: false,
            printed: Arc::default(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn load(&self) -> Result<Loaded, Failure> {
        let printed = Arc::clone(&self.printed);
        let request = Request {
            policy: self.folder.path().join("neon.ts"),
            root: self.folder.path().to_owned(),
            env: self.env.clone(),
            env_allow: self.env_allow.clone(),
            untrusted: self.untrusted,
            confined: None,
            reads: Default::default(),
            now: NOW,
            limits: self.limits,
            console: Arc::new(move |line| printed.lock().unwrap().push(line.to_owned())),
        };
        block_on(load(request))
    }

    /// Loads the policy, and tunes it for each branch: everything as text.
    pub(crate) fn run(&self, branches: &[&str]) -> String {
        let mut text = String::new();
        let loaded = self.load();
        for line in std::mem::take(&mut *self.printed.lock().unwrap()) {
            writeln!(text, "> {line}").unwrap();
        }
        match loaded {
            Err(failure) => text.push_str(&problems(&failure)),
            Ok(mut loaded) => {
                writeln!(text, "{}", show(&loaded.policy)).unwrap();
                for branch in branches {
                    let tuned = tune(&mut loaded, &json!({"name": branch, "exists": true}));
                    for line in std::mem::take(&mut *self.printed.lock().unwrap()) {
                        writeln!(text, "> {line}").unwrap();
                    }
                    writeln!(text, "{branch}: {}", tuned.trim_end()).unwrap();
                }
            }
        }
        // Absolute paths differ from run to run.
        let root = self.folder.path().canonicalize().unwrap();
        text.replace(&*root.to_string_lossy(), "ROOT")
    }
}

pub(crate) fn tune(loaded: &mut Loaded, descriptor: &Value) -> String {
    match block_on(loaded.tune(descriptor)) {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(node)) => show(&node),
        Err(failure) => problems(&failure),
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

/// Evaluates `neon.ts` alone.
#[track_caller]
pub(crate) fn check(policy: &str, expected: &str) {
    check_files(&[("neon.ts", policy)], expected);
}

/// Evaluates a project of several files.
#[track_caller]
pub(crate) fn check_files(files: &[(&str, &str)], expected: &str) {
    compare(&Project::new(files).run(&[]), expected);
}

/// Evaluates `neon.ts` and calls its closure for each branch.
#[track_caller]
pub(crate) fn check_tuned(policy: &str, branches: &[&str], expected: &str) {
    compare(&Project::new(&[("neon.ts", policy)]).run(branches), expected);
}

#[track_caller]
pub(crate) fn compare(found: &str, expected: &str) {
    let lines = |text: &str| text.trim().lines().map(|line| comparable(line.trim())).collect::<Vec<_>>();
    assert_eq!(lines(found), lines(expected), "\n--- found ---\n{found}");
}

/// QuickJS counts the columns of calls in another way and keeps more frames of asynchronous calls: there, only
/// the first frame counts, and of places only the line.
fn comparable(line: &str) -> String {
    let is_place = line.starts_with("at ") || line.starts_with("stack: ");
    if !cfg!(feature = "quickjs") || !is_place {
        return line.to_owned();
    }
    let first = line.split(" | ").next().unwrap_or_default();
    let cut = first.rfind(':').unwrap_or(first.len());
    first[..cut].to_owned()
}

/// Diagnostics as text, all of their parts.
pub(crate) fn problems(failure: &Failure) -> String {
    let mut text = String::new();
    for problem in &failure.0 {
        writeln!(text, "error[{}] {}", problem.code.id, problem.summary).unwrap();
        if let Some(at) = &problem.at {
            writeln!(text, "at {at}").unwrap();
        }
        if !problem.path.is_root() {
            writeln!(text, "path {}", problem.path).unwrap();
        }
        for (label, part) in [("found", &problem.found), ("expect", &problem.expected), ("fix", &problem.fix)]
        {
            if let Some(part) = part {
                writeln!(text, "{label} {part}").unwrap();
            }
        }
        for (label, fact) in &problem.facts {
            writeln!(text, "{label}: {}", fact.replace('\n', " | ")).unwrap();
        }
    }
    text
}

/// A tree as JavaScript would write it.
pub(crate) fn show(node: &Node) -> String {
    match &node.shape {
        Shape::Undefined => "undefined".to_owned(),
        Shape::Null => "null".to_owned(),
        Shape::Bool(value) => value.to_string(),
        Shape::Number(value) => value.to_string(),
        Shape::String(value) => format!("{value:?}"),
        Shape::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Shape::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|entry| format!("{}: {}", entry.key, show(&entry.node))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Shape::Function => "function".to_owned(),
        Shape::Unknown(names) => format!("(unknown: {})", names.join(" ")),
        Shape::Other(what) => format!("<{what}>"),
    }
}
