//! Running one case: a scratch copy, a seeded backend, the command line's own pipeline.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use neonform::creation::create;
use neonform::output::{json, neon_json};
use neonform::pipeline::{self, Planned, Request, Source};
use neonform::policy_file::Search;
use neonform_engine::apply::apply;
use neonform_engine::diagnostic::{Diagnostic, Failure};
use neonform_engine::gate::{Consent, Missing, Verdict, judge};
use neonform_engine::plan::Purpose;
use neonform_engine::target::Target;
use neonform_engine::value::Secret;
use neonform_local::{Options, Server};
use neonform_neon::client::Client;
use neonform_neon::function::Digests;
use neonform_neon::target;
use neonform_neon::{Deploying, Polling};
use serde_json::{Value as Json, json};

use crate::case::Case;
use crate::placeholder::Placeholders;
use crate::{inspect, mutations, seed};

/// What a case did.
#[derive(Default)]
pub struct Actual {
    /// The outcome.
    pub ended: Option<Ended>,
    /// The writing calls, in the corpus's words.
    pub mutations: Vec<Json>,
    /// What the gate asked for, where the case lets it ask.
    pub confirmations: Option<Vec<Missing>>,
}

/// How it ended.
pub enum Ended {
    /// It resolved: the file found and the resolved policy, if asked for.
    Resolved(String, Option<Json>),
    /// It planned or applied: the result in the reference's shape.
    Result(Json),
    /// It read the branch back: what it found.
    Inspected(Json),
    /// It created a branch: the result, and the branch.
    Created(Json, Json),
    /// It created a branch and failed after that: the branch, and why.
    Partial(Json, Vec<Diagnostic>),
    /// It failed with these problems.
    Failed(Vec<Diagnostic>),
    /// It was refused: code, conflicts or reasons.
    Refused(Json),
    /// It needs something that this version does not have.
    Unsupported(String),
}

/// Runs a case.
///
/// # Errors
/// When the runner itself cannot run it.
pub async fn run(case: &Case) -> Result<Actual, String> {
    let scratch = tempfile::tempdir().map_err(|cause| format!("no scratch folder: {cause}"))?;
    let root = scratch.path().canonicalize().map_err(|cause| format!("no scratch folder: {cause}"))?;
    copy(&case.directory, &root).map_err(|cause| format!("the case cannot be copied: {cause}"))?;
    let source = match source(case, &root) {
        Ok(source) => source,
        Err(failure) => return Ok(ended(Ended::Failed(failure.0))),
    };
    match case.operation.as_str() {
        "validate" => Ok(ended(validate(case, &source, &root).await)),
        "plan" | "apply" | "create-branch" | "inspect" => on_platform(case, &source).await,
        other => Ok(ended(Ended::Unsupported(format!("operation {other}")))),
    }
}

