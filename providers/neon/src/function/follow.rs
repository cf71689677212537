//! Following one deployment until its build has ended (spec 9).
//!
//! The platform has no call for a single deployment: the function says what its newest one is, and which one
//! serves. An answer that is missing for a while is no answer about the build, and is asked for again.

use neonform_engine::diagnostic::{Failure, codes};
use tokio::time::Instant;

use super::driver::Status;
use super::manage::find;
use super::report::FunctionReport;
use crate::reported::Reported;
use crate::scope::Scope;

/// What became of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It serves.
    Completed,
    /// Its build failed, for this reason where one was given.
    Failed(Option<String>),
    /// A newer deployment was made, and what became of this one cannot be seen any more.
    Overtaken(i64),
    /// It has not ended within the time for it.
    Late,
}

/// A deployment that was followed.
#[derive(Debug)]
pub struct Followed {
    /// What became of it.
    pub ending: Ending,
    /// The function as it was seen last.
    pub function: Option<Reported<FunctionReport>>,
}

/// Waits until a deployment has ended, as long as the scope says.
///
/// # Errors
/// When the run is stopped meanwhile, or the API refuses to say.
pub async fn follow(scope: &Scope, slug: &str, id: i64) -> Result<Followed, Failure> {
    let end = Instant::now() + scope.polling.limit;
    let mut seen = None;
    loop {
        match find(scope, slug).await {
            Ok(found) => seen = found.or(seen),
            Err(failure) if is_passing(&failure) => {}
            Err(failure) => return Err(failure),
        }
        let ending = seen.as_ref().and_then(|function| ended(&function.read, id));
        let is_late = Instant::now() + scope.polling.interval > end;
        if let Some(ending) = ending.or_else(|| is_late.then_some(Ending::Late)) {
            return Ok(Followed { ending, function: seen });
        }
        scope.client.pause(scope.polling.interval).await?;
    }
}

fn is_passing(failure: &Failure) -> bool {
    let passing = [codes::SERVER_ERROR, codes::NETWORK, codes::RATE_LIMITED, codes::LOCKED];
    failure.0.iter().all(|problem| passing.contains(&problem.code))
}

/// What became of a deployment, if that can be seen.
fn ended(function: &FunctionReport, id: i64) -> Option<Ending> {
    if function.active.as_ref().is_some_and(|active| active.id == id) {
        return Some(Ending::Completed);
    }
    let current = function.current.as_ref().filter(|current| current.id >= id)?;
    if current.id > id {
        return Some(Ending::Overtaken(current.id));
    }
    match current.ending() {
        Status::Completed => Some(Ending::Completed),
        Status::Failed => Some(Ending::Failed(current.error.clone())),
        Status::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(current: (i64, &str), active: Option<i64>) -> Option<Ending> {
        let function = serde_json::from_value(json!({
            "slug": "api",
            "current_deployment": { "id": current.0, "status": current.1, "error": "no entry" },
            "active_deployment": active.map(|id| json!({ "id": id, "status": "completed" })),
        }));
        ended(&function.unwrap(), 2)
    }

    #[test]
    fn an_ending_is_read_from_the_newest_deployment_and_the_one_that_serves() {
        assert_eq!(seen((1, "completed"), Some(1)), None);
        assert_eq!(seen((2, "building"), Some(1)), None);
        assert_eq!(seen((2, "some new word"), None), None);
        assert_eq!(seen((2, "completed"), None), Some(Ending::Completed));
        assert_eq!(seen((2, "failed"), Some(1)), Some(Ending::Failed(Some("no entry".to_owned()))));
        assert_eq!(seen((3, "pending"), Some(2)), Some(Ending::Completed));
        assert_eq!(seen((3, "completed"), Some(3)), Some(Ending::Overtaken(3)));
    }
}
