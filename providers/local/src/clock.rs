//! Time, in the two shapes the server needs.
//!
//! Timestamps in answers and expirations follow a clock that a seed may freeze; how far an
//! operation or a build has come follows the real one, or it would never end.
//! Invariant: a timestamp we write is UTC with whole seconds, as the platform's are.

use jiff::Timestamp;

/// The moment a request is answered at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// What timestamps say; frozen when a seed said so.
    pub(crate) now: Timestamp,
    /// Real time in milliseconds since the epoch, for operations and builds.
    pub(crate) real_ms: i64,
}

impl Moment {
    pub(crate) fn current(frozen: Option<Timestamp>) -> Self {
        let real = Timestamp::now();
        Self { now: frozen.unwrap_or(real), real_ms: real.as_millisecond() }
    }

    /// The moment as answers spell it.
    pub(crate) fn text(&self) -> String {
        text(self.now)
    }
}

/// RFC 3339 in UTC, fractions dropped.
pub(crate) fn text(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// RFC 3339 for a count of milliseconds, fractions dropped.
pub(crate) fn text_of_ms(ms: i64) -> String {
    text(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Reads an RFC 3339 timestamp; one without a zone is none.
pub(crate) fn parse(value: &str) -> Option<Timestamp> {
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_zone_is_required_and_fractions_are_dropped() {
        assert!(parse("2026-01-02T03:04:05").is_none());
        let at = parse("2026-01-02T04:04:05.678+01:00").unwrap();
        assert_eq!(text(at), "2026-01-02T03:04:05Z");
    }
}
