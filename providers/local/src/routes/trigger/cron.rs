//! Cron expressions: five numeric fields in UTC, and when they come due next.
//!
//! A field is a list of numbers, ranges and `*`, each with an optional step. There are no names,
//! no macros and no seconds; Sunday is 0. When both days are restricted, either one will do, as
//! cron has always had it.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// How far ahead a run is looked for: far enough for any 29 February but one over a century.
const HORIZON_YEARS: i64 = 4;
/// The smallest and largest number of each field.
const BOUNDS: [(u32, u32); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

/// The numbers at which a schedule comes due, a bit for each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether both kinds of day are restricted.
    either_day: bool,
}

impl Schedule {
    /// Reads an expression; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(format!("expected five fields, found {}", fields.len()));
        };
        let [minute, hour, day, month, weekday] = BOUNDS;
        Ok(Self {
            minutes: field(minutes, minute)?,
            hours: field(hours, hour)?,
            days: field(days, day)?,
            months: field(months, month)?,
            weekdays: field(weekdays, weekday)?,
            either_day: !days.starts_with('*') && !weekdays.starts_with('*'),
        })
    }

    /// The first minute after `now` it comes due at, in UTC.
    pub(super) fn next(&self, now: Timestamp) -> Option<DateTime> {
        let now = TimeZone::UTC.to_datetime(now);
        let last = now.date().checked_add(HORIZON_YEARS.years()).ok()?;
        let mut date = now.date();
        while date <= last {
            if self.is_day(date) {
                let after = (date == now.date()).then(|| minute_of_day(now));
                if let Some(due) = self.first_minute(after) {
                    return Some(date.at(due.0, due.1, 0, 0));
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn is_day(&self, date: Date) -> bool {
        let day = has(self.days, i64::from(date.day()));
        let weekday = has(self.weekdays, i64::from(date.weekday().to_sunday_zero_offset()));
        let due = if self.either_day { day || weekday } else { day && weekday };
        due && has(self.months, i64::from(date.month()))
    }

    /// The first hour and minute of a due day, after a minute of that day if there is one.
    fn first_minute(&self, after: Option<i16>) -> Option<(i8, i8)> {
        let hours = (0..24_i8).filter(|hour| has(self.hours, i64::from(*hour)));
        hours
            .flat_map(|hour| (0..60_i8).map(move |minute| (hour, minute)))
            .filter(|(_, minute)| has(self.minutes, i64::from(*minute)))
            .find(|(hour, minute)| {
                after.is_none_or(|after| i16::from(*hour) * 60 + i16::from(*minute) > after)
            })
    }
}

fn minute_of_day(at: DateTime) -> i16 {
    i16::from(at.hour()) * 60 + i16::from(at.minute())
}

fn has(bits: u64, number: i64) -> bool {
    (0..64).contains(&number) && bits >> number & 1 == 1
}

/// One field: a list of ranges.
fn field(text: &str, bounds: (u32, u32)) -> Result<u64, String> {
    text.split(',').try_fold(0, |bits, part| Ok(bits | range(part, bounds)?))
}

/// `*`, `7` or `1-5`, each perhaps with a step.
fn range(text: &str, bounds: (u32, u32)) -> Result<u64, String> {
    let (span, step) = match text.split_once('/') {
        None => (text, None),
        Some((span, step)) => (span, Some(number(step)?)),
    };
    let (first, last) = match span.split_once('-') {
        _ if span == "*" => bounds,
        Some((first, last)) => (number(first)?, number(last)?),
        // A number with a step goes on to the end.
        None if step.is_some() => (number(span)?, bounds.1),
        None => (number(span)?, number(span)?),
    };
    if first < bounds.0 || last > bounds.1 || first > last {
        return Err("cron value is outside field bounds".to_owned());
    }
    let step = usize::try_from(step.unwrap_or(1)).unwrap_or(usize::MAX);
    if step == 0 {
        return Err("cron step must not be zero".to_owned());
    }
    Ok((first..=last).step_by(step).fold(0, |bits, number| bits | 1 << number))
}

/// A number of up to nine digits, so that it fits; more are out of bounds in any case.
fn number(text: &str) -> Result<u32, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("invalid cron value {text:?}"));
    }
    text.parse().map_err(|_| "cron value is outside field bounds".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn next(cron: &str, now: &str) -> String {
        let next = Schedule::parse(cron).unwrap().next(now.parse().unwrap());
        next.map_or_else(|| "never".to_owned(), |at| at.strftime("%a %Y-%m-%d %H:%M").to_string())
    }

    #[test]
    fn the_next_run_is_strictly_later() {
        let now = "2026-01-15T03:15:20Z";
        assert_eq!(next("15 3 * * *", now), "Fri 2026-01-16 03:15");
        assert_eq!(next("16 3 * * *", now), "Thu 2026-01-15 03:16");
        assert_eq!(next("* * * * *", now), "Thu 2026-01-15 03:16");
        assert_eq!(next("*/20 * * * *", now), "Thu 2026-01-15 03:20");
        assert_eq!(next("5/20 4-6/2 * * *", now), "Thu 2026-01-15 04:05");
        assert_eq!(next("0 0 1 1 *", now), "Fri 2027-01-01 00:00");
        assert_eq!(next("59 23 31 12 *", "2026-12-31T23:59:00Z"), "Fri 2027-12-31 23:59");
    }

    #[test]
    fn restricted_days_add_up_and_a_star_restricts_nothing() {
        let now = "2026-01-15T12:00:00Z";
        assert_eq!(next("0 9 20 * 1", now), "Mon 2026-01-19 09:00");
        assert_eq!(next("0 9 17 * 1", now), "Sat 2026-01-17 09:00");
        assert_eq!(next("0 9 * * 1,3", now), "Mon 2026-01-19 09:00");
        assert_eq!(next("0 9 20 * *", now), "Tue 2026-01-20 09:00");
        assert_eq!(next("0 9 */10 * 0", now), "Sun 2026-02-01 09:00");
    }

    #[test]
    fn a_day_that_is_rare_is_found_and_one_that_never_comes_is_not() {
        assert_eq!(next("0 0 29 2 *", "2025-01-15T12:00:00Z"), "Tue 2028-02-29 00:00");
        assert_eq!(next("0 0 30 2 *", "2025-01-15T12:00:00Z"), "never");
        assert_eq!(next("0 0 * * *", "9999-12-30T22:00:00Z"), "never");
    }

    #[test]
    fn what_is_not_five_numeric_fields_is_refused() {
        for (cron, problem) in [
            ("", "expected five fields, found 0"),
            ("* * * *", "expected five fields, found 4"),
            ("0 * * * * *", "expected five fields, found 6"),
            ("@daily", "expected five fields, found 1"),
            ("60 * * * *", "outside field bounds"),
            ("* 24 * * *", "outside field bounds"),
            ("* * 0 * *", "outside field bounds"),
            ("* * * 13 *", "outside field bounds"),
            ("* * * * 7", "outside field bounds"),
            ("5-1 * * * *", "outside field bounds"),
            ("99999999999 * * * *", "outside field bounds"),
            ("*/0 * * * *", "must not be zero"),
            ("* * * JAN *", "invalid cron value \"JAN\""),
            ("* * * * mon", "invalid cron value"),
            ("1, * * * *", "invalid cron value"),
            ("-1 * * * *", "invalid cron value"),
            ("+1 * * * *", "invalid cron value"),
            ("1/2/3 * * * *", "invalid cron value"),
        ] {
            let found = Schedule::parse(cron).unwrap_err();
            assert!(found.contains(problem), "{cron:?}: {found}");
        }
    }
}
