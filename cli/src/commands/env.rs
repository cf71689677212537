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
    check(session.global.output, command)?;
    match command {
        EnvCommand::Pull(args) => pull(session, args).await,
        EnvCommand::Run(args) => run_with(session, args).await,
        EnvCommand::Export(args) => export(session, args).await,
    }
}

/// Refuses formats that a command has nothing to print in. The reference prints no result of a pull in its own.
fn check(format: Format, command: &EnvCommand) -> Result<(), Failure> {
    let (known, expected): (&[Format], &str) = match command {
        EnvCommand::Pull(_) => (&[Format::Human, Format::Json, Format::NeonJson], "human or json"),
        EnvCommand::Run(_) => (&[Format::Human], "human: what is printed is the command's own"),
        EnvCommand::Export(_) => (&[Format::Human, Format::Json], "human or json, or --format"),
    };
    if known.contains(&format) {
        return Ok(());
    }
    Err(Diagnostic::error(codes::USAGE, "this command has no result in that format")
        .expected(expected)
        .fix("correct --output, or leave it out")
        .into())
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
    let pulled = pulled?;
    pulled.tell(session);
    if session.global.output == Format::Json {
        print::json(&pulled.json(session));
    }
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
    read.map(|read| read.resolved.variables)
}

async fn run_with(session: &Session, args: &EnvRunArgs) -> Result<Ending, Failure> {
    let variables = read(session, &args.policy, &args.service).await?;
    let Some((program, words)) = args.command.split_first() else { return Ok(Ending::Done) };
    let mut command = std::process::Command::new(program);
    command.args(words).envs(variables.iter().map(|(name, value)| (name, value.expose())));
    Ok(match become_process(command) {
        Ok(code) => Ending::Exit(code),
        Err(cause) => {
            print::diagnostics(&[Diagnostic::error(codes::USAGE, "the command cannot be run")
                .found(program.to_string_lossy().into_owned())
                .fix("check its name, and that it is in PATH and can be executed")
                .fact("cause", cause.to_string())]);
            // As a shell ends then.
            Ending::Exit(if cause.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 })
        }
    })
}

/// Goes on as the command: its exit code and every signal are its own.
#[cfg(unix)]
fn become_process(mut command: std::process::Command) -> std::io::Result<u8> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

/// Waits for the command, to end as it did.
#[cfg(not(unix))]
fn become_process(mut command: std::process::Command) -> std::io::Result<u8> {
    let code = command.status()?.code();
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
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
