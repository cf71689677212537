//! Failures on demand, so that clients can be tested against a platform that misbehaves.
//!
//! A fault waits for the n-th of the requests that it is about, answers in its place or after it took
//! effect, and is used up after `times` requests or some time. It may first replace what there is, to
//! play someone else's change. What happens to an answer on its way is in `fault/delivery.rs`, and
//! where a test may step in, in `fault/hook.rs`. Faults live in memory only.

mod delivery;
mod hook;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

pub use self::delivery::{Delivery, Edit};
pub(crate) use self::hook::At;
pub use self::hook::Hook;
use crate::seed::Replacement;

/// One failure to inject.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    /// The operation it meets, for example `createBranch`; empty for every operation.
    pub operation: String,
    /// Text that must occur in the path with its query or in the compact JSON of the body (for
    /// a deployment: the body as the log shows it). `None` meets every request of the operation.
    pub matching: Option<String>,
    /// How many requests that it could meet it lets pass first: with `n - 1` it meets the n-th.
    pub skip: u32,
    /// How many requests it meets; `None` means all.
    pub times: Option<u32>,
    /// How long it lasts, from the first request that it meets; `None` is for good.
    pub lasts: Option<Duration>,
    /// The request takes effect first, then this is the answer: an unanswered mutation.
    pub after_effect: bool,
    /// The status of the answer. Zero becomes 500.
    pub status: u16,
    /// The `code` of the error body.
    pub code: String,
    /// The `message` of the error body.
    pub message: String,
    /// The request id to answer with; the request's own when `None`.
    pub request_id: Option<String>,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u64>,
    /// A raw body, for example a proxy's page, sent as `text/html` in place of the error body.
    pub plain_text: Option<String>,
    /// The connection is closed without an answer.
    pub hang_up: bool,
    /// Nothing is heard for so long; then the connection is closed without an answer.
    pub silence: Option<Duration>,
    /// The connection is closed without an answer, and for so long nobody listens on the port.
    pub refuse: Option<Duration>,
    /// The request takes effect, and its own answer arrives like this.
    pub delivery: Option<Delivery>,
    /// What is replaced before the request is looked at. A fault that replaces and says nothing
    /// else (no status, message, page or hang-up) then lets the request through.
    pub replace: Option<Box<Replacement>>,
    /// What the test does meanwhile.
    pub hook: Option<Hook>,
}

impl Fault {
    /// Whether the request is answered as if there was no fault.
    pub(crate) fn lets_through(&self) -> bool {
        let silent = self.status == 0 && self.message.is_empty() && self.plain_text.is_none();
        let steps_in = self.replace.is_some() || self.hook.is_some();
        steps_in && silent && !self.is_unanswered() && self.delivery.is_none()
    }

    /// Whether the request takes effect.
    pub(crate) fn takes_effect(&self) -> bool {
        self.after_effect || self.delivery.is_some()
    }

    /// Whether the client hears nothing.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.hang_up || self.silence.is_some() || self.refuse.is_some()
    }

    fn is_about(&self, operation: &str, target: &str, body: &str) -> bool {
        (self.operation.is_empty() || self.operation == operation)
            && self.matching.as_deref().is_none_or(|text| target.contains(text) || body.contains(text))
    }
}

/// The faults still waiting.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Waiting>>);

#[derive(Debug)]
struct Waiting {
    fault: Fault,
    first_met: Option<Instant>,
}

impl Faults {
    pub(crate) fn add(&self, faults: Vec<Fault>) {
        let waiting = faults.into_iter().map(|fault| Waiting { fault, first_met: None });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(waiting);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The first fault that meets the request, counted down; those before it that let it pass are too.
    pub(crate) fn take(&self, operation: &str, target: &str, body: &str) -> Option<Fault> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.iter_mut().filter(|one| one.fault.is_about(operation, target, body)).find_map(Waiting::meet)
    }
}

impl Waiting {
    fn meet(&mut self) -> Option<Fault> {
        if self.fault.skip > 0 {
            self.fault.skip -= 1;
            return None;
        }
        let first_met = *self.first_met.get_or_insert_with(Instant::now);
        if self.fault.times == Some(0) || self.fault.lasts.is_some_and(|lasts| first_met.elapsed() > lasts) {
            return None;
        }
        if let Some(times) = &mut self.fault.times {
            *times -= 1;
        }
        Some(self.fault.clone())
    }
}
