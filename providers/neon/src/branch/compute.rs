//! Compute sizes and the idle timeout (spec 1.10).
//!
//! Compared canonically: the platform reports an idle timeout in seconds and a policy may write
//! `300`, `"300s"` or `"5m"` for the same thing. What was written is kept for reports.

use neonform_engine::diagnostic::{Diagnostic, Layer, codes};
use neonform_engine::node::Shape;
use neonform_engine::policy::{Cursor, Object};
use neonform_engine::unknown::Unknown;
use neonform_engine::value::Value;

use crate::duration;

/// Compute settings that a policy names; unset means leave as is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compute {
    /// Smallest size, in compute units.
    pub min: Option<f64>,
    /// Largest size, in compute units.
    pub max: Option<f64>,
    /// Idle timeout.
    pub suspend: Option<Suspend>,
}

/// An idle timeout as the wire has it, and as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspend {
    /// Seconds; -1 is never, 0 the platform's default.
    pub seconds: i64,
    /// The policy's notation.
    pub written: Value,
}

impl Compute {
    /// The settings in the reference's names and the policy's notation.
    pub fn written(&self) -> Vec<(String, Value)> {
        let mut settings = Vec::new();
        settings.extend(self.min.map(|min| ("autoscalingLimitMinCu".to_owned(), min.into())));
        settings.extend(self.max.map(|max| ("autoscalingLimitMaxCu".to_owned(), max.into())));
        settings.extend(self.suspend.as_ref().map(|s| ("suspendTimeout".to_owned(), s.written.clone())));
        settings
    }
}

/// Reads `computeSettings`; faults are reported.
pub(super) fn read(object: &Object<'_>, unknown: &mut Vec<Unknown>) -> Compute {
    let mut get = |key: &str| object.known(key, &format!("computeSettings.{key}"), unknown);
    let min = get("autoscalingLimitMinCu");
    let max = get("autoscalingLimitMaxCu");
    let suspend = get("suspendTimeout").and_then(|cursor| suspend(&cursor));
    let read = Compute { min: min.as_ref().and_then(size), max: max.as_ref().and_then(size), suspend };
    if let (Some(min_cursor), Some(max_cursor), Some(low), Some(high)) = (&min, &max, read.min, read.max) {
        check_range(object, (min_cursor, low), (max_cursor, high));
    }
    read
}

fn size(cursor: &Cursor<'_>) -> Option<f64> {
    if let Shape::Number(number) = *cursor.shape()
        && is_size(number)
    {
        return Some(number);
    }
    cursor.report(
        cursor
            .problem(codes::INVALID_COMPUTE_SIZE, "the platform has no such compute size")
            .expected("a number: 0.25, 0.5, a whole number from 1 to 16, or an even number from 18 to 56"),
    );
    None
}

fn is_size(number: f64) -> bool {
    let whole = number.fract() == 0.0;
    number == 0.25
        || number == 0.5
        || whole && (1.0..=16.0).contains(&number)
        || whole && number % 2.0 == 0.0 && (18.0..=56.0).contains(&number)
}

fn check_range(object: &Object<'_>, (min, low): (&Cursor<'_>, f64), (max, high): (&Cursor<'_>, f64)) {
    let scope = Layer::Cross(object.cursor().path().clone());
    let report = |cursor: &Cursor<'_>, summary: &str, found: String, expected: &str| {
        let problem: Diagnostic = cursor.problem(codes::INVALID_COMPUTE_SIZE, summary).layer(scope.clone());
        cursor.report(problem.found(found).expected(expected));
    };
    if low > high {
        let found = format!("minimum {low}, maximum {high}");
        report(min, "the smallest compute size exceeds the largest", found, "a minimum up to the maximum");
        return;
    }
    if low == high {
        return;
    }
    for (cursor, value) in [(min, low), (max, high)] {
        if value > 16.0 {
            let expected = "at most 16 where the two bounds differ, or one fixed size";
            report(cursor, "a size above 16 cannot autoscale", value.to_string(), expected);
        }
    }
    if high - low > 8.0 {
        let found = format!("minimum {low}, maximum {high}");
        report(max, "the autoscaling range is too wide", found, "bounds at most 8 apart");
    }
}

/// Reads an idle timeout: `false` or -1 is never, 0 the default, else 60 to 604,800 seconds.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and every bound is far within")]
fn suspend(cursor: &Cursor<'_>) -> Option<Suspend> {
    let (seconds, written) = match cursor.shape() {
        Shape::Bool(false) => (-1, Value::Bool(false)),
        Shape::Number(number) if *number == -1.0 => (-1, Value::Number(-1.0)),
        Shape::Number(number) if *number == 0.0 => (0, Value::Number(0.0)),
        Shape::Number(number) => {
            // Below zero is out of bounds here, where `duration` would call it no duration.
            let seconds = if *number < 0.0 && number.fract() == 0.0 {
                Some(*number as i64)
            } else {
                duration::seconds(cursor)
            };
            (bounded(cursor, seconds?)?, Value::Number(*number))
        }
        Shape::String(text) => (bounded(cursor, duration::seconds(cursor)?)?, Value::String(text.clone())),
        _ => {
            cursor.report(
                cursor
                    .problem(codes::WRONG_TYPE, "the value is not an idle timeout")
                    .layer(Layer::Type)
                    .expected("false, or a duration from 60 seconds to 7 days"),
            );
            return None;
        }
    };
    Some(Suspend { seconds, written })
}

fn bounded(cursor: &Cursor<'_>, seconds: i64) -> Option<i64> {
    if (60..=604_800).contains(&seconds) {
        return Some(seconds);
    }
    cursor.report(
        cursor
            .problem(codes::DURATION_OUT_OF_RANGE, "the idle timeout is out of range")
            .found(format!("{} ({seconds} seconds)", cursor.describe()))
            .expected("60 seconds to 7 days (604800 seconds), false for never, 0 for the platform's default"),
    );
    None
}

/// An idle timeout in the notation that the platform's clients show: the largest whole unit.
pub(super) fn shown(seconds: i64) -> Option<Value> {
    match seconds {
        -1 => Some(Value::Bool(false)),
        0 => None,
        _ => {
            let unit = [(604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
            unit.iter()
                .find(|(size, _)| seconds % size == 0)
                .map(|(size, letter)| format!("{}{letter}", seconds / size).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_of_sizes() {
        let sizes: Vec<f64> =
            (0..=240).map(|quarter| f64::from(quarter) / 4.0).filter(|size| is_size(*size)).collect();
        assert_eq!(sizes.len(), 2 + 16 + 20);
        assert!(!is_size(17.0) && !is_size(58.0) && !is_size(-1.0) && !is_size(f64::NAN));
    }

    #[test]
    fn timeouts_read_back_in_the_largest_unit() {
        let text = |seconds| shown(seconds).map(|value| value.to_string());
        assert_eq!(text(300).as_deref(), Some("5m"));
        assert_eq!(text(604_800).as_deref(), Some("1w"));
        assert_eq!(text(61).as_deref(), Some("61s"));
        assert_eq!(text(-1).as_deref(), Some("false"));
        assert_eq!(text(0), None);
    }
}
