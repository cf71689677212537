//! What every command knows: where it runs, what it was told, and which project and branch are meant.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::plan::Purpose;
use neonform_engine::prune::{Kinds, Prune};
use neonform_engine::target::Target;
use neonform_neon::client::Client;
use neonform_neon::target;
use neonform_neon::{Again, Deploying, Polling};

use crate::args::{Format, Global, PolicyArgs, PurposeArgs};
use crate::backend::{Connection, own_folder};
use crate::bundler::SourceBundler;
use crate::context::Context;
use crate::output::page::Page;
use crate::output::text::{inert, printable};
use crate::pipeline::{Request, Source};
use crate::policy_file::Search;
use crate::signals::Signals;
use crate::{dotenv, env, print, trust};

/// One run of the command line.
pub struct Session {
    /// Flags of every command.
    pub global: Global,
    /// The working directory, absolute.
    pub working: PathBuf,
    /// The context file's content.
    pub context: Context,
    /// What results for people are drawn on.
    pub page: Page,
    /// Requests from outside to end.
    pub signals: Arc<Signals>,
    home: Option<PathBuf>,
}

impl Session {
    /// Looks around.
    ///
    /// # Errors
    /// When there is no working directory.
    pub fn new(global: Global, signals: Arc<Signals>) -> Result<Self, Failure> {
        let working = std::env::current_dir().map_err(|cause| {
            Diagnostic::error(codes::USAGE, "the working directory cannot be used")
                .fact("cause", cause.to_string())
        })?;
        let home = env::given(env::HOME).map(PathBuf::from);
        let context = Context::read(global.context_file.as_deref(), &working, home.as_deref());
        Ok(Self { global, working, context, page: Page::of_standard_output(), signals, home })
    }

    /// The policy that a command is about, ready to be evaluated.
    ///
    /// # Errors
    /// When there is no policy or no env file where one was named.
    pub fn source(&self, args: &PolicyArgs) -> Result<Source, Failure> {
        let search = Search { start: self.working.clone(), home: self.home.clone(), stop_at: None };
        let file = search.find(args.config.as_deref())?;
        let mut env = dotenv::layered(args.env.as_deref(), &self.working)?;
        let env_allow = trust::env_allow(args);
        if let Some(names) = &env_allow {
            env.retain(|name, _| names.contains(name));
        }
        Ok(Source {
            file,
            env,
            env_allow,
            untrusted: args.untrusted,
            now: Timestamp::now(),
            reads: trust::reads(args),
            limits: trust::limits(args),
            console: Arc::new(|text| print::note(&inert(text))),
        })
    }

    /// The same, where there may be no policy; one that is named has to be there.
    ///
    /// # Errors
    /// As [`Session::source`], but for a policy that nobody named and that is not there.
    pub fn source_if_any(&self, args: &PolicyArgs) -> Result<Option<Source>, Failure> {
        let is_missing =
            |failure: &Failure| failure.0.iter().any(|problem| problem.code == codes::POLICY_NOT_FOUND);
        match self.source(args) {
            Err(failure) if args.config.is_none() && is_missing(&failure) => Ok(None),
            found => found.map(Some),
        }
    }

    /// The bundler for the functions of a policy; source maps go beside the policy where they are asked for.
    pub fn bundler(source: &Source, source_maps: bool) -> Arc<SourceBundler> {
        let directory = source.file.path.parent().unwrap_or(&source.file.root).to_owned();
        let source_maps = source_maps.then(|| own_folder(&directory).join("source-maps"));
        Arc::new(SourceBundler::new(directory, source.file.root.clone(), source.reads, source_maps))
    }

    /// The project that is meant: flag, context, else the account's only one (spec 5.4).
    ///
    /// # Errors
    /// When none is named and the account has none or several.
    pub async fn project(&self, client: &Client) -> Result<String, Failure> {
        match self.global.project_id.as_ref().or(self.context.project.as_ref()) {
            Some(project) => Ok(project.clone()),
            None => target::only_project(client).await,
        }
    }

    /// The same session about the branch of a saved plan.
    ///
    /// # Errors
    /// When a flag or the context names another project or branch.
    pub fn about(&self, target: &Target) -> Result<Self, Failure> {
        let project = self.global.project_id.as_ref().or(self.context.project.as_ref());
        let branch = self.branch(&target.project);
        let is_meant = |branch: &str| branch == target.name || Some(branch) == target.id.as_deref();
        if project.is_some_and(|project| *project != target.project) || !branch.is_none_or(is_meant) {
            let named = |project: &str, branch: &str| format!("branch {branch} of project {project}");
            let meant = named(project.unwrap_or(&target.project), branch.unwrap_or("that is the default"));
            return Err(Diagnostic::error(
                codes::INVALID_FILE,
                "the saved plan is for another branch; nothing was changed",
            )
            .found(named(&target.project, &target.name))
            .expected(meant)
            .fix("plan for this branch, or leave out what names another one than the plan's")
            .into());
        }
        Ok(self.on(&target.project, target.id.as_ref().unwrap_or(&target.name)))
    }

    /// The same session about a branch, by name or id.
    pub fn on(&self, project: &str, branch: &str) -> Self {
        let (project_id, branch) = (Some(project.to_owned()), Some(branch.to_owned()));
        self.with(Global { project_id, branch, ..self.global.clone() }, self.context.clone())
    }

