//! Problems in full: code, summary, place, found, expected, fix (`style.md` 3.9).

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use neonform_engine::diagnostic::{Diagnostic, Severity};

use super::text::{count, printable};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const LABEL: Style = Style::new().dimmed();

/// Writes problems, those that the reference would hide last, and how many errors there are.
///
/// # Errors
/// When the output cannot be written.
pub fn write(out: &mut dyn Write, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let (masked, plain): (Vec<_>, Vec<_>) = diagnostics.iter().partition(|diagnostic| diagnostic.masked);
    for diagnostic in plain.iter().chain(&masked) {
        write_one(out, diagnostic)?;
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
    let _ = write(&mut out, diagnostics);
    String::from_utf8_lossy(&out.into_inner()).into_owned()
}

fn write_one(out: &mut dyn Write, diagnostic: &Diagnostic) -> io::Result<()> {
    let (word, style) = match diagnostic.severity {
        Severity::Error => ("error", ERROR),
        Severity::Warning => ("warning", WARNING),
    };
    writeln!(out, "{style}{word}[{}]{style:#}: {}", diagnostic.code.id, printable(&diagnostic.summary))?;
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

fn line(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {LABEL}{label:<10}{LABEL:#} {}", printable(text))
}
