//! The `neonform` command line: arguments, commands, output, exit codes.
//!
//! The only crate that prints and reads the environment. `args.rs` is what was written, `session.rs`
//! what it means, `commands/<verb>.rs` what is done, `output/<format>.rs` how it is shown,
//! `pipeline.rs` the way from a policy to a plan, `creation.rs` what is special about a new branch,
//! `branches.rs` about several at once, `progress.rs` what is said while one waits, `signals.rs` what an interrupt does.

pub mod args;
pub mod env;
pub mod session;
pub mod policy_file;
pub mod trust;
pub mod dotenv;
pub mod env_file;
pub mod env_pull;
pub mod git;
pub mod gitignore;
pub mod variables;
pub mod context;
pub mod backend;
pub mod bundler;
pub mod once;
pub mod build_cache;
pub mod cache;
pub mod modules;
pub mod functions;
pub mod packages;
pub mod lease;
pub mod pipeline;
pub mod creation;
pub mod deployments;
pub mod consent;
pub mod on_branch;
pub mod branches;
pub mod files;
pub mod stored;
pub mod snapshot;
pub mod comparison;
pub mod operand;
pub mod saved_plan;
pub mod commands;
pub mod completions;
pub mod output;
pub mod ask;
pub mod usage;
mod print;
pub mod progress;
pub mod signals;
pub mod logging;
pub mod journal;
pub mod unfinished;
pub mod invocation;

use std::process::ExitCode;
use std::sync::Arc;

use clap::FromArgMatches;
use clap::error::ErrorKind;

use args::{Cli, Command};
use commands::Ending;
use neonform_engine::diagnostic::codes;
use signals::{Signal, Signals};
use tracing::Instrument;

/// Parses the command line and runs it. 0 is success, 1 any failure (spec 10.3), 2 a plan with changes where that is
/// asked for, 130 and 143 an interrupt; with `env run` it is the command's own.
pub fn main() -> ExitCode {
    // Before anything else: this process is to have one thread and nothing open when it confines itself.
    if std::env::args_os().nth(1).is_some_and(|word| word == trust::SERVE) {
        return neonform_eval::serve();
    }
    if completions::answer() {
        return ExitCode::SUCCESS;
    }
    let parsed = args::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(shown) => {
            return not_parsed(&shown);
        }
    };
    cli.global.colours().write_global();
    let output = cli.global.output;
    if let Err(failure) = logging::start(&cli.global) {
        print::failure(output, &failure);
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => {
            anstream::eprintln!("neonform cannot start its threads: {cause}");
            return ExitCode::FAILURE;
        }
    };
    let signals = Arc::<Signals>::default();
    if !matches!(cli.command, Command::Local(_)) {
        progress::start(&cli.global);
        runtime.spawn(Arc::clone(&signals).receive());
    }
    let timed = tracing::debug_span!(target: "neonform::timing", "command");
    let ended = runtime.block_on(commands::run(cli, &signals).instrument(timed));
    progress::rest();
    let code = match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Changes) => ExitCode::from(2),
        Ok(Ending::Incomplete) => ExitCode::FAILURE,
        Ok(Ending::Exit(code)) => ExitCode::from(code),
        Err(failure) => {
            print::failure(output, &failure);
            let was_ended = failure.is(codes::INTERRUPTED);
            if was_ended { ExitCode::from(Signal::Interrupt.code()) } else { ExitCode::FAILURE }
        }
    };
    signals.received().map_or(code, |signal| ExitCode::from(signal.code()))
}

/// Help and version are results; everything else is a problem.
fn not_parsed(shown: &clap::Error) -> ExitCode {
    args::colours_of_environment().write_global();
    match shown.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = shown.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = shown.print();
            ExitCode::FAILURE
        }
        _ => {
            print::failure(usage::format(), &usage::failure(shown));
            ExitCode::FAILURE
        }
    }
}
