//! `cargo xtask bench`: which tables there are, and the optimised program that all of them measure.
//!
//! Each table is a file of its own below `bench/`: it measures whole processes, in turns where two
//! things are compared, and prints Markdown for docs/speed.md. Without a flag the quick ones run.

mod bundling;
mod measure;
mod parts;
mod peer;
mod scale;
mod table;

use std::path::PathBuf;

use crate::cargo::{cargo_on_all, run as run_command, target_directory};
use crate::engine::Engine;

/// Where things are that every table needs.
pub struct Bench {
    /// The optimised program.
    pub neonform: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
    /// An own folder below the target folder; what is installed there stays for the next run.
    pub folder: PathBuf,
}

struct Table {
    flag: &'static str,
    about: &'static str,
    /// Whether it runs where no flag says which.
    quick: bool,
    run: fn(&Bench) -> Result<(), String>,
}

const TABLES: &[Table] = &[
    Table {
        flag: "--bundling",
        about: "bundling beside esbuild with the official client's options",
        quick: true,
        run: bundling::run,
    },
    Table {
        flag: "--parts",
        about: "where the time of `eval` and of a plan with nothing to change goes",
        quick: true,
        run: parts::run,
    },
    Table {
        flag: "--peer",
        about: "plan and apply beside the official client, on one embedded backend",
        quick: false,
        run: peer::run,
    },
    Table {
        flag: "--scale",
        about: "how time and memory grow with functions, branches, lines and imported JSON",
        quick: false,
        run: scale::run,
    },
];

/// Measures what the flags name and prints.
pub fn run(engine: &Engine, flags: &[String]) -> Result<(), String> {
    if let Some(unknown) = flags.iter().find(|flag| TABLES.iter().all(|table| table.flag != **flag)) {
        return Err(format!("bench: there is no {unknown}, there are:\n{}", list(|_| true)));
    }
    let chosen = |table: &Table| match flags {
        [] => table.quick,
        flags => flags.iter().any(|flag| flag == table.flag),
    };
    run_command(cargo_on_all(engine, "build").args(["--release", "--bin", "neonform"]))?;
    let target = target_directory(engine)?;
    let neonform = target.join("release").join(format!("neonform{}", std::env::consts::EXE_SUFFIX));
    for table in TABLES.iter().filter(|table| chosen(table)) {
        let folder = target.join("bench").join(table.flag.trim_start_matches('-'));
        (table.run)(&Bench { neonform: neonform.clone(), target: target.clone(), folder })?;
    }
    let others = list(|table| flags.is_empty() && !chosen(table));
    if !others.is_empty() {
        println!("\nOther tables, each with its flag:\n{others}");
    }
    Ok(())
}

fn list(wanted: impl Fn(&Table) -> bool) -> String {
    let line = |table: &Table| format!("  {:<12} {}", table.flag, table.about);
    TABLES.iter().filter(|table| wanted(table)).map(line).collect::<Vec<_>>().join("\n")
}
