//! `neonform version`: what this binary is.

use neonform_engine::diagnostic::Failure;
use serde_json::json;

use super::Ending;
use crate::args::Format;
use crate::print;
use crate::session::Session;

/// Prints version, JavaScript engine and its version.
pub(super) fn run(session: &Session) -> Result<Ending, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    let engine = neonform_eval::engine();
    if session.global.output == Format::Human {
        print::line(&format!("neonform {version} ({} {})", engine.name, engine.version));
    } else {
        print::json(&json!({ "version": version, "engine": engine.name, "engineVersion": engine.version }));
    }
    Ok(Ending::Done)
}
