//! The context file: which project and branch a directory is about (spec 5.3, 5.4).
//!
//! Read here, never written. A file that cannot be read counts as empty, as in the reference.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// The name of the context file.
const NAME: &str = ".neon";

/// What a context file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Project id.
    pub project: Option<String>,
    /// Branch name, or an id in older files.
    pub branch: Option<String>,
    /// The file, when there is one.
    pub file: Option<PathBuf>,
}

impl Context {
    /// Reads the file that `--context-file` names, or the nearest one upwards.
    pub fn read(named: Option<&Path>, working: &Path, home: Option<&Path>) -> Self {
        let Some(file) = named.map(|path| working.join(path)).or_else(|| nearest(working, home)) else {
            return Self::default();
        };
        let text = std::fs::read(&file).unwrap_or_default();
        Self { file: Some(file), ..parse(&text) }
    }

    /// The branch that applies by default in `project`: only where the context is about it.
    pub fn branch_in(&self, project: &str) -> Option<&str> {
        self.branch.as_deref().filter(|_| self.project.as_deref() == Some(project))
    }
}

/// The walk does not look in the home directory or the root, and does not stop at `.git`.
fn nearest(working: &Path, home: Option<&Path>) -> Option<PathBuf> {
    working
        .ancestors()
        .take_while(|directory| directory.parent().is_some() && home != Some(directory))
        .map(|directory| directory.join(NAME))
        .find(|file| file.is_file())
}

fn parse(text: &[u8]) -> Context {
    let read: Json = serde_json::from_slice(text).unwrap_or_default();
    let field = |name: &str| read.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Context { project: field("projectId"), branch: field("branch").or_else(|| field("branchId")), file: None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn older_files_name_the_branch_by_id() {
        let context = parse(br#"{"projectId": "p-1", "branchId": "br-a-b-c"}"#);
        assert_eq!(context.branch_in("p-1"), Some("br-a-b-c"));
        assert_eq!(context.branch_in("p-2"), None);
        assert_eq!(parse(b"{ not json"), Context::default());
    }

    #[test]
    fn the_walk_does_not_look_at_home() {
        let home = tempfile::tempdir().unwrap();
        let below = home.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(home.path().join(NAME), "{}").unwrap();
        assert_eq!(nearest(&below, Some(home.path())), None);
        std::fs::write(home.path().join("a").join(NAME), "{}").unwrap();
        assert_eq!(nearest(&below, Some(home.path())), Some(home.path().join("a").join(NAME)));
    }
}
