//! Whether the platform takes a cron expression: five numeric fields, UTC (spec 1.8).

/// Bounds of the fields. Sunday is 0; whether it may be 7 as well is left to the platform.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
];

/// What is wrong with an expression; nothing when the platform takes it.
pub(super) fn fault(expression: &str) -> Option<String> {
    let fields: Vec<&str> = expression.split_ascii_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Some(format!("{} field{}", fields.len(), if fields.len() == 1 { "" } else { "s" }));
    }
    FIELDS.iter().zip(fields).find_map(|((name, least, most), field)| {
        let wrong = field.split(',').find(|part| !is_part(part, *least, *most))?;
        Some(format!("{wrong:?} as {name} ({least} to {most})"))
    })
}

/// `*`, `a`, `a-b`, each with an optional `/step`.
fn is_part(part: &str, least: u32, most: u32) -> bool {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let in_bounds = |text: &str| number(text).filter(|value| (least..=most).contains(value));
    let is_range = range == "*"
        || match range.split_once('-') {
            Some((from, to)) => in_bounds(from).zip(in_bounds(to)).is_some_and(|(from, to)| from <= to),
            None => in_bounds(range).is_some(),
        };
    is_range && step.is_none_or(|step| number(step).is_some_and(|step| step > 0))
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_fields_with_lists_ranges_and_steps() {
        for good in ["* * * * *", "0 3 * * 1-5", "*/15 0,12 1-31/2 1 0", "0  9 * * 7"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "@daily",
            "60 * * * *",
            "* * 0 * *",
            "* * * JAN *",
            "*/0 * * * *",
            "5-1 * * * *",
            "1- * * * *",
            "+1 * * * *",
            "1,,2 * * * *",
            "*/ * * * *",
            "99999999999 * * * *",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
