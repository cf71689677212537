//! Failures on demand, so that clients can be tested against a platform that misbehaves.
//!
//! A fault waits for a request with its operation name and text, answers in its place or after it
//! took effect, and is used up after `times` requests. It may first replace what there is, to play
//! someone else's change. Faults live in memory only.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::seed::Replacement;

/// One failure to inject.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    /// The operation it meets, for example `createBranch`.
    pub operation: String,
    /// Text that must occur in the path with its query or in the compact JSON of the body (for
    /// a deployment: the body as the log shows it). `None` meets every request of the operation.
    pub matching: Option<String>,
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
    /// How many requests it meets; `None` means all.
    pub times: Option<u32>,
    /// The request takes effect first, then this is the answer: an unanswered mutation.
    pub after_effect: bool,
    /// The connection is closed without an answer.
    pub hang_up: bool,
    /// A raw body, for example a proxy's page, sent as `text/html` in place of the error body.
    pub plain_text: Option<String>,
    /// What is replaced before the request is looked at. A fault that replaces and says nothing
    /// else (no status, message, page or hang-up) then lets the request through.
    pub replace: Option<Box<Replacement>>,
}

impl Fault {
    /// Whether the request is answered as if there was no fault.
    pub(crate) fn lets_through(&self) -> bool {
        let silent = self.status == 0 && self.message.is_empty();
        self.replace.is_some() && silent && self.plain_text.is_none() && !self.hang_up
    }
}

/// The faults still waiting.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, faults: Vec<Fault>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// The first fault that meets the request, counted down.
    pub(crate) fn take(&self, operation: &str, target: &str, body: &str) -> Option<Fault> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = waiting.iter().position(|fault| {
            fault.operation == operation
                && fault.times != Some(0)
                && fault.matching.as_deref().is_none_or(|text| target.contains(text) || body.contains(text))
        })?;
        let fault = waiting.get_mut(at)?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.clone())
    }
}
