//! `neonform checkout`: the branch of this directory, made from the policy where it does not exist (spec 5.1, 5.2).
//!
//! Whatever fails, the last lines say what exists, what is pinned, what was applied and what to run next. A creation
//! that did not come to its end, killed or failed, is gone on with by the same command.

use std::path::Path;
use std::sync::{Arc, Mutex};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;
use neonform_neon::branch::{NewBranch, manage};
use neonform_neon::target::{self, Survey};
use serde_json::Value as Json;

use super::{Ending, apply};
use crate::args::{ApplyArgs, CheckoutArgs, PurposeArgs};
use crate::backend::Connection;
use crate::git::{Repository, branch_name};
use crate::invocation::{again, next, quoted};
use crate::journal::Journal;
use crate::output::pinned::{Applied, Pinned};
use crate::output::text::printable;
use crate::pipeline::Source;
use crate::session::Session;
use crate::{ask, context, env_pull, print, trust, unfinished};

/// Finds or makes the branch, pins it, pulls its variables.
pub(super) async fn run(session: &Session, args: &CheckoutArgs) -> Result<Ending, Failure> {
    session.refuse_formats_of_plans()?;
    trust::refuse_to_apply(&args.policy)?;
    let mut connection = Connection::open(session).await?;
    let journal = Journal::new(session.working.clone());
    connection.client = connection.client.until(session.signals.stop.clone()).observed(journal.observer());
    let done = Checkout { session, args, connection: &connection, journal: &journal }.run().await;
    connection.close().await;
    done
}

struct Checkout<'a> {
    session: &'a Session,
    args: &'a CheckoutArgs,
    connection: &'a Connection,
    journal: &'a Arc<Journal>,
}

