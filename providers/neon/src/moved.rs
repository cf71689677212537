//! How it is told that something else changed a resource after it was planned for.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

/// Nothing was written over: what is there, and what the plan relied on or wanted.
pub(crate) fn moved(summary: &str, found: String, expected: String) -> Failure {
    Diagnostic::error(codes::MOVED, summary)
        .found(found)
        .expected(expected)
        .fix("run the command again to plan from what is there now")
        .into()
}
