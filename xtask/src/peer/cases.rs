//! The projects of `testdata/peer`: what is applied to what, in which order.
//!
//! Each case has two fresh servers, one per client. A step is applied by both, the states are
//! compared; then it is applied again, and the states are compared again. `Manner` has the exceptions.

use std::path::{Path, PathBuf};
use std::thread;

use serde_json::json;

use super::clients::{Client, Clients};
use super::compare::compare;
use super::differences::Accepted;
use super::server::Server;
use super::{PROJECT, http, state};
use crate::cargo::workspace;
use crate::files::copy;

/// The child of `main` that steps apply to. It is created when the first of them does.
const CHILD: &str = "peer";

struct Case {
    /// Its folder.
    name: &'static str,
    steps: &'static [Step],
}

struct Step {
    policy: &'static str,
    branch: &'static str,
    manner: Manner,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Each client applies to its own server.
    Usual,
    /// Each applies to the other's server, as somebody does who changes clients.
    Handover,
    /// Without consent to overriding settings: both have to refuse, and to leave all as it was.
    Refused,
}

impl Manner {
    /// The comparisons it makes, as they are called.
    fn rounds(self) -> &'static [&'static str] {
        match self {
            Self::Usual => &["", " again"],
            Self::Handover => &[" by the other client", " by the other client again"],
            Self::Refused => &[" without consent"],
        }
    }
}

const fn step(policy: &'static str, branch: &'static str) -> Step {
    Step { policy, branch, manner: Manner::Usual }
}

const fn handover(policy: &'static str, branch: &'static str) -> Step {
    Step { policy, branch, manner: Manner::Handover }
}

const fn refused(policy: &'static str, branch: &'static str) -> Step {
    Step { policy, branch, manner: Manner::Refused }
}

const CASES: &[Case] = &[
    Case { name: "minimal", steps: &[step("neon.ts", CHILD)] },
    Case { name: "everything", steps: &[step("neon.ts", CHILD), handover("neon.ts", CHILD)] },
    Case { name: "preview-block", steps: &[step("neon.ts", CHILD)] },
    Case {
        name: "settings-drift",
        steps: &[step("neon.ts", CHILD), refused("neon.after.ts", CHILD), step("neon.after.ts", CHILD)],
    },
    Case { name: "removals", steps: &[step("neon.ts", CHILD), step("neon.after.ts", CHILD)] },
    Case { name: "inherited", steps: &[step("neon.ts", "main"), step("neon.ts", CHILD)] },
];

/// How many comparisons went well and how many did not.
#[derive(Default)]
pub struct Tally {
    pub equal: usize,
    pub different: usize,
}

/// Runs all cases and prints a line per comparison, more where it fails.
pub fn run(clients: &Clients, scratch: &Path, accepted: &mut Accepted) -> Result<Tally, String> {
    let mut tally = Tally::default();
    for case in CASES {
        let sides = [
            Side::new(clients, Client::Official, case, &scratch.join(case.name))?,
            Side::new(clients, Client::Ours, case, &scratch.join(case.name))?,
        ];
        for step in case.steps {
            for round in step.manner.rounds() {
                let at = format!("{}/{} on {}{round}", case.name, step.policy, step.branch);
                compare_after(clients, &sides, step, &at, accepted, &mut tally)?;
            }
        }
    }
    Ok(tally)
}

fn compare_after(
    clients: &Clients,
    sides: &[Side; 2],
    step: &Step,
    at: &str,
    accepted: &mut Accepted,
    tally: &mut Tally,
) -> Result<(), String> {
    let [official, ours] = sides;
    // Both at once: they share nothing.
    let (first, second) = thread::scope(|scope| {
        let other = scope.spawn(|| official.apply(clients, step));
        let own = ours.apply(clients, step);
        (other.join().unwrap_or_else(|_| Err("the official client's thread ended".to_owned())), own)
    });
    if let Some(message) = first.err().or(second.err()) {
        println!("failed  {at}\n  {message}");
        tally.different += 1;
        return Ok(());
    }
    let states = (state::read(&official.server.root)?, state::read(&ours.server.root)?);
    let compared = compare(at, &states.0, &states.1, accepted);
    if compared.different.is_empty() {
        println!("ok      {at}: {} fields equal, {} differ as listed", compared.equal, compared.accepted);
        tally.equal += 1;
    } else {
        println!("differs {at}");
        compared.different.iter().for_each(|line| println!("  {line}"));
        tally.different += 1;
    }
    Ok(())
}

/// A client with its server and its copy of the project.
struct Side {
    client: Client,
    server: Server,
    project: PathBuf,
}

impl Side {
    fn new(clients: &Clients, client: Client, case: &Case, scratch: &Path) -> Result<Self, String> {
        let project = scratch.join(client.name());
        copy(&workspace().join("testdata/peer").join(case.name), &project)
            .map_err(|cause| format!("{} cannot be copied: {cause}", case.name))?;
        let file = scratch.join(format!("{}.sqlite", client.name()));
        Ok(Self { client, server: Server::start(&clients.neonform, &file)?, project })
    }

    fn apply(&self, clients: &Clients, step: &Step) -> Result<(), String> {
        if step.branch == CHILD {
            self.ensure_child()?;
        }
        let client = if step.manner == Manner::Handover { self.client.other() } else { self.client };
        let consent = step.manner != Manner::Refused;
        let finished =
            clients.apply(client, &self.server, &self.project, (step.policy, step.branch), consent)?;
        if finished.success == consent {
            return Ok(());
        }
        let (name, went) = (client.name(), if consent { "failed" } else { "was not refused" });
        Err(format!("{name}: this {went}:\n{}{}", finished.output, finished.errors))
    }

    fn ensure_child(&self) -> Result<(), String> {
        let route = format!("/projects/{PROJECT}/branches");
        let there = http::get(&self.server.root, &format!("{route}?search={CHILD}"))?.unwrap_or_default();
        if there["branches"].as_array().is_some_and(|found| !found.is_empty()) {
            return Ok(());
        }
        let body = json!({ "branch": { "name": CHILD }, "endpoints": [{ "type": "read_write" }] });
        http::post(&self.server.root, &route, &body).map(drop)
    }
}
