//! That something was deleted. The neon command line has no words for it on standard output.

use neonform_engine::target::Target;
use serde_json::json;

use super::json::{VERSION, target};
use super::text::printable;
use crate::args::Format;
use crate::print;
use crate::session::Session;

/// Says that a command has deleted something.
pub fn deleted(session: &Session, command: &str, branch: &Target, what: &str, name: &str) {
    match session.global.output {
        Format::NeonJson => {}
        Format::Json => print::json(
            &json!({ "version": VERSION, "command": command, "target": target(branch), "deleted": name }),
        ),
        _ => print::line(&format!(
            "Deleted {what} {} from branch {}.",
            printable(name),
            printable(&branch.name)
        )),
    }
}
