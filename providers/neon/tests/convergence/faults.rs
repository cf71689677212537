//! Everything that can go wrong with a request, at each request of plans that hold every kind.
//!
//! Whatever goes wrong, the run ends in success or says what it did; the next one ends where an
//! undisturbed one does, with at most one repeated deployment; the one after it has nothing to do.
//!
//! Which combinations are tried: one in `NEONFORM_FAULT_SHARE` (12), the same on every run, so that
//! each fault meets some requests of each plan and each request some faults; `cargo xtask faults`
//! tries all.

// How far it is, and which combinations do not hold.
#![allow(clippy::print_stdout)]

mod kinds;
mod run;
mod scenarios;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::FutureExt;
use neonform_engine::diagnostic::{Failure, codes};
use neonform_engine::value::Secret;
use neonform_local::{Delivery, Edit, Exchange, Fault, Hook};
use neonform_neon::client::{Client, Patience};
use serde_json::Value as Json;

use self::kinds::Wrong;
use self::run::{Run, run};
use self::scenarios::Scenario;
use crate::world::World;

/// One in so many combinations, unless the environment says otherwise.
const SHARE: usize = 12;
/// Threads, and worlds that each has under way: most of the time they wait.
const THREADS: usize = 4;
const WORLDS: usize = 6;
/// A line is printed after so many combinations.
const PROGRESS: usize = 250;
/// Stack of a thread: without optimisation, futures are moved about whole.
const STACK: usize = 32 * 1024 * 1024;
/// A run that takes longer hangs.
const HANGS: Duration = Duration::from_secs(60);
/// As a user's client, but in a hurry: the same attempts, limits and waits in the same proportions.
const HURRIED: Patience = Patience {
    read_limit: Duration::from_secs(2),
    write_limit: Duration::from_secs(2),
    first_wait: Duration::from_millis(20),
    longest_wait: Duration::from_millis(100),
};
/// For a run that nothing disturbs, on a machine with much else to do.
const PATIENT: Patience = Patience { read_limit: HANGS, write_limit: HANGS, ..HURRIED };

/// Which request of a run: of those that look the same, the how-manieth.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Which {
    operation: &'static str,
    matching: String,
    skip: u32,
}

impl Which {
    /// The requests of a run, as a fault meets them again on an equal platform.
    fn of(log: &[Exchange]) -> Vec<Self> {
        let mut seen: BTreeMap<(&str, String), u32> = BTreeMap::new();
        let mut all: Vec<Self> = log
            .iter()
            .map(|exchange| {
                let is_upload = exchange.operation == "deployBranchFunction";
                let plain = exchange.body.is_null() || is_upload;
                let matching = if plain { named(&exchange.path) } else { exchange.body.to_string() };
                let count = seen.entry((exchange.operation, matching.clone())).or_default();
                *count += 1;
                Self { operation: exchange.operation, matching, skip: *count - 1 }
            })
            .collect();
        // What runs at the same time comes in any order.
        all.sort();
        all
    }

    fn met_by(&self, fault: &Fault) -> Fault {
        let Self { operation, matching, skip } = self.clone();
        Fault { operation: operation.to_owned(), matching: Some(matching), skip, ..fault.clone() }
    }
}

/// A path without the id of a trigger, which is another on each platform.
fn named(path: &str) -> String {
    path.split_inclusive('/').take_while(|segment| !segment.starts_with("trigger-")).collect()
}

/// One thing that goes wrong, at one request, and where that would end undisturbed.
struct Combination<'a> {
    scenario: &'a Scenario,
    which: Which,
    wrong: Wrong,
    reference: &'a Reference,
}

/// An undisturbed run.
struct Reference {
    snapshot: Json,
    deployments: i64,
}

/// What came of a combination.
#[derive(Debug, Clone, Copy, Default)]
struct Came {
    succeeded: bool,
    planned: bool,
    repeated: i64,
}

fn client(world: &World, patience: Patience) -> Client {
    Client::new(world.server.url(), &Secret::new("key")).unwrap().with(patience)
}

async fn world(scenario: &Scenario) -> World {
    let mut world = World::of(&scenarios::platform(), scenario.branch).await;
    world.client = client(&world, PATIENT);
    if let Some(before) = &scenario.before {
        let (_, outcome) = world.apply(before).await.unwrap();
        assert!(outcome.is_complete(), "{:?}", outcome.failures().collect::<Vec<_>>());
    }
    world.server.clear_log();
    world.pruning(scenario.prune.clone())
}

