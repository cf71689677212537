//! When a branch expires, which branches may, and what happens when one has.
//!
//! Rules: a zone is required; the time lies ahead, by 30 days at most; no protected branch, no
//! default branch and no branch with children expires. An expired branch is deleted before the
//! next request is answered, so that no request sees one.
//! A malformed time is 400, the rest 422. A seed may switch the rules off (not the format), for
//! platforms in a test corpus that do not know them.

use jiff::Timestamp;
use rusqlite::Connection;

use super::{Branch, has_children};
use crate::body::Fields;
use crate::call::World;
use crate::clock;
use crate::error::ApiError;

const MAX_SECONDS: i64 = 30 * 86_400;

/// When a branch expires.
#[derive(Clone, Debug)]
pub(crate) struct Expiry {
    /// As it is reported.
    pub(crate) at: String,
    /// How long the branch was given, where that is known.
    pub(crate) ttl_seconds: Option<i64>,
}

impl Expiry {
    /// The same lifetime, counted from now; a lifetime that is not known goes on as it was.
    pub(super) fn restarted(self, world: &World<'_>) -> Self {
        let until = self.ttl_seconds.and_then(|seconds| world.at.now.as_second().checked_add(seconds));
        match until.and_then(|second| Timestamp::from_second(second).ok()) {
            Some(at) => Self { at: clock::text(at), ..self },
            None => self,
        }
    }
}

/// Takes `expires_at` of a body where null is allowed.
pub(super) fn take_nullable(fields: &mut Fields<'_>) -> Result<Option<Option<Timestamp>>, ApiError> {
    match fields.nullable::<&str>("expires_at")? {
        None => Ok(None),
        Some(None) => Ok(Some(None)),
        Some(Some(text)) => Ok(Some(Some(parsed(fields, text)?))),
    }
}

/// Takes `expires_at` of a body.
pub(super) fn take(fields: &mut Fields<'_>) -> Result<Option<Timestamp>, ApiError> {
    let text = fields.optional::<&str>("expires_at")?;
    text.map(|text| parsed(fields, text)).transpose()
}

fn parsed(fields: &Fields<'_>, text: &str) -> Result<Timestamp, ApiError> {
    clock::parse(text)
        .ok_or_else(|| fields.wrong("expires_at", "must be an RFC 3339 timestamp with a time zone"))
}

/// The expiry for a wanted time, counted from now.
pub(super) fn valid(world: &World<'_>, at: Timestamp) -> Result<Expiry, ApiError> {
    // Only whole seconds are kept. The interval is rounded instead, or a client that asked for
    // seven days a few milliseconds ago would read back a second less.
    let ahead = at.as_second() - world.at.now.as_second();
    let interval_ms = at.as_millisecond() - world.at.now.as_millisecond();
    if !world.lenient_expiration() {
        if ahead <= 0 {
            return Err(ApiError::refused("expires_at must be in the future"));
        }
        if ahead > MAX_SECONDS {
            return Err(ApiError::refused("expires_at must be at most 30 days in the future"));
        }
    }
    Ok(Expiry { at: clock::text(at), ttl_seconds: Some((interval_ms + 500).div_euclid(1000)) })
}

/// Refuses a branch that may not expire the way it is about to be saved.
pub(super) fn check(world: &World<'_>, branch: &Branch) -> Result<(), ApiError> {
    if branch.expiry.is_none() || world.lenient_expiration() {
        return Ok(());
    }
    let reason = if branch.protected {
        "is protected"
    } else if branch.is_default {
        "is the default branch"
    } else if has_children(world.sql, &branch.id)? {
        "has children"
    } else {
        return Ok(());
    };
    Err(ApiError::refused(format!("branch cannot have an expiration time: it {reason}")))
}

/// Whether any branch has expired; cheap enough to ask before every request.
fn expired(sql: &Connection, now: Timestamp) -> Result<Vec<String>, rusqlite::Error> {
    // What was seeded as a default or parent is left alone: deleting it would leave a project
    // without a default branch, or children without a parent.
    let found: Vec<(String, String)> = sql
        .prepare_cached(
            "SELECT id, expires_at FROM branch WHERE expires_at IS NOT NULL AND NOT is_default
             AND id NOT IN (SELECT parent_id FROM branch WHERE parent_id IS NOT NULL)",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(found
        .into_iter()
        .filter(|(_, at)| clock::parse(at).is_some_and(|at| at <= now))
        .map(|(id, _)| id)
        .collect())
}

/// Deletes what has expired; says whether there was anything. With `write` false it only looks.
pub(crate) fn sweep(sql: &Connection, now: Timestamp, write: bool) -> Result<bool, ApiError> {
    let expired = expired(sql, now)?;
    for id in expired.iter().filter(|_| write) {
        sql.execute("DELETE FROM branch WHERE id = ?1", [id])?;
    }
    Ok(!expired.is_empty())
}
