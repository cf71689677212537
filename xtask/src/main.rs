//! The project's own commands: `cargo xtask demo`, `test`, `conformance`, `converge`, `faults`, `fuzz`, `peer`,
//! `bench`, `schema`, `lint`.
//!
//! Builds in seconds and links no JavaScript engine: it picks one (`engine.rs`) and calls cargo
//! with the features and variables that it needs.

mod bench;
mod cargo;
mod conformance;
mod converge;
mod demo;
mod engine;
mod faults;
mod files;
mod fuzz;
mod lint;
mod peer;
mod schema;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command> [--engine v8|quickjs]

  demo                         build neonform and run the main job on testdata/examples/todo-api
  test                         every test, with every engine that this machine can have
  conformance [DIR] [--family F] [--json]
                               run conformance cases (default ../shared/conformance/cases)
  converge [CASES [SEED]]      properties of plan and apply on random policies (default 10000 cases)
  fuzz [TIMES [SEED]]          files, API answers and policy values that are not what they should be (default 20
                               times the cases of the tests)
  faults                       every fault at every request, every point at which the process can be killed
  bench [--TABLE]              what docs/speed.md says; without a flag what is quick
  peer [SCRIPT]                compare with the official client from npm, on the embedded backend
  schema                       the schemas of the JSON outputs against the goldens
  lint                         cargo fmt --check and clippy";

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.is_empty() {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    }
    let command = words.remove(0);
    let done = engine::take_flag(&mut words).and_then(|named| match command.as_str() {
        "demo" => demo::run(&engine::choose(named)?),
        "test" => test::run_tests(named),
        "conformance" => conformance::run(&engine::choose(named)?, &words),
        "faults" => faults::run(&engine::choose(named)?),
        "converge" => converge::run(&engine::choose(named)?, &words),
        "fuzz" => fuzz::run(&engine::choose(named)?, &words),
        "bench" => bench::run(&engine::choose(named)?, &words),
        "peer" => peer::run(&engine::choose(named)?, &words),
        "schema" => schema::check(&engine::choose(named)?),
        "lint" => lint::lint(&engine::choose(named)?),
        other => Err(format!("there is no command {other:?}\n\n{USAGE}")),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
