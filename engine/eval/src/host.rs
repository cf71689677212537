//! What the prelude may ask of Rust, as texts: an operation and its arguments in, a text or an error out.
//!
//! Nothing here trusts its arguments, and nothing of the engine is needed to understand it; `natives`
//! is the door through which JavaScript reaches it.

mod console;
mod fs;
mod url;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neonform_bundle::Input;

use crate::Request;
use crate::standing::Standing;
use console::Console;
use fs::Repository;

/// The code of an error about what the sandbox does not give.
pub(crate) const SANDBOX: &str = "ERR_NEONFORM_SANDBOX";
/// The code of an error about a file that git ignores.
pub(crate) const HIDDEN: &str = "ERR_NEONFORM_HIDDEN";
/// The code of an error about a path that leaves the repository.
pub(crate) const OUTSIDE: &str = "ERR_NEONFORM_OUTSIDE";

/// What the operations of one isolate work on.
pub(crate) struct Host {
    console: Console,
    repository: Repository,
    variables: BTreeSet<String>,
    read: RefCell<BTreeSet<String>>,
    standing: Option<Standing>,
}

/// What an operation gives back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A text.
    Text(String),
    /// Bytes, as a text of which each character is one.
    Bytes(Vec<u8>),
    /// `null`.
    Nothing,
}

/// Why an operation was refused: an error with a code in JavaScript.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Host {
    /// A host for a policy that reads inside `root`, which is a real path; `standing` is for variables that
    /// the policy may not see.
    pub(crate) fn new(request: &Request, root: &Path, standing: Option<Standing>) -> Self {
        Self {
            console: Console::new(Arc::clone(&request.console), request.limits.output_bytes),
            repository: Repository::new(root, request.reads),
            variables: request.env.keys().cloned().collect(),
            read: RefCell::default(),
            standing,
        }
    }

    /// Whether there are variables that the policy may not see.
    pub(crate) fn hides(&self) -> bool {
        self.standing.is_some()
    }

    /// The names of the variables that were read and are set.
    pub(crate) fn variables(&self) -> BTreeSet<String> {
        self.read.borrow().clone()
    }

    /// The files that were read.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        self.repository.inputs()
    }

    /// The real path of a regular file of the repository, if there is one.
    pub(crate) fn file(&self, path: &str) -> Result<Option<PathBuf>, Refusal> {
        self.repository.file(path)
    }

    /// Does one operation.
    pub(crate) fn call(&self, operation: &str, arguments: &[String; 3]) -> Result<Answer, Refusal> {
        let [first, second, third] = arguments;
        let text = |found: Option<String>| found.map_or(Answer::Nothing, Answer::Text);
        match operation {
            "print" => {
                self.console.print(first);
                Ok(Answer::Nothing)
            }
            "url.parse" => Ok(text(url::parse(first, None))),
            "url.join" => Ok(text(url::parse(first, Some(second)))),
            "url.set" => Ok(text(url::set(first, second, third))),
            "env.read" => {
                if self.variables.contains(first) {
                    self.read.borrow_mut().insert(first.clone());
                }
                Ok(Answer::Nothing)
            }
            "fs.read" => self.repository.read(first).map(Answer::Bytes),
            "fs.text" => self
                .repository
                .read(first)
                .map(|bytes| Answer::Text(String::from_utf8_lossy(&bytes).into_owned())),
            "fs.stat" => self.repository.stat(first, true).map(Answer::Text),
            "fs.lstat" => self.repository.stat(first, false).map(Answer::Text),
            "fs.list" => self.repository.list(first).map(Answer::Text),
            "fs.real" => self.repository.real(first).map(Answer::Text),
            "environment.value" => {
                Ok(text(self.standing.as_ref().and_then(|standing| standing.value(first))))
            }
            "environment.another" => Ok(text(self.standing.as_ref().and_then(Standing::another))),
            _ => Err(Refusal { code: SANDBOX, message: format!("no operation {operation}") }),
        }
    }
}
