//! `cargo xtask bench --parts`: where the time of `eval` goes, and of a `plan` with nothing to change.
//!
//! Both run as whole processes on the project of `cargo xtask demo`, the plan against `neonform local serve` in a
//! process of its own, in turns with `node -e 0`, which tells how fast the machine is. The parts are the spans
//! that the program itself logs under `neonform::timing`; they overlap, so each has its beginning as well.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::measure::{Cost, measure};
use super::{Bench, table};
use crate::cargo::workspace;
use crate::files::copy;
use crate::peer::clients::KEY;
use crate::peer::server::Server;

/// How often each is run; the median counts.
const ROUNDS: usize = 25;
const EVAL: &[&str] = &["eval", "--branch", "main", "--new"];
const PLAN: &[&str] = &["plan"];
/// Checkouts name their project, so that it need not be looked for; this is the one that a new server has.
const CONTEXT: &str = "{ \"projectId\": \"local-project-00000001\" }\n";

/// The parts in the order in which they begin.
const PARTS: &[(&str, &str)] = &[
    ("command", "the command, after its start-up"),
    ("policy bundle", "bundling the policy"),
    ("engine", "starting the engine"),
    ("isolate", "making an isolate"),
    ("prelude", "making the sandbox in it"),
    ("evaluation", "evaluating the policy"),
    ("closure", "calling its `branch` closure"),
    ("request", "requests"),
    ("function bundle", "bundles of functions, from the cache"),
    ("environment digest", "digests of environments that are new, slow on purpose"),
    ("diff", "comparing"),
    ("render", "rendering"),
    ("end", "ending the process"),
];

/// Measures and prints.
pub fn run(bench: &Bench) -> Result<(), String> {
    // What an earlier run left is not part of this one.
    let _ = fs::remove_dir_all(&bench.folder);
    let project = bench.folder.join("todo-api");
    copy(&workspace().join("testdata/examples/todo-api"), &project)
        .and_then(|()| fs::create_dir_all(project.join(".git")))
        .and_then(|()| fs::write(project.join(".neon"), CONTEXT))
        .map_err(|cause| format!("the example cannot be copied: {cause}"))?;
    let server = Server::start(&bench.neonform, &bench.folder.join("server.sqlite"))?;
    let setting = Setting { bench, project, server };
    measure(&mut setting.neonform(&["apply", "--update-existing"]))?;
    setting.whole()?;
    setting.parts()
}

struct Setting<'a> {
    bench: &'a Bench,
    project: PathBuf,
    server: Server,
}

impl Setting<'_> {
    fn neonform(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.bench.neonform);
        command.args(words).current_dir(&self.project);
        command.env("NEON_API_HOST", &self.server.root).env("NEON_API_KEY", KEY);
        command.env("NEONFORM_CACHE_DIR", self.bench.folder.join("cache")).env("NO_COLOR", "1");
        command
    }

    /// Whole processes, as a user runs them.
    fn whole(&self) -> Result<(), String> {
        let mut runs: [Vec<Cost>; 3] = Default::default();
        for _ in 0..ROUNDS {
            runs[0].push(measure(Command::new("node").args(["-e", "0"]))?.0);
            runs[1].push(measure(&mut self.neonform(EVAL))?.0);
            runs[2].push(self.plan(&mut self.neonform(PLAN))?.0);
        }
        println!("| process | wall time | fastest | processor time | memory |");
        println!("| --- | ---: | ---: | ---: | ---: |");
        for (name, runs) in ["`node -e 0`", "`neonform eval`", "`neonform plan`"].iter().zip(&runs) {
            let wall = || runs.iter().map(|run| run.wall);
            println!(
                "| {name} | {} | {} | {} | {:.1} MiB |",
                milliseconds(median(wall())),
                milliseconds(wall().min().unwrap_or_default()),
                milliseconds(median(runs.iter().map(|run| run.processor))),
                table::median(runs.iter().map(|run| run.memory as f64)) / f64::from(1 << 20),
            );
        }
        Ok(())
    }

    fn plan(&self, command: &mut Command) -> Result<(Cost, String), String> {
        let (cost, printed) = measure(command)?;
        if printed.starts_with("No changes") {
            Ok((cost, printed))
        } else {
            Err(format!("a plan: {printed}"))
        }
    }

    /// The parts of the two commands, by their own account.
    fn parts(&self) -> Result<(), String> {
        let (mut eval, mut plan) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let logged = |words| {
                let mut command = self.neonform(words);
                command.env("NEONFORM_LOG", "neonform::timing=debug");
                command
            };
            let started = SystemTime::now();
            eval.push(Account::of(started, measure(&mut logged(EVAL))?));
            let started = SystemTime::now();
            plan.push(Account::of(started, self.plan(&mut logged(PLAN))?));
        }
        println!("\n| part | `eval`: from | for | `plan`: from | for |");
        println!("| --- | ---: | ---: | ---: | ---: |");
        // Digests are kept from the apply before, as they are for users.
        let is_there = |part: &str| eval.iter().chain(&plan).any(|run| run.of_part(part).is_some());
        for (part, what) in PARTS.iter().filter(|(part, _)| is_there(part)) {
            println!("| {what} | {} | {} |", cells(&eval, part), cells(&plan, part));
        }
        Ok(())
    }
}

