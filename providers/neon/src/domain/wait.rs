//! Waiting for a function's deployment before a domain is moved to it, so that the name never leads
//! to nothing (spec 4.7).

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::kind::{Kind, Prior};
use neonform_engine::value::Value;
use tokio::time::Instant;

use crate::function::{self, DEPLOYMENT_ID, DeploymentLive, Function, Status};
use crate::scope::Scope;

/// Waits until the deployment that this run made is completed; without one, the function's newest.
pub(super) async fn for_deployment(
    scope: &Scope,
    host: &str,
    slug: &str,
    prior: &Prior,
) -> Result<(), Failure> {
    let mut expected = match prior.output(&Address::new(Function::NAME, slug), DEPLOYMENT_ID) {
        Some(Value::Number(id)) => Some(*id),
        _ => None,
    };
    let end = Instant::now() + scope.polling.limit;
    loop {
        let current = function::read_one(scope, slug).await?.current;
        #[expect(clippy::cast_precision_loss, reason = "deployments are counted from 1")]
        let id = |deployment: &DeploymentLive| deployment.id as f64;
        if let Some(deployment) = &current {
            let wanted = *expected.get_or_insert(id(deployment));
            if id(deployment) > wanted {
                return Err(gave_up(host, slug, "a newer deployment was made meanwhile").into());
            }
            match deployment.status {
                Status::Completed if id(deployment) >= wanted => return Ok(()),
                Status::Failed if id(deployment) >= wanted => {
                    return Err(gave_up(host, slug, "the deployment failed").into());
                }
                _ => {}
            }
        }
        if Instant::now() + scope.polling.interval > end {
            return Err(gave_up(host, slug, "the deployment did not end in time").into());
        }
        scope.client.pause(scope.polling.interval).await?;
    }
}

fn gave_up(host: &str, slug: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        codes::DEPLOYMENT_NOT_COMPLETED,
        "a custom domain was not moved; it leads where it led before",
    )
    .found(format!("{host} to function {slug:?}: {why}"))
    .expected("a completed deployment of the function")
    .fix("see why with neonform status or the console, then run the command again")
}
