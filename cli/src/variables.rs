//! Which variables of which branch a command is about, and what they hold (spec 7.3).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use neonform_engine::diagnostic::{Diagnostic, Failure, Severity, codes};
use neonform_engine::target::Target;
use neonform_neon::environment::{
    Branch, KEY_PAIR, NAMES, Resolved, SERVICES, Selection, Service, Wanted, is_known, resolve,
};
use neonform_neon::target;

use crate::args::PolicyArgs;
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
    for word in given(services) {
        match service(word) {
            Some(service) => drop(selection.services.insert(service)),
            None => problems.push(unknown_service(word)),
        }
    }
    for (index, name) in given(names).enumerate() {
        if is_known(name) {
            selection.names.insert(name.to_owned());
        } else {
            problems.push(unknown_variable(index + 1, name));
        }
    }
    let [id, key] = KEY_PAIR;
    if selection.covers(id) != selection.covers(key) {
        problems.push(
            Diagnostic::error(codes::USAGE, "one half of a key pair is asked for")
                .found(if selection.covers(id) { id } else { key })
                .expected(format!("{id} and {key} together"))
                .fix("name the other one too, or ask for --service object-storage"),
        );
    }
    if problems.is_empty() && selection == Selection::default() {
        problems.push(
            Diagnostic::error(codes::USAGE, "--service and --env name nothing")
                .expected("a service or a variable, or several with commas between them")
                .fix("name one, or leave the flag out to pull what the policy or the branch has"),
        );
    }
    if problems.is_empty() { Ok(Some(selection)) } else { Err(Failure(problems)) }
}

/// Words that are not blank, as after a comma at the end.
fn given(words: &[String]) -> impl Iterator<Item = &str> {
    words.iter().map(|word| word.trim()).filter(|word| !word.is_empty())
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
        .suggest(word, known)
}

/// What stands there by mistake may be a value, which is not repeated.
fn unknown_variable(place: usize, name: &str) -> Diagnostic {
    let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
    let fix = if name.contains('=') { "name the variable alone, without a value" } else { "correct --env" };
    Diagnostic::error(codes::USAGE, "there is no such variable")
        .found(format!("name {place} of --env"))
        .expected(format!("{}, or NEON_FUNCTION_SLUG_BASE_URL", known.join(", ")))
        .fix(fix)
        .suggest(name, known)
}

/// The variables of a branch.
pub struct Read {
    /// Project id.
    pub project: String,
    /// The branch.
    pub target: Target,
    /// What was read.
    pub resolved: Resolved,
}

/// The branch of a target that was found.
pub fn branch<'a>(project: &'a str, target: &'a Target) -> Branch<'a> {
    Branch { project, id: target.id.as_deref().unwrap_or_default(), name: &target.name }
}

/// The word for a service.
pub fn word(service: Service) -> &'static str {
    SERVICES.iter().find(|(known, _)| *known == service).map_or("", |(_, word)| word)
}

/// Finds the branch and reads its variables.
///
/// # Errors
/// Every problem of the policy, what the branch lacks, or what the API said.
pub async fn read(session: &Session, connection: &Connection, asked: Asked<'_>) -> Result<Read, Failure> {
    let client = &connection.client;
    let project = session.project(client).await?;
    let mut source = if asked.selection.is_some() { None } else { session.source_if_any(asked.policy)? };
    if let Some(source) = source.as_mut().filter(|_| asked.along_the_way) {
        source.console = Arc::new(|_| ());
    }
    let load = async {
        match &source {
            Some(source) => source.load_without_values().await.map(Some),
            None => Ok(None),
        }
    };
    let (loaded, found) = futures::join!(load, target::find(client, &project, session.branch(&project)));
    // A broken policy is the user's to mend first, whatever the API says.
    let (loaded, found) = (loaded?, found?);
    if !asked.along_the_way {
        session.announce(&found.target);
    }
    let target = found.target;
    let wanted = match (asked.selection, loaded) {
        (Some(selection), _) => Wanted { selection, ..Wanted::default() },
        (None, Some(loaded)) => {
            let desired = pipeline::resolve_without_values(loaded, &target).await?;
            Wanted::of_policy(&desired.resolved)
        }
        (None, None) => Wanted::of_branch(asked.with_gateway),
    };
    let wanted = Wanted { held: asked.held, ..wanted };
    let resolved = resolve(client, &branch(&project, &target), &wanted, Timestamp::now()).await?;
    // Nobody asked for functions by name: a region without them is nothing to hear about each time.
    let told = resolved.skipped.iter().filter(|(service, _)| *service == Service::AiGateway);
    told.for_each(|(_, failure)| warn(failure));
    Ok(Read { project, target, resolved })
}

/// Tells what stops nothing here.
pub fn warn(failure: &Failure) {
    let told = failure.0.iter().cloned();
    let warnings: Vec<Diagnostic> =
        told.map(|problem| Diagnostic { severity: Severity::Warning, ..problem }).collect();
    print::warnings(&warnings);
}
