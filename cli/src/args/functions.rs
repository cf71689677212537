//! `neonform functions …`: commands and flags, as the neon command line has them (spec 9).

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};
use clap_complete::ArgValueCandidates;
use neonform_engine::kind::Kind;
use neonform_engine::value::Secret;
use neonform_neon::domain::Domain;

use super::domains::FunctionDomainsCommand;
use crate::completions::values;

/// `neonform functions …`.
#[derive(Debug, Subcommand)]
pub enum FunctionsCommand {
    /// Deploy a function without a policy
    Deploy(FunctionDeployArgs),
    /// List the branch's functions
    List,
    /// Show a function and its deployments
    Get(FunctionGetArgs),
    /// Delete a function
    Delete(FunctionDeleteArgs),
    /// The custom domains of functions
    #[command(subcommand, alias = Domain::NAME)]
    Domains(FunctionDomainsCommand),
}

/// Flags of `functions deploy`.
#[derive(Debug, Args)]
pub struct FunctionDeployArgs {
    /// The function's slug
    #[arg(add = ArgValueCandidates::new(values::functions))]
    pub slug: String,
    /// The entry file, or a directory with index.ts, index.js or index.mjs; without it, and without --no-bundle, the
    /// code that was deployed last is deployed again
    #[arg(long, value_name = "PATH")]
    pub src: Option<PathBuf>,
    /// Set a variable; KEY= deletes it; variables that are not named stay as they are; can be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = secret)]
    pub env: Vec<Secret>,
    /// The runtime
    #[arg(long, value_parser = ["nodejs24"])]
    pub runtime: Option<String>,
    /// Return once the deployment was made, whatever becomes of it
    #[arg(long, conflicts_with = "probe")]
    pub no_wait: bool,
    /// Wait until it is completed or failed, which is what happens anyway
    #[arg(long, hide = true, conflicts_with = "no_wait")]
    pub wait: bool,
    /// Upload files as they are: a directory with index.mjs or index.js, or one of these files
    #[arg(long)]
    pub no_bundle: bool,
    /// Bundle the source, which is what happens anyway
    #[arg(long, hide = true, conflicts_with = "no_bundle")]
    pub bundle: bool,
    /// Then request the function's URL, and fail where nothing answers
    #[arg(long)]
    pub probe: bool,
    /// Consent to changing a protected branch.
    #[command(flatten)]
    pub consent: ConsentArgs,
    /// An old name of --src
    #[arg(long, hide = true, num_args = 0..=1)]
    pub path: Option<Option<PathBuf>>,
    /// An old name of --src
    #[arg(long, hide = true, num_args = 0..=1)]
    pub entry: Option<Option<PathBuf>>,
}

/// Never shown, also not by what clap prints of values that it refuses.
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// Flags of `functions get`.
#[derive(Debug, Args)]
pub struct FunctionGetArgs {
    /// The function's slug
    #[arg(add = ArgValueCandidates::new(values::functions))]
    pub slug: String,
    /// List the names of the variables of the deployment that serves
    #[arg(long, short = 'E')]
    pub list_env_variables: bool,
}

/// Flags of `functions delete`.
#[derive(Debug, Args)]
pub struct FunctionDeleteArgs {
    /// The function's slug
    #[arg(add = ArgValueCandidates::new(values::functions))]
    pub slug: String,
    /// Consent to it.
    #[command(flatten)]
    pub deletion: DeletionArgs,
}

/// Consent to changing a branch.
#[derive(Debug, Clone, Copy, Args)]
pub struct ConsentArgs {
    /// Consent to changing a protected branch
    #[arg(long)]
    pub allow_protected: bool,
}

/// Consent to a deletion.
#[derive(Debug, Clone, Copy, Args)]
pub struct DeletionArgs {
    /// Delete without asking
    #[arg(long, short, action = ArgAction::SetTrue)]
    pub yes: bool,
    /// Consent to changing a protected branch.
    #[command(flatten)]
    pub consent: ConsentArgs,
}
