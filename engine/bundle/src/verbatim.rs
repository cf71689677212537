//! A function that is deployed as it is: `bundler: "none"` (spec 6.3).
//!
//! A directory is taken whole, a file alone; nothing is parsed. Symbolic links are followed as long as they stay
//! inside the directory, and a link to a directory that is being walked already is not followed again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::entry;
use crate::function::FunctionModule;
use crate::reads::Reads;
use crate::root::Root;

/// What Node starts from, in the archive's root (API spec 6.10).
const ENTRIES: [&str; 2] = ["index.mjs", "index.js"];

/// The files at `source`, which is absolute, from what may be read of the repository `root`.
///
/// # Errors
/// When there is no entry, the entry is TypeScript, a link leads out or nowhere, or a file cannot be read.
pub fn verbatim(source: &Path, root: &Path, reads: Reads) -> Result<FunctionModule, Failure> {
    let root = Root::open(root, reads)?;
    let files = if source.is_dir() { directory(source, &root)? } else { single(source, &root)? };
    Ok(FunctionModule { files, basis: root.basis(), ..FunctionModule::default() })
}

fn single(source: &Path, root: &Root) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let file = entry::inside(source, root)?;
    let name = source.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !ENTRIES.contains(&name.as_str()) {
        return Err(no_entry(&name, is_typescript(Path::new(&name))).into());
    }
    let content = read(root, &file).map_err(|problem| *problem)?;
    Ok(BTreeMap::from([(name, content)]))
}

fn directory(source: &Path, root: &Root) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let name = root.name(source);
    let top = source.canonicalize().map_err(|error| unreadable(&name, &error.to_string()))?;
    if !top.starts_with(root.path()) {
        return Err(Diagnostic::error(
            codes::OUTSIDE_REPOSITORY,
            "a function's source is outside the repository",
        )
        .found(name)
        .expected("a directory inside the repository, symbolic links followed")
        .into());
    }
    if root.visible().hidden(&top).is_some() {
        return Err(entry::hidden(name).into());
    }
    let mut walk = Walk { root, top: &top, files: BTreeMap::new(), problems: Vec::new() };
    walk.directory(&top, "", &mut vec![top.clone()]);
    let Walk { files, mut problems, .. } = walk;
    if !ENTRIES.iter().any(|entry| files.contains_key(*entry)) {
        let typescript = files.keys().any(|file| !file.contains('/') && is_typescript(Path::new(file)));
        problems.insert(0, no_entry(&name, typescript));
    }
    if problems.is_empty() { Ok(files) } else { Err(Failure(problems)) }
}

struct Walk<'a> {
    root: &'a Root,
    top: &'a Path,
    files: BTreeMap<String, Vec<u8>>,
    problems: Vec<Diagnostic>,
}

impl Walk<'_> {
    /// Takes what is in `place`, a real path, under `prefix`; `open` are the directories on the way.
    fn directory(&mut self, place: &Path, prefix: &str, open: &mut Vec<PathBuf>) {
        let entries = match std::fs::read_dir(place) {
            Ok(entries) => entries,
            Err(error) => return self.problems.push(unreadable(prefix, &error.to_string())),
        };
        for entry in entries {
            match entry {
                Ok(entry) => self.entry(&entry.path(), prefix, open),
                Err(error) => self.problems.push(unreadable(prefix, &error.to_string())),
            }
        }
    }

    fn entry(&mut self, path: &Path, prefix: &str, open: &mut Vec<PathBuf>) {
        let Some(own) = path.file_name().and_then(|name| name.to_str()) else {
            let told = unreadable(&path.to_string_lossy(), "its name is not UTF-8 text");
            return self.problems.push(told);
        };
        let name = if prefix.is_empty() { own.to_owned() } else { format!("{prefix}/{own}") };
        let real = match path.canonicalize() {
            Ok(real) if real.starts_with(self.top) => real,
            Ok(_) => return self.problems.push(link(&name, "it leads out of the function's directory")),
            Err(_) => return self.problems.push(link(&name, "it leads nowhere")),
        };
        if self.root.visible().hidden(&real).is_some() {
            return self.problems.push(entry::hidden(self.root.name(&real)));
        }
        if real.is_dir() {
            if !open.contains(&real) {
                open.push(real.clone());
                self.directory(&real, &name, open);
                open.pop();
            }
            return;
        }
        match read(self.root, &real) {
            Ok(content) => drop(self.files.insert(name, content)),
            Err(problem) => self.problems.push(*problem),
        }
    }
}

