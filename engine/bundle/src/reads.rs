//! Which files of a repository may be read: for a stranger's policy only those that git does not ignore.
//!
//! What git ignores was put into the checkout by the machine: keys, tokens, build results. The rules are those of
//! every `.gitignore` from the top of the repository down and of `.git/info/exclude`. A stranger can change the
//! former, so a few names count as ignored whatever it says. Only real paths are judged: a symbolic link is as
//! hidden as what it leads to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// How much of a repository may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reads {
    /// Every file.
    #[default]
    All,
    /// Files that git does not ignore.
    Shared,
    /// Files that git does not ignore, and those of installed packages.
    SharedAndPackages,
}

/// Why a file must not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// Git ignores it, or would if it were asked properly.
    Ignored,
    /// It belongs to an installed package.
    Package,
}

/// Files in which machines keep what nobody commits on purpose; `.env.example` and the like are meant to be shared.
const PRIVATE: &[&str] = &[".git", ".env", ".npmrc", ".yarnrc", ".yarnrc.yml", ".netrc", ".pgpass"];
const TEMPLATES: &[&str] = &[".env.example", ".env.sample", ".env.template"];

/// The longest file of rules that is understood.
const LONGEST: u64 = 1024 * 1024;

/// Tells which files of one repository may be read.
#[derive(Debug)]
pub struct Visible {
    root: PathBuf,
    reads: Reads,
    rules: Mutex<HashMap<PathBuf, Option<Arc<Gitignore>>>>,
}

impl Visible {
    /// The rules of the repository at `root`, a real path.
    pub fn new(root: &Path, reads: Reads) -> Self {
        Self { root: root.to_owned(), reads, rules: Mutex::default() }
    }

    /// How much may be read.
    pub fn reads(&self) -> Reads {
        self.reads
    }

    /// Why `real`, a path inside the repository without links, must not be read, if so.
    pub fn hidden(&self, real: &Path) -> Option<Hidden> {
        if self.reads == Reads::All {
            return None;
        }
        let relative = real.strip_prefix(&self.root).unwrap_or(real);
        let mut place = self.root.clone();
        for part in relative.components() {
            place.push(part);
            let name = part.as_os_str().to_string_lossy();
            if name == "node_modules" {
                return (self.reads == Reads::Shared).then_some(Hidden::Package);
            }
            if is_private(&name) || self.is_ignored(&place) {
                return Some(Hidden::Ignored);
            }
        }
        None
    }

    /// Whether git ignores this one place, those above it left out: the rules nearest to it come first.
    fn is_ignored(&self, place: &Path) -> bool {
        let is_directory = place.is_dir();
        let above = place.ancestors().skip(1).take_while(|above| above.starts_with(&self.root));
        let sources = above.map(|above| above.join(".gitignore"));
        for file in sources.chain([self.root.join(".git/info/exclude")]) {
            // What cannot be understood hides everything that it is about.
            let Some(rules) = self.rules_of(&file) else { return true };
            match rules.matched(place, is_directory) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }

    fn rules_of(&self, file: &Path) -> Option<Arc<Gitignore>> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.entry(file.to_owned()).or_insert_with(|| self.parse(file)).clone()
    }

    fn parse(&self, file: &Path) -> Option<Arc<Gitignore>> {
        match std::fs::symlink_metadata(file) {
            Ok(found) if found.is_file() && found.len() <= LONGEST => {}
            // Git does not follow links to rules either.
            Ok(_) => return None,
            Err(_) => return Some(Arc::new(Gitignore::empty())),
        }
        // The rules of `.git/info/exclude` are about the whole repository.
        let is_own = file.file_name().is_some_and(|name| name == ".gitignore");
        let about = file.parent().filter(|_| is_own).unwrap_or(&self.root);
        let mut builder = GitignoreBuilder::new(about);
        match builder.add(file) {
            Some(_) => None,
            None => builder.build().ok().map(Arc::new),
        }
    }
}

fn is_private(name: &str) -> bool {
    PRIVATE.contains(&name) || (name.starts_with(".env.") && !TEMPLATES.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(reads: Reads, files: &[(&str, &str)], path: &str) -> Option<Hidden> {
        let folder = tempfile::tempdir().expect("a directory");
        let root = folder.path().canonicalize().expect("a real path");
        for (name, text) in files {
            let file = root.join(name);
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("directories");
            std::fs::write(file, text).expect("a file");
        }
        Visible::new(&root, reads).hidden(&root.join(path))
    }

    fn check(files: &[(&str, &str)], path: &str, expected: Option<Hidden>) {
        let rules = files.iter().map(|(name, text)| format!("{name}: {text:?}")).collect::<Vec<_>>();
        assert_eq!(hidden(Reads::Shared, files, path), expected, "{path} with {}", rules.join(", "));
        assert_eq!(hidden(Reads::All, files, path), None);
    }

    #[test]
    fn rules_hold_below_their_directory_and_nearer_ones_win() {
        let ignored = Some(Hidden::Ignored);
        check(&[(".gitignore", "*.key\n!open.key\n")], "a/b.key", ignored);
        check(&[(".gitignore", "*.key\n!open.key\n")], "a/open.key", None);
        check(&[("a/.gitignore", "x\n")], "a/x", ignored);
        check(&[("a/.gitignore", "x\n")], "b/x", None);
        check(&[(".gitignore", "x\n"), ("a/.gitignore", "!x\n")], "a/x", None);
        check(&[(".git/info/exclude", "/x\n")], "x", ignored);
    }

    #[test]
    fn nothing_below_an_ignored_directory_is_taken_back() {
        let files = [(".gitignore", "dist/\n"), ("dist/.gitignore", "!*\n"), ("dist/a.js", "")];
        check(&files, "dist/a.js", Some(Hidden::Ignored));
    }

    #[test]
    fn some_names_are_hidden_whatever_the_rules_say() {
        let open = [(".gitignore", "!.env\n!.env.local\n!.git\n!.git/config\n")];
        for path in [".env", "a/.env.local", ".git/config", "a/.npmrc"] {
            check(&open, path, Some(Hidden::Ignored));
        }
        check(&open, ".env.example", None);
        check(&open, "a/.environment.ts", None);
    }

    #[test]
    fn packages_are_for_those_who_may() {
        let path = "node_modules/a/index.js";
        check(&[(".gitignore", "!node_modules\n")], path, Some(Hidden::Package));
        let ignoring = [(".gitignore", "node_modules\n")];
        assert_eq!(hidden(Reads::SharedAndPackages, &ignoring, path), None);
    }
}
