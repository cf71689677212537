//! One command a file; this one only chooses.

mod apply;
mod buckets;
mod branches;
mod checkout;
mod git;
mod init;
mod link;
mod bundle;
mod completions;
mod eval;
mod explain;
mod import;
mod local;
mod log;
mod man;
mod diff;
mod domains;
mod env;
mod functions;
mod plan;
mod plan_branches;
mod show;
mod snapshot;
mod sandbox;
pub mod status;
mod triggers;
pub(crate) mod version;

use std::sync::Arc;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::args::{Cli, Command, ConfigCommand, Format, LocalCommand};
use crate::session::Session;
use crate::signals::Signals;

/// How a command ended when it did not fail with diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything asked for was done.
    Done,
    /// There are changes, and the caller wants to know by the exit code.
    Changes,
    /// It was refused or is incomplete, and has said so.
    Incomplete,
    /// It ends as another program does, or as a shell would that cannot run it.
    Exit(u8),
}

/// Runs a command.
///
/// # Errors
/// The problems that ended it; they are not printed yet.
pub async fn run(cli: Cli, signals: &Arc<Signals>) -> Result<Ending, Failure> {
    let is_comparison = matches!(
        cli.command,
        Command::Plan(_)
            | Command::Config(ConfigCommand::Plan(_))
            | Command::Show(_)
            | Command::Diff(_)
            | Command::Snapshot(_)
    );
    if cli.global.output == Format::Markdown && !is_comparison {
        return Err(Diagnostic::error(
            codes::USAGE,
            "only a plan or a comparison can be printed as Markdown",
        )
        .fix("leave out --output markdown, or run neonform plan or neonform diff")
        .into());
    }
    let mut session = Session::new(cli.global, Arc::clone(signals))?;
    if cli.command.policy().is_some_and(|policy| policy.untrusted) {
        // A stranger's context file would have the plan made against a backend of the stranger's own.
        session.context.backend = None;
    }
    match cli.command {
        Command::Plan(args) | Command::Config(ConfigCommand::Plan(args)) => plan::run(&session, &args).await,
        Command::Apply(args) => apply::run(&session, &args, false).await,
        Command::Deploy(args) | Command::Config(ConfigCommand::Apply(args)) => {
            apply::run(&session, &args, true).await
        }
        Command::Status(args) | Command::Config(ConfigCommand::Status(args)) => {
            status::run(&session, &args).await
        }
        Command::Checkout(args) => checkout::run(&session, &args).await,
        Command::Link(args) => link::run(&session, &args).await,
        Command::Branches(command) => branches::run(&session, &command).await,
        Command::Git(command) => git::run(&session, &command).await,
        Command::Init | Command::Config(ConfigCommand::Init) => init::run(&session),
        Command::Import(args) => import::run(&session, &args).await,
        Command::Snapshot(args) => snapshot::run(&session, &args).await,
        Command::Diff(args) => diff::run(&session, &args).await,
        Command::Show(args) => show::run(&session, &args),
        Command::Log(args) => log::run(&session, &args),
        Command::Eval(args) => eval::run(&session, &args).await,
        Command::Bundle(args) => bundle::run(&session, &args).await,
        Command::Explain(args) => explain::run(&session, &args).await,
        Command::Functions(command) => functions::run(&session, command).await,
        Command::Domains(command) => domains::run(&session, &command).await,
        Command::Triggers(command) => triggers::run(&session, &command).await,
        Command::Buckets(command) => buckets::run(&session, &command).await,
        Command::Env(command) => env::run(&session, &command).await,
        Command::Local(LocalCommand::Serve(args)) => local::run(&session, &args).await,
        Command::Sandbox => sandbox::run(&session).await,
        Command::Completions(args) => completions::run(&session, &args),
        Command::Man(args) => man::run(&session, &args),
        Command::Version => version::run(&session),
    }
}

/// Refuses formats where the result is a text of its own.
fn only_as_text(session: &Session, what: &str) -> Result<(), Failure> {
    if session.global.output == Format::Human {
        return Ok(());
    }
    Err(Diagnostic::error(codes::USAGE, "the result of this command has one format only")
        .found("--output")
        .expected(what)
        .fix("leave out --output")
        .into())
}
