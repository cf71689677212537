//! The official client's everyday commands, unchanged, against the embedded backend.
//!
//! Each has to succeed and to answer what it is about; answers are judged as JSON, not as prose. What
//! a command leaves is what the next ones find.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::PROJECT;
use super::clients::Clients;
use super::server::Server;
use crate::cargo::workspace;
use crate::files::copy;

/// How many commands did what they should.
#[derive(Default)]
pub struct Tally {
    pub ok: usize,
    pub failed: usize,
}

/// Where a command is run.
#[derive(Clone, Copy)]
enum Place {
    /// A folder without a policy.
    Bare,
    /// A project with the policy `everything`.
    Project,
}

/// Runs them all on a fresh server.
pub fn run(clients: &Clients, scratch: &Path) -> Result<Tally, String> {
    let (bare, project) = (scratch.join("bare"), scratch.join("project"));
    let prepared = fs::create_dir_all(&bare)
        .and_then(|()| copy(&workspace().join("testdata/peer/everything"), &project));
    prepared.map_err(|cause| format!("no folders for commands: {cause}"))?;
    let server = Server::start(&clients.neonform, &scratch.join("commands.sqlite"))?;
    let mut session = Session { clients, server, bare, project, tally: Tally::default() };
    session.branches()?;
    session.databases();
    session.functions();
    session.policy();
    session.triggers();
    session.services();
    println!("ok      {} commands of the official client", session.tally.ok);
    Ok(session.tally)
}

struct Session<'a> {
    clients: &'a Clients,
    server: Server,
    bare: PathBuf,
    project: PathBuf,
    tally: Tally,
}

