//! The command line as written: commands and flags, nothing resolved.
//!
//! The reference's names work beside ours: `config plan`, `config apply`, `config status`, `deploy`.
//! Unknown flags are refused everywhere (spec 10.1). `backend.rs` and `context.rs` resolve what was
//! written.

mod apply;
mod branches;
mod buckets;
mod checkout;
mod domains;
mod env;
mod examples;
mod functions;
mod local;
mod policy;
mod shell;
mod state;
mod tree;
mod triggers;

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use crate::completions::values;
use crate::env as environment;
use neonform_engine::kind::Kind;
use neonform_neon::bucket::Bucket;
use neonform_neon::domain::Domain;
use neonform_neon::function::Function;
use neonform_neon::trigger::Trigger;

pub use apply::{ApplyArgs, PlanArgs, PurposeArgs, SeveralArgs, WaitingArgs};
pub use branches::{BranchCreateArgs, BranchDeleteArgs, BranchGetArgs, BranchRenameArgs, BranchesCommand};
pub use buckets::{BucketCreateArgs, BucketDeleteArgs, BucketsCommand};
pub use checkout::{CheckoutArgs, GitCleanupArgs, GitCommand, GitMapArgs, GitSyncArgs, LinkArgs};
pub use domains::{DomainAddArgs, DomainDeleteArgs, DomainsCommand, FunctionDomainsCommand};
pub use env::{EnvCommand, EnvExportArgs, EnvPullArgs, EnvPullChoice, EnvRunArgs, VariableFormat};
pub use functions::{
    ConsentArgs, DeletionArgs, FunctionDeleteArgs, FunctionDeployArgs, FunctionGetArgs, FunctionsCommand,
};
pub use local::{LocalCommand, ServeArgs};
pub use policy::{BundleArgs, EvalArgs, EvalCommand, ExplainArgs, PolicyArgs};
pub use shell::{CompletionsArgs, ManArgs, Shell};
pub use state::{DiffArgs, ImportArgs, LogArgs, ShowArgs, SnapshotArgs, StatusArgs};
pub use tree::{NAME, command, each_command, program};
pub use triggers::{
    SwitchArgs, TriggerCreateArgs, TriggerDeleteArgs, TriggerGetArgs, TriggerSwitchArgs, TriggerUpdateArgs,
    TriggersCommand,
};

/// Plan and apply for Neon branches.
#[derive(Debug, Parser)]
#[command(name = NAME, subcommand_required = true, arg_required_else_help = true)]
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
    /// Colour: on a terminal, always, or never [default: auto]
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "always",
        overrides_with = "no_color",
        help_heading = "Output"
    )]
    pub color: Option<Colour>,
    /// The same as --color=never
    #[arg(long, global = true, overrides_with = "color", help_heading = "Output")]
    pub no_color: bool,
    /// Nothing is ever reported; scripts written for the reference say so all the same
    #[arg(long, global = true, hide = true)]
    pub no_analytics: bool,
    /// Neither progress nor what is done meanwhile, only results, warnings and errors
    #[arg(long, short, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// Say on standard error what is decided and asked; -vv says more
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,
    /// Write what happens when, and how long it takes, into this file as lines of JSON
    #[arg(long, global = true, value_name = "FILE", help_heading = "Output")]
    pub trace: Option<PathBuf>,
    /// Where resources live: neon, or local[:FILE] for the embedded backend [default: what .neon pins, else neon]
    #[arg(long, global = true, value_name = "BACKEND", help_heading = "Connection", add = ArgValueCandidates::new(values::backends))]
    pub backend: Option<String>,
    /// The API's root URL [env: NEON_API_HOST]
    #[arg(long, global = true, value_name = "URL", help_heading = "Connection")]
    pub api_host: Option<String>,
    /// The API key [env: NEON_API_KEY]
    #[arg(long, global = true, value_name = "KEY", hide_default_value = true, help_heading = "Connection")]
    pub api_key: Option<String>,
    /// The project's id
    #[arg(long, global = true, value_name = "ID", help_heading = "Target", add = ArgValueCandidates::new(values::projects))]
    pub project_id: Option<String>,
    /// The branch's name or id
    #[arg(long, global = true, value_name = "BRANCH", help_heading = "Target", add = ArgValueCandidates::new(values::branches))]
    pub branch: Option<String>,
    /// The context file, instead of the nearest .neon
    #[arg(long, global = true, value_name = "FILE", help_heading = "Target")]
    pub context_file: Option<PathBuf>,
}