/// When things happened in one run, since it was started.
struct Account {
    spans: Vec<(String, Duration, Duration)>,
}

impl Account {
    fn of(started: SystemTime, (cost, printed): (Cost, String)) -> Self {
        let start = of_day(started);
        let mut spans: Vec<_> = printed.lines().filter_map(|line| span(line, start)).collect();
        let last = |names: &[&str]| {
            let ends = spans.iter().filter(|(name, _, _)| names.contains(&name.as_str()));
            ends.map(|(_, _, end)| *end).max()
        };
        // What the engine's core does has no clock: it is what is left when all it waited for was there.
        let waited = last(&["request", "function bundle", "environment digest"]);
        let diff = waited.zip(last(&["refresh and diff"])).map(|(from, to)| ("diff".to_owned(), from, to));
        let end = last(&["command"]).map(|from| ("end".to_owned(), from, cost.wall));
        spans.extend(diff.into_iter().chain(end));
        Self { spans }
    }

    /// From the first beginning of a part to its last end, and how often it came.
    fn of_part(&self, part: &str) -> Option<(Duration, Duration, usize)> {
        let found = || self.spans.iter().filter(|(name, _, _)| name == part);
        let from = found().map(|(_, from, _)| *from).min()?;
        let to = found().map(|(_, _, to)| *to).max()?;
        Some((from, to.saturating_sub(from), found().count()))
    }
}

/// One part of all runs: when it begins, and for how long it lasts.
fn cells(accounts: &[Account], part: &str) -> String {
    let found: Vec<_> = accounts.iter().filter_map(|account| account.of_part(part)).collect();
    let Some((_, _, number)) = found.first() else { return " | ".to_owned() };
    let (from, takes) = (median(found.iter().map(|part| part.0)), median(found.iter().map(|part| part.1)));
    let number = if *number > 1 { format!(" ({number})") } else { String::new() };
    format!("{} | {}{number}", milliseconds(from), milliseconds(takes))
}

/// A line of the log about the end of a span: `TIME DEBUG outer:name{fields}: neonform::timing: close time.busy=B
/// time.idle=I`.
fn span(line: &str, start: Duration) -> Option<(String, Duration, Duration)> {
    let (about, times) = line.split_once(": neonform::timing: close time.busy=")?;
    let (time, path) = about.split_once('Z')?;
    let name = path.trim_start().trim_start_matches("DEBUG ").split('{').next()?.rsplit(':').next()?;
    let (busy, idle) = times.split_once(" time.idle=")?;
    let end = clock(time)?.saturating_sub(start);
    let took = duration(busy)? + duration(idle)?;
    Some((name.to_owned(), end.saturating_sub(took), end))
}

/// The time of the day in `2026-11-22T23:23:18.123456`.
fn clock(text: &str) -> Option<Duration> {
    let mut parts = text.split_once('T')?.1.split(':');
    let (hours, minutes): (u64, u64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let seconds: f64 = parts.next()?.parse().ok()?;
    Some(Duration::from_secs(hours * 3_600 + minutes * 60) + Duration::from_secs_f64(seconds))
}

fn of_day(time: SystemTime) -> Duration {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_secs(since.as_secs() % 86_400) + Duration::from_nanos(since.subsec_nanos().into())
}

/// A time as the log has it: `1.23ms`.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.trim_end().trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.trim_end().strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        "s" => 1.0,
        "ms" => 1e-3,
        "\u{b5}s" => 1e-6,
        "ns" => 1e-9,
        _ => return None,
    };
    Some(Duration::from_secs_f64(number * seconds))
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    Duration::from_secs_f64(table::median(times.map(|time| time.as_secs_f64())))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