impl Checkout<'_> {
    async fn run(&self) -> Result<Ending, Failure> {
        let session = self.session;
        if let Some(branch) = session.context.branch.as_ref().filter(|_| session.is_for_people()) {
            print::note(&format!("Pinned until now: {}", printable(branch)));
        }
        let project = session.project(&self.connection.client).await?;
        let survey = target::survey(&self.connection.client, &project).await?;
        let (name, create) = self.choose(&survey)?;
        let Ok(found) = survey.find(Some(&name)) else {
            return if create && !target::is_branch_id(&name) {
                self.create(&survey, &project, &name).await
            } else {
                Err(missing(&survey, &name))
            };
        };
        let policy = session.source_if_any(&self.args.policy);
        match policy {
            Ok(Some(source)) if create && unfinished::is(&session.working, &found.target) => {
                if session.is_for_people() {
                    print::note("Its creation did not come to its end; going on with it");
                }
                self.make(&source, &project, &found.target.name, false).await
            }
            Ok(None) => self.end(&found.target, false, Applied::NoPolicy, Ending::Done).await,
            // A broken policy is in nobody's way here.
            Ok(Some(_)) | Err(_) => self.end(&found.target, false, Applied::Not, Ending::Done).await,
        }
    }

    /// The branch that is named, else the one that is picked, and whether it may be made.
    fn choose(&self, survey: &Survey) -> Result<(String, bool), Failure> {
        if let Some(name) = self.args.name.as_ref().or(self.session.global.branch.as_ref()) {
            let is_asked = !survey.has(Some(name)) && !target::is_branch_id(name) && ask::is_possible();
            let question = || format!("Branch {name} does not exist. Create it?");
            let create = self.args.create || is_asked && ask::confirm(&question())?;
            return Ok((name.clone(), create));
        }
        let offered = Offered::of(self.session);
        let branches: Vec<String> = survey.all().into_iter().map(|found| found.target.name).collect();
        if self.args.create || !ask::is_possible() {
            return Err(unnamed(&branches, offered.as_ref(), self.args.create));
        }
        pick(&branches, offered)
    }

    async fn create(&self, survey: &Survey, project: &str, name: &str) -> Result<Ending, Failure> {
        match self.session.source_if_any(&self.args.policy)? {
            Some(source) => self.make(&source, project, name, true).await,
            None => self.bare(survey, project, name).await,
        }
    }

    /// Makes a branch from the policy, or goes on with one that was made and not brought to its end.
    async fn make(
        &self,
        source: &Source,
        project: &str,
        name: &str,
        create: bool,
    ) -> Result<Ending, Failure> {
        let session = self.session.on(project, name);
        let args = ApplyArgs {
            policy: self.args.policy.clone(),
            purpose: PurposeArgs { create, ..PurposeArgs::default() },
            update_existing: true,
            allow_protected: true,
            ..ApplyArgs::default()
        };
        let result: Mutex<Option<Json>> = Mutex::default();
        let keep = |json: &Json| {
            if let Ok(mut result) = result.lock() {
                *result = Some(json.clone());
            }
        };
        let run = apply::Run {
            session: &session,
            args: &args,
            source,
            connection: self.connection,
            journal: self.journal,
            saved: None,
            again: Some(&self.go_on(name)),
            print: &keep,
        };
        let applied = apply::run_on(&run).await;
        let result = result.into_inner().unwrap_or_default();
        match applied {
            Ok(apply::Applied { ending: Ending::Done, branch: Some(branch) }) => {
                self.end(&branch, create, Applied::Whole(result), Ending::Done).await
            }
            Ok(apply::Applied { ending, branch: Some(branch) }) => {
                self.end(&branch, create, Applied::InPart(result), ending).await
            }
            Ok(apply::Applied { ending, branch: None }) => {
                result.iter().for_each(print::json);
                self.nothing(name);
                Ok(ending)
            }
            Err(failure) => {
                print::failure(self.session.global.output, &failure);
                self.nothing(name);
                Ok(Ending::Incomplete)
            }
        }
    }

    /// Makes a branch where there is no policy: off the default one, with a compute of the project's defaults.
    async fn bare(&self, survey: &Survey, project: &str, name: &str) -> Result<Ending, Failure> {
        let absent = survey.absent(name)?;
        let parent = survey.parent(name, None)?;
        let new = NewBranch { parent: parent.map(|parent| parent.id), ..NewBranch::named(name) };
        let created = manage::create(&self.connection.client, project, &new).await?;
        let target = Target { id: Some(created.id), exists: true, ..absent };
        self.end(&target, true, Applied::NoPolicy, Ending::Done).await
    }

    /// Pins, pulls, and says how things are.
    async fn end(
        &self,
        target: &Target,
        is_new: bool,
        applied: Applied,
        ending: Ending,
    ) -> Result<Ending, Failure> {
        let session = self.session;
        let context = session.context.pinning(target);
        let written = context.write();
        let next = match (&written, &applied) {
            (Err(_), _) => Some(self.go_on(&target.name)),
            (Ok(()), Applied::InPart(_)) => Some(self.go_on(&target.name)),
            (Ok(()), Applied::Not) => Some(next("plan", &session.global, &self.policy_flags())),
            (Ok(()), Applied::Whole(_) | Applied::NoPolicy) => None,
        };
        if let Err(failure) = &written {
            print::diagnostics(&failure.0);
        }
        let mut environment = None;
        if !self.args.env_pull.no_env_pull && session.signals.received().is_none() {
            let session = session.on(&target.project, target.id.as_ref().unwrap_or(&target.name));
            let pulled = env_pull::along_the_way(&session, self.connection, &self.args.policy).await;
            environment = Some(pulled);
        }
        let is_pinned = written.is_ok();
        let context = is_pinned.then_some(&context);
        Pinned { command: "checkout", target, is_new, context, applied, environment, next }.print(session);
        Ok(if is_pinned { ending } else { Ending::Incomplete })
    }

    /// Says that there is no branch.
    fn nothing(&self, name: &str) {
        if self.session.is_for_people() {
            let before = self.session.context.branch.as_deref().map(printable);
            let pin = before.map_or("nothing is pinned".to_owned(), |branch| {
                format!("{branch} stays pinned in {}", context::NAME)
            });
            print::line(&format!("Branch {} was not created; {pin}.", printable(name)));
            print::line(&format!("Next, once what failed is mended: {}", printable(&again(&[]))));
        }
    }

    /// The command that goes on with a creation.
    fn go_on(&self, name: &str) -> String {
        let create = format!("checkout {} --create", quoted(name));
        next(&create, &self.session.global, &self.policy_flags())
    }

    fn policy_flags(&self) -> [(&'static str, Option<&str>); 3] {
        let policy = &self.args.policy;
        [
            ("--project-id", self.session.global.project_id.as_deref()),
            ("--config", policy.config.as_deref().and_then(Path::to_str)),
            ("--env", policy.env.as_deref().and_then(Path::to_str)),
        ]
    }
}

