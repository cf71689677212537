//! The binary, killed at a request: before it arrives, once it took effect, once its answer is out.
//!
//! SIGKILL leaves a journal, caches and files that were being written as they are. The next `apply` has
//! to end where an undisturbed one does, with at most one repeated deployment, and that only where the
//! outcome of one was unknown.
//!
//! One in `NEONFORM_CRASH_SHARE` (9) points is tried, always the same ones; `cargo xtask faults` tries all,
//! those at reads included.

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use neonform_engine::value::Secret;
use neonform_local::{Exchange, Fault, Hook, Options, Seed, Server};
use neonform_neon::client::{ApiPath, Client, Request};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use super::support::Scratch;

/// One in so many points, unless the environment says otherwise.
const SHARE: usize = 9;
/// Points that are tried at the same time.
const WORKERS: usize = 3;
/// Longer than any run takes.
const HANGS: Duration = Duration::from_secs(120);
const PROJECT: &str = "local-project-00000001";
const MAIN: &str = "br-local-main-00000001";
const NEW: &str = "br-new-brook-11112222";

/// A policy, the command that applies it, and the branch that it is about.
struct Job {
    policy: String,
    arguments: &'static [&'static str],
    branch: &'static str,
}

/// Fifty steps on a branch that exists.
fn fifty() -> Job {
    let policy = policy(16, 14, 4, 13);
    Job { policy, arguments: &["apply", "--update-existing"], branch: MAIN }
}

/// A branch that is created, with something of every kind.
fn creation() -> Job {
    let policy = policy(1, 2, 1, 2);
    Job { policy, arguments: &["apply", "--branch", "preview", "--create"], branch: NEW }
}

/// The same by the command that people use, which finds out by itself that it has something to go on with.
fn checkout() -> Job {
    Job { arguments: &["checkout", "preview", "--create"], ..creation() }
}

/// Something of every kind: one of what there is one of, so many of the rest.
fn policy(buckets: usize, functions: usize, domains: usize, triggers: usize) -> String {
    let mut text = String::from("const source = \"./hello.js\";\nexport default {\n  auth: true,\n");
    text.push_str("  dataApi: { settings: { dbMaxRows: 10 } },\n  buckets: {\n");
    (0..buckets).for_each(|n| writeln!(text, "    b{n}: {{}},").unwrap());
    text.push_str("  },\n  functions: {\n");
    for n in 0..functions {
        let env = if n == 0 { ", env: { KEY: \"value\" }" } else { "" };
        writeln!(text, "    f{n}: {{ name: \"f{n}\", source{env} }},").unwrap();
    }
    text.push_str("  },\n  triggers: {\n");
    for n in 0..triggers {
        let function = n % functions;
        writeln!(text, "    t{n}: {{ type: \"schedule\", cron: \"0 3 * * *\", function: \"f{function}\" }},")
            .unwrap();
    }
    text.push_str("  },\n  branch: () => ({\n");
    text.push_str("    postgres: { computeSettings: { autoscalingLimitMaxCu: 4 } },\n    functions: {\n");
    for n in 0..domains {
        writeln!(text, "      f{n}: {{ customDomains: [\"d{n}.example.com\"] }},").unwrap();
    }
    text.push_str("    },\n  }),\n};\n");
    text
}

/// When the process is killed, seen from one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Before,
    Committed,
    Answered,
}

/// One point.
struct Point {
    operation: &'static str,
    matching: String,
    when: When,
}

/// What an undisturbed run leaves, and a cache that is filled.
struct Reference {
    state: Json,
    deployments: i64,
    cache: Scratch,
}

/// A platform and a folder to run in.
struct World<'a> {
    runtime: &'a Runtime,
    server: Server,
    scratch: Scratch,
    job: &'a Job,
}

impl<'a> World<'a> {
    fn new(runtime: &'a Runtime, job: &'a Job) -> Self {
        let server = runtime.block_on(neonform_local::start(Options::default())).unwrap();
        let created = (NEW.to_owned(), "ep-new-brook-11112222".to_owned());
        let seed = Seed {
            created_branch_id: Some(created.0),
            created_endpoint_id: Some(created.1),
            ..Seed::default()
        };
        server.seed(&seed).unwrap();
        let scratch = Scratch::with_policy(&job.policy);
        scratch.write("hello.js", "export default { fetch: () => new Response('hello') };");
        Self { runtime, server, scratch, job }
    }