impl Session<'_> {
    fn branches(&mut self) -> Result<(), String> {
        // With a policy in sight, this command of the official client forgets NEON_API_HOST.
        if let Some(policy) = policy_above(&self.bare) {
            return Err(format!("checkout --create cannot be run safely below {}", policy.display()));
        }
        self.text(Place::Bare, &["checkout", "work", "--create"], |_| true);
        self.file(".neon", "\"branch\": \"work\"");
        self.file(".env.local", "DATABASE_URL_UNPOOLED=");
        self.json(Place::Bare, &["branches", "list"], |it| names(it, "name") == ["main", "work"]);
        self.json(Place::Bare, &["branches", "create", "--name", "other"], |it| {
            it["branch"]["name"] == "other" && it["endpoints"][0]["type"] == "read_write"
        });
        self.json(Place::Bare, &["branches", "rename", "other", "renamed"], |it| it["name"] == "renamed");
        let expiry = ["branches", "set-expiration", "renamed", "--expires-at", "2099-01-01T00:00:00Z"];
        // The service refuses more than 30 days; the platform's own message has to arrive.
        self.refused(Place::Bare, &expiry, "expir");
        self.json(Place::Bare, &["branches", "get", "renamed"], |it| it["current_state"] == "ready");
        self.json(Place::Bare, &["branches", "delete", "renamed"], |it| it["name"] == "renamed");
        self.json(Place::Bare, &["branches", "list"], |it| names(it, "name") == ["main", "work"]);
        Ok(())
    }

    fn databases(&mut self) {
        self.json(Place::Bare, &["databases", "list"], |it| names(it, "name") == ["neondb"]);
        self.json(Place::Bare, &["databases", "create", "--name", "second"], |it| it["name"] == "second");
        self.json(Place::Bare, &["databases", "delete", "second"], |it| it["name"] == "second");
        self.json(Place::Bare, &["roles", "list"], |it| names(it, "name") == ["neondb_owner"]);
        self.json(Place::Bare, &["roles", "create", "--name", "reader"], |it| it["password"].is_string());
        self.json(Place::Bare, &["roles", "delete", "reader"], |it| it["name"] == "reader");
        self.text(Place::Bare, &["connection-string", "work"], |uri| uri.starts_with("postgresql://"));
        let pooled = ["connection-string", "work", "--pooled", "--extended"];
        self.json(Place::Bare, &pooled, |it| {
            it["host"].as_str().is_some_and(|host| host.contains("-pooler."))
        });
    }

    fn functions(&mut self) {
        let source = workspace().join("testdata/peer/minimal/hello.ts").display().to_string();
        let deploy = ["functions", "deploy", "solo", "--src", &source, "--env", "MODE=test"];
        self.json(Place::Bare, &deploy, |it| it["status"] == "completed" && it["environment"][0] == "MODE");
        self.json(Place::Bare, &["functions", "list"], |it| names(it, "slug") == ["solo"]);
        self.json(Place::Bare, &["functions", "get", "solo"], |it| it["active_deployment"]["id"] == 1);
        self.text(Place::Bare, &["functions", "delete", "solo"], |_| true);
        self.json(Place::Bare, &["functions", "list"], |it| names(it, "slug").is_empty());
    }

    fn policy(&mut self) {
        let changes = |it: &Json, name: &str| {
            it["applied"].as_array().is_some_and(|all| all.iter().any(|change| change["identifier"] == name))
        };
        let confirmed = ["--update-existing", "--no-env-pull"];
        self.json(Place::Project, &["config", "plan"], |it| {
            it["dryRun"] == true && changes(it, "function:api")
        });
        let apply = [&["config", "apply"], &confirmed[..]].concat();
        self.json(Place::Project, &apply, |it| {
            it["dryRun"] == false && changes(it, "trigger:worker:nightly")
        });
        self.json(Place::Project, &["config", "plan"], |it| !changes(it, "trigger:worker:nightly"));
        self.json(Place::Project, &["config", "status"], |it| {
            it["config"]["auth"] == true && it["config"]["preview"]["functions"]["api"].is_object()
        });
        let deploy = [&["deploy"], &confirmed[..]].concat();
        self.json(Place::Project, &deploy, |it| changes(it, "function:worker"));
        self.text(Place::Project, &["env", "pull", "--file", ".env.peer"], |_| true);
        self.file("../project/.env.peer", "NEON_FUNCTION_API_BASE_URL=");
        self.file("../project/.env.peer", "NEON_AI_GATEWAY_TOKEN=");
    }

    fn triggers(&mut self) {
        let listed = self.json(Place::Bare, &["triggers", "list"], |it| {
            names(it, "name") == ["arrived", "nightly", "paused", "published"]
        });
        let found = listed.as_array().into_iter().flatten().find(|it| it["name"] == "nightly");
        let id = found.and_then(|it| it["trigger_id"].as_str()).unwrap_or("missing");
        self.json(Place::Bare, &["triggers", "get", id], |it| it["schedule"]["cron"] == "15 3 * * 1-5");
        self.json(Place::Bare, &["triggers", "disable", id], |it| it["enabled"] == false);
        self.json(Place::Bare, &["triggers", "enable", id], |it| it["enabled"] == true);
        let create =
            ["triggers", "create", "--function-slug", "api", "--name", "extra", "--cron", "0 5 * * *"];
        let created = self.json(Place::Bare, &create, |it| it["name"] == "extra");
        let id = created["trigger_id"].as_str().unwrap_or("missing");
        self.text(Place::Bare, &["triggers", "delete", id], |_| true);
    }

    fn services(&mut self) {
        let domains = ["api.peer.example.com", "b.peer.example.com"];
        self.json(Place::Bare, &["functions", "domains", "list"], |it| names(it, "domain") == domains);
        self.json(Place::Bare, &["data-api", "get"], |it| it["settings"]["db_max_rows"] == 250);
        self.json(Place::Bare, &["neon-auth", "status"], |it| it["auth_provider"] == "better_auth");
        self.text(Place::Bare, &["buckets", "create", "extra"], |_| true);
        self.json(Place::Bare, &["buckets", "list"], |it| {
            names(it, "name") == ["assets", "extra", "uploads"]
        });
        self.text(Place::Bare, &["buckets", "delete", "extra"], |_| true);
        self.json(Place::Bare, &["credentials", "list"], |it| names(it, "principal_type").len() == 2);
        self.json(Place::Bare, &["projects", "get", PROJECT], |it| it["id"] == PROJECT);
        self.json(Place::Bare, &["operations", "list"], |it| it[0]["status"] == "finished");
        self.json(Place::Bare, &["me"], |it| it["login"].is_string());
        let route = format!("/projects/{PROJECT}/branches");
        self.json(Place::Bare, &["api", &route], |it| names(&it["branches"], "name") == ["main", "work"]);
    }

    /// A command that answers JSON, and what has to be in it.
    fn json(&mut self, place: Place, words: &[&str], holds: impl Fn(&Json) -> bool) -> Json {
        let output = self.command(place, words, true, |output, _| {
            serde_json::from_str(output).is_ok_and(|found| holds(&found))
        });
        serde_json::from_str(&output).unwrap_or_default()
    }

    /// A command that answers text.
    fn text(&mut self, place: Place, words: &[&str], holds: impl Fn(&str) -> bool) {
        self.command(place, words, true, |output, _| holds(output));
    }

    /// A command that has to fail, saying a word.
    fn refused(&mut self, place: Place, words: &[&str], word: &str) {
        self.command(place, words, false, |_, errors| errors.contains(word));
    }

    fn command(
        &mut self,
        place: Place,
        words: &[&str],
        success: bool,
        holds: impl Fn(&str, &str) -> bool,
    ) -> String {
        let folder = match place {
            Place::Bare => &self.bare,
            Place::Project => &self.project,
        };
        let shown = words.join(" ");
        let mut all = [words, &["--output", "json"]].concat();
        all.extend(flags(words));
        let done = self.clients.official(&self.server, folder, &all);
        match done {
            Ok(done) if done.success == success && holds(&done.output, &done.errors) => {
                self.tally.ok += 1;
                return done.output;
            }
            Ok(done) => println!("failed  neon {shown}\n{}{}", done.output, done.errors),
            Err(message) => println!("failed  neon {shown}\n{message}"),
        }
        self.tally.failed += 1;
        String::new()
    }

    /// A file that a command has to have left in the folder without a policy.
    fn file(&mut self, name: &str, content: &str) {
        let found = fs::read_to_string(self.bare.join(name)).unwrap_or_default();
        if !found.contains(content) {
            println!("failed  {name} does not hold {content:?}");
            self.tally.failed += 1;
        }
    }
}

/// The flags that say where a command works.
fn flags(words: &[&str]) -> Vec<&'static str> {
    match words[0] {
        "me" | "projects" | "api" => Vec::new(),
        "checkout" | "branches" | "connection-string" | "operations" => vec!["--project-id", PROJECT],
        _ => vec!["--project-id", PROJECT, "--branch", "work"],
    }
}

/// What the elements of a list are called, sorted.
fn names(list: &Json, field: &str) -> Vec<String> {
    let all = list.as_array().into_iter().flatten();
    let mut names: Vec<String> = all.filter_map(|it| it[field].as_str().map(str::to_owned)).collect();
    names.sort();
    names
}

/// A policy that the official client would find from a folder.
fn policy_above(folder: &Path) -> Option<PathBuf> {
    let names = ["neon.ts", "neon.mts", "neon.js", "neon.mjs"];
    folder.ancestors().flat_map(|above| names.map(|name| above.join(name))).find(|policy| policy.exists())
}