fn ended(ended: Ended) -> Actual {
    Actual { ended: Some(ended), ..Actual::default() }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else if entry.file_name() != "expected.json" {
            std::fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

fn source(case: &Case, root: &Path) -> Result<Source, Failure> {
    let start = case.spec["cwd"].as_str().map_or_else(|| root.to_owned(), |cwd| root.join(cwd));
    let search = Search { start, home: None, stop_at: Some(root.to_owned()) };
    let file = search.find(case.spec["config"].as_str().map(Path::new))?;
    let variables = case.spec["env"].as_object().into_iter().flatten();
    let env: BTreeMap<_, _> =
        variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    let now = case.spec["now"].as_i64().and_then(|now| Timestamp::from_millisecond(now).ok());
    Ok(Source {
        file,
        env,
        env_allow: None,
        untrusted: false,
        reads: Default::default(),
        now: now.unwrap_or_else(Timestamp::now),
        limits: Default::default(),
        console: Arc::new(|_| {}),
    })
}

async fn validate(case: &Case, source: &Source, root: &Path) -> Ended {
    let mut loaded = match source.load().await {
        Ok(loaded) => loaded,
        Err(failure) => return Ended::Failed(failure.0),
    };
    let file = relative(&source.file.path, root);
    let Some(target) = described(&case.spec["branch"]) else { return Ended::Resolved(file, None) };
    match pipeline::resolve(&mut loaded, &target).await {
        Ok(desired) => Ended::Resolved(file, Some(json::exposed(&desired.resolved))),
        Err(failure) => Ended::Failed(failure.0),
    }
}

fn relative(path: &Path, root: &Path) -> String {
    let parts: PathBuf = path.strip_prefix(root).unwrap_or(path).components().collect();
    parts.to_string_lossy().replace('\\', "/")
}

/// A branch descriptor of a case as a target.
fn described(branch: &Json) -> Option<Target> {
    branch.as_object()?;
    let text = |key: &str| branch[key].as_str().map(str::to_owned);
    Some(Target {
        project: String::new(),
        organization: None,
        name: text("name").unwrap_or_default(),
        id: text("id"),
        exists: branch["exists"] == Json::Bool(true),
        parent_id: text("parentId"),
        is_default: branch["isDefault"].as_bool(),
        is_protected: branch["isProtected"].as_bool(),
        expires_at: text("expiresAt"),
        created_at: None,
    })
}

async fn on_platform(case: &Case, source: &Source) -> Result<Actual, String> {
    let faults = match seed::faults(case) {
        Ok(faults) => faults,
        Err(what) => return Ok(ended(Ended::Unsupported(what))),
    };
    let options = Options { seed_default_project: false, ..Options::default() };
    let server = neonform_local::start(options).await.map_err(|cause| cause.to_string())?;
    server.seed(&seed::seed(case)).map_err(|cause| cause.to_string())?;
    server.inject(faults);
    let actual = run_on(case, source, &server).await;
    server.shutdown().await;
    actual
}

async fn run_on(case: &Case, source: &Source, server: &Server) -> Result<Actual, String> {
    let failing = case.spec["options"]["bundleFails"].as_array().into_iter().flatten();
    let failing = failing.filter_map(|slug| slug.as_str().map(str::to_owned)).collect();
    let placeholders = Arc::new(Placeholders::new(failing));
    let client =
        Client::new(server.url(), &Secret::new("conformance")).map_err(|failure| failure.to_string())?;
    // The corpus's platform is the reference's adapter, which has retried already when it fails.
    let client = client.impatient();
    let request = Request {
        source,
        client: &client,
        project: case.spec["live"]["project"]["id"].as_str().unwrap_or_default(),
        branch: case.spec["branch"].as_str(),
        create: case.operation == "create-branch",
        digests: Arc::new(Digests::of_this_run()),
        bundler: placeholders.clone(),
        // One at a time, so that the order of the calls can be compared.
        concurrency: 1,
        polling: Polling { interval: Duration::from_millis(1), limit: Duration::from_secs(10) },
        deploying: Deploying::default(),
        builds: Arc::default(),
        purpose: Purpose::at(source.now),
        leases: None,
        said: &|_| {},
    };
    let mut actual = match case.operation.as_str() {
        "inspect" => ended(inspect::inspect(&request).await),
        "create-branch" => ended(create_branch(&request).await),
        _ => plan_and_apply(case, &request).await,
    };
    actual.mutations = mutations::calls(&server.log(), &placeholders);
    Ok(actual)
}

async fn plan_and_apply(case: &Case, request: &Request<'_>) -> Actual {
    let Planned { provider, plan, .. } = match pipeline::plan(request).await {
        Ok(planned) => planned,
        Err(failure) => return ended(Ended::Failed(failure.0)),
    };
    if case.operation == "plan" {
        return ended(Ended::Result(neon_json::result(&plan, None)));
    }
    let verdict = judge(&plan, consent(case));
    let mut actual = Actual::default();
    if let Some(refused) = refusal(case, &plan, &verdict, &mut actual) {
        actual.ended = Some(refused);
    } else {
        let outcome = apply(&provider, &plan, &|| false, &|_| {}).await;
        let first = outcome.failures().next().cloned();
        let done = || Ended::Result(neon_json::result(&plan, Some(&outcome)));
        actual.ended = Some(first.map_or_else(done, |failure| Ended::Failed(failure.0)));
    }
    actual
}

/// `--create` takes a branch that exists as it is; the operation of the corpus refuses the name.
async fn plan_new(request: &Request<'_>) -> Result<Planned, Failure> {
    let survey = target::survey(request.client, request.project).await?;
    survey.absent(request.branch.unwrap_or_default())?;
    pipeline::plan(request).await
}

async fn create_branch(request: &Request<'_>) -> Ended {
    let planned = match plan_new(request).await {
        Ok(planned) => planned,
        Err(failure) => return Ended::Failed(failure.0),
    };
    if judge(&planned.plan, Consent::to_policy(false)) != Verdict::Allowed {
        return Ended::Refused(with_code("PLATFORM_PUSH_CONFLICT", neon_json::refusal(&planned.plan)));
    }
    let creation = create(request, planned, false, &|_| {}, &|_| {}).await;
    let cause = creation.cause().map(|failure| failure.0.clone());
    let branch =
        creation.branch.as_ref().map(|branch| json!({ "branchId": branch.id, "branchName": branch.name }));
    match (branch, cause) {
        (Some(branch), None) => {
            Ended::Created(neon_json::result(&creation.plan, Some(&creation.outcome)), branch)
        }
        (Some(branch), Some(cause)) => Ended::Partial(branch, cause),
        (None, cause) => Ended::Failed(cause.unwrap_or_default()),
    }
}

fn consent(case: &Case) -> Consent {
    Consent {
        update_existing: case.option("updateExisting"),
        allow_protected: case.option("allowProtected"),
        prune: false,
    }
}

/// What a refused apply says; `None` when it goes on, perhaps because the case's callback agreed.
fn refusal(
    case: &Case,
    plan: &neonform_engine::plan::Plan,
    verdict: &Verdict,
    actual: &mut Actual,
) -> Option<Ended> {
    let conflict = || Ended::Refused(with_code("PLATFORM_PUSH_CONFLICT", neon_json::refusal(plan)));
    let aborted = |missing: &[Missing]| {
        let reasons: Vec<_> = missing.iter().map(|need| need.word()).collect();
        Ended::Refused(
            json!({ "code": "PLATFORM_PUSH_ABORTED", "branchName": plan.target.name, "reasons": reasons }),
        )
    };
    match (verdict, case.spec["options"]["confirm"].as_str()) {
        (Verdict::Allowed, _) => None,
        (Verdict::Impossible | Verdict::Unknown, _) => Some(conflict()),
        (Verdict::Needs(missing), Some(answer)) => {
            actual.confirmations = Some(missing.clone());
            (answer != "accept").then(|| aborted(missing))
        }
        (Verdict::Needs(missing), None) if missing.contains(&Missing::OverrideUpdates) => Some(conflict()),
        (Verdict::Needs(missing), None) => Some(aborted(missing)),
    }
}

fn with_code(code: &str, mut refused: Json) -> Json {
    refused["code"] = code.into();
    refused
}
