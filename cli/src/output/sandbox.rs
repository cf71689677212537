//! The sandbox explained: one table of what a policy may, then the layers of this machine and what was tried.
//!
//! The numbers are those of the caps themselves; the words about files are `engine/bundle/src/reads.rs` in short.

use std::io::{self, Write};

use neonform_eval::{Attempt, Limits, Probed, engine};
use serde_json::{Value as Json, json};

use super::page::{Page, wrapped};
use super::text::printable;

/// Columns that the table takes.
const TABLE: usize = 80;

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
pub fn human(out: &mut dyn Write, page: Page, probed: &Probed) -> io::Result<()> {
    let engine = engine();
    let is_wide = page.width >= TABLE;
    let mut write = |text: &str, hanging: usize| -> io::Result<()> {
        wrapped(text, page.width, hanging).iter().try_for_each(|line| writeln!(out, "{line}"))
    };
    let (name, version) = (engine.name, engine.version);
    write(&format!("What a policy may do in {name} {version}, which runs it without machine code"), 0)?;
    write("", 0)?;
    if is_wide {
        write(&format!("  {:<18} {:<27} with --untrusted", "", "as usual"), 0)?;
    }
    for (what, usual, stranger) in rows() {
        if is_wide {
            write(&format!("  {what:<18} {usual:<27} {stranger}"), 0)?;
        } else {
            write(&format!("  {what}"), 2)?;
            write(&format!("    as usual: {usual}"), 6)?;
            write(&format!("    with --untrusted: {stranger}"), 6)?;
        }
    }
    write("", 0)?;
    write("Layers below a policy with --untrusted, on this machine", 0)?;
    write("", 0)?;
    for layer in &probed.layers {
        let state = if layer.active { "active" } else { "missing" };
        let line = format!("  {:<9} {state:<8} {}", layer.name, printable(&layer.detail));
        write(&line, if is_wide { 20 } else { 4 })?;
    }
    write("", 0)?;
    write("What a process that is held by them was just able to do", 0)?;
    write("", 0)?;
    for tried in &probed.attempts {
        let outcome = printable(&tried.outcome);
        write(&format!("  {:<39} {:<8} {outcome}", tried.what, word(tried)), if is_wide { 49 } else { 4 })?;
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
