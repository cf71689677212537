//! `neonform branches …`: commands and flags.

use clap::{Args, Subcommand};

use super::DeletionArgs;

/// `neonform branches …`.
#[derive(Debug, Subcommand)]
pub enum BranchesCommand {
    /// List the project's branches
    List,
    /// Show one branch
    Get(BranchGetArgs),
    /// Create a branch without a policy; neonform checkout --create applies one
    Create(BranchCreateArgs),
    /// Give a branch another name
    Rename(BranchRenameArgs),
    /// Delete a branch and everything on it
    Delete(BranchDeleteArgs),
}

/// Flags of `branches create`.
#[derive(Debug, Args)]
pub struct BranchCreateArgs {
    /// The new branch's name
    #[arg(long)]
    pub name: String,
    /// The parent's name or id [default: the default branch]
    #[arg(long, value_name = "BRANCH")]
    pub parent: Option<String>,
    /// When it is deleted by itself, as in 2026-12-31T23:59:59Z
    #[arg(long, value_name = "TIME")]
    pub expires_at: Option<jiff::Timestamp>,
    /// Protect it
    #[arg(long)]
    pub protected: bool,
    /// Its compute size: one number, or two with a hyphen between them
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub cu: Option<(f64, f64)>,
    /// Seconds without use after which its compute is suspended; -1 is never, 0 the platform's default
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub suspend_timeout: Option<i64>,
}

/// Flags of `branches get`.
#[derive(Debug, Args)]
pub struct BranchGetArgs {
    /// The branch's name or id
    #[arg(value_name = "BRANCH")]
    pub name: String,
}

/// Flags of `branches rename`.
#[derive(Debug, Args)]
pub struct BranchRenameArgs {
    /// The branch's name or id
    #[arg(value_name = "BRANCH")]
    pub from: String,
    /// Its new name
    #[arg(value_name = "NEW-NAME")]
    pub to: String,
}

/// Flags of `branches delete`.
#[derive(Debug, Args)]
pub struct BranchDeleteArgs {
    /// The branch's name or id
    #[arg(value_name = "BRANCH")]
    pub name: String,
    /// Consent to it.
    #[command(flatten)]
    pub deletion: DeletionArgs,
}

fn size(text: &str) -> Result<(f64, f64), String> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    number(low).zip(number(high)).ok_or_else(|| "expected a size as 2, or a range as 0.5-3".to_owned())
}
