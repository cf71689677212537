//! `neonform local serve`: the embedded backend on its own, for other clients.

use std::time::Duration;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_local::Options;

use super::Ending;
use crate::args::ServeArgs;
use crate::backend::{default_file, refused};
use crate::print;
use crate::session::Session;

/// Serves until interrupted. Any key is accepted unless `--api-key` names one.
pub(super) async fn run(session: &Session, args: &ServeArgs) -> Result<Ending, Failure> {
    let file =
        args.file.as_ref().map_or_else(|| default_file(&session.working), |file| session.working.join(file));
    let options = Options {
        file: Some(file.clone()),
        port: args.port,
        api_key: session.global.api_key.clone(),
        latency: Duration::from_millis(args.latency.into()),
        log: args.log.as_ref().map(|file| session.working.join(file)),
        seed_default_project: true,
        ..Options::default()
    };
    let server = neonform_local::start(options).await.map_err(refused)?;
    print::line(server.url());
    anstream::eprintln!("State is kept in {}. Stop with Ctrl-C.", file.display());
    tokio::signal::ctrl_c().await.map_err(|cause| {
        Diagnostic::error(codes::LOCAL_BACKEND, "interrupts cannot be received")
            .fact("cause", cause.to_string())
    })?;
    server.shutdown().await;
    Ok(Ending::Done)
}
