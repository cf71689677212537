//! Flags of commands that plan and apply.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCandidates;

use super::{EnvPullChoice, PolicyArgs};
use crate::completions::values;
use crate::pipeline::CONCURRENCY;

/// What a plan is made for.
#[derive(Debug, Clone, Args)]
pub struct PurposeArgs {
    /// Create the branch that --branch names where it does not exist
    #[arg(long)]
    pub create: bool,
    /// Delete functions, buckets, triggers and domains that the policy does not declare; with kinds, only
    /// those, and then also all that there are
    #[arg(long, value_name = "KINDS", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub prune: Option<Vec<String>>,
    /// Let --prune delete buckets with everything in them
    #[arg(long, requires = "prune")]
    pub prune_data: bool,
    /// List what exists and the policy does not declare
    #[arg(long)]
    pub show_unmanaged: bool,
    /// Deploy functions although nothing changed; with slugs, only those
    #[arg(
        long,
        value_name = "SLUGS",
        num_args = 0..,
        require_equals = true,
        value_delimiter = ',',
        add = ArgValueCandidates::new(values::functions)
    )]
    pub redeploy: Option<Vec<String>>,
    /// Deploy without the variable that lets the next run see that nothing changed
    #[arg(long)]
    pub no_marker: bool,
    /// Write the source map of every bundle to .neonform/source-maps; the bundles stay the same
    #[arg(long)]
    pub source_maps: bool,
    /// Changes that apply makes at once, as far as they do not need each other
    #[arg(long, value_name = "NUMBER", default_value_t = CONCURRENCY, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub parallelism: u16,
}

impl Default for PurposeArgs {
    fn default() -> Self {
        Self {
            create: false,
            prune: None,
            prune_data: false,
            show_unmanaged: false,
            redeploy: None,
            no_marker: false,
            source_maps: false,
            parallelism: CONCURRENCY,
        }
    }
}

/// Flags of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// What the plan is made for.
    #[command(flatten)]
    pub purpose: PurposeArgs,
    /// Exit with 2 when there are changes, 0 when there are none, 1 on an error
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Save the plan into this file, for neonform apply FILE and neonform show FILE
    #[arg(long, value_name = "FILE", conflicts_with_all = ["untrusted", "several"])]
    pub out: Option<PathBuf>,
    /// For which branches, where it is not one.
    #[command(flatten)]
    pub several: SeveralArgs,
}

/// Several branches at once.
#[derive(Debug, Args)]
pub struct SeveralArgs {
    /// Plan for every branch of the project, side by side
    #[arg(long, group = "several", conflicts_with_all = ["branch", "create"], help_heading = "Target")]
    pub all_branches: bool,
    /// Plan for the branches whose names match, side by side: * does not cross a slash, ** does, !PATTERN leaves out;
    /// can be repeated
    #[arg(
        long,
        value_name = "PATTERN",
        group = "several",
        conflicts_with_all = ["branch", "create"],
        help_heading = "Target"
    )]
    pub branches: Vec<String>,
    /// Print each branch's plan below the table
    #[arg(long, requires = "several")]
    pub details: bool,
}

impl SeveralArgs {
    /// Whether several branches are meant.
    pub fn are_meant(&self) -> bool {
        self.all_branches || !self.branches.is_empty()
    }
}

/// Flags of `apply`.
#[derive(Debug, Clone, Default, Args)]
pub struct ApplyArgs {
    /// A plan that plan --out saved: it is applied as it was shown, or not at all
    #[arg(conflicts_with_all = ["create", "prune", "prune_data", "show_unmanaged", "redeploy", "no_marker", "source_maps", "env_allow"])]
    pub file: Option<PathBuf>,
    /// With a saved plan: plan again where something moved, and apply if the changes come out the same
    #[arg(long, requires = "file")]
    pub refresh_ok: bool,
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// What the plan is made for.
    #[command(flatten)]
    pub purpose: PurposeArgs,
    /// Consent to overriding settings that exist
    #[arg(long)]
    pub update_existing: bool,
    /// Consent to changing a protected branch
    #[arg(long)]
    pub allow_protected: bool,
    /// What is waited for.
    #[command(flatten)]
    pub waiting: WaitingArgs,
    /// Whether the branch's variables are pulled afterwards.
    #[command(flatten)]
    pub env_pull: EnvPullChoice,
}

/// Whether an apply ends with the changes that it makes, or with what becomes of them.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct WaitingArgs {
    /// Wait until the functions that were deployed serve, and fail where a build does
    #[arg(long)]
    pub wait: bool,
    /// Then request their URLs, and fail where nothing answers
    #[arg(long, requires = "wait")]
    pub probe: bool,
}
