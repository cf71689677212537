//! The sandbox explained: one table of what a policy may, then the layers of this machine and what was tried.
//!
//! The numbers are those of the caps themselves; the words about files are `engine/bundle/src/reads.rs` in short.

use std::io::{self, Write};

use neonform_eval::{Attempt, Limits, Probed, engine};
use serde_json::{Value as Json, json};

use super::page::{Page, wrapped};
use super::text::printable;

/// One line of the table: what it is about, for a policy as usual, for a stranger's.
type Row = (&'static str, String, String);

fn rows() -> Vec<Row> {
    let (usual, stranger) = (Limits::default(), Limits::UNTRUSTED);
    let mebibytes = |limits: Limits| format!("{} MiB", limits.heap_bytes / 1024 / 1024);
    let seconds = |limits: Limits| format!("{} s", limits.time.as_secs());
    let row = |what, usual: &str, stranger: &str| (what, usual.to_owned(), stranger.to_owned());
    vec![
        row("variables", "all, or --env-allow", "--env-allow; the others unknown"),
        row("files", "the repository's, read-only", "those that git does not ignore"),
        row("private files", "readable", "never: .env, .npmrc, .git, …"),
        row("packages", "imported", "only with --allow-packages"),
        row("npm install", "for externalPackages", "never"),
        row("hooks and bundlers", "of their own: never run", "never run"),
        row("network, programs", "none", "none"),
        row("clock, randomness", "fixed, seeded", "fixed, seeded"),
        ("memory", format!("{}, or --max-heap", mebibytes(usual)), mebibytes(stranger)),
        ("time for each call", format!("{}, or --timeout", seconds(usual)), seconds(stranger)),
        ("output", size(usual.output_bytes), size(stranger.output_bytes)),
        ("branches in a run", "any number".to_owned(), stranger.calls.to_string()),
        row("size of a file", "16 MiB by node:fs", "16 MiB, in bundles too"),
        row("evaluated in", "a thread of neonform", "a confined process"),
        row("apply", "with consent", "refused"),
    ]
}

fn size(bytes: usize) -> String {
    let kibibytes = bytes / 1024;
    if kibibytes >= 1024 { format!("{} MiB", kibibytes / 1024) } else { format!("{kibibytes} KiB") }
}

/// For people: one screen.
///
/// # Errors
/// When the output cannot be written.
pub fn human(out: &mut dyn Write, probed: &Probed) -> io::Result<()> {
    let engine = engine();
    writeln!(
        out,
        "What a policy may do in {} {}, which runs it without machine code",
        engine.name, engine.version
    )?;
    writeln!(out)?;
    writeln!(out, "  {:<18} {:<27} with --untrusted", "", "as usual")?;
    for (what, usual, stranger) in rows() {
        writeln!(out, "  {what:<18} {usual:<27} {stranger}")?;
    }
    writeln!(out)?;
    writeln!(out, "Layers below a policy with --untrusted, on this machine")?;
    writeln!(out)?;
    for layer in &probed.layers {
        let state = if layer.active { "active" } else { "missing" };
        let line = format!("  {:<9} {state:<8} {}", layer.name, printable(&layer.detail));
        for line in wrapped(&line, Page::of_standard_output().width, 20) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    writeln!(out, "What a process that is held by them was just able to do")?;
    writeln!(out)?;
    for tried in &probed.attempts {
        writeln!(out, "  {:<39} {:<8} {}", tried.what, word(tried), printable(&tried.outcome))?;
    }
    Ok(())
}

fn word(tried: &Attempt) -> &'static str {
    match (tried.worked, tried.allowed) {
        (true, true) => "allowed",
        (true, false) => "POSSIBLE",
        (false, true) => "FAILED",
        (false, false) => "denied",
    }
}

/// As JSON, version 1.
pub fn json(probed: &Probed) -> Json {
    let engine = engine();
    let caps = |limits: Limits| {
        json!({
            "heapBytes": limits.heap_bytes,
            "seconds": limits.time.as_secs(),
            "outputBytes": limits.output_bytes,
            "branches": (limits.calls != usize::MAX).then_some(limits.calls),
        })
    };
    let rules: Vec<Json> = rows()
        .into_iter()
        .map(|(what, usual, stranger)| json!({ "about": what, "usual": usual, "untrusted": stranger }))
        .collect();
    let layers: Vec<Json> = probed
        .layers
        .iter()
        .map(|layer| json!({ "name": layer.name, "active": layer.active, "detail": layer.detail }))
        .collect();
    let attempts: Vec<Json> = probed
        .attempts
        .iter()
        .map(|tried| json!({ "what": tried.what, "result": word(tried).to_lowercase(), "outcome": tried.outcome }))
        .collect();
    json!({
        "version": 1,
        "engine": { "name": engine.name, "version": engine.version },
        "rules": rules,
        "caps": { "usual": caps(Limits::default()), "untrusted": caps(Limits::UNTRUSTED) },
        "layers": layers,
        "attempts": attempts,
    })
}
