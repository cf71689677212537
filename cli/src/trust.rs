//! What the flags mean for how far a policy is trusted: variables, files, caps.

use std::collections::BTreeSet;
use std::time::Duration;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use neonform_eval::{Limits, Program, Reads};

use crate::args::PolicyArgs;

/// The hidden word upon which this program becomes the process that evaluates a stranger's policy.
pub const SERVE: &str = "__evaluate";

/// The names of variables that a policy may see: all where nobody said, none for a stranger's.
pub fn env_allow(args: &PolicyArgs) -> Option<BTreeSet<String>> {
    let named = args.env_allow.as_ref().map(|names| names.iter().cloned().collect());
    named.or_else(|| args.untrusted.then(BTreeSet::new))
}

/// How much of the repository is read for a policy and its functions.
pub fn reads(args: &PolicyArgs) -> Reads {
    match (args.untrusted, args.allow_packages) {
        (false, _) => Reads::All,
        (true, false) => Reads::Shared,
        (true, true) => Reads::SharedAndPackages,
    }
}

/// What a policy may take: as the flags say, a stranger's less than others.
pub fn limits(args: &PolicyArgs) -> Limits {
    let usual = if args.untrusted { Limits::UNTRUSTED } else { Limits::default() };
    Limits {
        heap_bytes: args.max_heap.map_or(usual.heap_bytes, |mebibytes| mebibytes as usize * 1024 * 1024),
        time: args.timeout.map_or(usual.time, |seconds| Duration::from_secs(seconds.into())),
        ..usual
    }
}

/// How this program is started anew to evaluate a stranger's policy.
///
/// # Errors
/// When the system does not say where this program is.
pub fn program() -> Result<Program, Failure> {
    let path = std::env::current_exe().map_err(|cause| {
        Diagnostic::error(codes::INTERNAL, "the system does not say where this program is")
            .fact("cause", cause.to_string())
    })?;
    Ok(Program { path, word: SERVE })
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
