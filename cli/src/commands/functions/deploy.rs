//! `neonform functions deploy`: one function, without a policy (spec 9).
//!
//! What is wrong with the command line is said at once, before anything is bundled or asked. The bundle is the one
//! that `apply` makes of the same source, and the deployment carries the same marker wherever that is possible
//! (`providers/neon/src/function/manage.rs`).

use std::path::Path;
use std::sync::Arc;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::path::Path as PolicyPath;
use neonform_engine::value::Secret;
use neonform_eval::Reads;
use neonform_neon::function::manage::{self, Made, Order};
use neonform_neon::function::{Build, Bundle, Bundler, Environment, Source, Status};
use serde_json::Value as Json;

use super::Ending;
use crate::args::{Format, FunctionDeployArgs};
use crate::bundler::SourceBundler;
use crate::deployments::{Deployment, State, follow_all};
use crate::on_branch::{OnBranch, on_branch};
use crate::output::deployments as shown;
use crate::output::functions::{deployed, document};
use crate::output::text::printable;
use crate::policy_file::Search;
use crate::session::Session;
use crate::{consent, print};

/// The only runtime there is.
const RUNTIME: &str = "nodejs24";

/// Deploys a function, and waits until it serves or its build has failed.
pub(super) async fn run(session: &Session, args: FunctionDeployArgs) -> Result<Ending, Failure> {
    let environment = check(&args)?;
    let bundle = bundle(session, &args).await?;
    let (branch, deployment) = on_branch(session, async |branch: OnBranch| {
        consent::check(&branch.target, args.consent)?;
        session.signals.let_finish(|_| {});
        let made = manage::deploy(&branch.scope, &args.slug, Order { bundle, environment, runtime: RUNTIME })
            .await?;
        tell(session, &args.slug, made);
        let deployment = deployment(&branch, &args, made.id).await;
        Ok((branch, deployment))
    })
    .await?;
    if matches!(deployment.state, State::Building) && !session.global.quiet {
        print::note(&format!("Check it with: {}", printable(&deployment.check(session))));
    }
    let problems = deployment.problems(session);
    show(session, &branch, &deployment);
    print::diagnostics(&problems);
    Ok(if problems.is_empty() { Ending::Done } else { Ending::Incomplete })
}

/// Everything that is wrong with the command line; the variables where nothing is.
fn check(args: &FunctionDeployArgs) -> Result<Environment, Failure> {
    let mut problems: Vec<Diagnostic> = manage::slug_fault(&args.slug).into_iter().collect();
    let usage = |summary: &str| Diagnostic::error(codes::USAGE, summary);
    if args.path.is_some() || args.entry.is_some() {
        problems.push(
            usage("--path and --entry are gone")
                .expected(
                    "--src with the entry file, or with a directory that has index.ts, index.js or index.mjs",
                )
                .fix("pass --src instead"),
        );
    }
    let says_nothing = args.src.is_none() && args.env.is_empty() && args.runtime.is_none() && !args.no_bundle;
    if says_nothing && problems.is_empty() {
        problems.push(
            usage("nothing says what to deploy")
                .expected("one or more of --src, --env, --runtime and --no-bundle")
                .fix("pass --src . to deploy the working directory"),
        );
    }
    let mut written: Vec<(String, Secret)> = Vec::new();
    for (place, entry) in args.env.iter().enumerate() {
        match entry.expose().split_once('=').filter(|(name, _)| !name.is_empty()) {
            Some((name, value)) => {
                // The last one counts.
                written.retain(|(earlier, _)| earlier != name);
                written.push((name.to_owned(), Secret::new(value)));
            }
            // Not shown: it may be a value whose name was forgotten.
            None => problems.push(
                usage("a variable has no name, or no = behind it")
                    .found(format!("--env number {} of {}", place + 1, args.env.len()))
                    .expected("KEY=VALUE, or KEY= to delete the variable")
                    .fix("correct it"),
            ),
        }
    }
    if problems.is_empty() { Ok(Environment::new(written)) } else { Err(Failure(problems)) }
}

