//! Pulls the variables of a branch into a file: for `env pull`, and for what pulls along the way (spec 7.4, 7.5).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;
use neonform_neon::environment::{
    Credentials, KEY_PAIR, Resolved, Selection, Service, is_own, revoke, service_of,
};
use serde_json::{Value as Json, json};

use crate::args::PolicyArgs;
use crate::backend::Connection;
use crate::env_file::{Merged, merge};
use crate::invocation::next;
use crate::output::text::printable;
use crate::session::Session;
use crate::variables::{self, Asked, Read};
use crate::{dotenv, env, files, gitignore, print};

/// What is pulled, and where to.
pub struct Pull<'a> {
    /// The policy that says what, unless something is chosen.
    pub policy: &'a PolicyArgs,
    /// What is chosen instead.
    pub selection: Option<Selection>,
    /// Whether the AI Gateway is asked for where no policy says so.
    pub with_gateway: bool,
    /// Whether another command has said already which branch and policy this is about.
    pub along_the_way: bool,
    /// The file.
    pub file: PathBuf,
}

/// What came of it.
#[derive(Debug)]
pub struct Pulled {
    /// The file.
    pub file: PathBuf,
    /// Every variable that it holds of the branch.
    pub names: Vec<String>,
    /// Those that hold something else than before.
    pub changed: Vec<String>,
    /// Those that were taken out, since the branch has them no more.
    pub removed: Vec<String>,
    /// Those of them that hold a new secret.
    pub issued: Vec<&'static str>,
    /// Ids of credentials that were replaced, and revoked.
    pub revoked: Vec<String>,
    /// Ids of credentials that were replaced, and left to others who may use them.
    pub left: Vec<String>,
    /// Services that could not be asked; what the file holds of them stays.
    pub skipped: Vec<&'static str>,
}

/// The file that is meant: a named one, `.env` where there is one, else `.env.local`.
pub fn file(working: &Path, named: Option<&Path>) -> PathBuf {
    let usual = working.join(".env");
    match named {
        Some(named) => working.join(named),
        None if usual.exists() => usual,
        None => working.join(".env.local"),
    }
}

/// What a file and the environment hold; the file's values win, since they are what is replaced.
///
/// # Errors
/// When the file cannot be read.
pub fn held(file: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let in_file = dotenv::parse(&text(file)?.unwrap_or_default());
    let mut held: BTreeMap<String, String> = env::unicode().collect();
    // A key of one account and a secret of another make no pair.
    if KEY_PAIR.iter().any(|name| in_file.contains_key(*name)) {
        held.retain(|name, _| !KEY_PAIR.contains(&name.as_str()));
    }
    held.extend(in_file);
    Ok(held)
}

/// Pulls.
///
/// # Errors
/// What is wrong with the policy or missing on the branch, what the API said, or a file that cannot be read or written; it
/// is as it was then.
pub async fn pull(session: &Session, connection: &Connection, pull: Pull<'_>) -> Result<Pulled, Failure> {
    let Pull { policy, selection, with_gateway, along_the_way, file } = pull;
    let held = held(&file)?;
    let asked =
        Asked { policy, selection: selection.clone(), with_gateway, held: held.clone(), along_the_way };
    let Read { project, target, resolved } = variables::read(session, connection, asked).await?;
    let is_stale = |name: &str| {
        is_own(name)
            && selection.as_ref().is_none_or(|selection| selection.covers(name))
            && !is_unreached(&resolved, &target, &held, name)
    };
    // Somebody may have written to it meanwhile.
    let before = text(&file)?;
    let Merged { text: after, removed, changed } =
        merge(before.as_deref().unwrap_or_default(), &resolved.variables, &is_stale);
    if before.as_deref() != Some(&after) {
        write(&file, &after)?;
    }
    if before.is_none() {
        gitignore::add(&file);
    }
    let Resolved { variables, credentials: Credentials { issued, replaced }, skipped } = resolved;
    // Only now does nothing hold their secrets any more; a pull that was told what to pull does not know what else does.
    let (mut revoked, mut left) = (Vec::new(), Vec::new());
    for id in replaced {
        let branch = variables::branch(&project, &target);
        let is_gone = selection.is_none()
            && revoke(&connection.client, &branch, &id).await.inspect_err(variables::warn).is_ok();
        if is_gone { revoked.push(id) } else { left.push(id) }
    }
    let names = variables.into_iter().map(|(name, _)| name).collect();
    let skipped = skipped.iter().map(|(service, _)| variables::word(*service)).collect();
    Ok(Pulled { file, names, changed, removed, issued, revoked, left, skipped })
}

