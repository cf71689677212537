//! What is tried again, and when (API spec 3).
//!
//! 423, 429 and 503 took no effect and are tried again whatever the method. A read is also tried
//! again after another server fault or a broken connection. A write without an answer may have taken
//! effect: it is not sent twice, the error says so, and the next run reads before it writes.

use std::time::Duration;

use super::error::{ApiError, Cause};
use super::request::{Method, Request};

/// Attempts at a request that is refused for now, the first included.
const PATIENCE: u32 = 12;
/// Attempts at a read that finds a fault or no connection, the first included.
const READ_ATTEMPTS: u32 = 4;
/// The first wait, doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait of our own choice.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// A server that asks for a longer wait than this gets an error instead.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// How long to wait before the next attempt; `None` gives up. `attempt` counts from 0.
pub(super) fn wait(request: &Request, error: &ApiError, attempt: u32) -> Option<Duration> {
    let is_read = request.method == Method::Get;
    let (attempts, asked) = match &error.cause {
        Cause::Refused { unavailable: true, .. } => return None,
        Cause::Refused { status: 423 | 429 | 503, retry_after, .. } => (PATIENCE, *retry_after),
        Cause::Refused { status: 500.., .. } | Cause::Network(_) if is_read => (READ_ATTEMPTS, None),
        _ => return None,
    };
    let asked = asked.unwrap_or_default();
    if attempt + 1 >= attempts || asked > LONGEST_ASKED {
        return None;
    }
    let backoff = FIRST_WAIT.saturating_mul(1 << attempt.min(10)).min(LONGEST_WAIT);
    // Between half and all of the backoff, so that clients which collided part ways.
    Some(asked.max(backoff.mul_f64(0.5 + rand::random::<f64>() / 2.0)))
}

#[cfg(test)]
mod tests {
    use super::super::request::ApiPath;
    use super::*;

    fn refused(status: u16, retry_after: Option<u64>) -> Cause {
        Cause::Refused {
            status,
            code: String::new(),
            message: String::new(),
            request_id: None,
            retry_after: retry_after.map(Duration::from_secs),
            unavailable: false,
        }
    }

    fn waits(request: &Request, cause: Cause, attempt: u32) -> Option<Duration> {
        wait(request, &ApiError::new(request, cause), attempt)
    }

    #[test]
    fn a_lock_is_waited_out_for_any_method() {
        let write = Request::post("x", ApiPath::new(&["x"]));
        let read = Request::get("x", ApiPath::new(&["x"]));
        for request in [&write, &read] {
            assert!(waits(request, refused(423, None), 0).is_some());
            assert!(waits(request, refused(423, None), PATIENCE - 1).is_none());
        }
        assert!(waits(&write, refused(429, Some(7)), 0) >= Some(Duration::from_secs(7)));
        assert_eq!(waits(&write, refused(429, Some(3_600)), 0), None);
    }

    #[test]
    fn a_write_without_an_answer_is_not_sent_twice() {
        let write = Request::post("x", ApiPath::new(&["x"]));
        let read = Request::get("x", ApiPath::new(&["x"]));
        assert_eq!(waits(&write, Cause::Network("reset".to_owned()), 0), None);
        assert_eq!(waits(&write, refused(500, None), 0), None);
        assert!(waits(&read, Cause::Network("reset".to_owned()), 0).is_some());
        assert!(waits(&read, refused(502, None), 0).is_some());
        assert_eq!(waits(&read, refused(404, None), 0), None);
    }
}
