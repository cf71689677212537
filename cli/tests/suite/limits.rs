//! The API's limits, kept by all processes of a user together, and what a plan says of the requests to come.

use std::time::{Duration, Instant};

use neonform_local::{Fault, Options};
use serde_json::Value as Json;

use super::platform::Platform;
use super::support::{Ran, Scratch};

const POLICY: &str = "export default {
    auth: true,
    buckets: { a: {}, b: {}, c: {} },
    functions: { f: { name: 'F', source: './f.ts' } },
    triggers: { t: { type: 'schedule', cron: '0 * * * *', function: 'f' } },
};";

struct World {
    scratch: Scratch,
    platform: Platform,
}

impl World {
    fn new() -> Self {
        let scratch = Scratch::with_policy(POLICY);
        scratch.write("f.ts", "export default { fetch: () => new Response('hello') };");
        Self { scratch, platform: Platform::start(Options::default()) }
    }

    fn run(&self, arguments: &[&str], env: &[(&str, &str)]) -> Ran {
        let target = [("NEON_API_KEY", "key"), ("NEON_API_HOST", self.platform.server.url())];
        self.scratch.run_with(
            &[arguments, &["--project-id", "local-project-00000001"]].concat(),
            &[&target, env].concat(),
        )
    }

    /// How many requests a command sends.
    fn requests(&self, arguments: &[&str]) -> usize {
        self.platform.server.clear_log();
        self.run(arguments, &[]).done();
        self.platform.server.log().len()
    }

    fn effort(&self, arguments: &[&str]) -> [u64; 2] {
        let plan: Json = serde_json::from_str(&self.run(arguments, &[]).done()).unwrap();
        ["requests", "rounds"].map(|name| plan["effort"][name].as_u64().unwrap())
    }

    fn end(self) {
        self.platform.end();
    }
}

#[test]
fn a_plan_says_how_many_requests_apply_takes() {
    let world = World::new();
    let [requests, rounds] = world.effort(&["plan", "--output", "json"]);
    // The trigger waits for the function.
    assert!(rounds < requests, "{rounds} of {requests}");
    // What was written, of four kinds, is looked at at once.
    let one_by_one = world.effort(&["plan", "--output", "json", "--parallelism", "1"]);
    assert_eq!(one_by_one, [requests, requests - 3]);
    let to_plan = world.requests(&["plan"]);
    assert_eq!(
        world.requests(&["apply", "--parallelism", "3"]),
        to_plan + usize::try_from(requests).unwrap()
    );
    assert_eq!(world.effort(&["plan", "--output", "json"]), [0, 0]);
    world.end();
}

#[test]
fn so_does_the_plan_of_a_new_branch() {
    let world = World::new();
    let new = ["--branch", "preview/a", "--create"];
    let [requests, _] = world.effort(&[&["plan", "--output", "json"], &new[..]].concat());
    let to_plan = world.requests(&[&["plan"], &new[..]].concat());
    let to_apply = world.requests(&[&["apply"], &new[..]].concat());
    assert_eq!(to_apply, to_plan + usize::try_from(requests).unwrap());
    world.end();
}

#[test]
fn processes_that_run_at_once_count_together() {
    let world = World::new();
    world.platform.server.clear_log();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| world.run(&["plan"], &[("NEONFORM_RATE_LIMIT", "700")]).done());
        }
    });
    let folder = world.scratch.path().join(".cache/pace");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let ledger: Json = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(ledger["all"].as_array().unwrap().len(), world.platform.server.log().len());
    world.end();
}

#[test]
fn a_limit_that_is_met_is_waited_out_as_long_as_the_api_says() {
    let world = World::new();
    let limited = Fault {
        operation: "createBranchBucket".to_owned(),
        status: 429,
        message: "too many requests".to_owned(),
        retry_after: Some(2),
        times: Some(1),
        ..Fault::default()
    };
    world.platform.server.inject(vec![limited]);
    let started = Instant::now();
    world.run(&["apply"], &[]).done();
    assert!(started.elapsed() >= Duration::from_secs(2));
    world.end();
}

#[test]
fn a_rate_that_is_no_number() {
    let world = World::new();
    let ran = world.run(&["plan"], &[("NEONFORM_RATE_LIMIT", "many")]);
    assert!(ran.code == 1 && ran.err.contains("NEONFORM_RATE_LIMIT=\"many\""), "{}", ran.text());
    world.end();
}
