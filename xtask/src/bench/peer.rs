//! `cargo xtask bench --peer`: plan and apply beside the official client, as whole processes.
//!
//! Each cell is a fresh project of so many functions and a fresh embedded backend, which answers every
//! request after the latency at the earliest; both clients get the same. In it, one after the other:
//! a plan where nothing exists, the first apply (both without anything that an earlier run kept), an
//! apply and a plan with nothing to do, an apply with one changed function. Medians of up to three
//! rounds, in turns; a client that needs long gets fewer. Needs what `cargo xtask peer` needs.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Bench;
use super::measure::{Cost, measure};
use super::table;
use crate::peer::clients::{Client, Clients};
use crate::peer::server::Server;
use crate::peer::{PROJECT, install};

const LATENCIES: [u64; 2] = [0, 50];
const FUNCTIONS: [Functions; 5] = [plain(1), plain(10), plain(50), plain(200), with_variables(50)];
const ROUNDS: usize = 3;
/// A client that has spent this long on a cell is not asked again.
const PATIENCE: Duration = Duration::from_secs(40);

/// How many functions there are, and whether each has a variable: comparing those is slow on purpose.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Functions {
    number: usize,
    variables: bool,
}

const fn plain(number: usize) -> Functions {
    Functions { number, variables: false }
}

const fn with_variables(number: usize) -> Functions {
    Functions { number, variables: true }
}

impl std::fmt::Display for Functions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}{}", self.number, if self.variables { ", a variable each" } else { "" })
    }
}

/// What is measured, in this order.
const STAGES: [Stage; 5] =
    [Stage::FirstPlan, Stage::FirstApply, Stage::SameApply, Stage::SamePlan, Stage::ChangedApply];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    FirstPlan,
    FirstApply,
    SameApply,
    SamePlan,
    ChangedApply,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::FirstPlan => "plan, all new",
            Self::FirstApply => "first apply",
            Self::SameApply => "apply, unchanged",
            Self::SamePlan => "plan, unchanged",
            Self::ChangedApply => "apply, one changed",
        }
    }

    fn is_plan(self) -> bool {
        matches!(self, Self::FirstPlan | Self::SamePlan)
    }
}

/// What the numbers are meant to be: a median of ours is at most the other's divided by this.
struct Aim {
    what: &'static str,
    stage: Stage,
    functions: Functions,
    latency: u64,
    quantity: fn(&Run) -> f64,
    times: f64,
}

const AIMS: [Aim; 5] = [
    Aim {
        what: "time",
        stage: Stage::SamePlan,
        functions: plain(1),
        latency: 0,
        quantity: Run::wall,
        times: 20.0,
    },
    Aim {
        what: "memory",
        stage: Stage::SamePlan,
        functions: plain(1),
        latency: 0,
        quantity: Run::memory,
        times: 3.0,
    },
    Aim {
        what: "time",
        stage: Stage::SameApply,
        functions: plain(50),
        latency: 0,
        quantity: Run::wall,
        times: 20.0,
    },
    Aim {
        what: "time",
        stage: Stage::SameApply,
        functions: plain(50),
        latency: 50,
        quantity: Run::wall,
        times: 30.0,
    },
    Aim {
        what: "time",
        stage: Stage::FirstApply,
        functions: plain(50),
        latency: 50,
        quantity: Run::wall,
        times: 8.0,
    },
];

/// Measures and prints.
pub fn run(bench: &Bench) -> Result<(), String> {
    let installed = bench.target.join("peer");
    let script = match install::official(&installed)? {
        Ok(script) => script,
        Err(why) => {
            println!("bench --peer: skipped, {why}");
            return Ok(());
        }
    };
    // Below the installed packages, so that policies find them; of this run alone.
    let scratch = installed.join(format!("bench-{}", std::process::id()));
    let clients = Clients { script, neonform: bench.neonform.clone(), home: scratch.join("home") };
    let done = fs::create_dir_all(&clients.home)
        .map_err(|cause| format!("no scratch folder: {cause}"))
        .and_then(|()| tabulate(&clients, &scratch));
    let _ = fs::remove_dir_all(&scratch);
    done
}

