//! What a recipe runs in: a workspace, `neonform` and a stand-in `gh` on the path, and the embedded backend for the API.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::{Ran, Scratch, root};

/// One repository, one project, one GitHub.
pub struct World {
    workspace: Scratch,
    folder: TempDir,
    server: Child,
    host: String,
}

impl World {
    /// A repository that holds this folder below `testdata`. Nothing, and a word about it, where the machine lacks
    /// what every runner of GitHub has.
    #[expect(clippy::print_stderr, reason = "the test says why it does not run")]
    pub fn of(testdata: &str) -> Option<Self> {
        let lacks = |tool: &&str| Command::new(*tool).arg("--version").output().is_err();
        if let Some(tool) = ["bash", "curl", "jq", "iconv"].into_iter().find(lacks) {
            eprintln!("skipped: the shell steps of recipes need {tool}");
            return None;
        }
        let folder = TempDir::new().unwrap();
        let tools = folder.path().join("bin");
        fs::create_dir(&tools).unwrap();
        symlink(env!("CARGO_BIN_EXE_neonform"), tools.join("neonform")).unwrap();
        symlink(root().join("testdata/recipes/gh"), tools.join("gh")).unwrap();
        let mut server = Command::new(env!("CARGO_BIN_EXE_neonform"))
            .args(["local", "serve", "--port", "0", "--file"])
            .arg(folder.path().join("state.sqlite"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut host = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut host).unwrap();
        Some(Self { workspace: Scratch::of(testdata), folder, server, host: host.trim().to_owned() })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn workspace(&self) -> &Path {
        self.workspace.path()
    }

    /// Changes a file of the repository.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.workspace().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// What every step has in its environment.
    pub fn env(&self) -> Vec<(String, String)> {
        let path = std::env::var("PATH").unwrap();
        let place = |name: &str| self.path().join(name).display().to_string();
        let mut env = vec![
            ("PATH", format!("{}:{path}", place("bin"))),
            ("HOME", place("home")),
            ("NEONFORM_CACHE_DIR", place("cache")),
            ("NEON_API_HOST", self.host.clone()),
            ("RUNNER_TEMP", place("")),
            ("GITHUB_OUTPUT", place("output")),
            ("GITHUB_STEP_SUMMARY", place("summary")),
            ("GH_STATE", place("gh.json")),
            ("GH_CALLS", place("gh.calls")),
        ];
        env.extend(std::env::var("LANG").ok().map(|locale| ("LANG", locale)));
        env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Runs `neonform` in the repository, outside any workflow.
    pub fn neonform(&self, arguments: &[&str]) -> Ran {
        let env = [("NEON_API_KEY", "swordfish"), ("NEON_API_HOST", self.host.as_str())];
        self.workspace.run_with(arguments, &env)
    }

    /// What the step before wrote for the steps after it.
    pub fn take_outputs(&self) -> Vec<(String, String)> {
        let written = fs::read_to_string(self.path().join("output")).unwrap_or_default();
        let _ = fs::remove_file(self.path().join("output"));
        written
            .lines()
            .map(|line| line.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// Comments and issues, as GitHub would have them.
    pub fn posts(&self) -> Vec<Json> {
        let kept: PathBuf = self.path().join("gh.json");
        fs::read(kept).ok().map_or_else(Vec::new, |text| serde_json::from_slice(&text).unwrap())
    }

    /// The changes that were made on GitHub, one a line.
    pub fn writes(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path().join("gh.calls")).unwrap_or_default();
        calls.lines().filter(|call| !call.starts_with("GET ")).map(str::to_owned).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
