//! `neonform triggers …`: commands and flags, as the neon command line has them.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use neonform_engine::kind::Kind;
use neonform_neon::bucket::Bucket;

use super::functions::{ConsentArgs, DeletionArgs};
use crate::completions::values;

/// `neonform triggers …`.
#[derive(Debug, Subcommand)]
pub enum TriggersCommand {
    /// List the branch's triggers
    List,
    /// Show a trigger
    Get(TriggerGetArgs),
    /// Create a trigger: --cron for a schedule, --bucket for objects that are stored
    Create(TriggerCreateArgs),
    /// Change a trigger; what is not named stays
    Update(TriggerUpdateArgs),
    /// Switch a trigger on
    Enable(TriggerSwitchArgs),
    /// Switch a trigger off, and keep it
    Disable(TriggerSwitchArgs),
    /// Delete a trigger
    Delete(TriggerDeleteArgs),
}

/// Which trigger.
#[derive(Debug, Args)]
pub struct TriggerGetArgs {
    /// The trigger's name or id
    #[arg(value_name = "NAME|ID")]
    pub id: String,
}

/// Flags of `triggers create`.
#[derive(Debug, Args)]
pub struct TriggerCreateArgs {
    /// The trigger's name, unique on the branch
    #[arg(long)]
    pub name: String,
    /// The slug of the function that it calls
    #[arg(long, value_name = "SLUG", add = ArgValueCandidates::new(values::functions))]
    pub function_slug: String,
    /// When: five fields in UTC, as '*/15 * * * *'
    #[arg(long, required_unless_present = Bucket::NAME, conflicts_with_all = [Bucket::NAME, "prefix"])]
    pub cron: Option<String>,
    /// The bucket in which objects are stored
    #[arg(long)]
    pub bucket: Option<String>,
    /// Only objects whose keys begin so
    #[arg(long, requires = Bucket::NAME)]
    pub prefix: Option<String>,
    /// The path that is called [default: /]
    #[arg(long, value_name = "PATH")]
    pub function_path: Option<String>,
    /// Whether it is on.
    #[command(flatten)]
    pub switch: SwitchArgs,
    /// Consent to changing a protected branch.
    #[command(flatten)]
    pub consent: ConsentArgs,
}

/// Flags of `triggers update`.
#[derive(Debug, Args)]
pub struct TriggerUpdateArgs {
    /// The trigger's name or id
    #[arg(value_name = "NAME|ID")]
    pub id: String,
    /// Another name
    #[arg(long)]
    pub name: Option<String>,
    /// The slug of another function
    #[arg(long, value_name = "SLUG", add = ArgValueCandidates::new(values::functions))]
    pub function_slug: Option<String>,
    /// Another schedule: five fields in UTC
    #[arg(long, conflicts_with_all = [Bucket::NAME, "prefix"])]
    pub cron: Option<String>,
    /// Another bucket
    #[arg(long)]
    pub bucket: Option<String>,
    /// Another beginning of keys; an empty one is any
    #[arg(long)]
    pub prefix: Option<String>,
    /// Another path
    #[arg(long, value_name = "PATH")]
    pub function_path: Option<String>,
    /// Whether it is on.
    #[command(flatten)]
    pub switch: SwitchArgs,
    /// Consent to changing a protected branch.
    #[command(flatten)]
    pub consent: ConsentArgs,
}

/// Whether a trigger is on.
#[derive(Debug, Clone, Copy, Args)]
pub struct SwitchArgs {
    /// On
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    enabled: Option<bool>,
    /// Off
    #[arg(long, conflicts_with = "enabled")]
    no_enabled: bool,
}

impl SwitchArgs {
    /// What was said of it, if anything.
    pub fn wanted(self) -> Option<bool> {
        if self.no_enabled { Some(false) } else { self.enabled }
    }
}

/// Flags of `triggers enable` and `triggers disable`.
#[derive(Debug, Args)]
pub struct TriggerSwitchArgs {
    /// The trigger's name or id
    #[arg(value_name = "NAME|ID")]
    pub id: String,
    /// Consent to changing a protected branch.
    #[command(flatten)]
    pub consent: ConsentArgs,
}

/// Flags of `triggers delete`.
#[derive(Debug, Args)]
pub struct TriggerDeleteArgs {
    /// The trigger's name or id
    #[arg(value_name = "NAME|ID")]
    pub id: String,
    /// Consent to it.
    #[command(flatten)]
    pub deletion: DeletionArgs,
}
