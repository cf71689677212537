//! The user wants nothing more to be sent: what is in flight is answered, waiting ends at once.
//!
//! Whoever hears of it (a signal, in `cli`) sets it; the client then refuses to send, and the steps of a run
//! ask it before they begin. It is never taken back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// Whether the user wants nothing more to be sent; clones are about the same.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<watch::Sender<bool>>);

/// It was asked for while something was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl Stop {
    /// Asks for it.
    pub fn set(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was asked for.
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for something, unless and until it is asked for.
    ///
    /// # Errors
    /// When it was asked for; what was waited for is dropped then.
    pub async fn or<T>(&self, wait: impl Future<Output = T>) -> Result<T, Stopped> {
        let mut receiver = self.0.subscribe();
        tokio::select! {
            biased;
            // The sender lives as long as `self`, so this ends only when it is set.
            _ = receiver.wait_for(|stopped| *stopped) => Err(Stopped),
            done = wait => Ok(done),
        }
    }

    /// Sleeps, unless and until it is asked for.
    ///
    /// # Errors
    /// When it was asked for.
    pub async fn sleep(&self, time: Duration) -> Result<(), Stopped> {
        self.or(tokio::time::sleep(time)).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn waiting_ends_when_it_is_asked_for_and_does_not_begin_after() {
        let (stop, started) = (Stop::default(), Instant::now());
        assert_eq!(stop.sleep(Duration::from_millis(1)).await, Ok(()));
        let sleeper = tokio::spawn({
            let stop = stop.clone();
            async move { stop.sleep(Duration::from_secs(60)).await }
        });
        tokio::task::yield_now().await;
        stop.set();
        assert_eq!(sleeper.await.unwrap(), Err(Stopped));
        assert_eq!(stop.or(std::future::ready(())).await, Err(Stopped));
        assert!(stop.is_set() && started.elapsed() < Duration::from_secs(30));
    }
}
