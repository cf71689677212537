//! What is wrong, where, and what to do: the one shape of every problem a user can see.
//!
//! A [`Code`] names a class of problem, never a kind, and carries the reference's error code it
//! belongs to (spec 10.6). A [`Collector`] gathers every problem rather than the first. This file
//! draws nothing: `cli/src/output` does.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use crate::node::Position;
use crate::path::Path;

/// A class of problem: a stable identifier and the reference's code for scripts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    /// Stable, kebab-case, unique.
    pub id: &'static str,
    /// The error code of the reference (spec 10.6).
    pub platform: &'static str,
}

impl fmt::Debug for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.id)
    }
}

/// Every code there is; `codes::ALL` lists them.
pub mod codes {
    use super::Code;

    macro_rules! codes {
        ($($(#[$doc:meta])* $name:ident = $id:literal, $platform:literal;)*) => {
            $($(#[$doc])* pub const $name: Code = Code { id: $id, platform: concat!("PLATFORM_", $platform) };)*
            /// Every code, in the order of this file.
            pub const ALL: &[Code] = &[$($name),*];
        };
    }

    codes! {
        /// No policy file where one was looked for (spec 2.1).
        POLICY_NOT_FOUND = "policy-not-found", "CONFIG_LOAD_FAILED";
        /// The path given as policy is a directory or another thing that is not a file.
        POLICY_NOT_A_FILE = "policy-not-a-file", "CONFIG_LOAD_FAILED";
        /// A file could not be read.
        UNREADABLE_FILE = "unreadable-file", "CONFIG_LOAD_FAILED";
        /// A source file does not parse.
        SYNTAX_ERROR = "syntax-error", "CONFIG_LOAD_FAILED";
        /// An import leads nowhere.
        MODULE_NOT_FOUND = "module-not-found", "CONFIG_LOAD_FAILED";
        /// An import or a read leaves the repository.
        OUTSIDE_REPOSITORY = "outside-repository", "CONFIG_LOAD_FAILED";
        /// The policy asked for something that the sandbox does not give.
        SANDBOX = "sandbox", "CONFIG_LOAD_FAILED";
        /// The policy threw while it was evaluated.
        EVALUATION_FAILED = "evaluation-failed", "CONFIG_LOAD_FAILED";
        /// The policy used more memory than it may.
        HEAP_LIMIT = "heap-limit", "CONFIG_LOAD_FAILED";
        /// The policy ran for longer than it may.
        TIME_LIMIT = "time-limit", "CONFIG_LOAD_FAILED";
        /// The policy has no default export (spec 2.3).
        NO_DEFAULT_EXPORT = "no-default-export", "CONFIG_LOAD_FAILED";
        /// A key that the policy language does not have (spec 1.3).
        UNKNOWN_KEY = "unknown-key", "INVALID_CONFIG";
        /// A value of another type than asked for.
        WRONG_TYPE = "wrong-type", "INVALID_CONFIG";
        /// A value outside a fixed set.
        INVALID_CHOICE = "invalid-choice", "INVALID_CONFIG";
        /// A record key that breaks the rule for names.
        INVALID_NAME = "invalid-name", "INVALID_CONFIG";
        /// Too small a number, too short a text or list.
        TOO_SMALL = "too-small", "INVALID_CONFIG";
        /// Too large a number, too long a text or list.
        TOO_BIG = "too-big", "INVALID_CONFIG";
        /// A function variable that is `undefined` (spec 1.6).
        UNSET_VARIABLE = "unset-variable", "INVALID_CONFIG";
        /// A service declared in both its homes (spec 1.9).
        DUPLICATE_HOME = "duplicate-home", "INVALID_CONFIG";
        /// One thing listed or declared twice.
        DUPLICATE = "duplicate", "INVALID_CONFIG";
        /// Two values that cannot both hold.
        CONTRADICTION = "contradiction", "INVALID_CONFIG";
        /// A name that nothing in the policy declares.
        UNKNOWN_REFERENCE = "unknown-reference", "INVALID_CONFIG";
        /// A service that needs another one to be on.
        MISSING_PREREQUISITE = "missing-prerequisite", "INVALID_CONFIG";
        /// A field that has no meaning next to another one's value.
        NOT_ALLOWED_HERE = "not-allowed-here", "INVALID_CONFIG";
        /// Not a duration (spec 1.10).
        INVALID_DURATION = "invalid-duration", "INVALID_CONFIG";
        /// A duration outside its bounds.
        DURATION_OUT_OF_RANGE = "duration-out-of-range", "INVALID_CONFIG";
        /// Not a compute size, or a range the platform does not have (spec 1.10).
        INVALID_COMPUTE_SIZE = "invalid-compute-size", "INVALID_CONFIG";
        /// Not a name a branch can have (spec 1.10).
        INVALID_BRANCH_NAME = "invalid-branch-name", "INVALID_CONFIG";
        /// Not a hostname (spec 1.6).
        INVALID_HOSTNAME = "invalid-hostname", "INVALID_CONFIG";
        /// Not the name of one installable package (spec 1.6).
        INVALID_PACKAGE_NAME = "invalid-package-name", "INVALID_CONFIG";
        /// The `branch` closure threw.
        CLOSURE_THREW = "closure-threw", "INVALID_CONFIG";
        /// A value that depends on a variable which this run is not told, where it decides what exists.
        UNKNOWN_VALUE = "unknown-value", "INVALID_CONFIG";
        /// A promise, a `Map` or another thing that is not plain data (spec 2.3).
        NOT_PLAIN_DATA = "not-plain-data", "INVALID_CONFIG";
        /// A policy in the retired function form (spec 2.3).
        POLICY_IS_FUNCTION = "policy-is-function", "INVALID_CONFIG";
        /// Not a cron expression that the platform takes (spec 1.8).
        INVALID_CRON = "invalid-cron", "INVALID_CONFIG";
        /// Not a path that a trigger can call (spec 1.8).
        INVALID_PATH = "invalid-path", "INVALID_CONFIG";
        /// Resources that need each other in a circle.
        CYCLE = "cycle", "INVALID_CONFIG";
        /// A function whose source cannot be bundled (spec 6).
        BUNDLE_FAILED = "bundle-failed", "INVALID_CONFIG";
        /// A limit of the platform that this policy exceeds.
        PLATFORM_LIMIT = "platform-limit", "INVALID_CONFIG";
        /// A deprecated key (spec 1.9).
        DEPRECATED = "deprecated", "INVALID_CONFIG";
        /// No project or no branch is known (spec 5.4).
        MISSING_CONTEXT = "missing-context", "MISSING_CONTEXT";
        /// No API key (spec 10.5).
        MISSING_API_KEY = "missing-api-key", "MISSING_API_KEY";
        /// Variables that were to be pulled along the way, and could not be (spec 7.5).
        ENV_NOT_PULLED = "env-not-pulled", "ENV_NOT_INJECTED";
        /// A branch that is not there.
        BRANCH_NOT_FOUND = "branch-not-found", "BRANCH_NOT_FOUND";
        /// Several roles or databases to connect with, and none that is usual (spec 7.1).
        AMBIGUOUS_CONNECTION = "ambiguous-connection", "AMBIGUOUS_BRANCH_AUTH";
        /// Changes that need consent, or that cannot be made (spec 4.6).
        CONFLICT = "conflict", "PUSH_CONFLICT";
        /// A snapshot or a saved plan that is damaged, of another version, or about something else.
        INVALID_FILE = "invalid-file", "INVALID_CONFIG";
        /// What a change relied on, or what it wrote, was changed by something else (spec 4.7).
        MOVED = "moved", "CONFLICT";
        /// A deployment that failed, was overtaken, or did not end in time (spec 4.7).
        DEPLOYMENT_NOT_COMPLETED = "deployment-not-completed", "SERVER_ERROR";
        /// A function whose URL nothing answers at, or with a failure.
        PROBE_FAILED = "probe-failed", "SERVER_ERROR";
        /// A branch that was made, and whose policy was not applied to the end (spec 5.1).
        PARTIAL_CREATE = "partial-create", "PARTIAL_BRANCH_CREATE";
        /// A protected branch without consent (spec 4.6).
        PROTECTED_BRANCH = "protected-branch", "PUSH_ABORTED";
        /// The API: 401.
        UNAUTHORIZED = "unauthorized", "UNAUTHORIZED";
        /// The API: 403.
        FORBIDDEN = "forbidden", "FORBIDDEN";
        /// The API: 404.
        NOT_FOUND = "not-found", "NOT_FOUND";
        /// The API: 409.
        ALREADY_EXISTS = "already-exists", "CONFLICT";
        /// The API: 423 after every retry.
        LOCKED = "locked", "LOCKED";
        /// The API: 429 after every retry.
        RATE_LIMITED = "rate-limited", "RATE_LIMITED";
        /// The API: 5xx, and any other status.
        SERVER_ERROR = "server-error", "SERVER_ERROR";
        /// The API: an answer that is not the API's.
        UNEXPECTED_ANSWER = "unexpected-answer", "SERVER_ERROR";
        /// A feature that the project or region lacks (spec 10.6).
        FEATURE_UNAVAILABLE = "feature-unavailable", "FEATURE_UNAVAILABLE";
        /// No connection, or it broke.
        NETWORK = "network", "NETWORK_ERROR";
        /// The user ended the run before it was done.
        INTERRUPTED = "interrupted", "PUSH_ABORTED";
        /// A usage error: a flag, a file named by one, an environment variable.
        USAGE = "usage", "MISSING_CONTEXT";
        /// The embedded backend could not start or store.
        LOCAL_BACKEND = "local-backend", "INTERNAL_ERROR";
        /// The journal of an apply cannot be written or read.
        JOURNAL = "journal", "INTERNAL_ERROR";
        /// A bug of ours.
        INTERNAL = "internal", "INTERNAL_ERROR";
    }
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The command does not go on.
    Error,
    /// Worth knowing; the command goes on.
    Warning,
}

/// How a fault bears on the rules that look at several values at once (spec 1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// A wrong type, literal, union or record key.
    Type,
    /// A bound, a format, or an unknown key: observed not to hide anything, against spec 1.2.
    Field,
    /// A rule over everything inside the path; the reference looks at it only when nothing inside
    /// has a [`Layer::Type`] fault.
    Cross(Path),
}

/// One problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// The class of problem.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Which rules it belongs to.
    pub layer: Layer,
    /// Where in the policy; the root when it concerns no single value.
    pub path: Path,
    /// What the path is relative to where that is not the policy itself: the closure's answer.
    pub inside: Option<String>,
    /// Where in the source.
    pub at: Option<Position>,
    /// What is wrong, free of user data, so that it can be recognised and searched.
    pub summary: String,
    /// What is there.
    pub found: Option<String>,
    /// What should be there.
    pub expected: Option<String>,
    /// What to do.
    pub fix: Option<String>,
    /// Further facts, as label and text: importer, request, stack.
    pub facts: Vec<(&'static str, String)>,
    /// The reference would hide this until the type faults around it are mended (spec 1.2).
    pub masked: bool,
}

impl Diagnostic {
    /// An error without a place; the builders below add the rest.
    pub fn error(code: Code, summary: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            layer: Layer::Field,
            path: Path::root(),
            inside: None,
            at: None,
            summary: summary.into(),
            found: None,
            expected: None,
            fix: None,
            facts: Vec::new(),
            masked: false,
        }
    }

    /// A warning without a place.
    pub fn warning(code: Code, summary: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, summary) }
    }

