//! The `externalPackages` of a function (spec 1.6).
//!
//! Four rules over the list, one fault an entry: it applies to the esbuild bundler only, an entry
//! whose files ship names one installable package, no name stands twice, and two entries of one
//! package agree on whether its files ship.

use neonform_engine::diagnostic::{Diagnostic, Layer, codes};
use neonform_engine::node::Shape;
use neonform_engine::policy::{Cursor, Object};

/// One entry, defaults in.
#[derive(Debug, Clone, PartialEq)]
pub struct External {
    /// The package, perhaps with a subpath.
    pub name: String,
    /// Whether its files are part of the archive.
    pub include_files: bool,
}

/// Reads `externalPackages`; faults are reported. `None` when it is not declared.
pub(super) fn read(function: &Object<'_>, bundler: &str) -> Option<Vec<External>> {
    let cursor = function.get("externalPackages")?;
    let scope = Layer::Cross(function.cursor().path().clone());
    let entries: Vec<_> = cursor.list()?.into_iter().filter_map(|item| Some((entry(&item)?, item))).collect();
    if bundler != "esbuild" {
        cursor.report(
            cursor
                .problem(codes::NOT_ALLOWED_HERE, "externalPackages has no meaning with this bundler")
                .layer(scope)
                .found(format!("bundler {bundler:?}"))
                .expected("the \"esbuild\" bundler")
                .fix("remove externalPackages, or the bundler"),
        );
        return None;
    }
    for position in 0..entries.len() {
        if let Some(problem) = fault(&entries, position) {
            entries[position].1.report(problem.layer(scope.clone()));
        }
    }
    Some(entries.into_iter().map(|(entry, _)| entry).collect())
}

fn entry(item: &Cursor<'_>) -> Option<External> {
    match item.shape() {
        Shape::String(name) => {
            check_path(item, name).then(|| External { name: name.clone(), include_files: true })
        }
        Shape::Object(_) => {
            let object = item.object()?;
            let include = object.get("includeFiles").map_or(Some(true), |include| include.boolean());
            let name = object.require("name", "the name of a package")?;
            let text = name.string()?;
            check_path(&name, text).then_some(())?;
            Some(External { name: text.to_owned(), include_files: include? })
        }
        _ => {
            let problem = item.problem(codes::WRONG_TYPE, "the entry is not a package").layer(Layer::Type);
            item.report(problem.expected("a package name, or an object with name and includeFiles"));
            None
        }
    }
}

fn check_path(cursor: &Cursor<'_>, name: &str) -> bool {
    if name.is_empty() {
        let problem = cursor.problem(codes::TOO_SMALL, "a package name is empty");
        cursor.report(problem.expected("the name of a package"));
        return false;
    }
    let is_path = name.starts_with('.') || name.starts_with('/');
    if is_path {
        let problem = cursor.problem(codes::INVALID_PACKAGE_NAME, "a package is named by a path");
        cursor.report(problem.expected("a package name, not a relative or absolute path"));
    }
    !is_path
}

fn fault(entries: &[(External, Cursor<'_>)], position: usize) -> Option<Diagnostic> {
    let (entry, cursor) = &entries[position];
    let earlier = &entries[..position];
    if entry.include_files && !is_installable(&entry.name) {
        let fix = "name one package, or write { name, includeFiles: false } to leave the import alone";
        let problem =
            cursor.problem(codes::INVALID_PACKAGE_NAME, "an entry does not name one installable package");
        return Some(
            problem.found(format!("{:?}", entry.name)).expected("one package of the npm registry").fix(fix),
        );
    }
    if let Some(first) = earlier.iter().position(|(other, _)| other.name == entry.name) {
        let problem = cursor.problem(codes::DUPLICATE, "a package is listed twice");
        return Some(
            problem
                .found(format!("{:?}, first at position [{first}]", entry.name))
                .fix("remove one of the two"),
        );
    }
    let disagreeing = earlier.iter().find(|(other, _)| {
        root(&other.name) == root(&entry.name) && other.include_files != entry.include_files
    });
    disagreeing.map(|(other, _)| {
        cursor
            .problem(codes::CONTRADICTION, "two entries of one package disagree about includeFiles")
            .found(format!("{:?} and {:?}", other.name, entry.name))
            .expected("the same includeFiles for every entry of a package")
    })
}

/// The package that a name belongs to: its first segment, or two for a scope.
pub(super) fn root(name: &str) -> &str {
    let segments = if name.starts_with('@') { 2 } else { 1 };
    let end = name.match_indices('/').nth(segments - 1).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

fn is_installable(name: &str) -> bool {
    let root = root(name);
    let parts: Vec<&str> = root.strip_prefix('@').unwrap_or(root).split('/').collect();
    let expected_parts = if root.starts_with('@') { 2 } else { 1 };
    let well_formed = |part: &&str| {
        let mut bytes = part.bytes();
        let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'~' || b == b'-';
        bytes.next().is_some_and(first) && bytes.all(|b| first(b) || b == b'.' || b == b'_')
    };
    !name.contains(':')
        && name.split('/').all(|segment| !segment.is_empty() && segment != "..")
        && root.len() <= 214
        && parts.len() == expected_parts
        && parts.iter().all(well_formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_installed() {
        for name in ["sharp", "canvas/lib", "@img/sharp", "@img/sharp/x", "~a", "a.b_c"] {
            assert!(is_installable(name), "{name}");
        }
        for name in
            ["@img/*", "@scope", "Sharp", "node:fs", "_x", "a//b", "a/../b", ".hidden", "git+https://x", "a*"]
        {
            assert!(!is_installable(name), "{name}");
        }
    }
}
