//! A repository in a scratch directory, and what bundling its files gives.

#![allow(
    clippy::expect_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "shared by tests"
)]

use std::path::{Path, PathBuf};

use neonform_bundle::{FunctionModule, FunctionOptions, PolicyModule, Reads, function, policy};
use neonform_engine::diagnostic::{Diagnostic, Failure};

pub struct Repository {
    directory: tempfile::TempDir,
    name: String,
}

/// A repository with these files, below a directory that is not part of it.
pub fn repository(files: &[(&str, &str)]) -> Repository {
    repository_called("repo", files)
}

pub fn repository_called(name: &str, files: &[(&str, &str)]) -> Repository {
    let directory = tempfile::tempdir().expect("a directory");
    let repository = Repository { directory, name: name.to_owned() };
    std::fs::create_dir_all(repository.root()).expect("a directory");
    for (path, text) in files {
        repository.write(path, text.as_bytes());
    }
    repository
}

impl Repository {
    pub fn root(&self) -> PathBuf {
        self.directory.path().join(&self.name)
    }

    /// Writes a file; `../` reaches out of the repository.
    pub fn write(&self, path: &str, content: &[u8]) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }

    #[cfg(unix)]
    pub fn link(&self, path: &str, to: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::os::unix::fs::symlink(to, path).expect("a link");
    }

    pub async fn try_policy(&self) -> Result<PolicyModule, Failure> {
        policy(Path::new("neon.ts"), &self.root(), Reads::All).await
    }

    pub async fn policy(&self) -> PolicyModule {
        self.try_policy().await.unwrap_or_else(|failure| panic!("{:#?}", failure.0))
    }

    /// The problems of the policy.
    pub async fn problems(&self) -> Vec<Diagnostic> {
        self.try_policy().await.expect_err("it has problems").0
    }

    pub async fn try_function(&self, entry: &str, external: &[&str]) -> Result<FunctionModule, Failure> {
        let external = external.iter().map(|name| (*name).to_owned()).collect();
        function(Path::new(entry), &self.root(), &FunctionOptions { external, ..FunctionOptions::default() })
            .await
    }

    /// The bundle of the function at `entry`.
    pub async fn function(&self, entry: &str, external: &[&str]) -> FunctionModule {
        self.try_function(entry, external).await.unwrap_or_else(|failure| panic!("{:#?}", failure.0))
    }

    /// The code of the function at `entry`.
    pub async fn code(&self, entry: &str, external: &[&str]) -> String {
        let module = self.function(entry, external).await;
        String::from_utf8(module.files["index.mjs"].clone()).expect("text")
    }
}

/// The code of a policy in one file.
pub async fn code_of(text: &str) -> String {
    repository(&[("neon.ts", text)]).policy().await.code
}

/// The source of the first place of the bundle where `text` stands.
pub fn source_of(module: &PolicyModule, text: &str) -> Option<String> {
    let lines = module.code.lines().enumerate();
    let found = |(line, content): (usize, &str)| content.find(text).map(|column| (line, column));
    let (line, column) = lines.into_iter().find_map(found).expect("in the bundle");
    let number = |number: usize| u32::try_from(number).expect("small") + 1;
    module.map.position(number(line), number(column)).map(|at| at.to_string())
}

/// A problem as "code place found".
pub fn told(problem: &Diagnostic) -> String {
    let place = problem.at.as_ref().map_or_else(|| "nowhere".to_owned(), ToString::to_string);
    format!("{} {place} {}", problem.code.id, problem.found.as_deref().unwrap_or_default())
}

/// `code` must hold the parts, each behind the one before.
pub fn assert_in_order(code: &str, parts: &[&str]) {
    let mut rest = code;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is missing or out of order in\n{code}"));
        rest = &rest[at + part.len()..];
    }
}
