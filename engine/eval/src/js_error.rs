//! From a thrown value to a diagnostic: what was thrown, where in the sources, and through which calls.
//!
//! `prelude/extract.js` reads the value as far as it lets itself be read; here only texts arrive. A stack is
//! read as text because both engines write it alike; frames that are not of a policy are left out.

use neonform_engine::diagnostic::{Code, Diagnostic, Failure, codes};
use neonform_engine::node::Position;
use neonform_engine::path::Path;
use serde_json::Value;

use crate::host::{HIDDEN, OUTSIDE, SANDBOX};
use crate::places::Place;
use crate::program::Program;

/// The code of an error that carries kept diagnostics through JavaScript, before their number.
pub(crate) const KEPT: &str = "ERR_NEONFORM_KEPT_";

/// How many stack frames a message shows.
const FRAMES: usize = 10;
/// How much of a thrown message is shown, in characters.
const LONGEST: usize = 2000;

/// A thrown value, as far as it could be read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Thrown {
    message: String,
    code: Option<String>,
    frames: Vec<(String, Position)>,
    at: Option<Position>,
    /// The way to the value that could not be read, when reading is what failed.
    path: Option<Path>,
}

impl Thrown {
    /// Reads what the prelude says about a thrown value, and about the value it was reading meanwhile.
    pub(crate) fn read(facts: &str, failed_at: Option<&str>, program: &Program) -> Self {
        let facts: Value = serde_json::from_str(facts).unwrap_or_default();
        let text = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default();
        let frames: Vec<_> =
            text("stack").lines().filter_map(|line| frame(line, program)).take(FRAMES).collect();
        let mut places = text("places").split(',').filter_map(|place| place.parse().ok());
        let thrown_at = places.find_map(|place| program.throw(place));
        Self {
            message: cut(&message(&facts)),
            code: Some(text("code").to_owned()).filter(|code| !code.is_empty()),
            at: place(thrown_at, &frames),
            frames,
            path: failed_at.and_then(path),
        }
    }

    /// The failure of loading a policy that threw this.
    pub(crate) fn while_loading(self, program: &Program) -> Failure {
        if let Some(failure) = self.kept(program) {
            return failure;
        }
        let summary = match &self.path {
            Some(_) => "a value of the policy cannot be read",
            None => "the policy threw while it was evaluated",
        };
        self.diagnostic(codes::EVALUATION_FAILED, summary).into()
    }

    /// The failure of a promise that was rejected with this and that nobody waits for.
    pub(crate) fn while_unhandled(self, program: &Program) -> Failure {
        if let Some(failure) = self.kept(program) {
            return failure;
        }
        self.diagnostic(
            codes::EVALUATION_FAILED,
            "a promise of the policy was rejected and nothing handles it",
        )
        .into()
    }

    /// The failure of a closure that threw this for one branch.
    pub(crate) fn while_tuning(self, branch: &str, program: &Program) -> Failure {
        let with_branch = |mut failure: Failure| {
            for diagnostic in &mut failure.0 {
                diagnostic.facts.insert(0, ("branch", branch.to_owned()));
            }
            failure
        };
        if let Some(failure) = self.kept(program) {
            return with_branch(failure);
        }
        let summary = match &self.path {
            Some(_) => "a value that the `branch` function returned cannot be read",
            None => "the `branch` function threw",
        };
        with_branch(self.diagnostic(codes::CLOSURE_THREW, summary).into())
    }

    /// The place in the sources, for problems that are not about the thrown value itself.
    pub(crate) fn into_place(self) -> (String, Option<Position>) {
        (self.message, self.at)
    }

    /// Whether this is what the engine throws when memory is refused, of buffers or in QuickJS of any kind.
    pub(crate) fn is_out_of_memory(&self) -> bool {
        matches!(
            self.message.as_str(),
            "RangeError: Array buffer allocation failed" | "InternalError: out of memory"
        )
    }

    fn kept(&self, program: &Program) -> Option<Failure> {
        let number = self.code.as_deref()?.strip_prefix(KEPT)?.parse().ok()?;
        program.kept(number).cloned()
    }

