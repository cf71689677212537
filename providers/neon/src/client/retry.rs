//! What is tried again, and when (API spec 3).
//!
//! 423, 429 and 503 took no effect and are tried again whatever the method, as is what did not get
//! there. After another server fault, a broken connection or an answer that is not one, nobody knows:
//! then what can be sent twice is, that is reads, changes and deletions. For what makes something new,
//! `make.rs` looks first. A write that timed out may be performed yet and is never sent again.

use std::time::Duration;

use super::error::{ApiError, Cause};
use super::request::{Method, Request};

/// Attempts at a request that is refused for now, the first included.
const REFUSED_ATTEMPTS: u32 = 12;
/// Attempts at a request that finds a fault or no connection, the first included.
const ATTEMPTS: u32 = 4;
/// A server that asks for a longer wait than this gets an error instead.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// How long things are waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// One attempt at reading may take this long.
    pub read_limit: Duration,
    /// One attempt at writing, uploads included, may take this long.
    pub write_limit: Duration,
    /// The first wait between two attempts, doubled each time.
    pub first_wait: Duration,
    /// The longest wait of our own choice.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            read_limit: Duration::from_secs(30),
            write_limit: Duration::from_secs(120),
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(5),
        }
    }
}

/// What is known of the effect of a request that failed.
#[derive(Debug, PartialEq, Eq)]
enum Effect {
    /// It took none, and may in a while, which the server may have named.
    NotNow(Option<Duration>),
    /// It took none: it did not get there.
    NotSent,
    /// It may have taken effect.
    Unknown,
    /// It may have taken effect, or may yet.
    Pending,
    /// The answer says what became of it.
    Known,
}

impl Effect {
    fn of(error: &ApiError) -> Self {
        match &error.cause {
            Cause::Refused { unavailable: true, .. } | Cause::Unaddressable | Cause::Stopped(_) => {
                Self::Known
            }
            Cause::Refused { status: 423 | 429 | 503, retry_after, .. } => Self::NotNow(*retry_after),
            Cause::NotTheApi { status: 429, .. } => Self::NotNow(None),
            Cause::Refused { status: 500.., .. } | Cause::NotTheApi { status: 500.., .. } => Self::Unknown,
            Cause::Unreachable(_) => Self::NotSent,
            Cause::TimedOut(_) => Self::Pending,
            Cause::Network(_) | Cause::Garbled(_) => Self::Unknown,
            // A success that cannot be understood: nothing that another attempt at reading would mend.
            Cause::NotTheApi { status: 200..300, .. } | Cause::Shape(_) if error.method != Method::Get => {
                Self::Unknown
            }
            Cause::Refused { .. } | Cause::NotTheApi { .. } | Cause::Shape(_) => Self::Known,
        }
    }
}

/// How long to wait before the next attempt; `None` gives up. `attempt` counts from 0.
pub(super) fn wait(
    request: &Request,
    error: &ApiError,
    attempt: u32,
    patience: &Patience,
) -> Option<Duration> {
    let (attempts, asked) = match Effect::of(error) {
        Effect::NotNow(asked) => (REFUSED_ATTEMPTS, asked.unwrap_or_default()),
        Effect::NotSent => (ATTEMPTS, Duration::ZERO),
        Effect::Unknown if request.repeatable => (ATTEMPTS, Duration::ZERO),
        Effect::Pending if request.method == Method::Get => (ATTEMPTS, Duration::ZERO),
        _ => return None,
    };
    if attempt + 1 >= attempts || asked > LONGEST_ASKED {
        return None;
    }
    Some(asked.max(backoff(attempt, patience)))
}

/// Whether a request that failed is known to have done nothing.
pub(super) fn is_without_effect(error: &ApiError) -> bool {
    matches!(Effect::of(error), Effect::NotNow(_) | Effect::NotSent)
}

/// How long to wait before looking whether a request took effect; `None` where that is known.
pub(super) fn wait_for_effect(error: &ApiError, attempt: u32, patience: &Patience) -> Option<Duration> {
    matches!(Effect::of(error), Effect::Unknown | Effect::Pending).then(|| backoff(attempt, patience))
}

/// Between half and all of a wait that doubles, so that clients which collided part ways.
fn backoff(attempt: u32, patience: &Patience) -> Duration {
    let backoff = patience.first_wait.saturating_mul(1 << attempt.min(10)).min(patience.longest_wait);
    backoff.mul_f64(0.5 + rand::random::<f64>() / 2.0)
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
        wait(request, &ApiError::new(request, cause), attempt, &Patience::default())
    }

    #[test]
    fn a_lock_is_waited_out_for_any_method() {
        let write = Request::post("x", ApiPath::new(&["x"]));
        let read = Request::get("x", ApiPath::new(&["x"]));
        for request in [&write, &read] {
            assert!(waits(request, refused(423, None), 0).is_some());
            assert!(waits(request, refused(423, None), REFUSED_ATTEMPTS - 1).is_none());
        }
        assert!(waits(&write, refused(429, Some(7)), 0) >= Some(Duration::from_secs(7)));
        assert_eq!(waits(&write, refused(429, Some(3_600)), 0), None);
    }

    #[test]
    fn only_what_can_be_sent_twice_is() {
        let path = || ApiPath::new(&["x"]);
        let broken = || Cause::Network("reset".to_owned());
        let read = Request::get("x", path());
        for request in [&read, &Request::patch("x", path()), &Request::delete("x", path())] {
            assert!(waits(request, broken(), 0).is_some());
            assert!(waits(request, broken(), ATTEMPTS - 1).is_none());
            assert!(waits(request, refused(502, None), 0).is_some());
            assert_eq!(waits(request, refused(404, None), 0), None);
        }
        let make = Request::post("x", path());
        assert_eq!(waits(&make, broken(), 0), None);
        assert_eq!(waits(&make, refused(500, None), 0), None);
        assert!(waits(&make, Cause::Unreachable("refused".to_owned()), 0).is_some(), "it was not sent");
        let late = || Cause::TimedOut("late".to_owned());
        assert_eq!(waits(&Request::patch("x", path()), late(), 0), None, "it may be performed yet");
        assert!(waits(&read, late(), 0).is_some());
    }

    #[test]
    fn whether_something_was_made_is_looked_for_where_nobody_knows() {
        let request = Request::post("x", ApiPath::new(&["x"]));
        let page = |status| Cause::NotTheApi { status, content_type: "text/html".to_owned() };
        let looks = |cause| wait_for_effect(&ApiError::new(&request, cause), 0, &Patience::default());
        for cause in [page(502), page(200), Cause::Shape("no id".to_owned()), refused(500, None)] {
            assert!(looks(cause).is_some());
        }
        for cause in [page(404), refused(503, None), refused(422, None), Cause::Unaddressable] {
            assert_eq!(looks(cause), None);
        }
    }
}
