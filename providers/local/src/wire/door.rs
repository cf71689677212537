//! Whether anyone listens on the port.
//!
//! A closed door is a closed socket: the system refuses connections, as when the platform restarts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The door of one server.
#[derive(Debug, Default)]
pub(super) struct Door {
    closed_until: Mutex<Option<Instant>>,
    times_closed: AtomicU64,
    closing: Notify,
    shut: Notify,
}

impl Door {
    /// Closes it for so long, and for those that are in; returns once nobody listens.
    pub(super) async fn close(&self, lasts: Duration) {
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + lasts);
        self.times_closed.fetch_add(1, Ordering::Relaxed);
        self.closing.notify_one();
        self.shut.notified().await;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.until().is_some_and(|until| until > Instant::now())
    }

    /// Waits until it is open; the socket is closed by now.
    pub(super) async fn opened(&self) {
        self.shut.notify_one();
        while let Some(until) = self.until().filter(|until| *until > Instant::now()) {
            sleep_until(until).await;
        }
    }

    /// Waits until it is closed.
    pub(super) async fn closing(&self) {
        self.closing.notified().await;
    }

    pub(super) fn times_closed(&self) -> u64 {
        self.times_closed.load(Ordering::Relaxed)
    }

    fn until(&self) -> Option<Instant> {
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
