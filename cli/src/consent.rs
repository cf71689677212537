//! Whether a command may change a branch, and whether it may delete something from it.
//!
//! A protected branch takes `--allow-protected`, as it does of `apply`. A deletion is asked about on a terminal;
//! where there is nobody to ask it takes `--yes`.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;

use crate::args::{ConsentArgs, DeletionArgs};
use crate::ask;

/// Refuses to change a protected branch without consent.
///
/// # Errors
/// When the branch is protected and nobody consented.
pub fn check(target: &Target, consent: ConsentArgs) -> Result<(), Failure> {
    if target.is_protected != Some(true) || consent.allow_protected {
        return Ok(());
    }
    Err(Diagnostic::error(codes::PROTECTED_BRANCH, "the branch is protected; nothing was changed")
        .found(target.name.as_str())
        .fix("pass --allow-protected to agree")
        .into())
}

/// Asks whether something is to be deleted, where no flag says so. `what` names it, and what goes with it.
///
/// # Errors
/// When there is nobody to ask, or the answer is no.
pub fn deletion(what: &str, given: DeletionArgs) -> Result<(), Failure> {
    if given.yes {
        return Ok(());
    }
    let refused = |summary: &str| Diagnostic::error(codes::USAGE, summary).found(what);
    if !ask::is_possible() {
        let problem = refused("a deletion needs consent, and there is nobody to ask; nothing was deleted");
        return Err(problem.fix("pass --yes to agree").into());
    }
    if ask::confirm(&format!("Delete {what}?"))? {
        return Ok(());
    }
    Err(refused("the answer was no; nothing was deleted").fix("answer yes, or pass --yes").into())
}
