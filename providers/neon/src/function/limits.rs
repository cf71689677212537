//! The platform's limits on a function's variables, checked before anything is sent (spec 1.6).

use neonform_engine::diagnostic::{Diagnostic, codes};
use neonform_engine::policy::Object;
use neonform_engine::value::Secret;

/// Variables of one deployment, our marker included (API spec 6.10).
const MOST_VARIABLES: usize = 1_000;
/// Bytes of all names and values of one deployment.
const MOST_BYTES: usize = 64 * 1024;
/// What our marker takes of both.
const MARKER_BYTES: usize = 96;

/// Reports what exceeds a limit. Values never show, sizes do.
pub(super) fn check(slug: &str, object: &Object<'_>, environment: &[(String, Secret)]) {
    let Some(cursor) = object.get("env") else { return };
    let sent = || environment.iter().filter(|(_, value)| !value.expose().is_empty());
    let report = |found: String, expected: String| {
        let problem =
            Diagnostic::error(codes::PLATFORM_LIMIT, "a function has more variables than the platform takes");
        cursor.report(
            cursor
                .about(problem)
                .path(cursor.path().clone())
                .at(cursor.at())
                .found(format!("{found} of function {slug:?}"))
                .expected(expected)
                .fix("drop variables, or keep large values in a bucket or in the code"),
        );
    };
    let count = sent().count();
    if count >= MOST_VARIABLES {
        let expected = format!("at most {} variables: neonform adds one of its own", MOST_VARIABLES - 1);
        report(format!("{count} variables"), expected);
    }
    let bytes: usize = sent().map(|(name, value)| name.len() + value.expose().len()).sum();
    if bytes + MARKER_BYTES > MOST_BYTES {
        let most = MOST_BYTES - MARKER_BYTES;
        report(format!("{bytes} bytes of names and values"), format!("at most {most} bytes"));
    }
}
