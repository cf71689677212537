//! Durations as a policy writes them: whole seconds, or digits and a unit (spec 1.10).
//!
//! The result is always seconds. Bounds are the caller's.

use neonform_engine::diagnostic::{Diagnostic, Layer, codes};
use neonform_engine::node::Shape;
use neonform_engine::policy::Cursor;

const EXPECTED: &str = "a whole number followed by s, m, h, d or w, or a number of seconds";

/// The value in seconds; a fault is reported.
pub(crate) fn seconds(cursor: &Cursor<'_>) -> Option<i64> {
    match cursor.shape() {
        Shape::Number(number) if number.is_finite() => from_number(cursor, *number),
        Shape::String(text) => from_text(cursor, text),
        _ => {
            cursor.report(
                cursor
                    .problem(codes::WRONG_TYPE, "the value is not a duration")
                    .layer(Layer::Type)
                    .expected(EXPECTED),
            );
            None
        }
    }
}

fn invalid(cursor: &Cursor<'_>, summary: &str, fix: &str) -> Option<i64> {
    let problem: Diagnostic = cursor.problem(codes::INVALID_DURATION, summary).expected(EXPECTED).fix(fix);
    cursor.report(problem);
    None
}

fn from_number(cursor: &Cursor<'_>, number: f64) -> Option<i64> {
    if number.fract() != 0.0 {
        return invalid(cursor, "a duration in seconds is a whole number", "round it");
    }
    if number <= 0.0 {
        return invalid(cursor, "a duration is greater than zero", "write a positive number of seconds");
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and every bound is far below")]
    Some(number as i64)
}

fn from_text(cursor: &Cursor<'_>, text: &str) -> Option<i64> {
    let trimmed = text.trim();
    let digits = trimmed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if trimmed.is_empty() {
        return invalid(cursor, "a duration is empty", "write a duration such as \"7d\"");
    }
    let is_count = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let unit = trimmed[digits.len()..].to_ascii_lowercase();
    let scale = match (is_count, unit.as_str()) {
        (true, "s") => 1,
        (true, "m") => 60,
        (true, "h") => 3_600,
        (true, "d") => 86_400,
        (true, "w") => 604_800,
        (true, "") => {
            let fix = format!("write \"{digits}s\" for seconds (or m, h, d, w), or the bare number {digits}");
            return invalid(cursor, "a duration has no unit", &fix);
        }
        _ => return invalid(cursor, "a duration cannot be read", "write a duration such as \"7d\""),
    };
    // A count too large for i64 is out of every bound: saturate and let the bound speak.
    let count = digits.parse::<i64>().unwrap_or(i64::MAX);
    if count == 0 {
        return invalid(
            cursor,
            "a duration is greater than zero",
            "write a positive duration such as \"7d\"",
        );
    }
    Some(count.saturating_mul(scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use neonform_engine::node::{Entry, Node};
    use neonform_engine::policy::Policy;

    fn check(shape: Shape, expected: Result<i64, &str>) {
        let entry = Entry { key: "ttl".to_owned(), key_at: None, node: Node::new(shape) };
        let root = Node::new(Shape::Object(vec![entry]));
        let policy = Policy::of_file(&root);
        let found = policy.root().and_then(|root| root.get("ttl")).and_then(|ttl| seconds(&ttl));
        let summary = policy.finish().err().map(|failure| failure.0[0].summary.clone());
        match expected {
            Ok(seconds) => assert_eq!((found, summary), (Some(seconds), None)),
            Err(text) => assert_eq!((found, summary.as_deref()), (None, Some(text))),
        }
    }

    #[test]
    fn every_notation() {
        check(Shape::Number(90.0), Ok(90));
        check(Shape::String(" 5M ".to_owned()), Ok(300));
        check(Shape::String("2w".to_owned()), Ok(1_209_600));
        check(Shape::String("99999999999999999999d".to_owned()), Ok(i64::MAX));
    }

    #[test]
    fn every_fault_has_its_own_message() {
        check(Shape::Number(90.5), Err("a duration in seconds is a whole number"));
        check(Shape::Number(0.0), Err("a duration is greater than zero"));
        check(Shape::String("0d".to_owned()), Err("a duration is greater than zero"));
        check(Shape::String(String::new()), Err("a duration is empty"));
        check(Shape::String("30".to_owned()), Err("a duration has no unit"));
        check(Shape::String("1.5h".to_owned()), Err("a duration cannot be read"));
        check(Shape::String("5 m".to_owned()), Err("a duration cannot be read"));
        check(Shape::String("weeks".to_owned()), Err("a duration cannot be read"));
        check(Shape::Number(f64::NAN), Err("the value is not a duration"));
        check(Shape::Bool(true), Err("the value is not a duration"));
    }
}