/// What belongs to the git branch that is checked out.
pub(super) struct Offered {
    /// The git branch.
    pub(super) git_branch: String,
    /// The branch that is noted for it, else one of its name.
    pub(super) name: String,
}

impl Offered {
    /// As the context file at the repository's root has it: a hook of git runs there.
    pub(super) fn of(session: &Session) -> Option<Self> {
        let repository = Repository::around(&session.working)?;
        let git_branch = repository.branch?;
        let context = context::Context::at(repository.root.join(context::NAME));
        let name = context.mapped(&git_branch).map_or_else(|| branch_name(&git_branch), str::to_owned);
        Some(Self { git_branch, name })
    }
}

fn pick(branches: &[String], offered: Option<Offered>) -> Result<(String, bool), Failure> {
    let mut choices: Vec<(String, String)> =
        branches.iter().map(|name| (name.clone(), name.clone())).collect();
    if let Some(Offered { git_branch, name }) = offered {
        let is_there = branches.contains(&name);
        let new = if is_there { "" } else { "new, " };
        choices.retain(|(_, choice)| *choice != name);
        choices.insert(0, (format!("{name} ({new}for the git branch {git_branch})"), name));
    }
    let shown: Vec<String> = choices.iter().map(|(shown, _)| shown.clone()).collect();
    let chosen = ask::choose("Which branch?", &shown)?.and_then(|index| choices.into_iter().nth(index));
    let (_, name) = chosen.ok_or_else(|| {
        Diagnostic::error(codes::USAGE, "no branch was chosen; nothing was changed")
            .fix("name one: neonform checkout NAME")
    })?;
    let create = !branches.contains(&name);
    Ok((name, create))
}

fn unnamed(branches: &[String], offered: Option<&Offered>, create: bool) -> Failure {
    let flag = if create { " --create" } else { "" };
    let fix = match offered {
        Some(Offered { git_branch, name }) => {
            let create = if branches.contains(name) { "" } else { " --create" };
            format!("for the git branch {git_branch}: neonform checkout {}{create}", quoted(name))
        }
        None => format!("name one: neonform checkout NAME{flag}"),
    };
    let problem = Diagnostic::error(codes::USAGE, "no branch is named").fix(fix);
    if create {
        problem.expected("the new branch's name").into()
    } else {
        problem.expected(format!("one of {}", branches.join(", "))).into()
    }
}

/// Says which branches there are, and how one that is missing is made.
fn missing(survey: &Survey, name: &str) -> Failure {
    let by_name = !target::is_branch_id(name);
    let fix = |problem: Diagnostic| match by_name {
        true => problem.fix(format!("to make it: neonform checkout {} --create", quoted(name))),
        false => problem.fix("name one that exists; a new branch is made by its name"),
    };
    let failure = survey.find(Some(name)).err();
    Failure(failure.into_iter().flat_map(|failure| failure.0).map(fix).collect())
}
