//! `neonform domains …`, and the same under `neonform functions domains` with the neon command line's names.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;

use super::functions::{ConsentArgs, DeletionArgs};
use crate::completions::values;

/// `neonform domains …`.
#[derive(Debug, Subcommand)]
pub enum DomainsCommand {
    /// List the branch's custom domains
    List,
    /// Point a domain that you own at a function
    #[command(alias = "register")]
    Add(DomainAddArgs),
    /// Delete a custom domain from the branch
    Delete(DomainDeleteArgs),
}

/// `neonform functions domains …`.
#[derive(Debug, Subcommand)]
pub enum FunctionDomainsCommand {
    /// List the branch's custom domains
    List,
    /// Point a domain that you own at a function
    #[command(alias = "add")]
    Register(DomainAddArgs),
    /// Delete a custom domain from the branch
    Delete(DomainDeleteArgs),
}

/// Flags of `domains add`.
#[derive(Debug, Args)]
pub struct DomainAddArgs {
    /// The domain: docs.example.com
    #[arg(value_name = "HOST")]
    pub host: String,
    /// The slug of the function that it leads to
    #[arg(long, value_name = "SLUG", add = ArgValueCandidates::new(values::functions))]
    pub slug: String,
    /// Consent to changing a protected branch.
    #[command(flatten)]
    pub consent: ConsentArgs,
}

/// Flags of `domains delete`.
#[derive(Debug, Args)]
pub struct DomainDeleteArgs {
    /// The domain
    #[arg(value_name = "HOST")]
    pub host: String,
    /// Consent to it.
    #[command(flatten)]
    pub deletion: DeletionArgs,
}
