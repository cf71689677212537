//! What every command knows: where it runs, what it was told, and which project and branch are meant.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_neon::client::Client;
use neonform_neon::target::{self, Found};

use crate::args::{Format, Global, PolicyArgs};
use crate::bundler::SourceBundler;
use crate::context::Context;
use crate::output::text::printable;
use crate::pipeline::Source;
use crate::policy_file::Search;
use crate::{dotenv, env};

/// One run of the command line.
pub struct Session {
    /// Flags of every command.
    pub global: Global,
    /// The working directory, absolute.
    pub working: PathBuf,
    /// The context file's content.
    pub context: Context,
    home: Option<PathBuf>,
}

impl Session {
    /// Looks around.
    ///
    /// # Errors
    /// When there is no working directory.
    pub fn new(global: Global) -> Result<Self, Failure> {
        let working = std::env::current_dir().map_err(|cause| {
            Diagnostic::error(codes::USAGE, "the working directory cannot be used")
                .fact("cause", cause.to_string())
        })?;
        let home = env::given(env::HOME).map(PathBuf::from);
        let context = Context::read(global.context_file.as_deref(), &working, home.as_deref());
        Ok(Self { global, working, context, home })
    }

    /// The policy that a command is about, ready to be evaluated.
    ///
    /// # Errors
    /// When there is no policy or no env file where one was named.
    pub fn source(&self, args: &PolicyArgs) -> Result<Source, Failure> {
        let search = Search { start: self.working.clone(), home: self.home.clone(), stop_at: None };
        let file = search.find(args.config.as_deref())?;
        let env = dotenv::layered(args.env.as_deref(), &self.working)?;
        Ok(Source {
            file,
            env,
            now: Timestamp::now(),
            limits: Source::limits(args.max_heap, args.timeout),
            console: Arc::new(|text| anstream::eprintln!("{text}")),
        })
    }

    /// The bundler for the functions of a policy.
    pub fn bundler(source: &Source) -> Arc<SourceBundler> {
        let directory = source.file.path.parent().unwrap_or(&source.file.root).to_owned();
        Arc::new(SourceBundler { directory, root: source.file.root.clone() })
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

    /// The branch that is named: flag, else the context's where it is about this project.
    pub fn branch<'a>(&'a self, project: &str) -> Option<&'a str> {
        self.global.branch.as_deref().or_else(|| self.context.branch_in(project))
    }

    /// Says on standard error which branch a command is about (spec 4.10).
    pub fn announce(&self, found: &Found) {
        if self.global.output == Format::Human {
            let default =
                self.global.branch.is_none() && self.context.branch_in(&found.target.project).is_none();
            let note = if default { ", the project's default" } else { "" };
            anstream::eprintln!(
                "Branch {} ({}{note}) of project {}",
                printable(&found.target.name),
                printable(&found.id),
                printable(&found.target.project)
            );
        }
    }
}
