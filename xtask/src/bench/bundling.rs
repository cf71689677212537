//! `cargo xtask bench --bundling`: bundling beside esbuild with the official client's options, as whole processes.
//!
//! Projects of 1, 10 and 50 functions are made below the target folder: hello-world ones, and an application of
//! Hono, drizzle and zod. Each is bundled by `neonform bundle` with an empty cache and with a full one, and by Node
//! with esbuild, in turns, so that a noisy machine is noisy for all. Needs Node and npm; prints a Markdown table.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::{Bench, table};
use crate::cargo::run as run_command;

/// How often each is run; the median counts.
const ROUNDS: usize = 5;
const FUNCTIONS: [usize; 3] = [1, 10, 50];
const PACKAGES: [&str; 5] =
    ["esbuild@0.28.2", "fflate@0.8.3", "hono@4.13.19", "drizzle-orm@0.45.4", "zod@4.6.7"];
const ESBUILD: &str = include_str!("bundling.mjs");

/// Measures and prints.
pub fn run(bench: &Bench) -> Result<(), String> {
    install(&bench.folder)?;
    println!("| functions | esbuild | neonform, empty cache | full cache | ratio | ratio | archives |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (kind, source) in [("hello world", hello as fn(usize) -> String), ("Hono, drizzle, zod", application)]
    {
        for number in FUNCTIONS {
            let project = project(&bench.folder, kind, number, source)?;
            println!("{}", line(kind, number, &measure(&project, &bench.neonform)?));
        }
    }
    Ok(())
}

fn install(folder: &Path) -> Result<(), String> {
    let failed = |cause: std::io::Error| format!("no folder to measure in: {cause}");
    // As a repository of its own: a function's sources may not leave it, and the packages are in it.
    fs::create_dir_all(folder.join(".git")).map_err(failed)?;
    fs::write(folder.join("package.json"), "{ \"private\": true, \"type\": \"module\" }\n")
        .map_err(failed)?;
    fs::write(folder.join("esbuild.mjs"), ESBUILD).map_err(failed)?;
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    // esbuild comes with its binary as a package, so that no script has to run.
    let flags = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--silent"];
    run_command(npm.current_dir(folder).args(flags).args(PACKAGES))
}

fn hello(number: usize) -> String {
    format!("export default {{ fetch: () => new Response(\"hello from {number}\") }};\n")
}

fn application(number: usize) -> String {
    format!(
        "import {{ eq }} from \"drizzle-orm\";\n\
         import {{ drizzle }} from \"drizzle-orm/pg-proxy\";\n\
         import {{ pgTable, serial, text }} from \"drizzle-orm/pg-core\";\n\
         import {{ Hono }} from \"hono\";\n\
         import {{ z }} from \"zod\";\n\
         const todos = pgTable(\"todos_{number}\", {{ id: serial(\"id\").primaryKey(), title: text(\"title\") }});\n\
         const db = drizzle(async () => ({{ rows: [] }}));\n\
         const body = z.object({{ id: z.coerce.number(), title: z.string().max(200) }});\n\
         const app = new Hono();\n\
         app.get(\"/:id\", async (c) => c.json(await db.select().from(todos).where(eq(todos.id, Number(c.req.param(\"id\"))))));\n\
         app.post(\"/\", async (c) => c.json(await db.insert(todos).values(body.parse(await c.req.json()))));\n\
         export default app;\n"
    )
}

fn project(folder: &Path, kind: &str, number: usize, source: fn(usize) -> String) -> Result<PathBuf, String> {
    let name = format!("{}-{number}", kind.split([',', ' ']).next().unwrap_or(kind).to_lowercase());
    let project = folder.join(name);
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(project.join("src"))?;
        let functions: Vec<String> = (0..number)
            .map(|place| format!("f{place}: {{ name: \"f{place}\", source: \"./src/f{place}.ts\" }}"))
            .collect();
        let policy = format!("export default {{ functions: {{ {} }} }};\n", functions.join(", "));
        fs::write(project.join("neon.ts"), policy)?;
        (0..number).try_for_each(|place| fs::write(project.join(format!("src/f{place}.ts")), source(place)))
    };
    write().map_err(|cause| format!("a project cannot be written: {cause}"))?;
    Ok(project)
}

/// Times of every round, and the bytes of all archives.
#[derive(Default)]
struct Measured {
    esbuild: Vec<Duration>,
    empty: Vec<Duration>,
    full: Vec<Duration>,
    theirs: u64,
    ours: u64,
}

fn measure(project: &Path, binary: &Path) -> Result<Measured, String> {
    let mut measured = Measured::default();
    let cache = project.join("cache");
    for _ in 0..ROUNDS {
        let mut node = Command::new("node");
        let (time, said) = timed(node.arg("../esbuild.mjs").current_dir(project))?;
        measured.esbuild.push(time);
        measured.theirs = said["bytes"].as_u64().unwrap_or_default();
        // What an earlier round kept is not part of this one.
        let _ = fs::remove_dir_all(&cache);
        for times in [&mut measured.empty, &mut measured.full] {
            let mut ours = Command::new(binary);
            ours.args(["bundle", "--output", "json", "--config", "neon.ts"]).current_dir(project);
            let (time, said) = timed(ours.env("NEONFORM_CACHE_DIR", &cache))?;
            times.push(time);
            let sizes = said["bundles"].as_array().into_iter().flatten();
            measured.ours = sizes.filter_map(|bundle| bundle["archiveBytes"].as_u64()).sum();
        }
    }
    Ok(measured)
}

fn timed(command: &mut Command) -> Result<(Duration, Json), String> {
    let start = Instant::now();
    let output = command.output().map_err(|cause| format!("{command:?} cannot be run: {cause}"))?;
    let time = start.elapsed();
    if !output.status.success() {
        return Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let said = serde_json::from_slice(&output.stdout)
        .map_err(|cause| format!("{command:?} said no JSON: {cause}"))?;
    Ok((time, said))
}

fn line(kind: &str, number: usize, measured: &Measured) -> String {
    let median = |times: &[Duration]| table::median(times.iter().map(Duration::as_secs_f64));
    let (esbuild, empty, full) = (median(&measured.esbuild), median(&measured.empty), median(&measured.full));
    format!(
        "| {number} × {kind} | {:.0} ms | {:.0} ms | {:.0} ms | {:.2} | {:.2} | {} : {} |",
        esbuild * 1e3,
        empty * 1e3,
        full * 1e3,
        empty / esbuild,
        full / esbuild,
        measured.theirs,
        measured.ours,
    )
}
