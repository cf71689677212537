//! `cargo xtask bench --scale`: how time and memory grow with what there is.
//!
//! Each row is one command on eight times as much in three doublings: functions with a trigger each,
//! branches side by side, lines of a policy, imported JSON. Processor time is shown, because it is what
//! grows; the least of five rounds, because others only add to it. `growth` is how much more eight sizes
//! take than two, over how much more four take than one: 2 for what is linear, 4 for what is quadratic.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::Bench;
use super::measure::{Cost, measure};
use super::table;
use crate::peer::clients::KEY;
use crate::peer::server::Server;
use crate::peer::{PROJECT, http};

/// Shares of the full size.
const SIZES: [usize; 4] = [125, 250, 500, 1000];
const ROUNDS: usize = 5;
/// Growth above this is not linear. Generous, since others on the machine disturb one size more than another.
const LINEAR: f64 = 3.5;
/// Bytes of JSON at size 1000: ten million.
const JSON_BYTES: usize = 10_000;
/// Branches at size 1000: five hundred.
const SIZES_OF_A_BRANCH: usize = 2;

/// Commands at one size.
type Measured = Vec<(&'static str, Cost)>;
type Part = fn(&Place<'_>) -> Result<Measured, String>;

/// Measures and prints.
pub fn run(bench: &Bench) -> Result<(), String> {
    let scratch = bench.folder.join(format!("run-{}", std::process::id()));
    let done = tabulate(bench, &scratch);
    let _ = fs::remove_dir_all(&scratch);
    done
}

fn tabulate(bench: &Bench, scratch: &Path) -> Result<(), String> {
    let sizes = SIZES.map(|size| size.to_string());
    println!("| processor time, memory | {} | growth |", sizes.join(" | "));
    println!("| --- |{} ---: |", " ---: |".repeat(SIZES.len()));
    let parts: [Part; 4] = [functions, branches, lines, imported];
    let mut problems = Vec::new();
    for part in parts {
        let measured = SIZES.iter().map(|size| {
            let place = Place { bench, folder: scratch.join(size.to_string()), size: *size };
            let measured = part(&place);
            let _ = fs::remove_dir_all(&place.folder);
            measured
        });
        let measured = measured.collect::<Result<Vec<Measured>, String>>()?;
        for index in 0..measured[0].len() {
            let (name, costs) =
                (measured[0][index].0, measured.iter().map(|of| of[index].1).collect::<Vec<_>>());
            let growth = growth(&costs, |cost| cost.processor.as_secs_f64());
            println!("{}", row(name, &costs, growth));
            // What hardly takes longer at all has no growth to judge.
            let added = costs[costs.len() - 1].processor.saturating_sub(costs[0].processor);
            if growth > LINEAR && added.as_millis() > 100 {
                problems.push(format!("{name}: growth {growth:.1}"));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(format!("not linear:\n  {}", problems.join("\n  "))) }
}

/// Where one size is measured.
struct Place<'a> {
    bench: &'a Bench,
    folder: PathBuf,
    size: usize,
}

impl Place<'_> {
    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let file = self.folder.join(name);
        let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
        // A repository of its own: nothing above it counts.
        let written = written.and_then(|()| fs::create_dir_all(self.folder.join(".git")));
        written.map_err(|cause| format!("{name} cannot be written: {cause}"))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.bench.neonform);
        command.args(words).current_dir(&self.folder).env("NEONFORM_CACHE_DIR", self.folder.join("cache"));
        command
    }

    /// The least that a command costs.
    fn least(&self, rounds: usize, words: &[&str], server: Option<&Server>) -> Result<Cost, String> {
        let mut least: Option<Cost> = None;
        for round in 0..rounds {
            let mut command = self.command(words);
            if words == ["bundle"] {
                // Another folder: emptying one leaves work to the file system that is none of ours.
                command.env("NEONFORM_CACHE_DIR", self.folder.join(format!("cache-{round}")));
            }
            if let Some(server) = server {
                command.env("NEON_API_KEY", KEY).env("NEON_API_HOST", &server.root);
                command.args(["--project-id", PROJECT]);
            }
            let (cost, _) = measure(&mut command)?;
            least = least.filter(|found| found.processor <= cost.processor).or(Some(cost));
        }
        least.ok_or_else(|| "nothing was measured".to_owned())
    }

    fn server(&self) -> Result<Server, String> {
        Server::start(&self.bench.neonform, &self.folder.join("server.sqlite"))
    }
}

