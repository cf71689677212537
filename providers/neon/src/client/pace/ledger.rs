//! Which requests were sent when, and so when the next one may be. Pure; times are microseconds of the epoch, which
//! all processes of a machine share.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
/// A moment further ahead than this was written by a clock that was wrong.
const FARTHEST: u64 = 5 * MINUTE;

/// How many requests the API takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of an account in a minute.
    pub a_minute: usize,
    /// Of a route in a second; an operation stands for its route.
    pub a_second: usize,
}

impl Default for Limits {
    /// As published (API spec 1).
    fn default() -> Self {
        Self { a_minute: 700, a_second: 40 }
    }
}

/// The moments that still count at which requests were sent, or will be, in order.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Ledger {
    all: Vec<u64>,
    of: BTreeMap<String, Vec<u64>>,
    /// Before this moment the API wants no request.
    not_before: u64,
    /// Routes that met the limit lately.
    slow: BTreeMap<String, Slow>,
}

/// A route that met the limit.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
struct Slow {
    /// What it may send in a second for now.
    a_second: usize,
    /// Since when.
    since: u64,
}

/// The time.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

impl Ledger {
    /// Takes the first moment from `now` on at which everything allows one more request.
    pub(super) fn take(&mut self, operation: &str, limits: Option<Limits>, now: u64) -> u64 {
        self.forget(now);
        let at = now.max(self.not_before);
        let Some(limits) = limits else { return at };
        let a_second = self.slow.get(operation).map_or(limits.a_second, |slow| slow.a_second.max(1));
        let of = self.of.entry(operation.to_owned()).or_default();
        let at = at.max(free(&self.all, limits.a_minute, MINUTE)).max(free(of, a_second, SECOND));
        for sent in [&mut self.all, of] {
            // A burst of one operation may have taken later moments than another needs.
            sent.insert(sent.partition_point(|other| *other <= at), at);
        }
        at
    }

    /// The API's limit was met: nobody asks for `wait`, and the route goes at half its rate for a minute.
    pub(super) fn limited(&mut self, operation: &str, limits: Option<Limits>, now: u64, wait: u64) {
        self.forget(now);
        self.not_before = self.not_before.max(now.saturating_add(wait.min(FARTHEST)));
        let Some(limits) = limits else { return };
        let slow = self
            .slow
            .entry(operation.to_owned())
            .or_insert(Slow { a_second: limits.a_second.saturating_mul(2), since: 0 });
        // Requests that were under way together meet the limit together: that is one time.
        if slow.since.saturating_add(SECOND) <= now {
            *slow = Slow { a_second: (slow.a_second.min(limits.a_second) / 2).max(1), since: now };
        }
    }

    /// How long until this many requests more could have been sent, whatever they ask for.
    pub(super) fn time_for(&mut self, requests: usize, limits: Option<Limits>, now: u64) -> u64 {
        self.forget(now);
        let blocked = self.not_before.saturating_sub(now);
        let Some(Limits { a_minute, .. }) = limits else { return blocked };
        let a_minute = a_minute.max(1);
        let after = self.all.len() + requests;
        if requests == 0 || after <= a_minute {
            return blocked;
        }
        // The last one follows the one that is a minute's worth back by a minute, and so on.
        let minutes = (after - 1) / a_minute;
        let back = self.all.get(after - 1 - minutes * a_minute).copied().unwrap_or(now);
        (back + minutes as u64 * MINUTE).saturating_sub(now).max(blocked)
    }

    /// Forgets what does not count any more, and what a wrong clock has written.
    fn forget(&mut self, now: u64) {
        let keep = |sent: &mut Vec<u64>, window: u64| {
            sent.retain(|at| at.saturating_add(window) > now && *at <= now.saturating_add(FARTHEST));
        };
        keep(&mut self.all, MINUTE);
        self.of.values_mut().for_each(|sent| keep(sent, SECOND));
        self.of.retain(|_, sent| !sent.is_empty());
        self.slow.retain(|_, slow| slow.since <= now && slow.since + MINUTE > now);
        if self.not_before > now.saturating_add(FARTHEST) {
            self.not_before = 0;
        }
    }
}