/// Deployments that were made of the functions there are: they are counted up.
async fn deployments(world: &World) -> i64 {
    let functions = world.report().await["functions"].take();
    let made = |function: &Json| function["current_deployment"]["id"].as_i64().unwrap_or_default();
    functions.as_array().into_iter().flatten().map(made).sum()
}

/// An undisturbed run: where it ends, which requests it has, and their answers.
async fn undisturbed(scenario: &Scenario) -> (Reference, Vec<(Which, Json)>) {
    let first = world(scenario).await;
    let ran = run(&first, scenario).await;
    assert!(ran.is_complete(), "{}: {:?}", scenario.name, ran.failures().collect::<Vec<_>>());
    let requests = Which::of(&first.server.log());
    let reference = Reference { deployments: deployments(&first).await, snapshot: first.snapshot().await };
    first.end().await;
    // The same once more, to see what is answered.
    let answers: Arc<Mutex<BTreeMap<usize, Json>>> = Arc::default();
    let second = world(scenario).await;
    let seeing = |(place, which): (usize, &Which)| {
        let answers = Arc::clone(&answers);
        let see = move |answer: &mut Json| drop(answers.lock().unwrap().insert(place, answer.clone()));
        let delivery = Some(Delivery::Edited(Edit::new(see)));
        which.met_by(&Fault { times: Some(1), delivery, ..Fault::default() })
    };
    // A fault that meets a request hides it from those behind: the later ones of the same first.
    let mut faults: Vec<Fault> = requests.iter().enumerate().map(seeing).collect();
    faults.iter_mut().for_each(|fault| fault.skip = 0);
    second.server.inject(faults);
    assert!(run(&second, scenario).await.is_complete());
    second.end().await;
    let mut answers = std::mem::take(&mut *answers.lock().unwrap());
    let with = |(place, which)| (which, answers.remove(&place).unwrap_or_default());
    (reference, requests.into_iter().enumerate().map(with).collect())
}

macro_rules! ensure {
    ($holds:expr, $($reason:tt)+) => {
        if !$holds {
            return Err(format!($($reason)+));
        }
    };
}

impl Combination<'_> {
    fn describe(&self) -> String {
        let Which { operation, matching, skip } = &self.which;
        format!("{}: {} at {operation} {matching} ({skip})", self.scenario.name, self.wrong.name)
    }

    async fn holds(&self) -> Result<Came, String> {
        let mut world = world(self.scenario).await;
        world.client = client(&world, HURRIED);
        let met = Arc::new(AtomicBool::new(false));
        let meeting = Arc::clone(&met);
        let hook = Some(Hook::on_arrival(move || meeting.store(true, Ordering::Relaxed)));
        world.server.inject(vec![Fault { hook, ..self.which.met_by(&self.wrong.fault) }]);
        let first = tokio::time::timeout(HANGS, run(&world, self.scenario)).await;
        let first = first.map_err(|_| "it hangs".to_owned())?;
        ensure!(
            met.load(Ordering::Relaxed) || !first.is_complete(),
            "no request met it: {:#?}",
            first.described()
        );
        if first.applied.is_empty() {
            ensure!(world.writes().is_empty(), "nothing was applied, and written: {:?}", world.writes());
        }
        first.failures().try_for_each(says_enough)?;
        for (plan, outcome) in &first.applied {
            let complete =
                plan.steps.iter().zip(&outcome.0).all(|(step, ends)| step.changes.len() == ends.len());
            ensure!(complete && plan.steps.len() == outcome.0.len(), "the report leaves something out");
        }
        world.server.clear_faults();
        world.client = client(&world, PATIENT);
        let second = run(&world, self.scenario).await;
        ensure!(second.is_complete(), "the next run fails: {:?}", second.failures().collect::<Vec<_>>());
        let again: Vec<String> = second.changed().intersection(&first.done()).cloned().collect();
        let twice = self.wrong.name.starts_with("delivered twice");
        ensure!(self.wrong.lies || twice || again.is_empty(), "it says that it did {again:?}, and did not");
        // One that the platform made of another is not of our doing.
        let doubled = i64::from(twice && self.which.operation == "deployBranchFunction");
        let repeated = deployments(&world).await - self.reference.deployments - doubled;
        // By a list of functions without their environments, all of them were deployed by another tool.
        ensure!(
            repeated <= 1 || self.wrong.lies && self.which.operation == "listBranchFunctions",
            "{repeated} repeated deployments: {:#?}\nthen {:#?}",
            first.described(),
            second.described()
        );
        let (_, last) = world.plan(&self.scenario.policy).await.map_err(|failure| format!("{failure:?}"))?;
        ensure!(last.is_empty(), "two runs were not enough: {:#?}", crate::world::described(&last));
        let found = world.snapshot().await;
        ensure!(
            found == self.reference.snapshot,
            "it ends elsewhere\nexpected {:#}\nfound {found:#}",
            self.reference.snapshot
        );
        world.end().await;
        Ok(Came { succeeded: first.is_complete(), planned: !first.applied.is_empty(), repeated })
    }
}