/// So many functions, each with a trigger: what is new, made so, and then the same.
fn functions(place: &Place<'_>) -> Result<Measured, String> {
    let (mut declared, mut triggers) = (String::new(), String::new());
    for number in 0..place.size {
        let source = format!("export default {{ fetch: () => new Response(\"{number}\") }};\n");
        place.write(&format!("src/f{number}.ts"), &source)?;
        let _ =
            writeln!(declared, "    f{number}: {{ name: \"f{number}\", source: \"./src/f{number}.ts\" }},");
        let _ = writeln!(
            triggers,
            "    t{number}: {{ type: \"schedule\", function: \"f{number}\", cron: \"0 3 * * *\" }},"
        );
    }
    let policy = format!(
        "export default {{\n  functions: {{\n{declared}  }},\n  triggers: {{\n{triggers}  }},\n}};\n"
    );
    place.write("neon.ts", &policy)?;
    let server = place.server()?;
    let main = ["--branch", "main"];
    let plan = [&["plan"], &main[..]].concat();
    Ok(vec![
        ("bundles, empty cache", place.least(ROUNDS, &["bundle"], None)?),
        ("plan, all new", place.least(ROUNDS, &plan, Some(&server))?),
        ("first apply", place.least(1, &[&["apply"], &main[..]].concat(), Some(&server))?),
        ("plan, unchanged", place.least(ROUNDS, &plan, Some(&server))?),
    ])
}

/// So many branches beside each other.
fn branches(place: &Place<'_>) -> Result<Measured, String> {
    place.write("src/f.ts", "export default { fetch: () => new Response(\"\") };\n")?;
    place.write(
        "neon.ts",
        "export default {\n  buckets: { uploads: {} },\n  \
         functions: { f: { name: \"f\", source: \"./src/f.ts\" } },\n  \
         branch: (branch) => (branch.isDefault ? {} : { ttl: \"7d\" }),\n};\n",
    )?;
    let server = place.server()?;
    let route = format!("/projects/{PROJECT}/branches");
    let names: Vec<String> =
        (1..place.size / SIZES_OF_A_BRANCH).map(|number| format!("b{number:04}")).collect();
    for name in &names {
        let body = json!({ "branch": { "name": name }, "endpoints": [{ "type": "read_write" }] });
        http::post(&server.root, &route, &body)?;
    }
    let matrix = format!("main,{}", names.join(","));
    Ok(vec![
        (
            "plan --all-branches (half as many)",
            place.least(ROUNDS, &["plan", "--all-branches"], Some(&server))?,
        ),
        ("eval --matrix (half as many)", place.least(ROUNDS, &["eval", "--matrix", &matrix], None)?),
    ])
}

/// A policy of ten times so many lines.
fn lines(place: &Place<'_>) -> Result<Measured, String> {
    let mut policy = "export default {\n  functions: {\n".to_owned();
    for number in 0..place.size {
        let _ = writeln!(
            policy,
            "    f{number}: {{\n      name: \"Function {number}\",\n      source: \"./src/f{number}.ts\",\n      \
             bundler: \"esbuild\",\n      env: {{\n        REGION: \"eu\",\n        NUMBER: String({number}),\n        \
             LEVEL: \"info\",\n      }},\n    }},"
        );
    }
    place.write("neon.ts", &(policy + "  },\n};\n"))?;
    Ok(vec![("eval, ten times as many lines", place.least(ROUNDS, &["eval"], None)?)])
}

/// Imported JSON, 10 MB at the full size.
fn imported(place: &Place<'_>) -> Result<Measured, String> {
    let wanted = place.size * JSON_BYTES;
    let mut data = "[".to_owned();
    while data.len() < wanted {
        let separator = if data.len() > 1 { ",\n" } else { "" };
        let _ = write!(
            data,
            "{separator}{{ \"id\": {0}, \"name\": \"item {0}\", \"tags\": [\"a\", \"b\"], \"price\": {0}.5 }}",
            data.len()
        );
    }
    data.push(']');
    place.write("data.json", &data)?;
    place.write("src/f.ts", "export default { fetch: () => new Response(\"\") };\n")?;
    place.write(
        "neon.ts",
        "import data from \"./data.json\";\n\nexport default {\n  \
         functions: { f: { name: data[data.length - 1].name, source: \"./src/f.ts\" } },\n};\n",
    )?;
    Ok(vec![("eval, 10 kB of JSON times as many", place.least(ROUNDS, &["eval"], None)?)])
}

fn growth(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> f64 {
    let [first, second, third, last] = costs else { return 0.0 };
    (of(last) - of(second)) / (of(third) - of(first)).max(1e-3)
}

fn row(name: &str, costs: &[Cost], growth: f64) -> String {
    let cells: Vec<String> = costs
        .iter()
        .map(|cost| {
            format!("{:.0} ms, {}", cost.processor.as_secs_f64() * 1e3, table::mebibytes(cost.memory))
        })
        .collect();
    format!("| {name} | {} | {growth:.1} |", cells.join(" | "))
}