/// When results have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, and neither with NO_COLOR nor in CI
    Auto,
    /// Also in a pipe
    #[value(alias = "true")]
    Always,
    /// Not on a terminal either
    #[value(alias = "false")]
    Never,
}

impl Global {
    /// When results have colours: as the flags say, else as the environment does.
    pub fn colours(&self) -> ColorChoice {
        match self.color {
            _ if self.no_color => ColorChoice::Never,
            Some(Colour::Never) => ColorChoice::Never,
            Some(Colour::Always) => ColorChoice::Always,
            Some(Colour::Auto) | None => colours_of_environment(),
        }
    }
}

/// When results have colours, where no flag says it.
pub fn colours_of_environment() -> ColorChoice {
    let is_off = environment::given(environment::NO_COLOR).is_some() || environment::is_unattended();
    if is_off { ColorChoice::Never } else { ColorChoice::Auto }
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
    /// The same as apply, and pull the branch's variables
    Deploy(ApplyArgs),
    /// Pin a branch for this directory; with --create make it first, from the policy
    Checkout(CheckoutArgs),
    /// Pin a project and a branch of it for this directory
    Link(LinkArgs),
    /// The project's branches
    #[command(subcommand, visible_alias = "branch")]
    Branches(BranchesCommand),
    /// Which branch belongs to which git branch
    #[command(subcommand)]
    Git(GitCommand),
    /// Write a policy and a function to start from
    Init,
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
    /// The variables with which an application reaches the branch
    #[command(subcommand)]
    Env(EnvCommand),
    /// Deploy, list, show and delete functions without a policy
    #[command(subcommand, alias = Function::NAME)]
    Functions(FunctionsCommand),
    /// The custom domains that lead to functions
    #[command(subcommand, alias = Domain::NAME)]
    Domains(DomainsCommand),
    /// What calls functions on a schedule, or when objects are stored
    #[command(subcommand, alias = Trigger::NAME)]
    Triggers(TriggersCommand),
    /// The branch's buckets
    #[command(subcommand, alias = Bucket::NAME)]
    Buckets(BucketsCommand),
    /// The commands under the neon command line's names
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The embedded backend
    #[command(subcommand)]
    Local(LocalCommand),
    /// Explain what a policy can and cannot do on this machine
    Sandbox,
    /// Print what lets a shell complete neonform's commands, flags, branches and functions
    #[command(alias = "completion")]
    Completions(CompletionsArgs),
    /// Print the manual page, or write a page for each command
    Man(ManArgs),
    /// Print version and JavaScript engine
    Version,
}

impl Command {
    /// What it says about the policy, where it is about one.
    pub fn policy(&self) -> Option<&PolicyArgs> {
        match self {
            Command::Plan(args) | Command::Config(ConfigCommand::Plan(args)) => Some(&args.policy),
            Command::Apply(args) | Command::Deploy(args) | Command::Config(ConfigCommand::Apply(args)) => {
                Some(&args.policy)
            }
            Command::Diff(args) => Some(&args.policy),
            Command::Env(EnvCommand::Run(args)) => Some(&args.policy),
            Command::Env(EnvCommand::Export(args)) => Some(&args.policy),
            Command::Checkout(args) => Some(&args.policy),
            _ => None,
        }
    }
}

/// `neonform config …`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a policy and a function to start from
    Init,
    /// Show what apply would change
    Plan(PlanArgs),
    /// Make the branch what the policy says, and pull its variables
    Apply(ApplyArgs),
    /// Show what exists on the branch
    Status(StatusArgs),
}
