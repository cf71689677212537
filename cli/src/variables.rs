//! Which variables of which branch a command is about, and what they hold (spec 7.3).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use neonform_engine::diagnostic::{Diagnostic, Failure, Severity, codes};
use neonform_engine::target::Target;
use neonform_neon::environment::{
    Branch, NAMES, Resolved, SERVICES, Selection, Service, Wanted, is_known, resolve,
};
use neonform_neon::target;

use crate::args::{Format, PolicyArgs};
use crate::backend::Connection;
use crate::pipeline;
use crate::print;
use crate::session::Session;

/// What is asked for.
pub struct Asked<'a> {
    /// The policy that says it, unless something is chosen.
    pub policy: &'a PolicyArgs,
    /// What is chosen instead.
    pub selection: Option<Selection>,
    /// Whether the AI Gateway is asked for where no policy says so.
    pub with_gateway: bool,
    /// What the target holds.
    pub held: BTreeMap<String, String>,
    /// Whether another command has said already which branch and policy this is about.
    pub along_the_way: bool,
}

/// The words of `--service` and `--env` as what they mean.
///
/// # Errors
/// Every word that means nothing, and half of a key pair.
pub fn selection(services: &[String], names: &[String]) -> Result<Option<Selection>, Failure> {
    if services.is_empty() && names.is_empty() {
        return Ok(None);
    }
    let mut problems = Vec::new();
    let mut selection = Selection::default();
    for word in services.iter().map(|word| word.trim()) {
        match service(word) {
            Some(service) => drop(selection.services.insert(service)),
            None => problems.push(unknown_service(word)),
        }
    }
    for name in names.iter().map(|name| name.trim()) {
        if is_known(name) {
            selection.names.insert(name.to_owned());
        } else {
            problems.push(unknown_variable(name));
        }
    }
    let (id, key) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    if selection.covers(id) != selection.covers(key) {
        problems.push(
            Diagnostic::error(codes::USAGE, "one half of a key pair is asked for")
                .found(if selection.covers(id) { id } else { key })
                .expected(format!("{id} and {key} together"))
                .fix("name the other one too, or ask for --service object-storage"),
        );
    }
    if problems.is_empty() { Ok(Some(selection)) } else { Err(Failure(problems)) }
}

fn service(word: &str) -> Option<Service> {
    if word == "storage" {
        print::note("warning: the service storage is called object-storage now");
        return Some(Service::ObjectStorage);
    }
    SERVICES.iter().find(|(_, known)| *known == word).map(|(service, _)| *service)
}

fn unknown_service(word: &str) -> Diagnostic {
    let known: Vec<&str> = SERVICES.iter().map(|(_, word)| *word).collect();
    Diagnostic::error(codes::USAGE, "there is no such service")
        .found(format!("{word:?}"))
        .expected(known.join(", "))
        .fix("correct --service")
}

/// What was meant as `NAME=VALUE` holds a value, which is not repeated.
fn unknown_variable(name: &str) -> Diagnostic {
    let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
    let problem = Diagnostic::error(codes::USAGE, "there is no such variable")
        .expected(format!("{}, or NEON_FUNCTION_SLUG_BASE_URL", known.join(", ")));
    match name.split_once('=') {
        Some(_) => problem.found("a name with a value").fix("name the variable alone"),
        None => problem.fix("correct --env"),
    }
}

/// Finds the branch and reads its variables.
///
/// # Errors
/// Every problem of the policy, what the branch lacks, or what the API said.
pub async fn read(
    session: &Session,
    connection: &Connection,
    asked: Asked<'_>,
) -> Result<(Target, Resolved), Failure> {
    let client = &connection.client;
    let project = session.project(client).await?;
    let mut source = if asked.selection.is_some() { None } else { session.source_if_any(asked.policy)? };
    if let Some(source) = source.as_mut().filter(|_| asked.along_the_way) {
        source.console = Arc::new(|_| ());
    }
    let load = async {
        match &source {
            Some(source) => source.load().await.map(Some),
            None => Ok(None),
        }
    };
    let (loaded, found) = futures::join!(load, target::find(client, &project, session.branch(&project)));
    // A broken policy is the user's to mend first, whatever the API says.
    let (loaded, found) = (loaded?, found?);
    if !asked.along_the_way {
        session.announce(&found.target);
    }
    let is_chosen = asked.selection.is_some();
    let wanted = match (asked.selection, loaded) {
        (Some(selection), _) => Wanted { selection, ..Wanted::default() },
        (None, Some(loaded)) => {
            let desired = pipeline::resolve_without_values(loaded, &found.target).await?;
            Wanted::of_policy(&desired.resolved)
        }
        (None, None) => Wanted::of_branch(asked.with_gateway),
    };
    let wanted = Wanted { held: asked.held, revokes: !is_chosen, ..wanted };
    let branch = Branch { project: &project, id: &found.id, name: &found.target.name };
    let resolved = resolve(client, &branch, &wanted, Timestamp::now()).await?;
    resolved.skipped.iter().for_each(|(_, failure)| warn(failure));
    Ok((found.target, resolved))
}

/// Tells what stops nothing here.
pub fn warn(failure: &Failure) {
    let told = failure.0.iter().cloned();
    let warnings: Vec<Diagnostic> =
        told.map(|problem| Diagnostic { severity: Severity::Warning, ..problem }).collect();
    print::warnings(&warnings);
}

/// Whether results are for people.
pub fn is_for_people(session: &Session) -> bool {
    session.global.output == Format::Human && !session.global.quiet
}
