//! A file that ours pulled, read by Node and by the packages that applications use.
//!
//! `testdata/peer/environment/parse.mjs` does it, for the newest package of either name. The older one looks only into
//! the `preview` block of a policy, and wants the AI Gateway under OpenAI's names, which no client pulls any more.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::PROJECT;
use super::child::{self, Finished};
use super::clients::{Client, Clients};
use super::server::Server;
use crate::cargo::workspace;
use crate::files::copy;

const NEWER: &str = "@neon/env";
const OLDER: &str = "@neondatabase/env";
const LIMIT: Duration = Duration::from_secs(30);

/// Package, policy, what is asked of it, and words that have to be in the answer.
const READ: [(&str, &str, &str, &[&str]); 9] = [
    (NEWER, "neon.mjs", "", &["databaseUrlUnpooled", "jwksUrl", "dataApi"]),
    (OLDER, "neon.mjs", "", &["databaseUrlUnpooled", "jwksUrl", "dataApi"]),
    (NEWER, "preview.mjs", "", &["secretAccessKey", "jwksUrl"]),
    (OLDER, "preview.mjs", "", &["secretAccessKey", "jwksUrl"]),
    (NEWER, "preview.mjs", "api", &["secretAccessKey", "\"function\",[[\"TOKEN\""]),
    (OLDER, "preview.mjs", "api", &["secretAccessKey", "\"function\",[[\"TOKEN\""]),
    (NEWER, "gateway.mjs", "", &["aiGateway", "baseUrl", "endpoint"]),
    (
        NEWER,
        "gateway.mjs",
        "DATABASE_URL,AWS_REGION,NEON_AI_GATEWAY_TOKEN",
        &["databaseUrl", "region", "apiKey"],
    ),
    (OLDER, "preview.mjs", "DATABASE_URL,AWS_REGION,NEON_DATA_API_URL", &["databaseUrl", "region", "url"]),
];

/// Pulls a file for each policy and has it read; how many were.
pub fn run(clients: &Clients, scratch: &Path) -> Result<usize, String> {
    let failed = |cause| format!("no folder for env files: {cause}");
    copy(&workspace().join("testdata/peer/environment"), scratch).map_err(failed)?;
    let server = Server::start(&clients.neonform, &scratch.join("state.sqlite"))?;
    let ours = |words: &[&str]| -> Result<(), String> {
        let words = [words, &["--project-id", PROJECT]].concat();
        let done = clients.run(Client::Ours, &server, scratch, &words)?;
        if done.success { Ok(()) } else { Err(format!("{words:?} failed:\n{}", done.errors)) }
    };
    ours(&["apply"])?;
    for policy in ["neon.mjs", "preview.mjs", "gateway.mjs"] {
        ours(&["env", "pull", "--config", policy, "--file", &file(policy)])?;
    }
    for (package, policy, scope, expected) in READ {
        let read = parse(scratch, package, policy, scope)?;
        if !read.success || !expected.iter().all(|word| read.output.contains(word)) {
            return Err(format!("{package} does not read {policy} {scope}:\n{}{}", read.output, read.errors));
        }
    }
    let wanted = parse(scratch, OLDER, "gateway.mjs", "")?.errors;
    let missing: Vec<&str> =
        wanted.lines().filter(|line| line.contains("missing: [")).map(str::trim).collect();
    if missing != ["missing: [ 'OPENAI_API_KEY is missing', 'OPENAI_BASE_URL is missing' ]"] {
        return Err(format!("{OLDER} misses something else of gateway.mjs:\n{wanted}"));
    }
    println!("ok      pulled files are read by {NEWER} and {OLDER}, {} ways", READ.len());
    Ok(READ.len())
}

fn file(policy: &str) -> String {
    format!("{policy}.env")
}

fn parse(folder: &Path, package: &str, policy: &str, scope: &str) -> Result<Finished, String> {
    let mut node = Command::new("node");
    node.args(["parse.mjs", package, policy, &file(policy)]).args((!scope.is_empty()).then_some(scope));
    node.current_dir(folder).env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    // What a deployed function has besides: its own variable, and what the policy reads for it.
    node.env("TOKEN", "x").env("NOT_SET_ANYWHERE", "x");
    child::run(&mut node, LIMIT)
}
