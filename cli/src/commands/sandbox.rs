//! `neonform sandbox`: what a policy can and cannot do here, and which layers hold a stranger's on this machine.
//!
//! The layers are not looked up but tried: a process is confined as it would be for a policy, and attempts what it must
//! not be able to do.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_eval::{Attempt, Probed};

use super::Ending;
use crate::args::Format;
use crate::output::sandbox;
use crate::session::Session;
use crate::{print, trust};

/// Tries the layers and explains.
pub(super) async fn run(session: &Session) -> Result<Ending, Failure> {
    let place = session.working.canonicalize().map_err(|cause| {
        Diagnostic::error(codes::USAGE, "the working directory cannot be used")
            .fact("cause", cause.to_string())
    })?;
    let probed = neonform_eval::probe(&trust::program()?, &place).await?;
    match session.global.output {
        Format::Human => print::human(|out| sandbox::human(out, session.page, &probed)),
        _ => print::json(&sandbox::json(&probed)),
    }
    let leaks: Vec<Diagnostic> = probed.attempts.iter().filter_map(|tried| leak(tried, &probed)).collect();
    print::warnings(&leaks);
    let is_broken = leaks.iter().any(|leak| leak.severity == neonform_engine::diagnostic::Severity::Error);
    Ok(if is_broken { Ending::Incomplete } else { Ending::Done })
}

/// What to say of an attempt that did not end as it ought to: a missing layer is known, a leaking one is a defect.
fn leak(tried: &Attempt, probed: &Probed) -> Option<Diagnostic> {
    if tried.worked == tried.allowed {
        return None;
    }
    let all = probed.layers.iter().all(|layer| layer.active);
    let summary = "the second layer does not hold what it should";
    let told = if all {
        Diagnostic::error(codes::INTERNAL, summary)
    } else {
        Diagnostic::warning(codes::SANDBOX, "a layer is missing on this machine")
    };
    Some(told.found(format!("{}: {}", tried.what, tried.outcome)))
}
