//! A snapshot: what is on a branch, as a file to keep beside the policy and to compare with.
//!
//! It holds no secret, no id and no time of its own, and everything in one order, so that two snapshots of the same
//! settings are the same bytes.

use std::path::Path;

use neonform_engine::diagnostic::Failure;
use neonform_engine::state::State;
use serde_json::{Value as Json, json};

use crate::stored::{self, Stored};

/// What a snapshot says that it is.
pub const FORMAT: &str = "neonform-snapshot";
/// The version of the format.
const VERSION: u64 = 1;

/// What was on a branch.
pub struct Snapshot {
    /// Project id.
    pub project: String,
    /// The branch's name.
    pub branch: String,
    /// Its resources, comparable with those of other branches.
    pub state: State,
}

impl Snapshot {
    /// The file's content.
    pub fn json(&self) -> Json {
        json!({
            "format": FORMAT,
            "version": VERSION,
            "project": self.project,
            "branch": self.branch,
            "resources": stored::state(&self.state, false),
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is not a snapshot of this version.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        Self::of(Stored::open(path)?)
    }

    /// The snapshot that a file is.
    ///
    /// # Errors
    /// When it is not a snapshot of this version.
    pub fn of(stored: Stored) -> Result<Self, Failure> {
        let stored = stored.of(FORMAT, VERSION)?;
        Ok(Self {
            project: stored.text("/project")?.to_owned(),
            branch: stored.text("/branch")?.to_owned(),
            state: stored.state("/resources")?,
        })
    }
}
