//! What `--untrusted` and `--env-allow` mean for a policy.

use std::collections::BTreeSet;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::args::PolicyArgs;

/// The names of variables that a policy may see: all where nobody said, none for a stranger's.
pub fn env_allow(args: &PolicyArgs) -> Option<BTreeSet<String>> {
    let named = args.env_allow.as_ref().map(|names| names.iter().cloned().collect());
    named.or_else(|| args.untrusted.then(BTreeSet::new))
}

/// A stranger's policy is for reading.
///
/// # Errors
/// When the policy is a stranger's.
pub fn refuse_to_apply(args: &PolicyArgs) -> Result<(), Failure> {
    if !args.untrusted {
        return Ok(());
    }
    Err(Diagnostic::error(codes::USAGE, "a stranger's policy is never applied; nothing was changed")
        .found("--untrusted")
        .expected("--untrusted with a command that only reads, neonform plan say")
        .fix("review and merge the policy, then apply it without --untrusted")
        .into())
}
