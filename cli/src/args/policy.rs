//! Flags of commands about a policy alone, and those that say which policy.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCandidates;

use crate::completions::values;

/// Which policy, and what it may use.
#[derive(Debug, Clone, Default, Args)]
pub struct PolicyArgs {
    /// The policy file, instead of the nearest neon.ts, neon.mts, neon.js or neon.mjs
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read variables from a file; those of the environment win
    #[arg(long, value_name = "FILE")]
    pub env: Option<PathBuf>,
    /// Memory that the policy may use [default: 256, with --untrusted 128]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(32..=65536))]
    pub max_heap: Option<u32>,
    /// Seconds that the policy may run [default: 10, with --untrusted 5]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub timeout: Option<u32>,
    /// The only variables that the policy may see, with commas between them; the others are unset
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub env_allow: Option<Vec<String>>,
    /// The policy is a stranger's: it sees no variable but those of --env-allow and no file that git ignores; see
    /// neonform sandbox
    #[arg(long)]
    pub untrusted: bool,
    /// Let a stranger's policy import packages from node_modules
    #[arg(long, requires = "untrusted")]
    pub allow_packages: bool,
}

/// A branch as the policy should see it, without asking for one.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// A branch that does not exist yet
    #[arg(long, conflicts_with_all = ["default", "protected", "id", "expires_at"])]
    pub new: bool,
    /// The project's default branch
    #[arg(long)]
    pub default: bool,
    /// A protected branch
    #[arg(long)]
    pub protected: bool,
    /// The branch's id
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// The id of the parent branch
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// When the branch expires
    #[arg(long, value_name = "TIME")]
    pub expires_at: Option<String>,
}

/// Flags of `eval` itself.
#[derive(Debug, Args)]
pub struct EvalCommand {
    /// Which policy, and for which branch.
    #[command(flatten)]
    pub about: EvalArgs,
    /// Several branches side by side: names with commas between them; new:NAME does not exist yet, main is the
    /// default branch
    #[arg(
        long,
        value_name = "BRANCHES",
        value_delimiter = ',',
        conflicts_with_all = ["new", "default", "id", "expires_at", "branch"]
    )]
    pub matrix: Vec<String>,
}

/// Flags of `bundle`.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// Write the archives into this folder, as SLUG.zip
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Which policy, and for which branch.
    #[command(flatten)]
    pub about: EvalArgs,
}

/// Flags of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The function's address: function.SLUG
    #[arg(add = ArgValueCandidates::new(values::addresses))]
    pub address: String,
    /// Which policy, and for which branch.
    #[command(flatten)]
    pub about: EvalArgs,
}
