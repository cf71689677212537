//! Which request may pass.
//!
//! Every route wants `Authorization: Bearer <key>`. With a configured key only that one passes,
//! otherwise any non-empty key does: a local backend has nobody to tell apart.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::error::ApiError;

/// Checks the key of one request.
pub(crate) fn check(headers: &HeaderMap, expected: Option<&str>) -> Result<(), ApiError> {
    let Some(given) = bearer(headers) else {
        return Err(ApiError::new(
            401,
            "no API key was supplied: send the header Authorization: Bearer <key>",
        ));
    };
    match expected {
        Some(expected) if expected != given => {
            Err(ApiError::new(401, "supplied credentials do not pass authentication"))
        }
        _ => Ok(()),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}
