//! Flags of commands about what exists, and what was done.

use std::path::PathBuf;

use clap::Args;

use super::PolicyArgs;

/// Flags of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Print the branch pinned in the context file, without the network
    #[arg(long)]
    pub current_branch: bool,
    /// Print only what a policy would say, in the shape of the neon command line; with --output json in ours
    #[arg(long)]
    pub config_json: bool,
}

/// Flags of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file to write; - prints the policy instead
    #[arg(long, value_name = "FILE", default_value = crate::policy_file::NAMES[0])]
    pub out: PathBuf,
    /// Overwrite a file that exists
    #[arg(long)]
    pub force: bool,
}

/// Flags of `snapshot`.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Write into this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Compare files with their branches, snapshots/*.json where none is named; exit with 2 where one differs
    #[arg(long, value_name = "FILES", num_args = 0.., conflicts_with_all = ["out", "branch"])]
    pub check: Option<Vec<PathBuf>>,
}

/// Flags of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A snapshot or saved plan, branch:NAME, policy, or policy:BRANCH
    pub from: String,
    /// The same, for what it is compared with
    pub to: String,
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Exit with 2 when something differs, 0 when nothing does, 1 on an error
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// Flags of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A file that plan --out wrote
    pub file: PathBuf,
}

/// Flags of `log`.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// One run in full, its changes and requests: the beginning of its id, or last
    pub run: Option<String>,
    /// How many runs are listed
    #[arg(long, short, value_name = "N", default_value_t = 20, conflicts_with = "run")]
    pub number: usize,
}
