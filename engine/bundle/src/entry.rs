//! Which file a bundle starts from.

use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::faults;
use crate::root::{Reach, Root};

const INDEX_FILES: [&str; 3] = ["index.ts", "index.js", "index.mjs"];

/// The file to start from for a function's `source`: itself, or the index file of a directory (spec 6.1).
///
/// # Errors
/// When there is nothing at `source`, or a directory without an index file.
pub fn function_entry(source: &Path) -> Result<PathBuf, Failure> {
    if source.is_file() {
        return Ok(source.to_owned());
    }
    let told = Diagnostic::error(codes::BUNDLE_FAILED, "a function's source has no file to start from")
        .found(source.display().to_string());
    if !source.is_dir() {
        return Err(told
            .expected("a file, or a directory with index.ts, index.js or index.mjs")
            .fix("check the path: it is relative to the policy file")
            .into());
    }
    INDEX_FILES.iter().map(|name| source.join(name)).find(|file| file.is_file()).ok_or_else(|| {
        told.expected("index.ts, index.js or index.mjs in that directory")
            .fix("add one of them, or name the file to start from")
            .into()
    })
}

/// The real path of an entry, which is absolute or relative to the repository.
pub(crate) fn inside(entry: &Path, root: &Root) -> Result<PathBuf, Failure> {
    let entry = root.path().join(entry);
    // The directories that lead to the repository may be spelled with links.
    let spelled = match (entry.parent().map(Path::canonicalize), entry.file_name()) {
        (Some(Ok(directory)), Some(name)) => directory.join(name),
        _ => entry.clone(),
    };
    let name = entry.display().to_string();
    let told = match root.reach(&spelled) {
        Reach::File(file) => return Ok(file),
        Reach::Outside(to) => {
            Diagnostic::error(codes::OUTSIDE_REPOSITORY, "the file to bundle is outside the repository")
                .found(name)
                .expected("a file inside the repository, symbolic links followed")
                .fact("leads to", to.display().to_string())
        }
        Reach::Hidden(..) => hidden(name),
        Reach::Directory(_) => faults::unreadable(&name, "it is a directory").expected("a file"),
        Reach::Nothing => faults::unreadable(&name, "there is no such file").fix("check the path"),
    };
    Err(told.into())
}

/// A file that must not be read for a stranger.
pub(crate) fn hidden(name: String) -> Diagnostic {
    Diagnostic::error(
        codes::SANDBOX,
        "a stranger's code is in a file that git ignores or that is private by its name",
    )
    .found(name)
    .expected("a file that git does not ignore")
    .fix("commit the file, or point to another one")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        for file in files {
            std::fs::write(directory.path().join(file), "").expect("a file");
        }
        directory
    }

    #[test]
    fn a_file_is_its_own_entry() {
        let source = directory(&["a.ts"]);
        assert_eq!(function_entry(&source.path().join("a.ts")), Ok(source.path().join("a.ts")));
    }

    #[test]
    fn a_directory_has_an_index_file_and_typescript_goes_first() {
        let source = directory(&["index.mjs", "index.js", "index.ts"]);
        assert_eq!(function_entry(source.path()), Ok(source.path().join("index.ts")));
    }

    #[test]
    fn an_index_that_is_a_directory_does_not_count() {
        let source = directory(&["index.js"]);
        std::fs::create_dir(source.path().join("index.ts")).expect("a directory");
        assert_eq!(function_entry(source.path()), Ok(source.path().join("index.js")));
    }

    #[test]
    fn nothing_and_an_empty_directory_are_told_apart() {
        let source = directory(&[]);
        let empty = function_entry(source.path()).expect_err("no index").0.remove(0);
        let nothing = function_entry(&source.path().join("gone")).expect_err("nothing there").0.remove(0);
        assert_eq!((empty.code, nothing.code), (codes::BUNDLE_FAILED, codes::BUNDLE_FAILED));
        assert_ne!(empty.expected, nothing.expected);
        assert!(nothing.found.is_some_and(|found| found.ends_with("gone")));
    }
}
