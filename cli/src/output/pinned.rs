//! Which branch a directory is about from now on, and what became of it on the way.
//!
//! The last lines of `checkout` and `link`, and their JSON. Whatever happened, they say what exists, what is pinned, what
//! was applied, and what to run next.

use neonform_engine::target::Target;
use serde_json::{Map, Value as Json, json};

use super::text::printable;
use crate::args::Format;
use crate::context::Context;
use crate::print;
use crate::session::Session;

/// What became of the policy.
pub enum Applied {
    /// There is none, or it was not asked for.
    NoPolicy,
    /// It was left alone, as for every branch that existed.
    Not,
    /// All of it was applied: the result in formats for programs.
    Whole(Option<Json>),
    /// It was not applied to its end.
    InPart(Option<Json>),
}

impl Applied {
    fn word(&self) -> &'static str {
        match self {
            Applied::NoPolicy => "none",
            Applied::Not => "not-applied",
            Applied::Whole(_) => "applied",
            Applied::InPart(_) => "incomplete",
        }
    }
}

/// How things are.
pub struct Pinned<'a> {
    /// The command.
    pub command: &'static str,
    /// The branch.
    pub target: &'a Target,
    /// Whether it was made just now.
    pub is_new: bool,
    /// Where it is pinned; nothing where that failed.
    pub context: Option<&'a Context>,
    /// What became of the policy.
    pub applied: Applied,
    /// Whether its variables were pulled; nothing where that was not tried.
    pub environment: Option<bool>,
    /// The command to run next.
    pub next: Option<String>,
}

impl Pinned<'_> {
    /// Prints it, in the session's format.
    pub fn print(&self, session: &Session) {
        match session.global.output {
            Format::Json => print::json(&self.json(session)),
            // A hook of git that does what it should says nothing.
            Format::Human if session.global.quiet && self.is_whole() => {}
            Format::Human => self.lines(session).iter().for_each(|line| print::line(line)),
            // The reference says nothing on standard output.
            _ => {}
        }
    }

    fn is_whole(&self) -> bool {
        self.context.is_some() && !matches!(self.applied, Applied::InPart(_))
    }

    fn lines(&self, session: &Session) -> Vec<String> {
        let name = printable(&self.target.name);
        let id = self.target.id.as_deref().map_or(String::new(), |id| format!(" ({})", printable(id)));
        let made = if self.is_new { "was created" } else { "exists" };
        let pinned = match self.file(session) {
            Some(file) => format!("and is pinned in {}", printable(&file)),
            None => "and is not pinned".to_owned(),
        };
        let mut lines = vec![format!("Branch {name}{id} {made} {pinned}.")];
        lines.extend(match self.applied {
            Applied::NoPolicy => None,
            Applied::Not => Some("The policy was not applied.".to_owned()),
            Applied::Whole(_) => Some("The policy is applied.".to_owned()),
            Applied::InPart(_) => Some("The policy was not applied to its end.".to_owned()),
        });
        lines.extend(self.next.as_ref().map(|next| {
            let when = match self.applied {
                Applied::Not => "To see what it would change",
                Applied::InPart(_) => "Next, once what failed is mended",
                Applied::NoPolicy | Applied::Whole(_) => "Next",
            };
            format!("{when}: {}", printable(next))
        }));
        lines
    }

    /// The context file, relative to the working directory where it is below.
    fn file(&self, session: &Session) -> Option<String> {
        let file = &self.context?.file;
        Some(file.strip_prefix(&session.working).unwrap_or(file).display().to_string())
    }

    fn json(&self, session: &Session) -> Json {
        let mut json = Map::new();
        json.insert("version".to_owned(), 1.into());
        json.insert("command".to_owned(), self.command.into());
        json.insert("project".to_owned(), self.target.project.as_str().into());
        let mut branch = json!({ "name": self.target.name, "isNew": self.is_new });
        if let Some(id) = &self.target.id {
            branch["id"] = id.as_str().into();
        }
        json.insert("branch".to_owned(), branch);
        json.extend(self.file(session).map(|file| ("contextFile".to_owned(), file.into())));
        let backend = self.context.and_then(|context| context.backend.as_deref());
        json.extend(backend.map(|backend| ("backend".to_owned(), backend.into())));
        json.insert("policy".to_owned(), self.applied.word().into());
        if let Applied::Whole(Some(result)) | Applied::InPart(Some(result)) = &self.applied {
            json.insert("apply".to_owned(), result.clone());
        }
        json.extend(self.environment.map(|pulled| ("environmentPulled".to_owned(), pulled.into())));
        json.extend(self.next.as_deref().map(|next| ("next".to_owned(), next.into())));
        json.into()
    }
}