/// When the request that is `limit` back is out of the window.
fn free(sent: &[u64], limit: usize, window: u64) -> u64 {
    let back = sent.len().checked_sub(limit.max(1)).and_then(|index| sent.get(index));
    back.map_or(0, |sent| sent.saturating_add(window))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000 * SECOND;

    fn published() -> Option<Limits> {
        Some(Limits::default())
    }

    /// The moments that requests get which all come at once, in seconds.
    fn moments<'a>(ledger: &mut Ledger, operations: impl Iterator<Item = &'a str>) -> Vec<u64> {
        operations.map(|operation| (ledger.take(operation, published(), NOW) - NOW) / SECOND).collect()
    }

    #[test]
    fn a_route_gets_forty_a_second_and_others_do_not_wait_for_it() {
        let busy = std::iter::repeat_n("listFunctions", 100).chain(["listBuckets"]);
        let moments = moments(&mut Ledger::default(), busy);
        assert_eq!((moments[39], moments[40], moments[80], moments[100]), (0, 1, 2, 0));
    }

    #[test]
    fn no_minute_has_more_than_seven_hundred() {
        let names: Vec<String> = (0..20).map(|n| format!("operation{n}")).collect();
        let all = (0..2_000).map(|n| names[n % names.len()].as_str());
        let mut moments = moments(&mut Ledger::default(), all);
        moments.sort_unstable();
        assert!(moments.windows(701).all(|some| some[700] - some[0] >= 60));
        assert_eq!(moments[1_999], 120);
    }

    #[test]
    fn a_route_that_met_the_limit_is_halved_once_and_recovers() {
        let mut ledger = Ledger::default();
        for _ in 0..8 {
            ledger.limited("deploy", published(), NOW, 0);
        }
        let after = moments(&mut ledger, std::iter::repeat_n("deploy", 21));
        assert_eq!((after[19], after[20]), (0, 1));
        let later = NOW + 2 * SECOND;
        ledger.limited("deploy", published(), later, 0);
        assert_eq!(ledger.slow["deploy"].a_second, 10);
        ledger.forget(later + MINUTE);
        assert!(ledger.slow.is_empty() && ledger.all.is_empty() && ledger.of.is_empty());
    }

    #[test]
    fn everybody_waits_for_what_the_api_asks_for_even_where_nothing_is_counted() {
        let mut ledger = Ledger::default();
        ledger.limited("deploy", None, NOW, 7 * SECOND);
        assert_eq!(ledger.take("listBuckets", None, NOW), NOW + 7 * SECOND);
        assert_eq!(ledger.take("listBuckets", None, NOW + 8 * SECOND), NOW + 8 * SECOND);
        assert!(ledger.all.is_empty());
    }

    #[test]
    fn a_clock_that_went_back_does_not_stop_anybody() {
        let mut ledger = Ledger::default();
        ledger.limited("deploy", published(), NOW + 100 * MINUTE, MINUTE);
        for _ in 0..1_000 {
            ledger.take("deploy", published(), NOW + 100 * MINUTE);
        }
        assert_eq!(ledger.take("deploy", published(), NOW), NOW);
    }

    #[test]
    fn the_time_for_many_requests_is_that_of_taking_them() {
        let names: Vec<String> = (0..50).map(|n| format!("operation{n}")).collect();
        for (before, more) in [(0, 5), (0, 700), (0, 701), (300, 400), (300, 401), (300, 2_500), (700, 1)] {
            let mut ledger = Ledger::default();
            let mut take = |number: usize| ledger.take(&names[number % names.len()], published(), NOW);
            for number in 0..before {
                take(number);
            }
            let told = {
                let mut same = Ledger { all: ledger.all.clone(), ..Ledger::default() };
                same.time_for(more, published(), NOW)
            };
            let last =
                (0..more).map(|number| ledger.take(&names[number % 50], published(), NOW)).max().unwrap();
            assert_eq!(told, last - NOW, "{before} {more}");
        }
    }
}
