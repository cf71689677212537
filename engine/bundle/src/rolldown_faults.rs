//! How a problem that rolldown finds is told.
//!
//! Its errors come in, diagnostics come out: the place and the message are rolldown's, the rest is ours. What
//! has no better name is a defect of ours.

use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, codes};
use neonform_engine::node::Position;
use rolldown_error::{BuildDiagnostic, DiagnosticOptions, EventKind};

use crate::faults;
use crate::plugin::DETOUR;

/// Importer, exporter and name, if one of rolldown's errors is that a module does not export what is imported.
pub(crate) fn missing_name(error: &BuildDiagnostic) -> Option<(String, String, String)> {
    if !matches!(error.kind(), EventKind::MissingExportError) {
        return None;
    }
    // The name is nowhere else to be had.
    let message = error.to_message_with(&DiagnosticOptions { cwd: PathBuf::new() });
    let (name, _) = message.strip_prefix('"')?.split_once("\" is not exported by ")?;
    Some((error.id()?, error.exporter()?, name.to_owned()))
}

/// Whether one of rolldown's errors says that a file does not parse.
pub(crate) fn is_syntax(error: &BuildDiagnostic) -> bool {
    matches!(
        error.kind(),
        EventKind::ParseError
            | EventKind::JsonParseError
            | EventKind::TransformError
            | EventKind::IllegalReassignmentError
            | EventKind::AssignToImportError
    )
}

/// One of rolldown's errors.
pub(crate) fn told(error: &BuildDiagnostic, root: &Path) -> Diagnostic {
    let syntax = |summary: &str| Diagnostic::error(codes::SYNTAX_ERROR, summary);
    let diagnostic = match error.kind() {
        _ if is_syntax(error) => syntax("a source file does not parse").at(place(error, root)),
        EventKind::MissingExportError => syntax("an import asks for a name that the module does not export")
            .at(place(error, root))
            .fix("check the name; what is only a type is imported with `import type`"),
        EventKind::RequireTlaError => syntax("a module with top-level await cannot be required")
            .at(place(error, root))
            .fix("use `await import()` instead of `require()`"),
        EventKind::CircularReexportError => syntax("a re-export leads back to itself"),
        // Ours never fails, so it is the one for `data:` URLs.
        EventKind::PluginError | EventKind::UnsupportedFeatureError => {
            syntax("an import is of a kind that cannot be bundled").fix("put the code into a file of its own")
        }
        _ => faults::internal("").at(place(error, root)),
    };
    diagnostic.found(message(error, root))
}

fn place(error: &BuildDiagnostic, root: &Path) -> Option<Position> {
    let options = DiagnosticOptions { cwd: root.to_owned() };
    let (file, line, column, _) = error.to_diagnostic_with(&options).get_primary_location()?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Some(Position { file: file.into(), line: count(line), column: count(column).saturating_add(1) })
}

fn message(error: &BuildDiagnostic, root: &Path) -> String {
    let message = error.to_message_with(&DiagnosticOptions { cwd: root.to_owned() });
    let told = message.split("\n\nStack backtrace:").next().unwrap_or_default();
    // Some messages carry ids; these are paths, and some take a detour (see `plugin.rs`).
    let ids = format!("{}{}", root.display(), std::path::MAIN_SEPARATOR);
    told.replace(&ids, "").replace(DETOUR, "")
}

/// One of rolldown's warnings, on one line.
pub(crate) fn warning(warning: &BuildDiagnostic, root: &Path) -> String {
    match place(warning, root) {
        Some(at) => format!("{at}: {}", message(warning, root)),
        None => message(warning, root),
    }
}
