//! `neonform functions`: functions without a policy (spec 9). One command a file; this one chooses, and shows.

mod delete;
mod deploy;
mod show;

use neonform_engine::diagnostic::Failure;

pub(super) use show::unknown;

use super::{Ending, domains};
use crate::args::{DomainsCommand, FunctionDomainsCommand, FunctionsCommand};
use crate::session::Session;

/// Does one of them.
pub(super) async fn run(session: &Session, command: FunctionsCommand) -> Result<Ending, Failure> {
    match command {
        FunctionsCommand::Deploy(args) => deploy::run(session, args).await,
        FunctionsCommand::List => show::list(session).await,
        FunctionsCommand::Get(args) => show::get(session, &args).await,
        FunctionsCommand::Delete(args) => delete::run(session, &args).await,
        FunctionsCommand::Domains(command) => {
            let command = match command {
                FunctionDomainsCommand::List => DomainsCommand::List,
                FunctionDomainsCommand::Register(args) => DomainsCommand::Add(args),
                FunctionDomainsCommand::Delete(args) => DomainsCommand::Delete(args),
            };
            domains::run(session, &command).await
        }
    }
}
