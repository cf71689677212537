//! How a problem that this crate finds is told: one diagnostic, in plain words, with its place.
//!
//! Nothing is decided here. What rolldown finds is told in `rolldown_faults.rs`.

use neonform_engine::diagnostic::{Diagnostic, codes};
use neonform_engine::node::{Position, quote};

use crate::kind::Purpose;
use crate::reads::Hidden;
use crate::resolve::Miss;

/// An import that leads nowhere.
pub(crate) fn missing(
    specifier: &str,
    importer: &str,
    at: Option<Position>,
    miss: &Miss,
    purpose: Purpose,
) -> Diagnostic {
    let (code, summary) = match miss {
        Miss::Outside(_) => (codes::OUTSIDE_REPOSITORY, "an import leaves the repository"),
        Miss::Hidden(_, Hidden::Ignored) => (
            codes::SANDBOX,
            "a stranger's code imports a file that git ignores or that is private by its name",
        ),
        Miss::Hidden(_, Hidden::Package) => {
            (codes::SANDBOX, "a stranger's code imports an installed package")
        }
        _ => (codes::MODULE_NOT_FOUND, "an import leads to no module"),
    };
    let (expected, fix) = advice(miss, purpose);
    let told = Diagnostic::error(code, summary)
        .at(at)
        .found(format!("{} in {importer}", quote(specifier)))
        .expected(expected)
        .fix(fix)
        .fact("importer", importer);
    match miss {
        Miss::Outside(to) => told.fact("leads to", to.display().to_string()),
        _ => told,
    }
}

/// What would do, and how to get there.
fn advice(miss: &Miss, purpose: Purpose) -> (String, String) {
    let (expected, fix) = match miss {
        Miss::Outside(_) => {
            ("a file inside the repository, symbolic links followed", "move the file into the repository")
        }
        Miss::Hidden(_, Hidden::Ignored) => {
            ("a file that git does not ignore", "commit the file, or leave the import out")
        }
        Miss::Hidden(_, Hidden::Package) => (
            "files of the repository; packages only with --allow-packages",
            "pass --allow-packages, if strangers may use what is installed here",
        ),
        Miss::NoFile => (
            "a file at that path, with or without its extension, or a directory with an index file",
            "check the path and its upper and lower case",
        ),
        Miss::NoPackage(name) => {
            let or_declare = match purpose {
                Purpose::Policy => "",
                Purpose::Function => ", or list it in the function's externalPackages",
            };
            return (
                format!("the package {} in a node_modules folder of the repository", quote(name)),
                format!("install the package with npm install {name}{or_declare}"),
            );
        }
        Miss::NoAlias if purpose == Purpose::Policy => (
            "a relative path or the name of an installed package",
            "write a relative path, or a `#name` with an entry in the \"imports\" of package.json: path aliases of \
             tsconfig.json are not supported in a policy",
        ),
        Miss::NoAlias => (
            "a relative path, the name of an installed package, or a path alias that leads to a file",
            "check the \"paths\" of the nearest tsconfig.json, or write a relative path",
        ),
        Miss::NotOffered(name) => {
            return (
                format!("something that the package {} offers", quote(name)),
                "compare the specifier with the \"exports\" of that package's package.json".to_owned(),
            );
        }
        Miss::NoSubpathImport => (
            "an entry of \"imports\" in the nearest package.json that leads to a file",
            "add the entry, or write a relative path",
        ),
        Miss::NoBuiltin => ("the name of a module that is part of Node", "check the name"),
        Miss::Remote => (
            "a file or an installed package",
            "download the module into the repository: modules are not fetched over the network",
        ),
    };
    (expected.to_owned(), fix.to_owned())
}

/// A file of a kind that cannot be part of a bundle.
pub(crate) fn unsupported(
    specifier: &str,
    importer: &str,
    file: &str,
    at: Option<Position>,
    purpose: Purpose,
) -> Diagnostic {
    let (expected, fix) = match purpose {
        Purpose::Policy => (
            "TypeScript, JavaScript or JSON",
            "remove the import, or turn the file into a module that exports its content",
        ),
        Purpose::Function if file.ends_with(".node") => (
            "TypeScript, JavaScript, JSON, CSS or a .txt file; a native library cannot be bundled",
            "list the package that the file belongs to in the function's externalPackages",
        ),
        Purpose::Function => (
            "TypeScript, JavaScript, JSON, CSS or a .txt file",
            "read the content from a bucket when the function runs, or put it into a module: text as a string, bytes \
             as base64",
        ),
    };
    Diagnostic::error(codes::UNREADABLE_FILE, "an imported file is of a kind that cannot be bundled")
        .at(at)
        .found(format!("{} in {importer}, which is {file}", quote(specifier)))
        .expected(expected)
        .fix(fix)
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
