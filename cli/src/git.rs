//! What git knows of the directory: which branch is checked out, which there are, where hooks go.
//!
//! git itself is asked, in the few words that no configuration of a repository can turn into something else. Without git,
//! or outside of a repository, there is simply nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its folder.
    pub root: PathBuf,
    /// The branch that is checked out; nothing where HEAD is detached.
    pub branch: Option<String>,
}

impl Repository {
    /// The one around a directory.
    pub fn around(directory: &Path) -> Option<Self> {
        let root = PathBuf::from(ask(directory, &["rev-parse", "--show-toplevel"])?);
        let branch = ask(directory, &["symbolic-ref", "--quiet", "--short", "HEAD"]);
        Some(Self { root, branch })
    }

    /// Its branches.
    pub fn branches(&self) -> Vec<String> {
        let listed = ask(&self.root, &["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        listed.unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Where the hook of this name is, or would be.
    pub fn hook(&self, name: &str) -> Option<PathBuf> {
        let path = ask(&self.root, &["rev-parse", "--git-path", &format!("hooks/{name}")])?;
        Some(self.root.join(path))
    }
}

/// What git answers on one line or several; nothing where it fails or answers nothing.
fn ask(directory: &Path, words: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    git.args(words).current_dir(directory).stdin(Stdio::null()).stderr(Stdio::null());
    let output = git.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim_end_matches(['\n', '\r']);
    (!text.is_empty()).then(|| text.to_owned())
}

/// The name of the branch for a git branch that none is noted for: in lower case, each part between slashes reduced to
/// letters, digits and hyphens (as in the reference, so that both make the same branch).
pub fn branch_name(git_branch: &str) -> String {
    const LONGEST: usize = 256;
    let lower = git_branch.to_lowercase();
    let parts: Vec<String> = lower.split('/').map(plain).filter(|part| !part.is_empty()).collect();
    // What is left is ASCII, so that a byte is a character.
    let mut name = parts.join("/");
    name.truncate(LONGEST);
    let name = name.trim_end_matches(['-', '/']);
    if name.is_empty() { "branch".to_owned() } else { name.to_owned() }
}

fn plain(part: &str) -> String {
    let words = part.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_git_branch_becomes_a_branch_name() {
        let names = [
            ("feature/PROJ-123 Add Billing", "feature/proj-123-add-billing"),
            ("Hotfix!!", "hotfix"),
            ("//a//b/", "a/b"),
            ("ünï", "n"),
            ("!!!", "branch"),
            ("dependabot/cargo/serde-1.0", "dependabot/cargo/serde-1-0"),
        ];
        for (git, name) in names {
            assert_eq!(branch_name(git), name, "{git}");
        }
        assert_eq!(branch_name(&"a".repeat(300)).len(), 256);
    }
}
