//! How many requests were sent and how long they took, for saying how long more of them will take.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// What is counted; shared by all clones of a client.
#[derive(Debug, Default)]
pub(super) struct Tally {
    sent: AtomicUsize,
    microseconds: AtomicU64,
}

impl Tally {
    /// Counts one request.
    pub(super) fn count(&self, took: Duration) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(took, Ordering::Relaxed);
    }

    /// How many were sent.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// How long one took on average.
    pub(super) fn usual(&self) -> Duration {
        let total = self.microseconds.load(Ordering::Relaxed);
        let sent = u64::try_from(self.sent()).unwrap_or(u64::MAX);
        Duration::from_micros(total.checked_div(sent).unwrap_or_default())
    }
}
