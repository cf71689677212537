//! What became of deployments, for people and as JSON.

use std::io::{self, Write};

use anstyle::Style;
use neonform_neon::function::Probe;
use serde_json::{Value as Json, json};

use super::page::{padded, width, wrapped};
use super::text::printable;
use crate::deployments::{Deployment, State};
use crate::session::Session;

const BOLD: Style = Style::new().bold();

/// Writes a line for each, and how to see more of those that are still building.
///
/// # Errors
/// When the output cannot be written.
pub fn human(out: &mut dyn Write, session: &Session, all: &[Deployment]) -> io::Result<()> {
    let (building, ended): (Vec<_>, Vec<_>) =
        all.iter().partition(|deployment| matches!(deployment.state, State::Building));
    if !ended.is_empty() {
        writeln!(out, "{BOLD}Deployments:{BOLD:#}")?;
    }
    let widest = ended.iter().map(|deployment| width(&deployment.slug)).max().unwrap_or(0);
    for deployment in ended {
        let Deployment { slug, id, state, probe, .. } = deployment;
        let reason = state.reason().map_or_else(String::new, |reason| format!(": {reason}"));
        let probe = probe.as_ref().map_or_else(String::new, |probe| format!(", {}", probed(probe)));
        let line = format!("  {}  deployment {id} {}{reason}{probe}", padded(slug, widest), state.word());
        for line in wrapped(&printable(&line), session.page.width, 4) {
            writeln!(out, "{line}")?;
        }
    }
    if !building.is_empty() {
        writeln!(out, "{BOLD}Still building{BOLD:#}, to be checked with:")?;
    }
    // A command is copied, so it stays on one line.
    building.iter().try_for_each(|deployment| writeln!(out, "  {}", printable(&deployment.check(session))))
}

/// What a URL came to, in words.
pub fn probed(probe: &Probe) -> String {
    let took = probe.took.as_millis();
    match &probe.heard {
        Ok(status) => format!("answers with status {status} after {took} ms"),
        Err(why) => format!("does not answer: {why}, after {took} ms"),
    }
}

/// All of them.
pub fn json(all: &[Deployment]) -> Json {
    all.iter().map(json_of).collect()
}

fn json_of(deployment: &Deployment) -> Json {
    let Deployment { slug, id, state, probe, .. } = deployment;
    let mut fields = json!({ "slug": slug, "id": id, "status": state.word() });
    if let Some(reason) = state.reason() {
        fields["reason"] = reason.into();
    }
    if let Some(probe) = probe {
        let took = u64::try_from(probe.took.as_millis()).unwrap_or(u64::MAX);
        fields["probe"] = json!({ "url": probe.url, "reached": probe.is_reached(), "milliseconds": took });
        match &probe.heard {
            Ok(status) => fields["probe"]["status"] = (*status).into(),
            Err(why) => fields["probe"]["error"] = why.as_str().into(),
        }
    }
    fields
}
