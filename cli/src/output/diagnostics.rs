//! Problems in full: code, summary, place, found, expected, fix (`style.md` 3.9).

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use neonform_engine::diagnostic::{Diagnostic, Severity};

use super::page::wrapped;
use super::text::{count, printable};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const LABEL: Style = Style::new().dimmed();

/// Columns in front of the text of a line.
const LEFT: usize = 13;

/// Writes problems, those that the reference would hide last, and how many errors there are; on lines of at most a
/// width, where there is one.
///
/// # Errors
/// When the output cannot be written.
pub fn write(out: &mut dyn Write, diagnostics: &[Diagnostic], width: Option<usize>) -> io::Result<()> {
    let (masked, plain): (Vec<_>, Vec<_>) = diagnostics.iter().partition(|diagnostic| diagnostic.masked);
    for diagnostic in plain.iter().chain(&masked) {
        write_one(out, diagnostic, width)?;
    }
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    if errors > 1 {
        writeln!(out, "{}; nothing was changed", count(errors, "error"))?;
    }
    Ok(())
}

/// Problems as text without colours.
pub(super) fn text(diagnostics: &[Diagnostic]) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    // Writing to memory does not fail.
    let _ = write(&mut out, diagnostics, None);
    String::from_utf8_lossy(&out.into_inner()).into_owned()
}

fn write_one(out: &mut dyn Write, diagnostic: &Diagnostic, width: Option<usize>) -> io::Result<()> {
    let line = |out: &mut dyn Write, label: &str, text: &str| line(out, label, text, width);
    let (word, style) = match diagnostic.severity {
        Severity::Error => ("error", ERROR),
        Severity::Warning => ("warning", WARNING),
    };
    let head = format!("{word}[{}]", diagnostic.code.id);
    let text = broken(&format!("{head}: {}", printable(&diagnostic.summary)), width, 2).join("\n");
    let rest = text.strip_prefix(&head).unwrap_or_default();
    writeln!(out, "{style}{head}{style:#}{rest}")?;
    let place = [diagnostic.at.as_ref().map(ToString::to_string), path(diagnostic)];
    let place: Vec<String> = place.into_iter().flatten().collect();
    if !place.is_empty() {
        line(out, "at", &place.join("  "))?;
    }
    for (label, text) in
        [("found", &diagnostic.found), ("expect", &diagnostic.expected), ("fix", &diagnostic.fix)]
    {
        if let Some(text) = text {
            line(out, label, text)?;
        }
    }
    for (label, text) in &diagnostic.facts {
        let mut lines = text.lines();
        line(out, label, lines.next().unwrap_or_default())?;
        lines.try_for_each(|rest| line(out, "", rest))?;
    }
    Ok(())
}

/// Where in the policy: `functions.api.env`, or `branch("main").ttl` for what the closure returned.
fn path(diagnostic: &Diagnostic) -> Option<String> {
    let path = diagnostic.path.to_string();
    match (&diagnostic.inside, diagnostic.path.is_root()) {
        (None, true) => None,
        (None, false) => Some(path),
        (Some(inside), true) => Some(inside.clone()),
        (Some(inside), false) => Some(format!("{inside}.{path}")),
    }
}

fn line(out: &mut dyn Write, label: &str, text: &str, width: Option<usize>) -> io::Result<()> {
    let left = " ".repeat(LEFT);
    let text = broken(&printable(text), width.map(|width| width.saturating_sub(LEFT)), 0);
    writeln!(out, "  {LABEL}{label:<10}{LABEL:#} {}", text.join(&format!("\n{left}")))
}

fn broken(text: &str, width: Option<usize>, hanging: usize) -> Vec<String> {
    width.map_or_else(|| vec![text.to_owned()], |width| wrapped(text, width, hanging))
}
