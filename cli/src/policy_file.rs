//! Which file is the policy, and which directory its repository (spec 2.1).

use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

/// The names of a policy, in the order in which they are tried.
pub const NAMES: [&str; 4] = ["neon.ts", "neon.mts", "neon.js", "neon.mjs"];

/// A policy that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// The file, absolute.
    pub path: PathBuf,
    /// The repository that it may read from, absolute.
    pub root: PathBuf,
}

impl PolicyFile {
    /// The file, relative to the repository.
    pub fn relative(&self) -> String {
        let parts = self.path.strip_prefix(&self.root).unwrap_or(&self.path).components();
        parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

/// Where the search takes place.
#[derive(Debug, Clone)]
pub struct Search {
    /// The working directory, absolute.
    pub start: PathBuf,
    /// The home directory: looked in, not left upwards.
    pub home: Option<PathBuf>,
    /// A further directory that is not left upwards.
    pub stop_at: Option<PathBuf>,
}

impl Search {
    /// The file that `--config` names, or the nearest policy upwards.
    ///
    /// # Errors
    /// When there is none, or what is named is not a file.
    pub fn find(&self, named: Option<&Path>) -> Result<PolicyFile, Failure> {
        let path = match named {
            Some(path) => self.named(path)?,
            None => self.nearest()?,
        };
        let path = plain(path);
        let root = self.repository(&path);
        Ok(PolicyFile { path, root })
    }

    fn named(&self, named: &Path) -> Result<PathBuf, Failure> {
        let path = self.start.join(named);
        let fault = |code, summary: &str| Diagnostic::error(code, summary).found(named.display().to_string());
        match path.metadata() {
            Ok(found) if found.is_file() => Ok(path),
            Ok(found) if found.is_dir() => {
                let problem = fault(codes::POLICY_NOT_A_FILE, "the policy is a directory");
                Err(problem.expected("a file").fix("name the file in it, neon.ts say").into())
            }
            Ok(_) => Err(fault(codes::POLICY_NOT_A_FILE, "the policy is not a regular file").into()),
            Err(cause) => {
                let problem = fault(codes::POLICY_NOT_FOUND, "the policy cannot be opened")
                    .fact("cause", cause.to_string());
                Err(problem.fix("correct --config; it is taken against the working directory").into())
            }
        }
    }

    fn nearest(&self) -> Result<PathBuf, Failure> {
        for directory in self.start.ancestors() {
            let here = NAMES.iter().map(|name| directory.join(name)).find(|path| path.is_file());
            if let Some(path) = here {
                return Ok(path);
            }
            if self.ends(directory) {
                break;
            }
        }
        Err(Diagnostic::error(codes::POLICY_NOT_FOUND, "there is no policy file here or above")
            .found(format!("nothing from {} upwards", self.start.display()))
            .expected(format!("one of {}", NAMES.join(", ")))
            .fix("change into the repository, or name the file with --config")
            .into())
    }

    fn ends(&self, directory: &Path) -> bool {
        directory.join(".git").exists()
            || self.home.as_deref() == Some(directory)
            || self.stop_at.as_deref() == Some(directory)
    }

    /// The nearest directory above the policy that holds `.git`; without one the working directory
    /// if the policy is below it, else the policy's own.
    pub fn repository(&self, policy: &Path) -> PathBuf {
        let own = policy.parent().unwrap_or(policy);
        if let Some(stop) = self.stop_at.as_deref().filter(|stop| own.starts_with(stop)) {
            return stop.to_owned();
        }
        let with_git = own.ancestors().find(|directory| directory.join(".git").exists());
        let working = self.start.canonicalize().ok().filter(|start| own.starts_with(start));
        with_git.map(Path::to_owned).or(working).unwrap_or_else(|| own.to_owned())
    }
}

/// The same file without `..` and links among its directories; it is itself left as it is, so that a
/// policy which is a link out of its repository is noticed.
fn plain(path: PathBuf) -> PathBuf {
    let directory = path.parent().and_then(|directory| directory.canonicalize().ok());
    match (directory, path.file_name()) {
        (Some(directory), Some(name)) => directory.join(name),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    fn search(start: PathBuf) -> Search {
        Search { start, home: None, stop_at: None }
    }

    #[test]
    fn the_nearest_wins_and_git_ends_the_search() {
        let scratch = tempfile::tempdir().unwrap();
        let repository = scratch.path().canonicalize().unwrap().join("repository");
        fs::create_dir_all(repository.join("packages/web")).unwrap();
        fs::create_dir(repository.join(".git")).unwrap();
        fs::write(scratch.path().join("neon.ts"), "").unwrap();
        let from = search(repository.join("packages/web"));
        let error = from.find(None).unwrap_err().0.remove(0);
        assert_eq!(error.code, codes::POLICY_NOT_FOUND);
        assert!(error.expected.unwrap().contains("neon.mjs"));
        fs::write(repository.join("neon.js"), "").unwrap();
        fs::write(repository.join("neon.mts"), "").unwrap();
        let found = from.find(None).unwrap();
        assert_eq!(found, PolicyFile { path: repository.join("neon.mts"), root: repository });
    }

    #[test]
    fn a_path_through_another_repository_is_not_of_it() {
        let scratch = tempfile::tempdir().unwrap();
        let base = scratch.path().canonicalize().unwrap();
        fs::create_dir_all(base.join("one/.git")).unwrap();
        fs::create_dir_all(base.join("two/infra")).unwrap();
        fs::create_dir_all(base.join("two/.git")).unwrap();
        fs::write(base.join("two/infra/neon.ts"), "").unwrap();
        let found = search(base.join("one")).find(Some(Path::new("../two/infra/neon.ts"))).unwrap();
        assert_eq!(found, PolicyFile { path: base.join("two/infra/neon.ts"), root: base.join("two") });
    }

    #[test]
    fn a_directory_and_a_missing_file_are_told_apart() {
        let scratch = tempfile::tempdir().unwrap();
        let from = search(scratch.path().to_owned());
        let problem = |named: &str| from.find(Some(Path::new(named))).unwrap_err().0.remove(0);
        assert_eq!(problem(".").code, codes::POLICY_NOT_A_FILE);
        let missing = problem("x.ts");
        assert_eq!((missing.code, missing.found.as_deref()), (codes::POLICY_NOT_FOUND, Some("x.ts")));
    }
}
