//! The two clients as commands, each with an environment of its own.
//!
//! Invariant: neither sees a variable, a home directory or a key of whoever runs this. The key is one
//! that no service accepts, so a request that went astray would do nothing.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::PROJECT;
use super::child::{self, Finished};
use super::server::Server;

/// How long one command may take.
const LIMIT: Duration = Duration::from_secs(60);

/// The key of both, as long as those of the platform: for one that could be guessed nothing is kept.
pub const KEY: &str = "no-key-of-any-service-but-as-long-and-as-mixed-as-one-0123456789";

/// Variables that programs need to run at all.
const KEPT: [&str; 4] = ["PATH", "SystemRoot", "TMPDIR", "TEMP"];

/// A client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Client {
    Official,
    Ours,
}

impl Client {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Official => Self::Ours,
            Self::Ours => Self::Official,
        }
    }

    /// The words that make it apply a policy, and nothing besides.
    pub fn applying(self) -> &'static [&'static str] {
        match self {
            Self::Official => &["config", "apply", "--no-env-pull"],
            Self::Ours => &["apply"],
        }
    }

    /// Its name in messages and folders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Ours => "ours",
        }
    }
}

/// Where both are.
pub struct Clients {
    /// The official client's script, for Node.
    pub script: PathBuf,
    /// Our program.
    pub neonform: PathBuf,
    /// An empty home directory.
    pub home: PathBuf,
}

impl Clients {
    /// Runs the official client with a server as its API.
    pub fn official(&self, server: &Server, folder: &Path, words: &[&str]) -> Result<Finished, String> {
        self.run(Client::Official, server, folder, words)
    }

    /// Runs a client to its end, with a server as its API.
    pub fn run(
        &self,
        client: Client,
        server: &Server,
        folder: &Path,
        words: &[&str],
    ) -> Result<Finished, String> {
        child::run(&mut self.command(client, server, folder, words), LIMIT)
    }

    /// Makes a client apply a policy to a branch, with or without consent to all that needs it.
    pub fn apply(
        &self,
        client: Client,
        server: &Server,
        folder: &Path,
        (policy, branch): (&str, &str),
        consent: bool,
    ) -> Result<Finished, String> {
        let mut words = vec!["--project-id", PROJECT, "--branch", branch, "--config", policy];
        if consent {
            words.extend(["--update-existing", "--allow-protected"]);
        }
        self.run(client, server, folder, &[client.applying(), &words].concat())
    }

    /// A client with a server as its API, ready to be run.
    pub fn command(&self, client: Client, server: &Server, folder: &Path, words: &[&str]) -> Command {
        let mut command = match client {
            Client::Official => {
                let mut node = Command::new("node");
                node.arg(&self.script).args(words).arg("--no-analytics");
                node
            }
            Client::Ours => {
                let mut neonform = Command::new(&self.neonform);
                neonform.args(words);
                neonform
            }
        };
        command.current_dir(folder).env_clear();
        for name in KEPT {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("HOME", &self.home).env("USERPROFILE", &self.home).env("CI", "1");
        command.env("NEON_API_KEY", KEY).env("NEON_API_HOST", &server.root);
        command
    }
}
