//! Who hears what is sent and what came of it: a journal, a log.
//!
//! Of every attempt at a request an observer hears twice: before its bytes leave, and once it has
//! ended. So whoever writes down what it hears knows which requests have an unknown outcome. There is no key
//! in it, no query, no body and no answer; names of resources are in the route.

use std::time::Duration;

use super::request::Method;

/// One attempt at a request, before or after.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The API operation.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The path below the API's root, without query.
    pub route: &'a str,
    /// The id that this attempt is sent with; no two attempts have the same.
    pub request_id: &'a str,
    /// Which attempt at the request it is, from 1.
    pub attempt: u32,
    /// Before or after.
    pub stage: Stage<'a>,
}

/// Before an attempt, or after it.
#[derive(Debug, Clone, Copy)]
pub enum Stage<'a> {
    /// It is about to be sent.
    Sending,
    /// It has ended.
    Ended {
        /// What came of it.
        heard: Heard<'a>,
        /// How long it took, without waiting for its turn.
        duration: Duration,
        /// It is tried again after this time.
        again_after: Option<Duration>,
    },
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy)]
pub enum Heard<'a> {
    /// Something answered.
    Answer {
        /// The status.
        status: u16,
        /// The request id in the answer; ours where a success has none.
        request_id: Option<&'a str>,
    },
    /// There was no answer, or not all of it, for this reason.
    Nothing(&'a str),
}

/// Hears of every attempt. It is called between two steps of a request, so it should not take long.
pub type Observer = dyn Fn(&Exchange<'_>) + Send + Sync;

/// A random UUID (API spec 1).
pub(super) fn request_id() -> String {
    let random: u128 = rand::random();
    let part = |bits: u32, length: u32| random >> bits & ((1 << length) - 1);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        part(0, 32),
        part(32, 16),
        part(48, 12),
        part(60, 14) | 0x8000,
        part(74, 48)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_random_uuids() {
        let ids: std::collections::HashSet<String> = (0..100).map(|_| request_id()).collect();
        assert_eq!(ids.len(), 100);
        for id in ids {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert!(id.chars().all(|c| c == '-' || c.is_ascii_hexdigit()), "{id}");
            assert!(id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
    }
}
