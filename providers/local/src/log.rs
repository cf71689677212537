//! What was asked and how it was answered, for tests to look at, and a line of each in a file for people.
//!
//! Invariant: what clients sent, secret values included, is kept in memory only; it keeps the newest
//! exchanges and forgets the rest. The file says which operation, method, path, status and client, and no more.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
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
    /// What the client calls itself; empty where it does not say.
    pub client: String,
}

/// The newest exchanges, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    newest: Mutex<VecDeque<Exchange>>,
    file: Option<File>,
}

impl Log {
    /// With a file that gets a line for each request.
    pub(crate) fn into_file(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self { file: Some(file), ..Self::default() })
    }

    pub(crate) fn push(&self, exchange: Exchange) {
        let mut kept = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut file) = self.file.as_ref() {
            let Exchange { operation, method, path, status, client, .. } = &exchange;
            let operation = if operation.is_empty() { "-" } else { operation };
            let client = if client.is_empty() { "-" } else { client };
            // In one write, before the answer is sent. A full disk is no reason to answer otherwise.
            let _ = file.write_all(format!("{operation} {method} {path} {status} {client}\n").as_bytes());
        }
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(exchange);
    }

    pub(crate) fn all(&self) -> Vec<Exchange> {
        let kept = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
