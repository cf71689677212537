//! What exists on a branch, in the shape of a policy: every kind is read and exports what it found.
//!
//! No policy is involved. A feature that the project lacks counts as empty (spec 4.9).

use futures::future::join_all;

use crate::diagnostic::Failure;
use crate::kind::Provider;
use crate::refresh::is_unavailable;
use crate::value::Value;

/// Reads every kind and returns what a policy would say.
///
/// # Errors
/// Every problem of every read.
pub async fn inspect<Client>(provider: &Provider<Client>) -> Result<Value, Failure> {
    let reads =
        join_all(provider.kinds.iter().map(async |kind| (kind, kind.read(&provider.client).await))).await;
    let mut policy = Value::Map(Vec::new());
    let mut problems = Vec::new();
    for (kind, read) in reads {
        match read {
            Ok(mut found) => {
                // The API lists in no order that means anything.
                found.sort_by(|(a, _), (b, _)| a.cmp(b));
                for (name, live) in found {
                    for (path, value) in kind.export(&name, &live)? {
                        policy.merge(&path, value);
                    }
                }
            }
            Err(failure) if is_unavailable(&failure) => {}
            Err(failure) => problems.extend(failure.0),
        }
    }
    if problems.is_empty() { Ok(policy) } else { Err(Failure(problems)) }
}
