//! The name of a parent branch (spec 1.10): one fault at a time, in the reference's order.

use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::path::Path;
use neonform_engine::policy::Cursor;

/// Reads `parent`; a fault is reported.
pub(super) fn read<'a>(cursor: &Cursor<'a>) -> Option<&'a str> {
    let name = cursor.string()?;
    let Some((summary, expected)) = fault(name) else { return Some(name) };
    cursor.report(
        cursor
            .problem(codes::INVALID_BRANCH_NAME, summary)
            .layer(Layer::Cross(Path::root()))
            .expected(expected)
            .fix("write the exact name of a branch"),
    );
    None
}

fn fault(name: &str) -> Option<(&'static str, &'static str)> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./*".contains(c);
    if name.trim().is_empty() {
        Some(("a branch name is empty", "a name"))
    } else if name.trim() != name {
        Some(("a branch name has white space around it", "the name alone"))
    } else if name.encode_utf16().count() > 256 {
        Some(("a branch name is too long", "at most 256 characters"))
    } else if !name.chars().all(allowed) {
        Some(("a branch name has unsupported characters", "letters, digits, - _ . and /"))
    } else if name.contains('*') {
        Some(("a parent cannot be a pattern", "a concrete branch name without *"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_fault_in_order() {
        let summary = |name: &str| fault(name).map(|(summary, _)| summary);
        assert_eq!(summary("release/2026-10.x_1"), None);
        assert_eq!(summary("  "), Some("a branch name is empty"));
        assert_eq!(summary(" a*"), Some("a branch name has white space around it"));
        assert_eq!(summary(&"ä".repeat(257)), Some("a branch name is too long"));
        assert_eq!(summary("ä*"), Some("a branch name has unsupported characters"));
        assert_eq!(summary("release-*"), Some("a parent cannot be a pattern"));
    }
}
