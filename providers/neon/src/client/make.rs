//! Making something that must not be made twice, over a network that loses answers.
//!
//! A request to make something that gets no answer, or one that nobody can read, may have been
//! performed. Then what there is by now decides: if it is what was asked for, it is done; if there is
//! nothing of it, it is asked for again; if that cannot be told, the failure stands and the next run
//! reads before it writes.

use neonform_engine::diagnostic::Failure;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::{Client, Request, decode};

impl Client {
    /// Sends a request that makes something. `look` says what there is of it by now, in the shape of
    /// the answer; it fails where that cannot be told.
    ///
    /// # Errors
    /// As [`Client::send`], where looking does not show that it was made.
    pub async fn make<T: DeserializeOwned, Looking>(
        &self,
        request: Request,
        look: impl Fn() -> Looking,
    ) -> Result<T, Failure>
    where
        Looking: Future<Output = Result<Option<T>, Failure>>,
    {
        let mut attempt = 0;
        loop {
            let error = match self.exchange(&request).await.and_then(|answer| decode(&request, answer)) {
                Ok(made) => return Ok(made),
                Err(error) => error,
            };
            if error.status() == Some(409) && self.patient {
                // An earlier attempt that was thought to have failed, or a proxy that sent it twice.
                return look().await.ok().flatten().ok_or_else(|| error.into());
            }
            let Some(wait) = self.wait_for_effect(&error, attempt) else { return Err(error.into()) };
            tracing::info!(operation = request.operation, attempt, "looking whether it took effect");
            if self.stop.sleep(wait).await.is_err() {
                return Err(error.into());
            }
            match look().await {
                Ok(Some(made)) => return Ok(made),
                Ok(None) if self.wait(&again(&request), &error, attempt).is_some() => attempt += 1,
                _ => return Err(error.into()),
            }
        }
    }

    fn wait_for_effect(&self, error: &ApiError, attempt: u32) -> Option<std::time::Duration> {
        super::retry::wait_for_effect(error, attempt, &self.patience).filter(|_| self.patient)
    }
}

/// The request, now that it is known to have had no effect.
fn again(request: &Request) -> Request {
    Request { repeatable: true, ..request.clone() }
}
