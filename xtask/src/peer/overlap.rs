//! Both clients apply to one branch of one server at the same time: no update of ours is lost without a report.
//!
//! Round after round the official client applies one policy and ours another one, which differs in every kind; ours
//! begins after so many requests of the other. What ours calls done has to stand afterwards, or to have been replaced
//! after ours last looked, by the order of the server's log; what it does not call done has to be reported as `moved`.
//! A deployment of the other client that ours replaced unseen counts as lost too. See `docs/two-at-once.md`;
//! `providers/neon/tests/lifecycle/races.rs` has the same for two of ours, faster and more often.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

use super::PROJECT;
use super::child::Finished;
use super::clients::{Client, Clients};
use super::server::Server;

/// Requests of the official client after which ours begins: while it looks around, and while it writes. More rounds
/// are only run while nobody has met anybody.
const BEGINNINGS: [usize; 8] = [2, 11, 5, 8, 14, 3, 10, 6];
const ROUNDS: usize = 4;
/// How long each request takes, so that time goes by the requests rather than by how fast each client starts.
const LATENCY: &str = "40";
/// The official client deploys one after the other: so many make time to meet in.
const FUNCTIONS: usize = 5;
/// What a change that failed may say: that something moved, or that its deployment was replaced before it was ready.
const REPORTS: [&str; 2] = ["moved", "deployment-not-completed"];

/// What became of the changes of our runs.
#[derive(Default)]
pub struct Tally {
    stood: usize,
    reported: usize,
    replaced_later: usize,
    /// Updates that were lost in silence, and reports that are none.
    pub wrong: usize,
}

/// Runs all rounds and prints a line, more for what is wrong.
pub fn run(clients: &Clients, scratch: &Path) -> Result<Tally, String> {
    let folder = |name: &str| scratch.join(name);
    let written = fs::create_dir_all(folder("ours/.git"))
        .and_then(|()| fs::create_dir_all(folder("official/.git")))
        .map_err(|cause| format!("no folders for two at once: {cause}"));
    written?;
    let log = folder("requests.log");
    let flags: [&OsStr; 4] = ["--latency".as_ref(), LATENCY.as_ref(), "--log".as_ref(), log.as_ref()];
    let server = Server::start_with(&clients.neonform, &folder("server.sqlite"), &flags)?;
    let meeting = Meeting { clients, server, ours: folder("ours"), official: folder("official"), log };
    let (mut tally, mut rounds) = (Tally::default(), 0);
    for (round, beginning) in BEGINNINGS.into_iter().enumerate() {
        if round >= ROUNDS && tally.reported > 0 {
            break;
        }
        meeting.round(round, beginning, &mut tally)?;
        rounds += 1;
    }
    if tally.reported == 0 {
        println!("failed  two at once: nobody met anybody in {rounds} rounds");
        tally.wrong += 1;
    }
    meeting.settle(&mut tally)?;
    let Tally { stood, reported, replaced_later, wrong } = tally;
    println!(
        "{} {rounds} rounds of two at once: {stood} changes stood, {reported} were reported, \
         {replaced_later} were replaced after the last look",
        if wrong == 0 { "ok     " } else { "failed " }
    );
    Ok(tally)
}

struct Meeting<'a> {
    clients: &'a Clients,
    server: Server,
    ours: PathBuf,
    official: PathBuf,
    log: PathBuf,
}

/// A request as the server's log has it.
struct Request {
    is_ours: bool,
    is_read: bool,
    path: String,
    is_ok: bool,
}

impl Meeting<'_> {
    fn round(&self, round: usize, beginning: usize, tally: &mut Tally) -> Result<(), String> {
        write_policy(&self.official, 2 * round)?;
        write_policy(&self.ours, 2 * round + 1)?;
        fs::write(&self.log, "").map_err(|cause| format!("the log cannot be emptied: {cause}"))?;
        let (official, ours) = thread::scope(|scope| {
            let other = scope.spawn(|| self.apply(Client::Official, &[]));
            while !other.is_finished() && self.requests().len() < beginning {
                thread::sleep(Duration::from_millis(2));
            }
            let ours = self.apply(Client::Ours, &["--output", "json"]);
            (other.join(), ours)
        });
        // Whether the official client can be met without failing is its own affair.
        official.map_err(|_| "the official client's thread ended".to_owned())??;
        let (ours, log) = (ours?, self.requests());
        let left = self.ours(&["plan", "--output", "json"])?;
        let applied = document(&ours)?;
        for problem in judge(&applied, ours.success, &document(&left)?, &log, tally) {
            println!("failed  two at once, round {round}, from request {beginning} on: {problem}");
            tally.wrong += 1;
        }
        Ok(())
    }

    /// Alone, ours makes it so, and nothing is left to do.
    fn settle(&self, tally: &mut Tally) -> Result<(), String> {
        let settled = self.apply(Client::Ours, &[])?;
        let left = document(&self.ours(&["plan", "--output", "json"])?)?;
        if !settled.success || list(&left, "changes").next().is_some() {
            println!("failed  two at once: what was left does not settle\n{}{left}", settled.errors);
            tally.wrong += 1;
        }
        Ok(())
    }

    fn apply(&self, client: Client, more: &[&str]) -> Result<Finished, String> {
        self.run(client, &[client.applying(), &["--update-existing"], more].concat())
    }

    fn ours(&self, words: &[&str]) -> Result<Finished, String> {
        self.run(Client::Ours, words)
    }

    fn run(&self, client: Client, words: &[&str]) -> Result<Finished, String> {
        let folder = if client == Client::Ours { &self.ours } else { &self.official };
        let about = ["--project-id", PROJECT, "--branch", "main", "--config", "neon.ts"];
        self.clients.run(client, &self.server, folder, &[words, &about].concat())
    }

    /// Everything that was asked so far, in the order in which it took effect.
    fn requests(&self) -> Vec<Request> {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().filter_map(Request::read).collect()
    }
}