fn read(root: &Root, real: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    if !real.is_file() {
        return Err(Box::new(unreadable(&root.name(real), "it is not a regular file")));
    }
    root.read(real).map_err(|error| Box::new(unreadable(&root.name(real), &error.to_string())))
}

fn is_typescript(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["ts", "mts", "cts", "tsx"].iter().any(|known| extension == *known))
}

fn no_entry(found: &str, typescript: bool) -> Diagnostic {
    let summary = "a function that is deployed as it is has no file to start from";
    let found = if found.is_empty() { "." } else { found };
    let told = Diagnostic::error(codes::BUNDLE_FAILED, summary).found(format!("{found:?}"));
    if typescript {
        let fix = "compile it first and point source at the result, or leave out bundler: \"none\"";
        told.expected("JavaScript: index.mjs or index.js; TypeScript is not compiled with bundler \"none\"")
            .fix(fix)
    } else {
        let fix = "rename the file, or point source at the directory that has it at its top";
        told.expected("index.mjs or index.js, alone or at the top of a directory").fix(fix)
    }
}

fn link(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error(codes::BUNDLE_FAILED, "a symbolic link of a function's directory cannot be followed")
        .found(format!("{name:?}: {why}"))
        .expected("a link to something in the same directory")
        .fix("replace the link by what it leads to, or delete it")
}

fn unreadable(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error(codes::UNREADABLE_FILE, "a file of a function cannot be read")
        .found(format!("{name:?}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a directory");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
            std::fs::write(path, text).expect("a file");
        }
        folder
    }

    fn names(folder: &tempfile::TempDir, source: &str) -> Vec<String> {
        let made = verbatim(&folder.path().join(source), folder.path(), Reads::All).expect("it can be taken");
        made.files.into_keys().collect()
    }

    fn told(folder: &tempfile::TempDir, source: &str) -> String {
        let failure =
            verbatim(&folder.path().join(source), folder.path(), Reads::All).expect_err("it cannot be taken");
        failure.to_string()
    }

    #[test]
    fn a_directory_is_taken_whole_and_a_file_alone() {
        let folder =
            tree(&[("f/index.mjs", "1"), ("f/lib/a.bin", "2"), ("g/index.js", "3"), ("g/other", "4")]);
        assert_eq!(names(&folder, "f"), ["index.mjs", "lib/a.bin"]);
        assert_eq!(names(&folder, "g/index.js"), ["index.js"]);
    }

    #[test]
    fn typescript_is_refused_in_its_own_words() {
        let folder = tree(&[("f/index.ts", ""), ("g/main.js", ""), ("h/a.txt", "")]);
        assert!(told(&folder, "f").contains("TypeScript is not compiled"));
        assert!(told(&folder, "f/index.ts").contains("TypeScript is not compiled"));
        assert!(told(&folder, "g/main.js").contains("index.mjs or index.js, alone"));
        assert!(told(&folder, "h").contains("index.mjs or index.js, alone"));
        assert!(told(&folder, "gone").contains("there is no such file"));
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_inside_and_circles_are_cut() {
        use std::os::unix::fs::symlink;
        let folder = tree(&[("f/index.mjs", "1"), ("f/lib/a.js", "2"), ("out.js", "3")]);
        symlink("lib", folder.path().join("f/alias")).expect("a link");
        symlink("..", folder.path().join("f/lib/up")).expect("a link");
        assert_eq!(names(&folder, "f"), ["alias/a.js", "index.mjs", "lib/a.js"]);
        symlink("../out.js", folder.path().join("f/out.js")).expect("a link");
        symlink("gone.js", folder.path().join("f/dangling.js")).expect("a link");
        let told = told(&folder, "f");
        assert!(told.contains("leads out") && told.contains("leads nowhere"), "{told}");
    }
}
