//! How fast requests are sent, so that the API's limits are kept rather than met (API spec 1).
//!
//! 700 a minute for an account, 40 a second for a route: a request that would be one too many waits
//! for its turn. Only what this process sends is counted; what others send with the same account
//! still ends in a 429, which `retry.rs` waits out.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Requests of an account in a minute.
const A_MINUTE: usize = 700;
/// Requests of a route in a second; an operation stands for its route.
const A_SECOND: usize = 40;

/// When the next request may be sent.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Sent>);

/// When the requests that still count were sent, or will be.
#[derive(Debug, Default)]
struct Sent {
    all: VecDeque<Instant>,
    of: HashMap<&'static str, VecDeque<Instant>>,
}

impl Pace {
    /// Waits until a request of this operation may be sent.
    pub(super) async fn turn(&self, operation: &'static str) {
        let now = Instant::now();
        // The lock is not held while waiting: the turn is taken already.
        let at = self.0.lock().unwrap_or_else(PoisonError::into_inner).take(operation, now);
        if at > now {
            tokio::time::sleep_until(at.into()).await;
        }
    }
}

impl Sent {
    /// Takes the first moment from `now` on at which both limits allow one more.
    fn take(&mut self, operation: &'static str, now: Instant) -> Instant {
        let of = self.of.entry(operation).or_default();
        let free = |sent: &VecDeque<Instant>, limit: usize, window: Duration| {
            // The request that is `limit` back has to be out of the window by then.
            let back = sent.len().checked_sub(limit).and_then(|index| sent.get(index));
            back.map_or(now, |sent| *sent + window)
        };
        let at = now.max(free(&self.all, A_MINUTE, Duration::from_secs(60))).max(free(
            of,
            A_SECOND,
            Duration::from_secs(1),
        ));
        // A burst of one operation may have taken later moments than another needs.
        let place = self.all.partition_point(|sent| *sent <= at);
        self.all.insert(place, at);
        of.push_back(at);
        while self.all.len() > A_MINUTE {
            self.all.pop_front();
        }
        while of.len() > A_SECOND {
            of.pop_front();
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments that requests get which all come at once, in seconds.
    fn moments(operations: impl Iterator<Item = &'static str>) -> Vec<f64> {
        let (now, mut sent) = (Instant::now(), Sent::default());
        operations.map(|operation| (sent.take(operation, now) - now).as_secs_f64()).collect()
    }

    #[test]
    fn a_route_gets_forty_a_second_and_others_do_not_wait_for_it() {
        let busy = std::iter::repeat_n("listFunctions", 100).chain(["listBuckets"]);
        let moments = moments(busy);
        assert_eq!((moments[39], moments[40], moments[80], moments[100]), (0.0, 1.0, 2.0, 0.0));
    }

    #[test]
    fn no_minute_has_more_than_seven_hundred() {
        let names: Vec<&'static str> = (0..20).map(|n| format!("operation{n}").leak() as &str).collect();
        let mut moments = moments((0..2_000).map(|n| names[n % names.len()]));
        moments.sort_by(f64::total_cmp);
        assert!(moments.windows(A_MINUTE + 1).all(|some| some[A_MINUTE] - some[0] >= 60.0));
        assert_eq!(moments[1_999], 120.0);
    }

    #[tokio::test]
    async fn whoever_is_one_too_many_waits() {
        let (pace, started) = (Pace::default(), Instant::now());
        for _ in 0..=A_SECOND {
            pace.turn("getProject").await;
        }
        assert!(started.elapsed() >= Duration::from_secs(1));
    }
}