    fn command(&self, cache: &Scratch) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_neonform"));
        command.args(self.job.arguments).current_dir(self.scratch.path()).env_clear();
        command.env("NEONFORM_CACHE_DIR", cache.path());
        command.env("NEON_API_KEY", "key").env("NEON_API_HOST", self.server.url());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// Applies to the end.
    fn apply(&self, cache: &Scratch) -> Result<(), String> {
        let output = self.command(cache).output().unwrap();
        let said = || format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        if output.status.success() { Ok(()) } else { Err(said()) }
    }

    /// Applies until it is killed.
    fn apply_until(&self, cache: &Scratch, point: &Point) -> Result<(), String> {
        let child: Arc<Mutex<Option<Child>>> = Arc::default();
        let (tell, told) = mpsc::channel();
        let victim = Arc::clone(&child);
        let kill = move || {
            let mut held = victim.lock().unwrap();
            let process = held.as_mut().expect("it was started");
            let _ = process.kill();
            let _ = tell.send(process.wait().unwrap());
        };
        let fault = Fault {
            operation: point.operation.to_owned(),
            matching: Some(point.matching.clone()),
            times: Some(1),
            ..Fault::default()
        };
        let fault = match point.when {
            When::Before => Fault { hang_up: true, hook: Some(Hook::on_arrival(kill)), ..fault },
            When::Committed => {
                Fault { after_effect: true, hang_up: true, hook: Some(Hook::on_commit(kill)), ..fault }
            }
            When::Answered => Fault { hook: Some(Hook::on_answer(kill)), ..fault },
        };
        self.server.inject(vec![fault]);
        {
            let mut held = child.lock().unwrap();
            *held = Some(self.command(cache).stderr(Stdio::null()).spawn().unwrap());
        }
        let status = told.recv_timeout(HANGS);
        self.server.clear_faults();
        match status {
            Ok(status) if status.signal() == Some(9) => Ok(()),
            Ok(status) => Err(format!("it ended before it was killed: {status}")),
            Err(_) => Err("the request was not sent".to_owned()),
        }
    }

    fn ask(&self, client: &Client, rest: &[&str]) -> Json {
        let path = ApiPath::new(&["projects", PROJECT]).join(rest);
        self.runtime.block_on(client.find(Request::get("get", path))).unwrap().unwrap_or_default()
    }

    /// What there is on the branch without ids and times, and how many deployments were made of it.
    fn state(&self) -> (Json, i64) {
        let client = Client::new(self.server.url(), &Secret::new("key")).unwrap();
        let of = |rest: &[&str]| self.ask(&client, &[&["branches", self.job.branch], rest].concat());
        let mut deployments = 0;
        let mut functions = of(&["functions"])["functions"].take();
        for function in functions.as_array_mut().unwrap() {
            let current = &function["current_deployment"];
            let id = current["id"].as_i64().unwrap();
            deployments += id;
            let names = current["environment"].as_array().unwrap();
            let names: Vec<&str> = names.iter().map(|name| name.as_str().unwrap()).collect();
            let (markers, names): (Vec<&str>, Vec<&str>) =
                names.into_iter().partition(|name| name.starts_with("NEONFORM_"));
            // The one that counts says which deployment it replaced.
            let [marker] = markers[..] else { panic!("markers: {markers:?}") };
            assert!(marker.starts_with(&format!("NEONFORM_1_{}_", id - 1)), "{marker} on deployment {id}");
            let digests = marker.splitn(4, '_').nth(3).unwrap();
            *function = json!([function["slug"], function["name"], current["status"], names, digests]);
        }
        let pick = |mut list: Json, keys: &[&str]| {
            let items = list.as_array_mut().unwrap();
            let mut picked: Vec<Json> =
                items.iter().map(|item| keys.iter().map(|key| item[*key].clone()).collect()).collect();
            picked.sort_by_key(ToString::to_string);
            picked
        };
        functions.as_array_mut().unwrap().sort_by_key(ToString::to_string);
        let endpoints = self.ask(&client, &["endpoints"])["endpoints"].take();
        let state = json!({
            "branches": pick(self.ask(&client, &["branches"])["branches"].take(), &["name", "protected"]),
            "endpoints": pick(endpoints, &["branch_id", "autoscaling_limit_max_cu", "suspend_timeout_seconds"]),
            "auth": of(&["auth"])["db_name"],
            "dataApi": of(&["data-api", "neondb"])["settings"],
            "buckets": pick(of(&["buckets"])["buckets"].take(), &["name", "access_level"]),
            "functions": functions,
            "triggers": pick(
                of(&["triggers"])["triggers"].take(), &["name", "function_slug", "schedule", "enabled"],
            ),
            "domains": pick(of(&["custom-domains"])["custom_domains"].take(), &["domain", "entity_id"]),
        });
        (state, deployments)
    }