fn tabulate(clients: &Clients, scratch: &Path) -> Result<(), String> {
    println!(
        "| latency | functions | command | neon | neonform | ratio | CPU | | memory | | requests | |\n\
         | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    );
    let mut aims = Vec::new();
    for latency in LATENCIES {
        for functions in FUNCTIONS {
            let cell = measure_cell(clients, scratch, latency, functions)?;
            for (stage, (theirs, ours)) in STAGES.into_iter().zip(&cell) {
                println!("{}", line(latency, functions, stage, theirs, ours));
                let reached =
                    |aim: &&Aim| aim.stage == stage && aim.functions == functions && aim.latency == latency;
                aims.extend(AIMS.iter().filter(reached).map(|aim| verdict(aim, theirs, ours)));
            }
        }
    }
    println!("\n{}", aims.join("\n"));
    Ok(())
}

/// The medians of both clients, the official one first, stage by stage.
fn measure_cell(
    clients: &Clients,
    scratch: &Path,
    latency: u64,
    functions: Functions,
) -> Result<Vec<(Run, Run)>, String> {
    let mut sides = [(Client::Official, Vec::new()), (Client::Ours, Vec::new())];
    for round in 0..ROUNDS {
        for (client, rounds) in &mut sides {
            let spent: f64 = rounds.iter().flatten().map(Run::wall).sum();
            if round > 0 && spent > PATIENCE.as_secs_f64() {
                continue;
            }
            let place = scratch.join(format!("{latency}-{}-{round}-{}", functions.number, client.name()));
            let cell = Cell { clients, client: *client, latency, functions, place };
            let started = Instant::now();
            rounds.push(cell.measure()?);
            eprintln!(
                "{functions} functions, {latency} ms, {}: {:.1} s",
                client.name(),
                started.elapsed().as_secs_f64()
            );
            let _ = fs::remove_dir_all(&cell.place);
        }
    }
    let [(_, theirs), (_, ours)] = &sides;
    Ok((0..STAGES.len()).map(|stage| (median(theirs, stage), median(ours, stage))).collect())
}

/// One client with a project and a server of its own.
struct Cell<'a> {
    clients: &'a Clients,
    client: Client,
    latency: u64,
    functions: Functions,
    place: PathBuf,
}

/// What one command cost, and how often the server was asked.
#[derive(Clone, Copy)]
struct Run {
    cost: Cost,
    requests: usize,
}

impl Run {
    fn wall(&self) -> f64 {
        self.cost.wall.as_secs_f64()
    }

    fn processor(&self) -> f64 {
        self.cost.processor.as_secs_f64()
    }

    fn memory(&self) -> f64 {
        self.cost.memory as f64
    }

    fn requests(&self) -> f64 {
        self.requests as f64
    }
}

impl Cell<'_> {
    fn measure(&self) -> Result<Vec<Run>, String> {
        write_project(&self.place, self.functions).map_err(|cause| format!("no project: {cause}"))?;
        let log = self.place.join("requests.log");
        let latency = self.latency.to_string();
        let flags: [&OsStr; 4] = ["--latency".as_ref(), latency.as_ref(), "--log".as_ref(), log.as_ref()];
        let server = Server::start_with(&self.clients.neonform, &self.place.join("server.sqlite"), &flags)?;
        STAGES.into_iter().map(|stage| self.stage(stage, &server, &log)).collect()
    }

    fn stage(&self, stage: Stage, server: &Server, log: &Path) -> Result<Run, String> {
        let cache = self.place.join("cache");
        match stage {
            // What the plan has kept is not part of the first apply.
            Stage::FirstApply => drop(fs::remove_dir_all(&cache)),
            Stage::ChangedApply => {
                let changed =
                    "export const fetch = () => new Response(\"changed\");\nexport default { fetch };\n";
                fs::write(self.place.join("src/f0.ts"), changed)
                    .map_err(|cause| format!("a function cannot be changed: {cause}"))?;
            }
            _ => {}
        }
        let verb: &[&str] = match (self.client, stage.is_plan()) {
            (Client::Official, true) => &["config", "plan"],
            (Client::Official, false) => &["config", "apply", "--no-env-pull"],
            (Client::Ours, true) => &["plan"],
            (Client::Ours, false) => &["apply"],
        };
        let consent: &[&str] = if stage.is_plan() { &[] } else { &["--update-existing"] };
        let about = ["--project-id", PROJECT, "--branch", "main", "--config", "neon.ts"];
        let words = [verb, consent, &about].concat();
        let mut command = self.clients.command(self.client, server, &self.place, &words);
        let before = lines(log);
        let (cost, _) = measure(command.env("NEONFORM_CACHE_DIR", &cache))?;
        Ok(Run { cost, requests: lines(log) - before })
    }
}

