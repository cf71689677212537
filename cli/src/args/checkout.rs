//! Flags of commands that pin a branch: `checkout`, `link`, `git …`, `init`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{EnvPullChoice, PolicyArgs};

/// Flags of `checkout`.
#[derive(Debug, Args)]
pub struct CheckoutArgs {
    /// The branch's name or id; without one it is asked for
    #[arg(value_name = "NAME|ID", conflicts_with = "branch")]
    pub name: Option<String>,
    /// Create the branch where it does not exist, and apply the policy to it
    #[arg(long)]
    pub create: bool,
    /// Whether variables are pulled.
    #[command(flatten)]
    pub env_pull: EnvPullChoice,
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Flags of `link`.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The organisation's id; by default the project's own
    #[arg(long, value_name = "ID")]
    pub org_id: Option<String>,
    /// Pin the embedded backend as well, with its state in FILE beside .neon or in .neonform/local.sqlite
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = ["backend", "api_host"])]
    pub local: Option<Option<PathBuf>>,
    /// Do not ask: the only project, and the default branch of several
    #[arg(long, short)]
    pub yes: bool,
    /// Forget what is pinned
    #[arg(long, conflicts_with_all = ["org_id", "local", "yes", "project_id", "branch", "no_checks"])]
    pub clear: bool,
    /// Write what the flags say without asking whether it exists
    #[arg(long, requires_all = ["project_id", "branch"])]
    pub no_checks: bool,
    /// Whether variables are pulled.
    #[command(flatten)]
    pub env_pull: EnvPullChoice,
}

/// `neonform git …`.
#[derive(Debug, Subcommand)]
pub enum GitCommand {
    /// Show which branch belongs to the git branch that is checked out
    Status,
    /// Note which branch belongs to a git branch
    Map(GitMapArgs),
    /// Check out the branch that belongs to the git branch
    Sync(GitSyncArgs),
    /// Let git checkout do so by itself, through a post-checkout hook
    Install,
    /// Take the hook away
    Uninstall,
    /// Forget git branches that are gone
    Cleanup(GitCleanupArgs),
}

/// Flags of `git map`.
#[derive(Debug, Args)]
pub struct GitMapArgs {
    /// The branch's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The git branch [default: the one that is checked out]
    #[arg(long, value_name = "GIT-BRANCH")]
    pub git_branch: Option<String>,
}

/// Flags of `git sync`.
#[derive(Debug, Args)]
pub struct GitSyncArgs {
    /// Create the branch where it does not exist, and apply the policy to it
    #[arg(long)]
    pub create: bool,
    /// Whether variables are pulled.
    #[command(flatten)]
    pub env_pull: EnvPullChoice,
}

/// Flags of `git cleanup`.
#[derive(Debug, Args)]
pub struct GitCleanupArgs {
    /// Delete the branches that belonged to them too, but for protected ones and the default one
    #[arg(long)]
    pub prune_neon_branches: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}