impl Request {
    /// A line of the log: operation, method, path, status, client.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (_, method, path, status) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let is_ours = words.next()?.starts_with("neonform/");
        Some(Self {
            is_ours,
            is_read: method == "GET",
            path: path.to_owned(),
            is_ok: status.starts_with('2'),
        })
    }

    fn writes(&self, part: &str) -> bool {
        !self.is_read && self.is_ok && self.path.contains(part)
    }
}

/// What is wrong with what ours said of its changes, given what would be left for it to do.
fn judge(applied: &Json, success: bool, left: &Json, log: &[Request], tally: &mut Tally) -> Vec<String> {
    let mut problems = Vec::new();
    let mut all_done = applied.get("errors").is_none();
    for change in list(applied, "changes") {
        let address = change["address"].as_str().unwrap_or_default();
        let is_left = list(left, "changes").any(|left| left["address"] == change["address"]);
        match change["outcome"].as_str() {
            Some("done") if replaced_unseen(change, log) => {
                problems.push(format!("{address} replaced a deployment that it had not seen"));
            }
            Some("done") if !is_left => tally.stood += 1,
            Some("done") if replaced_later(change, log) => tally.replaced_later += 1,
            Some("done") => problems.push(format!("{address} was said to be done, and does not stand")),
            Some("failed") => {
                let codes: Vec<&str> = list(change, "errors").filter_map(|it| it["code"].as_str()).collect();
                match codes.iter().find(|code| !REPORTS.contains(code)) {
                    Some(_) => problems.push(format!("{address}: {}", change["errors"])),
                    None => tally.reported += 1,
                }
            }
            Some("skipped") => {}
            other => problems.push(format!("{address}: {other:?}")),
        }
        all_done &= change["outcome"] == "done";
    }
    if all_done != success {
        problems.push(format!("all done: {all_done}, success: {success}; {applied}"));
    }
    problems
}

/// Whether the other client wrote the resource after ours looked whether it stands: the first time after ours had
/// written all of its kind. Later looks are for those that did not stand then.
fn replaced_later(change: &Json, log: &[Request]) -> bool {
    let (looked_at, written) = paths(change);
    let of_kind =
        |it: &Request, is_read: bool| it.is_ours && it.is_read == is_read && it.path.contains(&looked_at);
    let own = log.iter().rposition(|it| of_kind(it, false));
    let look =
        own.and_then(|own| log.iter().skip(own).position(|it| of_kind(it, true)).map(|more| own + more));
    let write = log.iter().rposition(|it| !it.is_ours && it.writes(&written));
    matches!((look, write), (Some(look), Some(write)) if write > look)
}

/// Whether the other client deployed between what ours planned from and the deployment of ours.
fn replaced_unseen(change: &Json, log: &[Request]) -> bool {
    let (looked_at, written) = paths(change);
    let deployments = format!("{written}/deployments");
    let planned = log.iter().position(|it| it.is_ours && it.is_read && it.path.ends_with(&looked_at));
    let deployed = log.iter().rposition(|it| it.is_ours && it.writes(&deployments));
    let (Some(planned), Some(deployed)) = (planned, deployed) else { return false };
    log.get(planned..deployed).unwrap_or_default().iter().any(|it| !it.is_ours && it.writes(&deployments))
}

/// What is in the path of every look at a change's resource, and of every write to it.
fn paths(change: &Json) -> (String, String) {
    let (kind, name) =
        (change["kind"].as_str().unwrap_or_default(), change["name"].as_str().unwrap_or_default());
    match kind {
        "function" => ("/functions".to_owned(), format!("/functions/{name}")),
        "data_api" => ("/data-api".to_owned(), "/data-api".to_owned()),
        // Their writes name an id, and there is one of each that both want.
        other => (format!("/{other}s"), format!("/{other}s")),
    }
}

fn list<'a>(document: &'a Json, field: &str) -> impl Iterator<Item = &'a Json> {
    document[field].as_array().into_iter().flatten()
}

fn document(finished: &Finished) -> Result<Json, String> {
    serde_json::from_str(&finished.output)
        .map_err(|cause| format!("ours printed no JSON: {cause}\n{}{}", finished.output, finished.errors))
}

/// A policy that differs from those of other numbers in every kind; all of them have the same names.
fn write_policy(folder: &Path, number: usize) -> Result<(), String> {
    let mut functions = String::new();
    for function in 0..FUNCTIONS {
        let _ = writeln!(
            functions,
            "    f{function}: {{ name: \"F\", source: \"./f.ts\", env: {{ KEY: \"value {number}\" }} }},"
        );
    }
    let policy = format!(
        "import {{ defineConfig }} from \"@neon/config/v1\";\n\n\
         export default defineConfig({{\n  auth: true,\n  dataApi: {{ settings: {{ dbMaxRows: {} }} }},\n  \
         buckets: {{ shared: {{}}, own{number}: {{}} }},\n  functions: {{\n{functions}  }},\n  \
         triggers: {{ nightly: {{ type: \"schedule\", cron: \"{number} 3 * * *\", function: \"f0\" }} }},\n}});\n",
        number + 1
    );
    let source = format!("export default {{ fetch: () => new Response(\"{number}\") }};\n");
    fs::write(folder.join("neon.ts"), policy)
        .and_then(|()| fs::write(folder.join("f.ts"), source))
        .map_err(|cause| format!("a policy cannot be written: {cause}"))
}