    /// The same session with other flags and another context.
    pub fn with(&self, global: Global, context: Context) -> Self {
        let (working, home) = (self.working.clone(), self.home.clone());
        Self { global, working, context, page: self.page, signals: Arc::clone(&self.signals), home }
    }

    /// Whether a flag or the context says which project is meant.
    pub fn names_project(&self) -> bool {
        self.global.project_id.is_some() || self.context.project.is_some()
    }

    /// The branch that is named: flag, else the context's where it is about this project.
    pub fn branch<'a>(&'a self, project: &str) -> Option<&'a str> {
        self.global.branch.as_deref().or_else(|| self.context.branch_in(project))
    }

    /// Refuses formats that only plans have.
    ///
    /// # Errors
    /// When such a format is asked for.
    pub fn refuse_formats_of_plans(&self) -> Result<(), Failure> {
        match self.global.output {
            Format::Human | Format::Json | Format::NeonJson => Ok(()),
            Format::Markdown | Format::Sarif | Format::Github => {
                Err(Diagnostic::error(codes::USAGE, "only a plan can be printed in this format")
                    .expected("--output human, json or neon-json")
                    .fix("leave out --output, or choose one of these")
                    .into())
            }
        }
    }

    /// Whether results are for people, who want to know what is done meanwhile.
    pub fn is_for_people(&self) -> bool {
        self.global.output == Format::Human && !self.global.quiet
    }

    /// Says on standard error which branch a command is about (spec 4.10).
    pub fn announce(&self, target: &Target) {
        if !self.is_for_people() {
            return;
        }
        let default = self.global.branch.is_none() && self.context.branch_in(&target.project).is_none();
        let note = if default { ", the project's default" } else { "" };
        let id = target.id.as_deref().map_or("new".to_owned(), printable);
        print::note(&format!(
            "Branch {} ({id}{note}) of project {}",
            printable(&target.name),
            printable(&target.project)
        ));
    }

    /// What a plan is asked for, as flags say it; `said` hears which branch was found.
    ///
    /// # Errors
    /// When flags or variables of the environment are not what they should be.
    pub fn request<'a>(
        &'a self,
        source: &'a Source,
        connection: &'a Connection,
        project: &'a str,
        args: &PurposeArgs,
        said: &'a (dyn Fn(&Target) + Sync),
    ) -> Result<Request<'a>, Failure> {
        Ok(Request {
            source,
            client: &connection.client,
            digests: Arc::clone(&connection.digests),
            project,
            branch: self.branch(project),
            create: args.create,
            bundler: Self::bundler(source, args.source_maps),
            polling: Self::polling()?,
            deploying: Self::deploying(args),
            builds: Arc::default(),
            concurrency: args.parallelism.into(),
            purpose: self.purpose(args, source)?,
            leases: None,
            said,
        })
    }

    /// What a plan is made for, as flags say it.
    ///
    /// # Errors
    /// When a branch is to be created and none is named.
    pub fn purpose(&self, args: &PurposeArgs, source: &Source) -> Result<Purpose, Failure> {
        if args.create && self.global.branch.is_none() {
            return Err(Diagnostic::error(codes::USAGE, "--create does not say which branch")
                .expected("the new branch's name")
                .fix("pass --branch NAME as well")
                .into());
        }
        let kinds = match &args.prune {
            None => Kinds::None,
            Some(words) if words.is_empty() => Kinds::All,
            Some(words) => Kinds::Named(words.clone()),
        };
        let prune = Prune { kinds, with_data: args.prune_data };
        Ok(Purpose { now: source.now, prune, show_undeclared: args.show_unmanaged })
    }

    /// What the flags say about deployments.
    pub fn deploying(args: &PurposeArgs) -> Deploying {
        let again = match &args.redeploy {
            None => Again::None,
            Some(slugs) if slugs.is_empty() => Again::All,
            Some(slugs) => Again::These(slugs.clone()),
        };
        Deploying { again, marker: !args.no_marker }
    }

    /// How deployments are waited for: as the environment says, else as the reference does (spec 4.7).
    ///
    /// # Errors
    /// When a variable does not hold a number.
    pub fn polling() -> Result<Polling, Failure> {
        let usual = Polling::default();
        Ok(Polling {
            interval: milliseconds(env::NEON_FUNCTIONS_POLL_INTERVAL_MS)?.unwrap_or(usual.interval),
            limit: milliseconds(env::NEON_FUNCTIONS_POLL_TIMEOUT_MS)?.unwrap_or(usual.limit),
        })
    }
}

fn milliseconds(name: &'static str) -> Result<Option<Duration>, Failure> {
    let Some(text) = env::given(name) else { return Ok(None) };
    // Zero would ask without pause.
    let read = text.trim().parse::<u64>().ok().filter(|number| *number > 0);
    read.map(|number| Some(Duration::from_millis(number))).ok_or_else(|| {
        Diagnostic::error(codes::USAGE, "an environment variable does not hold a number of milliseconds")
            .found(format!("{name}={text:?}"))
            .expected("a whole number above 0")
            .fix(format!("correct {name}, or unset it"))
            .into()
    })
}
