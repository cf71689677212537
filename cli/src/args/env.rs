//! `neonform env …`: commands and flags.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::PolicyArgs;
use crate::completions::values;
use crate::env::is_unattended;

/// `neonform env …`.
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// Write them into a file: .env where there is one, else .env.local
    Pull(EnvPullArgs),
    /// Run a command with them; nothing is written
    Run(EnvRunArgs),
    /// Print them, secrets included
    Export(EnvExportArgs),
}

/// Flags of `env pull`.
#[derive(Debug, Args)]
pub struct EnvPullArgs {
    /// The file, instead of .env or .env.local; other lines stay as they are
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Only the variables of these services, whatever the policy says: postgres, auth, data-api, functions,
    /// object-storage, ai-gateway
    #[arg(long, short, visible_alias = "services", value_name = "SERVICES", value_delimiter = ',', add = ArgValueCandidates::new(values::services))]
    pub service: Vec<String>,
    /// These variables as well, or only these
    #[arg(long, short, value_name = "NAMES", value_delimiter = ',', add = ArgValueCandidates::new(values::variables))]
    pub env: Vec<String>,
    /// The policy file, instead of the nearest neon.ts, neon.mts, neon.js or neon.mjs
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Flags of `env run`.
#[derive(Debug, Args)]
pub struct EnvRunArgs {
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Only the variables of these services, whatever the policy says
    #[arg(long, short, visible_alias = "services", value_name = "SERVICES", value_delimiter = ',', add = ArgValueCandidates::new(values::services))]
    pub service: Vec<String>,
    /// The command and its arguments, behind --
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<std::ffi::OsString>,
}

/// Flags of `env export`.
#[derive(Debug, Args)]
pub struct EnvExportArgs {
    /// How they are printed [default: dotenv]
    #[arg(long, value_enum)]
    pub format: Option<VariableFormat>,
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Only the variables of these services, whatever the policy says
    #[arg(long, short, visible_alias = "services", value_name = "SERVICES", value_delimiter = ',', add = ArgValueCandidates::new(values::services))]
    pub service: Vec<String>,
}

/// Whether the branch's variables are pulled once a command has done its own part.
#[derive(Debug, Clone, Default, Args)]
pub struct EnvPullChoice {
    /// Write the branch's variables into .env where there is one, else .env.local, when everything else is done
    #[arg(long, overrides_with = "no_env_pull")]
    pub env_pull: bool,
    /// Leave env files alone
    #[arg(long, overrides_with = "env_pull")]
    pub no_env_pull: bool,
}

impl EnvPullChoice {
    /// What the flags say, else what is usual. A run without people gets no file of secrets unless it asks for one.
    pub fn is_on(&self, usual: bool) -> bool {
        self.env_pull || (usual && !self.no_env_pull && !is_unattended())
    }
}

/// How variables are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VariableFormat {
    /// Lines of an env file
    Dotenv,
    /// One JSON object
    Json,
    /// Commands of a shell: eval "$(neonform env export --format shell)"
    Shell,
}