    /// With a place in the policy.
    #[must_use]
    pub fn path(mut self, path: Path) -> Self {
        self.path = path;
        self
    }

    /// With a place in the source.
    #[must_use]
    pub fn at(mut self, at: Option<Position>) -> Self {
        self.at = at;
        self
    }

    /// With what was found.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// With what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// With what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// With one more fact.
    #[must_use]
    pub fn fact(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.facts.push((label, text.into()));
        self
    }

    /// In another layer than [`Layer::Field`].
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layer = layer;
        self
    }
}

impl fmt::Display for Diagnostic {
    /// One line, for logs and for the text of an error; `cli` draws the full form.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_root() {
            write!(out, "{}: ", self.path)?;
        }
        out.write_str(&self.summary)?;
        if let Some(found) = &self.found {
            write!(out, "; found {found}")?;
        }
        if let Some(expected) = &self.expected {
            write!(out, "; expected {expected}")?;
        }
        Ok(())
    }
}

/// Problems, at least one of them an error: what a failed step of the pipeline returns.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", summary_line(.0))]
pub struct Failure(pub Vec<Diagnostic>);

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Failure {
    /// Whether one of the problems is of this class.
    pub fn is(&self, code: Code) -> bool {
        self.0.iter().any(|problem| problem.code == code)
    }
}