/// A failure names the request and what was answered.
fn says_enough(failure: &Failure) -> Result<(), String> {
    let of_a_request = [
        codes::NETWORK,
        codes::SERVER_ERROR,
        codes::UNEXPECTED_ANSWER,
        codes::LOCKED,
        codes::RATE_LIMITED,
        codes::ALREADY_EXISTS,
        codes::NOT_FOUND,
    ];
    for problem in &failure.0 {
        let has = |label: &str| problem.facts.iter().any(|(name, _)| *name == label);
        let said = problem.fix.is_some() && (!of_a_request.contains(&problem.code) || has("request"));
        let answered = problem.code != codes::SERVER_ERROR || has("status");
        ensure!(said && answered, "a failure that says too little: {problem:?}");
    }
    Ok(())
}

/// Tries one in `share` combinations; what does not hold, and a line about the rest.
fn try_all(combinations: Vec<Combination<'_>>, share: usize) -> (Vec<String>, String) {
    let chosen: Vec<Combination<'_>> =
        combinations.into_iter().enumerate().filter(|(n, _)| n % share == 0).map(|(_, one)| one).collect();
    let (next, broken, came) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let started = Instant::now();
    let work = async |_| {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(combination) = chosen.get(place) else { break };
            if place % PROGRESS == PROGRESS - 1 {
                println!("{place} of {} combinations in {:.0?}", chosen.len(), started.elapsed());
            }
            let held = AssertUnwindSafe(combination.holds()).catch_unwind().await;
            match held.unwrap_or_else(|_| Err("it panics".to_owned())) {
                Ok(result) => came.lock().unwrap().push(result),
                Err(reason) => {
                    let reason = format!("{}\n{reason}", combination.describe());
                    println!("{reason}");
                    broken.lock().unwrap().push(reason);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let worker = || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let worlds = futures::future::join_all((0..WORLDS).map(&work));
                runtime.block_on(Box::pin(worlds));
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker).unwrap();
        }
    });
    let came = came.into_inner().unwrap();
    let count = |is: fn(&Came) -> bool| came.iter().filter(|one| is(one)).count();
    let summary = format!(
        "{} combinations in {:.0?}: {} ended in success, {} in a report of what was done, {} before anything was \
         applied; {} repeated a deployment, {} at most",
        chosen.len(),
        started.elapsed(),
        count(|one| one.succeeded),
        count(|one| !one.succeeded && one.planned),
        count(|one| !one.planned),
        count(|one| one.repeated > 0),
        came.iter().map(|one| one.repeated).max().unwrap_or_default(),
    );
    (broken.into_inner().unwrap(), summary)
}

#[test]
fn whatever_goes_wrong_the_next_run_ends_where_it_should() {
    let share = std::env::var("NEONFORM_FAULT_SHARE").map_or(SHARE, |text| text.parse().expect("a number"));
    let scenarios = scenarios::all();
    let undisturbed: Vec<_> = std::thread::scope(|scope| {
        let test = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let each = async { futures::future::join_all(scenarios.iter().map(undisturbed)).await };
            runtime.block_on(Box::pin(each))
        };
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, test).unwrap();
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    let mut combinations = Vec::new();
    for (scenario, (reference, requests)) in scenarios.iter().zip(&undisturbed) {
        for (which, answer) in requests {
            let wrongs = kinds::common().into_iter().chain(kinds::with_answer(answer));
            combinations.extend(wrongs.map(|wrong| Combination {
                scenario,
                which: which.clone(),
                wrong,
                reference,
            }));
        }
    }
    let (broken, summary) = try_all(combinations, share.max(1));
    println!("{summary}");
    assert!(broken.is_empty(), "{} do not hold:\n\n{}", broken.len(), broken.join("\n\n"));
}

/// What a run said, where it is not what the tests are about.
impl std::fmt::Debug for Run {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.described())
    }
}