/// Pulls into the usual file after another command has done its own part: what the policy declares, else what the branch
/// has without the AI Gateway (spec 7.5). That it fails is a warning; returns whether it succeeded.
pub async fn along_the_way(session: &Session, connection: &Connection, policy: &PolicyArgs) -> bool {
    let file = file(&session.working, None);
    let asked = Pull { policy, selection: None, with_gateway: false, along_the_way: true, file };
    match pull(session, connection, asked).await {
        Ok(pulled) => {
            pulled.tell(session);
            true
        }
        Err(failure) => {
            variables::warn(&failure);
            variables::warn(&by_hand(session, policy).into());
            false
        }
    }
}

/// Says how to do what was not done.
fn by_hand(session: &Session, policy: &PolicyArgs) -> Diagnostic {
    let config = policy.config.as_ref().map(|path| path.display().to_string());
    let (project, branch) = (session.global.project_id.as_deref(), session.global.branch.as_deref());
    let flags = [("--config", config.as_deref()), ("--project-id", project), ("--branch", branch)];
    let command = next("env pull", &session.global, &flags);
    Diagnostic::error(
        codes::ENV_NOT_PULLED,
        "the branch's variables were not pulled; everything else was done",
    )
    .fix(format!("mend what the warning before this one says, then run: {command}"))
}

/// Whether a variable is of a service that could not be asked: then what a file holds stays, as long as it is of this branch.
fn is_unreached(resolved: &Resolved, target: &Target, held: &BTreeMap<String, String>, name: &str) -> bool {
    let service = service_of(name);
    let skipped = resolved.skipped.iter().any(|(skipped, _)| Some(*skipped) == service);
    let id = target.id.as_deref().unwrap_or_default();
    let is_of_branch = || {
        let url = held.get("NEON_AI_GATEWAY_BASE_URL").map(String::as_str).unwrap_or_default();
        let host = url.split_once("://").map_or("", |(_, rest)| rest);
        host.starts_with(&format!("{id}-api.ai.")) && !host.contains('@')
    };
    skipped && (service != Some(Service::AiGateway) || is_of_branch())
}

/// A file's text; nothing where there is no file.
fn text(file: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(Diagnostic::error(codes::USAGE, "the env file cannot be read")
            .found(file.display().to_string())
            .fix("name another one with --file; this one was left alone")
            .fact("cause", cause.to_string())
            .into()),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    files::write_private(file, text.as_bytes()).map_err(|cause| {
        Diagnostic::error(codes::USAGE, "the env file cannot be written; it is as it was")
            .found(file.display().to_string())
            .fix("name a file in a directory that can be written to with --file")
            .fact("cause", cause.to_string())
            .into()
    })
}

impl Pulled {
    /// Says on standard error what was written, removed and revoked.
    pub fn tell(&self, session: &Session) {
        if !session.is_for_people() {
            return;
        }
        let file = printable(&self.shown(&session.working)).to_string();
        if self.changed.is_empty() && self.removed.is_empty() {
            print::note(&format!("{file} holds the branch's variables already"));
            return;
        }
        let names = |names: &[String]| names.join(", ");
        if !self.changed.is_empty() {
            print::note(&format!("Wrote into {file}: {}", names(&self.changed)));
        }
        if !self.removed.is_empty() {
            print::note(&format!(
                "Removed from {file}, since the branch has them no more: {}",
                names(&self.removed)
            ));
        }
        if !self.issued.is_empty() {
            print::note(&format!("New secrets: {}", self.issued.join(", ")));
        }
        if !self.revoked.is_empty() {
            print::note(&format!("Revoked what they replace: {}", names(&self.revoked)));
        }
        if !self.left.is_empty() {
            print::note(&format!("Left what they replace, since others may use it: {}", names(&self.left)));
        }
    }

    /// The same for programs: names and ids, never a value.
    pub fn json(&self, session: &Session) -> Json {
        json!({
            "version": 1,
            "command": "env pull",
            "file": self.shown(&session.working),
            "variables": self.names,
            "changed": self.changed,
            "removed": self.removed,
            "skippedServices": self.skipped,
            "credentials": { "issued": self.issued, "revoked": self.revoked, "left": self.left },
        })
    }

    /// The file as people know it: relative to where they are.
    fn shown(&self, working: &Path) -> String {
        self.file.strip_prefix(working).unwrap_or(&self.file).display().to_string()
    }
}