    fn end(self) {
        self.runtime.block_on(self.server.shutdown());
    }
}

/// The requests of a run, and every moment around each.
fn points(log: &[Exchange], with_reads: bool) -> Vec<Point> {
    let chosen = log.iter().filter(|exchange| with_reads || exchange.method != "GET");
    let mut requests: Vec<(&'static str, String)> = chosen
        .map(|exchange| {
            let plain = exchange.body.is_null() || exchange.operation == "deployBranchFunction";
            let matching = if plain { exchange.path.clone() } else { exchange.body.to_string() };
            (exchange.operation, matching)
        })
        .collect();
    // What runs at the same time comes in any order; of those that look the same, the first.
    requests.sort();
    requests.dedup();
    let each = requests.into_iter().flat_map(|(operation, matching)| {
        [When::Before, When::Committed, When::Answered].map(|when| Point {
            operation,
            matching: matching.clone(),
            when,
        })
    });
    each.collect()
}

/// Kills the process at a point, and runs it once more; how many deployments were repeated.
fn survives(runtime: &Runtime, job: &Job, reference: &Reference, point: &Point) -> Result<i64, String> {
    let world = World::new(runtime, job);
    world.apply_until(&reference.cache, point)?;
    world.apply(&reference.cache).map_err(|reason| format!("the next run fails: {reason}"))?;
    let (state, deployments) = world.state();
    world.end();
    let repeated = deployments - reference.deployments;
    let unknown = point.when == When::Committed && point.operation == "deployBranchFunction";
    if repeated > i64::from(unknown) {
        return Err(format!("{repeated} repeated deployments"));
    }
    if state != reference.state {
        return Err(format!("it ends elsewhere\nexpected {:#}\nfound {state:#}", reference.state));
    }
    Ok(repeated)
}

#[expect(clippy::print_stdout, reason = "how much was tried is a result of its own")]
fn every_point_is_survived(name: &str, job: &Job) {
    let share = std::env::var("NEONFORM_CRASH_SHARE").map_or(SHARE, |text| text.parse().expect("a number"));
    let runtime = Runtime::new().unwrap();
    let world = World::new(&runtime, job);
    let cache = Scratch::new();
    world.apply(&cache).unwrap();
    let points = points(&world.server.log(), share == 1);
    let (state, deployments) = world.state();
    world.end();
    let reference = Reference { state, deployments, cache };
    // Each moment in turn, and with it every kind of request.
    let chosen: Vec<&Point> = points
        .iter()
        .enumerate()
        .filter(|(n, _)| n % share == n / share % share)
        .map(|(_, point)| point)
        .collect();
    let (next, broken, repeated) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(point) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match survives(&runtime, job, &reference, point) {
                        Ok(deployments) => repeated.lock().unwrap().push(deployments),
                        Err(reason) => broken.lock().unwrap().push(format!(
                            "{:?} {} {}: {reason}",
                            point.when, point.operation, point.matching
                        )),
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    let most = repeated.into_inner().unwrap().into_iter().max().unwrap_or_default();
    println!(
        "{name}: {} of {} points at {} requests in {:.0?}: {} not survived, {most} repeated deployments at most",
        chosen.len(),
        points.len(),
        points.len() / 3,
        started.elapsed(),
        broken.len(),
    );
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

#[test]
fn fifty_steps_are_made_up_for_wherever_they_end() {
    every_point_is_survived("apply", &fifty());
}

#[test]
fn a_creation_is_made_up_for_wherever_it_ends() {
    every_point_is_survived("apply --create", &creation());
}

#[test]
fn a_checkout_is_made_up_for_wherever_it_ends() {
    every_point_is_survived("checkout --create", &checkout());
}
