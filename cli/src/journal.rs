//! The journal of an apply: what was sent and done, line by line, so that a run that was killed tells what it was at.
//!
//! Every line is one JSON object, written in one call before what it announces happens; a request without its answer
//! is one whose outcome is not known. It begins when changes may be made: reading for the plan is not in it. No value
//! is in it, so no secret. `docs/journal.md` describes the lines, `journal/folder.rs` is where they are kept,
//! `journal/read.rs` reads them. A journal that cannot be written is a warning and never a failure.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::diagnostic::{Diagnostic, codes};
use neonform_engine::event::{Because, Event};
use neonform_engine::plan::Plan;
use neonform_engine::target::Target;
use neonform_neon::client::{Exchange, Heard, Observer, Stage};
use serde_json::{Map, Value as Json, json};

use crate::print;
use crate::signals::Signal;

mod folder;
mod read;

pub use folder::list;
pub use read::{Run, State, Undecided};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The journal of this run. It is silent until it is begun.
pub struct Journal {
    working: PathBuf,
    file: Mutex<Option<File>>,
}

/// What the first line says.
pub struct Header<'a> {
    /// The command, without a key.
    pub command: &'a str,
    /// The branch; without an id where it is to be created.
    pub target: &'a Target,
    /// The policy file, relative to the repository.
    pub policy: &'a str,
}

impl Journal {
    /// A journal for what is done in a working directory.
    pub fn new(working: PathBuf) -> Arc<Self> {
        Arc::new(Self { working, file: Mutex::default() })
    }

    /// Makes the file and writes what the run is about; what was before is forgotten.
    pub fn begin(&self, header: &Header<'_>) {
        match folder::create(&self.working, Timestamp::now()) {
            Ok((run, file)) => {
                *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
                let Header { command, target, policy } = header;
                self.line(
                    "begin",
                    json!({
                        "version": VERSION,
                        "neonform": env!("CARGO_PKG_VERSION"),
                        "run": run,
                        "command": command,
                        "project": target.project,
                        "branch": target.name,
                        "branchId": target.id,
                        "policy": policy,
                    }),
                );
            }
            Err(cause) => warn(&cause),
        }
    }

    /// What is to be done from here on: all of it, or what is left of it once a branch was created.
    pub fn plan(&self, plan: &Plan) {
        let changes = plan.changes().map(
            |(address, change)| json!({ "address": address.to_string(), "action": change.action.word() }),
        );
        self.line("plan", json!({ "changes": changes.collect::<Vec<_>>() }));
    }

    /// Hears of every request.
    pub fn observer(self: &Arc<Self>) -> Arc<Observer> {
        let journal = Arc::clone(self);
        Arc::new(move |exchange| journal.exchange(exchange))
    }

    fn exchange(&self, exchange: &Exchange<'_>) {
        let mut fields = Map::new();
        fields.insert("request".to_owned(), exchange.request_id.into());
        let Stage::Ended { heard, duration, again_after } = exchange.stage else {
            fields.insert("operation".to_owned(), exchange.operation.into());
            fields.insert("method".to_owned(), exchange.method.to_string().into());
            fields.insert("route".to_owned(), exchange.route.into());
            fields.insert("attempt".to_owned(), exchange.attempt.into());
            return self.line("request", fields.into());
        };
        match heard {
            Heard::Answer { status, request_id } => {
                fields.insert("status".to_owned(), status.into());
                let other = request_id.filter(|id| *id != exchange.request_id);
                fields.extend(other.map(|id| ("answeredAs".to_owned(), id.into())));
            }
            Heard::Nothing(why) => drop(fields.insert("unanswered".to_owned(), why.into())),
        }
        fields.insert("milliseconds".to_owned(), milliseconds(duration));
        fields.extend(again_after.map(|wait| ("againAfter".to_owned(), milliseconds(wait))));
        self.line("answer", fields.into());
    }

    /// What becomes of a change.
    pub fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { address, action } => {
                self.line("started", json!({ "address": address.to_string(), "action": action.word() }));
            }
            Event::Done { address, action } => {
                self.line("done", json!({ "address": address.to_string(), "action": action.word() }));
            }
            Event::Failed { address, failure } => {
                let problem =
                    |found: &Diagnostic| json!({ "code": found.code.id, "summary": found.summary.as_str() });
                let problems: Vec<Json> = failure.0.iter().map(problem).collect();
                self.line("failed", json!({ "address": address.to_string(), "problems": problems }));
            }
            // Its requests are there, and what it finds wrong.
            Event::Looking => {}
            Event::Skipped { address, because } => {
                let because = match because {
                    Because::Needs(needed) => Some(needed.to_string()),
                    Because::Stopped => None,
                };
                self.line("skipped", json!({ "address": address.to_string(), "because": because }));
            }
        }
    }

    /// A signal came.
    pub fn signal(&self, signal: Signal) {
        self.line("signal", json!({ "signal": signal.name() }));
    }

    /// How it ended; nothing is written any more.
    pub fn end(&self, outcome: &Outcome, is_complete: bool, is_interrupted: bool) {
        let count = |is: fn(&Ending) -> bool| outcome.0.iter().flatten().filter(|ending| is(ending)).count();
        let word = match (is_complete, is_interrupted) {
            (true, _) => "done",
            (false, true) => "interrupted",
            (false, false) => "incomplete",
        };
        self.line(
            "end",
            json!({
                "outcome": word,
                "done": count(Ending::is_done),
                "failed": count(|ending| matches!(ending, Ending::Failed(_))),
                "skipped": count(|ending| matches!(ending, Ending::Skipped(_))),
            }),
        );
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn line(&self, event: &str, fields: Json) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = file.as_mut() else { return };
        let mut line = Map::new();
        line.insert("time".to_owned(), format!("{:.3}", Timestamp::now()).into());
        line.insert("event".to_owned(), event.into());
        if let Json::Object(fields) = fields {
            line.extend(fields);
        }
        if let Err(cause) = open.write_all(format!("{}\n", Json::Object(line)).as_bytes()) {
            *file = None;
            drop(file);
            warn(&cause);
        }
    }
}

/// Milliseconds with three digits behind the point.
fn milliseconds(duration: std::time::Duration) -> Json {
    ((duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0).into()
}

fn warn(cause: &io::Error) {
    print::warnings(&[Diagnostic::warning(codes::JOURNAL, "the journal of this run cannot be written")
        .found(cause.to_string())
        .fix("make .neonform/journal a folder that can be written to; the run goes on without a journal")]);
}
