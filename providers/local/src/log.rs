//! What was asked and how it was answered, for tests to look at.
//!
//! Invariant: it is kept in memory only and never written anywhere, since it holds what clients
//! sent, secret values included. It keeps the newest exchanges and forgets the rest.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// How many exchanges are kept.
const KEPT: usize = 10_000;

/// One request and the status it was answered with.
///
/// May hold secret values (a function's environment); for tests only.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The operation name; empty for a route that does not exist.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// The path below `/api/v2`, as sent.
    pub path: String,
    /// The query string, as sent; empty without one.
    pub query: String,
    /// The JSON body, `null` without one. A deployment is shown as `runtime`, `environment`
    /// and `zip` with `sha256`, `size` and `entries`; malformed JSON as a string.
    pub body: Value,
    /// The status of the answer; zero when the connection was closed without one.
    pub status: u16,
    /// The request id of the answer.
    pub request_id: String,
}

/// The newest exchanges, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<VecDeque<Exchange>>);

impl Log {
    pub(crate) fn push(&self, exchange: Exchange) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(exchange);
    }

    pub(crate) fn all(&self) -> Vec<Exchange> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
