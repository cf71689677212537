//! The only writer to standard output and standard error.
//!
//! A reader that went away (`neonform plan | head`) is no error. The line of progress (`progress.rs`) is gone
//! before a result is printed, and out of the way of everything else.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use neonform_engine::diagnostic::{Diagnostic, Failure};
use serde_json::Value as Json;

use crate::args::Format;
use crate::output::page::{Page, wrapped};
use crate::output::remarks::{self, Remark};
use crate::output::{self, diagnostics, github, markdown, sarif};
use crate::{policy_file, progress};

/// Whether nothing but results is written.
static SILENT: AtomicBool = AtomicBool::new(false);

/// From now on nothing is written but results: who completes a command line reads what is printed as words.
pub(crate) fn silence() {
    SILENT.store(true, Ordering::Relaxed);
}

fn is_silent() -> bool {
    SILENT.load(Ordering::Relaxed)
}

/// Writes one line of a result.
pub(crate) fn line(text: &str) {
    human(|out| writeln!(out, "{text}"));
}

/// Writes a result for people.
pub(crate) fn human(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    // Nobody is left to tell when standard output is gone.
    progress::rest();
    let _ = write(&mut anstream::stdout().lock());
}

/// Writes a result as JSON: two spaces, one final line feed (spec 10.2).
pub(crate) fn json(value: &Json) {
    line(&format!("{value:#}"));
}

/// Writes one line to standard error.
pub(crate) fn note(text: &str) {
    if !is_silent() {
        let width = Page::terminal_of_standard_error();
        let lines =
            |width| text.lines().flat_map(move |line| wrapped(line, width, 0)).collect::<Vec<_>>().join("\n");
        let text = width.map_or_else(|| text.to_owned(), lines);
        progress::aside(|| anstream::eprintln!("{text}"));
    }
}

/// Writes problems to standard error.
pub(crate) fn diagnostics(problems: &[Diagnostic]) {
    if !is_silent() {
        let _ = progress::aside(|| {
            diagnostics::write(&mut anstream::stderr().lock(), problems, Page::terminal_of_standard_error())
        });
    }
}

/// Writes warnings to standard error.
pub(crate) fn warnings(problems: &[Diagnostic]) {
    if !problems.is_empty() {
        diagnostics(problems);
    }
}

/// Writes problems that ended a command: for people to standard error, and as a result in formats that have one.
pub(crate) fn failure(format: Format, failure: &Failure) {
    diagnostics(&failure.0);
    let all: Vec<Remark> = failure.0.iter().map(remarks::problem).collect();
    match format {
        Format::Json => json(&output::json::failure(&failure.0)),
        // Which file is the policy may be the very problem.
        Format::Sarif => json(&sarif::log(&all, policy_file::NAMES[0], false)),
        Format::Github => line(&github::annotations(None, &all)),
        Format::Markdown => line(markdown::failure(&failure.0).trim_end()),
        Format::Human | Format::NeonJson => {}
    }
}
