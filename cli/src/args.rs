//! The command line as written: commands and flags, nothing resolved.
//!
//! The reference's names work beside ours: `config plan`, `config apply`, `config status`, `deploy`.
//! Unknown flags are refused everywhere (spec 10.1). `backend.rs` and `context.rs` resolve what was
//! written.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::pipeline::CONCURRENCY;

/// Plan and apply for Neon branches.
#[derive(Debug, Parser)]
#[command(name = "neonform", subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// How results are printed
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Human, help_heading = "Output")]
    pub output: Format,
    /// No colour, also when standard output is a terminal
    #[arg(long, global = true, help_heading = "Output")]
    pub no_color: bool,
    /// Neither progress nor what is done meanwhile, only results, warnings and errors
    #[arg(long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// Say on standard error what is decided and asked; -vv says more
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,
    /// Write what happens when, and how long it takes, into this file as lines of JSON
    #[arg(long, global = true, value_name = "FILE", help_heading = "Output")]
    pub trace: Option<PathBuf>,
    /// Where resources live: neon, or local[:FILE] for the embedded backend
    #[arg(long, global = true, default_value = "neon", value_name = "BACKEND", help_heading = "Connection")]
    pub backend: String,
    /// The API's root URL [env: NEON_API_HOST]
    #[arg(long, global = true, value_name = "URL", help_heading = "Connection")]
    pub api_host: Option<String>,
    /// The API key [env: NEON_API_KEY]
    #[arg(long, global = true, value_name = "KEY", hide_default_value = true, help_heading = "Connection")]
    pub api_key: Option<String>,
    /// The project's id
    #[arg(long, global = true, value_name = "ID", help_heading = "Target")]
    pub project_id: Option<String>,
    /// The branch's name or id
    #[arg(long, global = true, value_name = "BRANCH", help_heading = "Target")]
    pub branch: Option<String>,
    /// The context file, instead of the nearest .neon
    #[arg(long, global = true, value_name = "FILE", help_heading = "Target")]
    pub context_file: Option<PathBuf>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[value(alias = "table")]
    Human,
    /// Versioned JSON
    Json,
    /// The JSON of the neon command line
    NeonJson,
    /// A comment for a pull request; plan only
    Markdown,
    /// SARIF 2.1.0 for code scanning; plan and apply
    Sarif,
    /// Annotations for GitHub Actions; plan and apply
    Github,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what apply would change
    Plan(PlanArgs),
    /// Make the branch what the policy says
    Apply(ApplyArgs),
    /// The same as apply
    Deploy(ApplyArgs),
    /// Show what exists on the branch
    Status(StatusArgs),
    /// Write a policy that says what exists on the branch
    Import(ImportArgs),
    /// Write what exists on the branch as a file to keep, or check such files
    Snapshot(SnapshotArgs),
    /// Show what differs between two of: a snapshot, a saved plan, branch:NAME, policy, policy:BRANCH
    Diff(DiffArgs),
    /// Show a saved plan
    Show(ShowArgs),
    /// Show what recent applies did, from their journals in .neonform/journal
    Log(LogArgs),
    /// Print the resolved policy for a branch, without the network
    Eval(EvalCommand),
    /// Bundle every function, without a branch
    Bundle(BundleArgs),
    /// Show what a function's bundle is made of
    Explain(ExplainArgs),
    /// The commands under the neon command line's names
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The embedded backend
    #[command(subcommand)]
    Local(LocalCommand),
    /// Explain what a policy can and cannot do on this machine
    Sandbox,
    /// Print version and JavaScript engine
    Version,
}

/// `neonform config …`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show what apply would change
    Plan(PlanArgs),
    /// Make the branch what the policy says
    Apply(ApplyArgs),
    /// Show what exists on the branch
    Status(StatusArgs),
}

/// `neonform local …`.
#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Serve the Neon API on a loopback port until interrupted
    Serve(ServeArgs),
}

/// Which policy, and what it may use.
#[derive(Debug, Clone, Args)]
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
    #[arg(long, value_name = "SLUGS", num_args = 0.., require_equals = true, value_delimiter = ',')]
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
#[derive(Debug, Clone, Args)]
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
}

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
    pub address: String,
    /// Which policy, and for which branch.
    #[command(flatten)]
    pub about: EvalArgs,
}

/// Flags of `local serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 4200)]
    pub port: u16,
    /// The database file
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// How long every request takes at least, to try things out as if the API was far away
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    pub latency: u32,
    /// Add a line for each request to a file: operation, method, path, status, client
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}