fn summary_line(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Gathers problems from everyone who looks at one policy.
#[derive(Debug, Default)]
pub struct Collector {
    diagnostics: Vec<Diagnostic>,
}

impl Collector {
    /// Adds one problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Ends the gathering: marks what the reference would hide, sorts by place, counts equal problems
    /// once.
    ///
    /// # Errors
    /// When one of the problems is an error; the warnings come along.
    pub fn finish(self) -> Result<Vec<Diagnostic>, Failure> {
        let mut diagnostics = self.diagnostics;
        let type_faults: BTreeSet<Path> = diagnostics
            .iter()
            .filter(|found| found.layer == Layer::Type)
            .map(|found| found.path.clone())
            .collect();
        for diagnostic in &mut diagnostics {
            if let Layer::Cross(scope) = &diagnostic.layer {
                // What is within a place stands right behind it.
                let next = type_faults.range(scope..).next();
                diagnostic.masked = next.is_some_and(|fault| fault.is_within(scope));
            }
        }
        diagnostics.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
        diagnostics.dedup();
        if diagnostics.iter().any(|found| found.severity == Severity::Error) {
            Err(Failure(diagnostics))
        } else {
            Ok(diagnostics)
        }
    }
}

/// Problems in the order in which they come, equal ones once.
pub fn each_once(problems: impl Iterator<Item = Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut seen: HashMap<_, Vec<usize>> = HashMap::new();
    for problem in problems {
        let (at, summary, found) = (problem.at.clone(), problem.summary.clone(), problem.found.clone());
        let alike = seen.entry((at, problem.path.clone(), summary, found)).or_default();
        if alike.iter().all(|place| kept[*place] != problem) {
            alike.push(kept.len());
            kept.push(problem);
        }
    }
    kept
}

/// Place first; then everything in which two problems of one place can differ, so that equal ones end
/// up side by side.
fn sort_key(problem: &Diagnostic) -> impl Ord + '_ {
    (problem.severity, &problem.at, &problem.path, problem.code.id, &problem.summary, &problem.found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut ids: Vec<_> = codes::ALL.iter().map(|code| code.id).collect();
        assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn a_type_fault_masks_the_cross_rules_around_it_only() {
        let inside = Path::root().key("functions").key("api");
        let elsewhere = Path::root().key("functions").key("mail");
        let cross = |scope: &Path| {
            Diagnostic::error(codes::DUPLICATE, "twice")
                .path(scope.clone())
                .layer(Layer::Cross(scope.clone()))
        };
        let mut collector = Collector::default();
        collector.push(cross(&inside));
        collector.push(cross(&elsewhere));
        collector
            .push(Diagnostic::error(codes::WRONG_TYPE, "type").path(inside.key("name")).layer(Layer::Type));
        let failure = collector.finish().expect_err("there are errors");
        let masked: Vec<_> = failure.0.iter().filter(|d| d.masked).map(|d| d.path.to_string()).collect();
        assert_eq!(masked, ["functions.api"]);
    }
}
