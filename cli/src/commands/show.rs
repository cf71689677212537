//! `neonform show`: a saved plan as `plan` showed it, without policy, network or key.

use neonform_engine::diagnostic::Failure;

use super::Ending;
use super::plan::{Shown, show};
use crate::args::ShowArgs;
use crate::saved_plan::SavedPlan;
use crate::session::Session;

/// Reads and prints.
pub(super) fn run(session: &Session, args: &ShowArgs) -> Result<Ending, Failure> {
    let SavedPlan { plan, policy_file, purpose, json, neon_json, .. } =
        SavedPlan::read(&session.working.join(&args.file))?;
    session.announce(&plan.target);
    let show_unmanaged = purpose.show_unmanaged;
    let (json, neon_json) = (&|| json.clone(), &|| neon_json.clone());
    show(session, &Shown { plan: &plan, policy: &policy_file, json, neon_json, show_unmanaged });
    Ok(Ending::Done)
}
