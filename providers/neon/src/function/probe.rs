//! Whether anything answers at a function's URL. No key goes there, and no redirect is followed.

use std::time::{Duration, Instant};

use crate::client::plain;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What one request of a URL came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The URL.
    pub url: String,
    /// The status of the answer, or why there was none.
    pub heard: Result<u16, String>,
    /// How long that took.
    pub took: Duration,
}

impl Probe {
    /// Whether the function is reached: whatever it answers below 500 is its own.
    pub fn is_reached(&self) -> bool {
        self.heard.as_ref().is_ok_and(|status| *status < 500)
    }
}

/// Requests a URL once.
pub async fn probe(url: &str) -> Probe {
    let start = Instant::now();
    let heard = plain::status(url, LIMIT).await;
    Probe { url: url.to_owned(), heard, took: start.elapsed() }
}