/// A policy of so many functions, each with a module that all import.
fn write_project(place: &Path, functions: Functions) -> std::io::Result<()> {
    fs::create_dir_all(place.join("src"))?;
    // A repository of its own: a function's sources may not leave it.
    fs::create_dir_all(place.join(".git"))?;
    fs::write(place.join("src/greet.ts"), "export const greet = (who: string) => `hello ${who}`;\n")?;
    let mut declared = String::new();
    for number in 0..functions.number {
        let source = format!(
            "import {{ greet }} from \"./greet\";\n\
             export default {{ fetch: () => new Response(greet(\"{number}\")) }};\n"
        );
        fs::write(place.join(format!("src/f{number}.ts")), source)?;
        let variables =
            if functions.variables { format!(", env: {{ REGION: \"eu-{number}\" }}") } else { String::new() };
        declared += &format!(
            "    f{number}: {{ name: \"f{number}\", source: \"./src/f{number}.ts\"{variables} }},\n"
        );
    }
    let policy = format!(
        "import {{ defineConfig }} from \"@neon/config/v1\";\n\n\
         export default defineConfig({{\n  functions: {{\n{declared}  }},\n}});\n"
    );
    fs::write(place.join("neon.ts"), policy)
}

fn lines(log: &Path) -> usize {
    fs::read(log).map(|text| text.iter().filter(|byte| **byte == b'\n').count()).unwrap_or_default()
}

/// The middle of each quantity, each taken by itself.
fn median(rounds: &[Vec<Run>], stage: usize) -> Run {
    let of = |quantity: fn(&Run) -> f64| {
        table::median(rounds.iter().filter_map(|round| round.get(stage)).map(quantity))
    };
    let cost = Cost {
        wall: Duration::from_secs_f64(of(Run::wall)),
        processor: Duration::from_secs_f64(of(Run::processor)),
        memory: of(Run::memory) as u64,
    };
    Run { cost, requests: of(Run::requests) as usize }
}

fn line(latency: u64, functions: Functions, stage: Stage, theirs: &Run, ours: &Run) -> String {
    format!(
        "| {latency} ms | {functions} | {} | {:.0} ms | {:.0} ms | {:.1} | {:.0} ms | {:.0} ms | {} | {} | {} | {} |",
        stage.name(),
        theirs.wall() * 1e3,
        ours.wall() * 1e3,
        theirs.wall() / ours.wall(),
        theirs.processor() * 1e3,
        ours.processor() * 1e3,
        table::mebibytes(theirs.cost.memory),
        table::mebibytes(ours.cost.memory),
        theirs.requests,
        ours.requests,
    )
}

fn verdict(aim: &Aim, theirs: &Run, ours: &Run) -> String {
    let times = (aim.quantity)(theirs) / (aim.quantity)(ours);
    format!(
        "{} {}, {} functions, {} ms: {times:.1} times less, aim {:.0}: {}",
        aim.stage.name(),
        aim.what,
        aim.functions,
        aim.latency,
        aim.times,
        if times >= aim.times { "reached" } else { "missed" }
    )
}
