//! How fast requests are sent, so that the API's limits are kept rather than met (API spec 1).
//!
//! 700 a minute for an account, 40 a second for a route: a request that would be one too many waits for its turn.
//! `ledger.rs` counts; `shared.rs` keeps the count in a file, so that all processes of a user on a machine count
//! together. What others send with the same account still ends in a 429: then everybody waits for as long as the
//! API says, and that route goes at half its rate for a minute.

mod ledger;
mod shared;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ledger::Ledger;
pub use ledger::Limits;

/// When the next request may be sent.
#[derive(Debug)]
pub(super) struct Pace {
    /// Nothing for a server that has no limits to keep.
    limits: Option<Limits>,
    /// Where the count is shared; in this process alone where there is nothing or it cannot be used.
    file: Option<PathBuf>,
    own: Mutex<Ledger>,
}

impl Pace {
    /// A pace within these limits, counted in a file together with other processes.
    pub(super) fn new(limits: Option<Limits>, file: Option<PathBuf>) -> Self {
        Self { limits, file, own: Mutex::default() }
    }

    /// Waits until a request of this operation may be sent.
    pub(super) async fn turn(&self, operation: &'static str) {
        let limits = self.limits;
        // The turn is taken at once and nothing is held while waiting for it.
        let wait =
            self.with(move |ledger, now| ledger.take(operation, limits, now).saturating_sub(now)).await;
        if wait > 0 {
            tracing::debug!(operation, wait_us = wait, "waiting for the rate limit");
            tokio::time::sleep(Duration::from_micros(wait)).await;
        }
    }

    /// Hears that the API's limit was met all the same, and when it can be tried again.
    pub(super) async fn limited(&self, operation: &'static str, wait: Duration) {
        let limits = self.limits;
        let wait = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
        self.with(move |ledger, now| ledger.limited(operation, limits, now, wait)).await;
    }

    /// How long until this many requests could have been sent, as far as the limits go.
    pub(super) async fn time_for(&self, requests: usize) -> Duration {
        let limits = self.limits;
        Duration::from_micros(self.with(move |ledger, now| ledger.time_for(requests, limits, now)).await)
    }

    async fn with<T>(&self, act: impl Fn(&mut Ledger, u64) -> T) -> T {
        if let Some(file) = &self.file
            && let Some(done) = shared::with(file, &act).await
        {
            return done;
        }
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut own, ledger::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const FEW: Limits = Limits { a_minute: 700, a_second: 3 };

    #[tokio::test]
    async fn whoever_is_one_too_many_waits() {
        let (pace, started) = (Pace::new(Some(FEW), None), Instant::now());
        for _ in 0..=FEW.a_second {
            pace.turn("getProject").await;
        }
        assert!(started.elapsed() >= Duration::from_secs(1));
    }

    #[tokio::test]
    async fn two_with_one_file_count_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pace").join("host.json");
        let paces = [0, 1].map(|_| Pace::new(Some(FEW), Some(file.clone())));
        let started = Instant::now();
        for turn in 0..FEW.a_second * 2 + 1 {
            paces[turn % 2].turn("getProject").await;
        }
        assert!(started.elapsed() >= Duration::from_secs(2));
    }

    #[tokio::test]
    async fn what_one_is_told_holds_for_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("host.json");
        let paces = [0, 1].map(|_| Pace::new(None, Some(file.clone())));
        let started = Instant::now();
        paces[0].limited("getProject", Duration::from_millis(700)).await;
        paces[1].turn("listBuckets").await;
        assert!(started.elapsed() >= Duration::from_millis(700));
    }

    #[tokio::test]
    async fn a_file_that_is_nonsense_or_cannot_be_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("host.json");
        std::fs::write(&file, "{ \"all\": 7").unwrap();
        let (pace, started) = (Pace::new(Some(FEW), Some(file.clone())), Instant::now());
        pace.turn("getProject").await;
        let below_a_file = Pace::new(Some(FEW), Some(file.join("impossible")));
        below_a_file.turn("getProject").await;
        assert!(started.elapsed() < Duration::from_millis(900));
    }
}