    fn diagnostic(self, code: Code, summary: &str) -> Diagnostic {
        let mut diagnostic = match self.code.as_deref() {
            Some(SANDBOX) => {
                Diagnostic::error(codes::SANDBOX, "the policy asked for something the sandbox does not give")
            }
            Some(OUTSIDE) => {
                Diagnostic::error(codes::OUTSIDE_REPOSITORY, "the policy reads outside the repository")
            }
            Some(HIDDEN) => Diagnostic::error(
                codes::SANDBOX,
                "a stranger's policy reads a file that git ignores or that is private by its name",
            ),
            Some("ERR_NEONFORM_TOO_DEEP") => Diagnostic::error(code, "the policy is nested too deeply")
                .expected("at most 200 levels of objects and lists"),
            Some("ERR_NEONFORM_TOO_LARGE") => {
                Diagnostic::error(code, "the policy is too large").expected("at most 4 MiB as JSON")
            }
            _ => Diagnostic::error(code, summary),
        };
        if !self.message.is_empty() {
            diagnostic = diagnostic.found(self.message);
        }
        diagnostic = diagnostic.at(self.at).path(self.path.unwrap_or_default());
        if let Some(code) = self.code.filter(|code| code.starts_with("PLATFORM_")) {
            diagnostic = diagnostic.fact("code", code);
        }
        if !self.frames.is_empty() {
            let lines: Vec<_> = self.frames.iter().map(|(name, at)| line(name, at)).collect();
            diagnostic = diagnostic.fact("stack", lines.join("\n"));
        }
        diagnostic
    }
}

/// Where to look: at the `throw`, else at the innermost call, but in the policy's own files if any is involved.
fn place(thrown_at: Option<Position>, frames: &[(String, Position)]) -> Option<Position> {
    let places = || thrown_at.iter().chain(frames.iter().map(|(_, at)| at));
    places().find(|at| !at.file.contains("node_modules/")).or_else(|| places().next()).cloned()
}

/// The message of an error, with its kind where the kind says something; any other value as text.
fn message(facts: &Value) -> String {
    let text = |name: &str| facts.get(name).and_then(Value::as_str);
    let is_error = facts.get("error").and_then(Value::as_bool).unwrap_or_default();
    match (is_error, text("message")) {
        (true, found) => {
            let message = found.unwrap_or_default();
            match text("name") {
                Some("Error") | None if !message.is_empty() => message.to_owned(),
                Some(name) if name.ends_with("Error") && is_builtin(name) && !message.is_empty() => {
                    format!("{name}: {message}")
                }
                Some(name) if message.is_empty() => name.to_owned(),
                _ => message.to_owned(),
            }
        }
        _ => text("text").unwrap_or("a value that cannot be shown").to_owned(),
    }
}

fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "TypeError"
            | "ReferenceError"
            | "RangeError"
            | "SyntaxError"
            | "EvalError"
            | "URIError"
            | "InternalError"
    )
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The calling function and the source place of one line of a stack; nothing for frames outside the policy.
fn frame(text: &str, program: &Program) -> Option<(String, Position)> {
    let call = text.trim().strip_prefix("at ")?;
    let (name, place) = match call.rfind('(') {
        Some(open) => (call[..open].trim(), call[open + 1..].strip_suffix(')')?),
        None => ("", call),
    };
    let (place, column) = place.rsplit_once(':')?;
    let (script, line) = place.rsplit_once(':')?;
    let place = Place { line: line.parse().ok()?, column: column.parse().ok()? };
    let name = name.strip_prefix("async ").unwrap_or(name);
    let name = name.strip_prefix("Object.").unwrap_or(name);
    let name = if matches!(name, "<anonymous>" | "<module>" | "<eval>") { "" } else { name };
    let script = script.strip_prefix("async ").unwrap_or(script);
    Some((name.to_owned(), program.frame(script, place)?))
}

fn line(name: &str, at: &Position) -> String {
    if name.is_empty() { format!("at {at}") } else { format!("at {name} ({at})") }
}

fn path(keys: &str) -> Option<Path> {
    let keys: Vec<Value> = serde_json::from_str(keys).ok()?;
    keys.iter().try_fold(Path::root(), |path, key| match key {
        Value::String(key) => Some(path.key(key)),
        other => Some(path.index(usize::try_from(other.as_u64()?).ok()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(facts: &str, expected: &str) {
        let thrown = Thrown::read(facts, None, &Program::default());
        let failure = thrown.while_loading(&Program::default());
        assert_eq!(failure.0[0].found.as_deref().unwrap_or_default(), expected, "{facts}");
    }

    #[test]
    fn messages_say_what_was_thrown() {
        check(r#"{"error":true,"name":"Error","message":"no key"}"#, "no key");
        check(
            r#"{"error":true,"name":"TypeError","message":"x is not a function"}"#,
            "TypeError: x is not a function",
        );
        check(r#"{"error":true,"name":"ZodError","message":"bad"}"#, "bad");
        check(r#"{"error":true,"name":"RangeError"}"#, "RangeError");
        check(r#"{"error":false,"text":"just text"}"#, "just text");
        check(r#"{"error":false,"message":"own","text":"[object Object]"}"#, "[object Object]");
        check("", "a value that cannot be shown");
    }

    #[test]
    fn a_failed_read_names_its_path() {
        let thrown = Thrown::read("{}", Some(r#"["functions","api",2]"#), &Program::default());
        let failure = thrown.while_loading(&Program::default());
        assert_eq!(failure.0[0].path.to_string(), "functions.api[2]");
    }
}