/// The code, where there is any to upload.
async fn bundle(session: &Session, args: &FunctionDeployArgs) -> Result<Option<Bundle>, Failure> {
    let source = match &args.src {
        Some(source) => source.as_path(),
        None if args.no_bundle => Path::new("."),
        None => return Ok(None),
    };
    let place = session.working.join(source).canonicalize().map_err(|cause| {
        Diagnostic::error(codes::USAGE, "the source of the function cannot be opened")
            .found(source.display().to_string())
            .fix("correct --src; it is taken against the working directory")
            .fact("cause", cause.to_string())
    })?;
    let search = Search { start: session.working.clone(), home: None, stop_at: None };
    let root = search.repository(&if place.is_dir() { place.join("index") } else { place.clone() });
    let source = Source {
        path: source.display().to_string(),
        at: None,
        bundler: if args.no_bundle { "none" } else { "esbuild" },
        external: None,
    };
    let bundler = Arc::new(SourceBundler::new(session.working.clone(), root, Reads::All, None));
    // There is no policy in which the source would stand.
    let of_no_policy = |problem: Diagnostic| match problem.path(PolicyPath::root()) {
        problem if args.no_bundle && problem.code == codes::BUNDLE_FAILED => {
            problem.fix("point --src at a directory with index.mjs or index.js, or leave out --no-bundle")
        }
        problem => problem,
    };
    match bundler.bundle(&args.slug, &source).await {
        Ok(bundle) => {
            let warnings: Vec<Diagnostic> = bundle.warnings.iter().cloned().map(of_no_policy).collect();
            print::warnings(&warnings);
            Ok(Some(bundle))
        }
        Err(failure) => Err(Failure(failure.0.into_iter().map(of_no_policy).collect())),
    }
}

fn tell(session: &Session, slug: &str, made: Made) {
    if !session.is_for_people() {
        return;
    }
    print::note(&format!("Deployment {} of function {} was made", made.id, printable(slug)));
    if !made.marked {
        print::note(
            "It carries no marker, since not all of its variables are known here: to a plan, something else has deployed it",
        );
    }
}

/// What became of the deployment: followed, or seen once.
async fn deployment(branch: &OnBranch, args: &FunctionDeployArgs, id: i64) -> Deployment {
    let build = Build { slug: args.slug.clone(), id, status: Status::Pending, error: None };
    if !args.no_wait {
        let mut followed = follow_all(&branch.scope, vec![build.clone()], args.probe).await;
        return followed.pop().unwrap_or_else(|| Deployment::seen(build));
    }
    // It was made, whether or not it can be seen already.
    let function = manage::find(&branch.scope, &args.slug).await.ok().flatten();
    let current = function.as_ref().and_then(|function| function.read.current.as_ref());
    let seen = current.filter(|current| current.id == id);
    let build = match seen {
        Some(current) => Build { status: current.ending(), error: current.error.clone(), ..build },
        None => build,
    };
    Deployment { function, ..Deployment::seen(build) }
}

fn show(session: &Session, branch: &OnBranch, deployment: &Deployment) {
    let function = deployment.function.as_ref();
    match session.global.output {
        Format::NeonJson => {
            function.iter().for_each(|function| print::json(&of_the_reference(&function.raw)))
        }
        Format::Json => {
            let functions: Vec<_> = function.iter().map(|function| &function.read).collect();
            let mut fields = document("functions deploy", &branch.target, &functions);
            fields["deployments"] = shown::json(std::slice::from_ref(deployment));
            print::json(&fields);
        }
        _ => {
            let read = function.map(|function| &function.read);
            print::human(|out| deployed(out, session.page, deployment, read));
        }
    }
}

/// The newest deployment with the function's URL.
fn of_the_reference(function: &Json) -> Json {
    let mut fields = function["current_deployment"].clone();
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("invocation_url".to_owned(), function["invocation_url"].clone());
    }
    fields
}
