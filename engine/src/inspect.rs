//! What exists on a branch, in the shape of a policy: every kind is read and exports what it found.
//!
//! No policy is involved. A feature that the project lacks counts as empty (spec 4.9).

use crate::diagnostic::Failure;
use crate::kind::Provider;
use crate::refresh::read_all;
use crate::value::Value;

/// Reads every kind and returns what a policy would say.
///
/// # Errors
/// Every problem of every read.
pub async fn inspect<Client>(provider: &Provider<Client>) -> Result<Value, Failure> {
    let mut policy = Value::Map(Vec::new());
    for (kind, name, live) in read_all(provider).await? {
        for (path, value) in kind.export(&name, &live)? {
            policy.merge(&path, value);
        }
    }
    Ok(policy)
}
