//! `neonform env`: the variables with which an application reaches a branch, into a file, a process, or out (spec 7).

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;
use serde_json::{Map, Value as Json};

use super::Ending;
use crate::args::{EnvCommand, EnvExportArgs, EnvPullArgs, EnvRunArgs, Format, PolicyArgs, VariableFormat};
use crate::backend::Connection;
use crate::env_file::written_value;
use crate::env_pull::{self, Pull};
use crate::invocation::quoted;
use crate::print;
use crate::session::Session;
use crate::variables::{self, Asked};

/// Does one of them.
pub(super) async fn run(session: &Session, command: &EnvCommand) -> Result<Ending, Failure> {
    match command {
        EnvCommand::Pull(args) => pull(session, args).await,
        EnvCommand::Run(args) => run_with(session, args).await,
        EnvCommand::Export(args) => export(session, args).await,
    }
}

async fn pull(session: &Session, args: &EnvPullArgs) -> Result<Ending, Failure> {
    let pull = Pull {
        policy: &PolicyArgs { config: args.config.clone(), ..PolicyArgs::default() },
        selection: variables::selection(&args.service, &args.env)?,
        with_gateway: true,
        along_the_way: false,
        file: env_pull::file(&session.working, args.file.as_deref()),
    };
    let connection = Connection::open(session).await?;
    let pulled = env_pull::pull(session, &connection, pull).await;
    connection.close().await;
    pulled?.tell(session);
    Ok(Ending::Done)
}

/// Reads what `run` and `export` are about.
async fn read(
    session: &Session,
    policy: &PolicyArgs,
    services: &[String],
) -> Result<Vec<(String, Secret)>, Failure> {
    let selection = variables::selection(services, &[])?;
    let held = env_pull::held(&env_pull::file(&session.working, None))?;
    let connection = Connection::open(session).await?;
    let asked = Asked { policy, selection, with_gateway: false, held, along_the_way: false };
    let read = variables::read(session, &connection, asked).await;
    connection.close().await;
    read.map(|(_, resolved)| resolved.variables)
}

async fn run_with(session: &Session, args: &EnvRunArgs) -> Result<Ending, Failure> {
    let variables = read(session, &args.policy, &args.service).await?;
    let Some((program, words)) = args.command.split_first() else { return Ok(Ending::Done) };
    let mut command = std::process::Command::new(program);
    command.args(words).envs(variables.iter().map(|(name, value)| (name, value.expose())));
    become_process(command).map_err(|cause| {
        Diagnostic::error(codes::USAGE, "the command cannot be run")
            .found(program.to_string_lossy().into_owned())
            .fix("check its name and that it is in PATH")
            .fact("cause", cause.to_string())
            .into()
    })
}

/// Goes on as the command: its exit code and every signal are its own.
#[cfg(unix)]
fn become_process(mut command: std::process::Command) -> Result<Ending, std::io::Error> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

/// Waits for the command and ends as it did.
#[cfg(not(unix))]
fn become_process(mut command: std::process::Command) -> Result<Ending, std::io::Error> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}

async fn export(session: &Session, args: &EnvExportArgs) -> Result<Ending, Failure> {
    let variables = read(session, &args.policy, &args.service).await?;
    let usual =
        if session.global.output == Format::Json { VariableFormat::Json } else { VariableFormat::Dotenv };
    let line = |write: fn(&str, &str) -> String| {
        variables.iter().for_each(|(name, value)| print::line(&write(name, value.expose())));
    };
    match args.format.unwrap_or(usual) {
        VariableFormat::Dotenv => line(|name, value| format!("{name}={}", written_value(value))),
        VariableFormat::Shell => line(|name, value| format!("export {name}={}", quoted(value))),
        VariableFormat::Json => {
            let object: Map<String, Json> =
                variables.iter().map(|(name, value)| (name.clone(), value.expose().into())).collect();
            print::json(&object.into());
        }
    }
    Ok(Ending::Done)
}
