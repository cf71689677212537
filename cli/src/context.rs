//! The context file: which project and branch a directory is about, and on which backend (spec 5.3, 5.4).
//!
//! A file that cannot be read counts as empty, as in the reference. `backend` is ours: the reference does not know it and
//! drops it when it writes.

use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;
use neonform_neon::target::is_branch_id;
use serde_json::{Map, Value as Json};

use crate::{files, gitignore};

/// The name of the context file.
pub const NAME: &str = ".neon";

/// What a context file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Project id.
    pub project: Option<String>,
    /// Organisation id.
    pub organisation: Option<String>,
    /// Branch name, or an id in older files.
    pub branch: Option<String>,
    /// Where resources live, as `--backend` has it.
    pub backend: Option<String>,
    /// Which git branch is which branch, in the reference's own notation.
    pub git: Option<Map<String, Json>>,
    /// The file; where there is none, the place where it would be.
    pub file: PathBuf,
    /// Whether there is one.
    pub exists: bool,
}

impl Context {
    /// Reads the file that `--context-file` names, or the nearest one upwards.
    pub fn read(named: Option<&Path>, working: &Path, home: Option<&Path>) -> Self {
        let file = named.map(|path| working.join(path)).or_else(|| nearest(working, home));
        Self::at(file.unwrap_or_else(|| working.join(NAME)))
    }

    /// Reads one file.
    pub fn at(file: PathBuf) -> Self {
        let text = std::fs::read(&file).unwrap_or_default();
        let exists = file.is_file();
        Self { file, exists, ..parse(&text) }
    }

    /// The branch that applies by default in `project`: only where the context is about it.
    pub fn branch_in(&self, project: &str) -> Option<&str> {
        self.branch.as_deref().filter(|_| self.project.as_deref() == Some(project))
    }

    /// The folder that the file is in.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(&self.file)
    }

    /// The same file about a project and a branch of it. What is known of git branches goes with another project, since
    /// it names branches of the old one.
    pub fn about(&self, project: &str, branch: Option<&str>) -> Self {
        let same = self.project.as_deref().is_none_or(|before| before == project);
        Self {
            project: Some(project.to_owned()),
            organisation: self.organisation.clone().filter(|_| same),
            branch: branch.map(str::to_owned),
            git: self.git.clone().filter(|_| same),
            ..self.clone()
        }
    }

    /// The branch that is noted for a git branch.
    pub fn mapped(&self, git_branch: &str) -> Option<&str> {
        self.mappings().find(|(git, _)| *git == git_branch).map(|(_, branch)| branch)
    }

    /// Every git branch with the branch that is noted for it.
    pub fn mappings(&self) -> impl Iterator<Item = (&str, &str)> {
        let map = self.git.as_ref().and_then(|git| git.get("map")?.as_object());
        map.into_iter().flatten().filter_map(|(git, branch)| Some((git.as_str(), branch.as_str()?)))
    }

    /// The same with other notes about git branches.
    pub fn with_mappings(self, mappings: impl IntoIterator<Item = (String, String)>) -> Self {
        let map: Map<String, Json> = mappings.into_iter().map(|(git, branch)| (git, branch.into())).collect();
        self.with_git("map", map.into())
    }

    /// Whether git checkout is followed.
    pub fn is_followed(&self) -> bool {
        self.git.as_ref().is_some_and(|git| git.get("follow") == Some(&Json::Bool(true)))
    }

    /// The same, saying whether git checkout is followed.
    pub fn following(self, follow: bool) -> Self {
        self.with_git("follow", follow.into())
    }

    fn with_git(mut self, field: &str, value: Json) -> Self {
        self.git.get_or_insert_default().insert(field.to_owned(), value);
        self
    }

    /// The same file pinning a branch: by name, unless a name looks like an id and would be taken for one.
    pub fn pinning(&self, target: &Target) -> Self {
        let id = target.id.as_ref().filter(|_| is_branch_id(&target.name));
        let about = self.about(&target.project, Some(id.unwrap_or(&target.name)));
        Self { organisation: target.organization.clone().or(about.organisation.clone()), ..about }
    }

    /// Writes the file, whole or not at all; a new one is kept out of git, and one that says so already is left alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<(), Failure> {
        if self.exists && Self::at(self.file.clone()) == *self {
            return Ok(());
        }
        let text = format!("{:#}", self.json());
        // Through a link, what it leads to.
        let place = std::fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone());
        files::write(&place, text.as_bytes(), true).map_err(|stopped| {
            Diagnostic::error(codes::USAGE, "the context file cannot be written")
                .found(self.file.display().to_string())
                .fix("name a file in a folder that can be written to with --context-file")
                .fact("cause", stopped.to_string())
        })?;
        if !self.exists {
            gitignore::add(&self.file);
        }
        Ok(())
    }

    fn json(&self) -> Json {
        let text = |value: &Option<String>| value.clone().map(Json::from);
        let fields = [
            ("orgId", text(&self.organisation)),
            ("projectId", text(&self.project)),
            ("branch", text(&self.branch)),
            ("backend", text(&self.backend)),
            ("git", self.git.clone().map(Json::from)),
        ];
        Json::Object(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
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
    Context {
        project: field("projectId"),
        organisation: field("orgId"),
        branch: field("branch").or_else(|| field("branchId")),
        backend: field("backend"),
        git: read.get("git").and_then(Json::as_object).cloned(),
        ..Context::default()
    }
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

    #[test]
    fn what_is_known_of_git_stays_with_its_project() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        let before = r#"{"orgId": "org-1", "projectId": "p-1", "branch": "main", "git": {"follow": true, "map": {"b": "a"}}}"#;
        std::fs::write(&file, before).unwrap();
        Context::at(file.clone()).about("p-1", Some("dev")).write().unwrap();
        let written = std::fs::read_to_string(&file).unwrap();
        let expected = r#"{
  "orgId": "org-1",
  "projectId": "p-1",
  "branch": "dev",
  "git": {
    "follow": true,
    "map": {
      "b": "a"
    }
  }
}"#;
        assert_eq!(written, expected);
        Context::at(file.clone()).about("p-2", None).write().unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\n  \"projectId\": \"p-2\"\n}");
        assert!(!folder.path().join(".gitignore").exists(), "only a new file is added");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (shared, link) = (folder.path().join("shared.json"), folder.path().join(NAME));
        std::fs::write(&shared, "{}").unwrap();
        std::os::unix::fs::symlink(&shared, &link).unwrap();
        Context::at(link.clone()).about("p-1", None).write().unwrap();
        assert!(link.is_symlink() && std::fs::read_to_string(&shared).unwrap().contains("p-1"));
    }

    #[test]
    fn a_new_file_is_kept_out_of_git() {
        let folder = tempfile::tempdir().unwrap();
        Context::read(None, folder.path(), None).about("p-1", Some("dev")).write().unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join(".gitignore")).unwrap(), ".neon\n");
    }
}
