//! `neonform buckets …`: commands and flags.

use clap::{Args, Subcommand};

use super::functions::{ConsentArgs, DeletionArgs};

/// `neonform buckets …`.
#[derive(Debug, Subcommand)]
pub enum BucketsCommand {
    /// List the branch's buckets
    #[command(alias = "ls")]
    List,
    /// Create a bucket
    Create(BucketCreateArgs),
    /// Delete a bucket
    #[command(alias = "rm")]
    Delete(BucketDeleteArgs),
}

/// Flags of `buckets create`.
#[derive(Debug, Args)]
pub struct BucketCreateArgs {
    /// The bucket's name
    pub name: String,
    /// Who may read it; it cannot be changed later
    #[arg(long, value_name = "LEVEL", default_value = "private", value_parser = ["private", "public_read"])]
    pub access_level: String,
    /// Consent to changing a protected branch.
    #[command(flatten)]
    pub consent: ConsentArgs,
}

/// Flags of `buckets delete`.
#[derive(Debug, Args)]
pub struct BucketDeleteArgs {
    /// The bucket's name
    pub name: String,
    /// Delete the objects in it as well
    #[arg(long)]
    pub with_objects: bool,
    /// Consent to it.
    #[command(flatten)]
    pub deletion: DeletionArgs,
}
