//! Functions and their deployments, for people and as JSON. Values of variables are nowhere: only names are reported.

use std::io::{self, Write};

use anstyle::Style;
use neonform_engine::target::Target;
use neonform_neon::function::{DeploymentReport, FunctionReport, Mark, Status};
use serde_json::{Value as Json, json};

use super::deployments::probed;
use super::json::{VERSION, target};
use super::page::Page;
use super::records::Records;
use super::text::printable;
use crate::deployments::Deployment;

const BOLD: Style = Style::new().bold();

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

/// Writes a row for each function.
///
/// # Errors
/// When the output cannot be written.
pub fn list(out: &mut dyn Write, page: Page, functions: &[&FunctionReport]) -> io::Result<()> {
    if functions.is_empty() {
        return writeln!(out, "The branch has no functions.");
    }
    let row = |function: &&FunctionReport| {
        vec![
            function.slug.clone(),
            text(function.name.as_deref()),
            function.current.as_ref().map_or_else(String::new, |current| current.word().to_owned()),
            text(function.url()),
            text(function.created_at.as_deref()),
        ]
    };
    let headings = ["Slug", "Name", "Status", "URL", "Created"];
    Records::new(&headings, functions.iter().map(row)).write(out, page)
}

/// Writes a function with its deployments; with `variables` the names of those that it runs with.
///
/// # Errors
/// When the output cannot be written.
pub fn one(out: &mut dyn Write, page: Page, function: &FunctionReport, variables: bool) -> io::Result<()> {
    heading(out, "Function", false)?;
    let about = vec![
        function.slug.clone(),
        text(function.name.as_deref()),
        text(function.url()),
        text(function.created_at.as_deref()),
    ];
    Records::new(&["Slug", "Name", "URL", "Created"], [about]).write_blocks(out, page)?;
    let (current, active) = (function.current.as_ref(), function.active.as_ref());
    let is_one = current.map(|one| one.id) == active.map(|one| one.id);
    if let Some(current) = current {
        heading(out, if is_one { "Deployment (current, active)" } else { "Current deployment" }, true)?;
        deployment(out, page, current)?;
    }
    if let Some(active) = active.filter(|_| !is_one) {
        heading(out, "Active deployment", true)?;
        deployment(out, page, active)?;
    }
    if variables {
        heading(out, "Environment", true)?;
        let names = active.map(DeploymentReport::variables).unwrap_or_default();
        if names.is_empty() {
            writeln!(out, "No variables on the active deployment.")?;
        }
        names.iter().try_for_each(|name| writeln!(out, "{}", printable(name)))?;
    }
    Ok(())
}

fn heading(out: &mut dyn Write, text: &str, apart: bool) -> io::Result<()> {
    if apart {
        writeln!(out)?;
    }
    writeln!(out, "{BOLD}{text}{BOLD:#}")
}

fn deployment(out: &mut dyn Write, page: Page, found: &DeploymentReport) -> io::Result<()> {
    let row = vec![
        found.id.to_string(),
        found.word().to_owned(),
        if found.ending() == Status::Failed { text(found.error.as_deref()) } else { String::new() },
        text(found.runtime.as_deref()),
        found.memory_mib.map_or_else(String::new, |memory| format!("{memory} MiB")),
        text(found.created_at.as_deref()),
        found.mark().map_or_else(String::new, |mark| marked(&mark)),
    ];
    let headings = ["Deployment", "Status", "Reason", "Runtime", "Memory", "Created", "Marker"];
    Records::new(&headings, [row]).write_blocks(out, page)
}

/// Writes a deployment that was just made.
///
/// # Errors
/// When the output cannot be written.
pub fn deployed(
    out: &mut dyn Write,
    page: Page,
    made: &Deployment,
    function: Option<&FunctionReport>,
) -> io::Result<()> {
    let current = function.and_then(|function| function.current.as_ref()).filter(|one| one.id == made.id);
    let row = vec![
        made.slug.clone(),
        made.id.to_string(),
        made.state.word().to_owned(),
        made.state.reason().unwrap_or_default(),
        text(function.and_then(FunctionReport::url)),
        made.probe.as_ref().map_or_else(String::new, probed),
        text(current.and_then(|current| current.runtime.as_deref())),
        current.and_then(|one| one.memory_mib).map_or_else(String::new, |memory| format!("{memory} MiB")),
        text(current.and_then(|current| current.created_at.as_deref())),
    ];
    let headings =
        ["Function", "Deployment", "Status", "Reason", "URL", "Probe", "Runtime", "Memory", "Created"];
    Records::new(&headings, [row]).write_blocks(out, page)
}

/// What a marker says, in a line.
fn marked(mark: &Mark) -> String {
    let Some((_, bundle)) = &mark.said else {
        return format!("version {}, which this neonform does not know", mark.version);
    };
    let counts = if mark.counts { "counts" } else { "does not count: it was deployed without one since" };
    format!("version {}, {bundle}, {counts}", mark.version)
}

/// A document about functions.
pub fn document(command: &str, branch: &Target, functions: &[&FunctionReport]) -> Json {
    let functions: Vec<Json> = functions.iter().map(|function| json_of(function)).collect();
    json!({ "version": VERSION, "command": command, "target": target(branch), "functions": functions })
}

fn json_of(function: &FunctionReport) -> Json {
    json!({
        "slug": function.slug,
        "name": function.name,
        "invocationUrl": function.url(),
        "createdAt": function.created_at,
        "current": function.current.as_ref().map(deployment_json),
        "active": function.active.as_ref().map(deployment_json),
    })
}

fn deployment_json(found: &DeploymentReport) -> Json {
    let mut fields = json!({
        "id": found.id,
        "status": found.word(),
        "runtime": found.runtime,
        "memoryMib": found.memory_mib,
        "createdAt": found.created_at,
        "variables": found.variables(),
    });
    if let Some(error) = &found.error {
        fields["error"] = error.as_str().into();
    }
    if let Some(mark) = found.mark() {
        fields["marker"] = json!({ "version": mark.version, "counts": mark.counts });
        if let Some((replaced, bundle)) = mark.said {
            fields["marker"]["replaced"] = replaced.into();
            fields["marker"]["bundle"] = bundle.into();
        }
    }
    fields
}
