//! `neonform version`: what this binary is.

use neonform_engine::diagnostic::Failure;
use serde_json::json;

use super::Ending;
use crate::args::Format;
use crate::print;
use crate::session::Session;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Version, JavaScript engine and its version in one line, without the program's name.
pub(crate) fn text() -> String {
    let engine = neonform_eval::engine();
    format!("{VERSION} ({} {})", engine.name, engine.version)
}

/// Prints version, JavaScript engine and its version.
pub(super) fn run(session: &Session) -> Result<Ending, Failure> {
    if session.global.output == Format::Human {
        print::line(&format!("neonform {}", text()));
    } else {
        let engine = neonform_eval::engine();
        print::json(&json!({ "version": VERSION, "engine": engine.name, "engineVersion": engine.version }));
    }
    Ok(Ending::Done)
}
