//! How problems of bundling are told: one diagnostic each, in plain words, with its place.
//!
//! Misses of the resolver and rolldown's own errors come in, diagnostics come out. Nothing is decided here.

use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, codes};
use neonform_engine::node::{Position, quote};
use rolldown_error::{BuildDiagnostic, DiagnosticOptions, EventKind};

use crate::plugin::DETOUR;
use crate::resolve::Miss;

/// An import that leads nowhere.
pub(crate) fn missing(specifier: &str, importer: &str, at: Option<Position>, miss: &Miss) -> Diagnostic {
    let found = format!("{} in {importer}", quote(specifier));
    if let Miss::Outside(to) = miss {
        return Diagnostic::error(codes::OUTSIDE_REPOSITORY, "an import leaves the repository")
            .at(at)
            .found(found)
            .expected("a file inside the repository, symbolic links followed")
            .fix("move the file into the repository")
            .fact("importer", importer)
            .fact("leads to", to.display().to_string());
    }
    let (expected, fix) = match miss {
        Miss::Outside(_) | Miss::NoFile => (
            "a file at that path, with or without its extension, or a directory with an index file".to_owned(),
            "check the path and its upper and lower case".to_owned(),
        ),
        Miss::NoAlias(false) => (
            "a relative path or the name of an installed package".to_owned(),
            "write a relative path, or a `#name` with an entry in the \"imports\" of package.json: path aliases of \
             tsconfig.json are not supported in a policy"
                .to_owned(),
        ),
        Miss::NoAlias(true) => (
            "a relative path, the name of an installed package, or a path alias that leads to a file".to_owned(),
            "check the \"paths\" of the nearest tsconfig.json, or write a relative path".to_owned(),
        ),
        Miss::NoPackage(name) => {
            (
            format!("the package {} in a node_modules folder of the repository", quote(name)),
            format!("install it: npm install {name}"),
        )
        }
        Miss::NotOffered(name) => (
            format!("something that the package {} offers", quote(name)),
            "compare the specifier with the \"exports\" of that package's package.json".to_owned(),
        ),
        Miss::NoSubpathImport => (
            "an entry of \"imports\" in the nearest package.json that leads to a file".to_owned(),
            "add the entry, or write a relative path".to_owned(),
        ),
        Miss::NoBuiltin => ("the name of a module that is part of Node".to_owned(), "check the name".to_owned()),
        Miss::Remote => (
            "a file or an installed package".to_owned(),
            "download the module into the repository: modules are not fetched over the network".to_owned(),
        ),
    };
    Diagnostic::error(codes::MODULE_NOT_FOUND, "an import leads to no module")
        .at(at)
        .found(found)
        .expected(expected)
        .fix(fix)
        .fact("importer", importer)
}

/// A file of a kind that cannot be part of a bundle.
pub(crate) fn unsupported(specifier: &str, importer: &str, file: &str, at: Option<Position>) -> Diagnostic {
    Diagnostic::error(codes::UNREADABLE_FILE, "an imported file is of a kind that cannot be bundled")
        .at(at)
        .found(format!("{} in {importer}, which is {file}", quote(specifier)))
        .expected("TypeScript, JavaScript or JSON")
        .fix("remove the import, or turn the file into a module that exports its content")
        .fact("importer", importer)
        .fact("file", file)
}

/// A file that cannot be read, or not as text.
pub(crate) fn unreadable(file: &str, why: &str) -> Diagnostic {
    Diagnostic::error(codes::UNREADABLE_FILE, "a file cannot be read")
        .found(format!("{file}: {why}"))
        .fact("file", file)
}

/// A module that would overflow the bundler's stack.
pub(crate) fn too_deep(file: &str) -> Diagnostic {
    Diagnostic::error(codes::SYNTAX_ERROR, "a source file is nested too deeply")
        .at(Some(Position { file: file.into(), line: 1, column: 1 }))
        .found(format!(
            "brackets, functions or operators in {file} that are nested hundreds or thousands deep"
        ))
        .fix("put the data into a JSON file, or split the expression")
        .fact("file", file)
}

/// A `package.json` or `tsconfig.json` that does not parse.
pub(crate) fn broken_json(file: &str, error: &serde_json::Error) -> Diagnostic {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    let at = Position { file: file.into(), line: count(error.line()), column: count(error.column()) };
    Diagnostic::error(codes::SYNTAX_ERROR, "a configuration file does not parse")
        .at(Some(at))
        .found(error.to_string())
        .expected("a JSON object")
}

/// A defect of ours or of the bundler.
pub(crate) fn internal(what: impl Into<String>) -> Diagnostic {
    Diagnostic::error(codes::INTERNAL, "the bundler failed; this is a bug").found(what)
}

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
pub(crate) fn of_bundler(error: &BuildDiagnostic, root: &Path) -> Diagnostic {
    let options = DiagnosticOptions { cwd: root.to_owned() };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let place = error.to_diagnostic_with(&options).get_primary_location();
    let at = place.map(|(file, line, column, _)| Position {
        file: file.into(),
        line: count(line),
        column: count(column).saturating_add(1),
    });
    let told = match error.kind() {
        _ if is_syntax(error) => Diagnostic::error(codes::SYNTAX_ERROR, "a source file does not parse"),
        EventKind::MissingExportError => Diagnostic::error(
            codes::SYNTAX_ERROR,
            "an import asks for a name that the module does not export",
        ),
        EventKind::RequireTlaError => {
            Diagnostic::error(codes::SYNTAX_ERROR, "a module with top-level await cannot be required")
        }
        _ => internal(""),
    };
    // Some messages carry ids; these are paths, and some take a detour (see `plugin.rs`).
    let ids = format!("{}{}", root.display(), std::path::MAIN_SEPARATOR);
    told.at(at).found(error.to_message_with(&options).replace(&ids, "").replace(DETOUR, ""))
}

/// One of rolldown's warnings, on one line.
pub(crate) fn warning(warning: &BuildDiagnostic, root: &Path) -> String {
    let told = of_bundler(warning, root);
    let message = told.found.unwrap_or_default();
    match told.at {
        Some(at) => format!("{at}: {message}"),
        None => message,
    }
}
