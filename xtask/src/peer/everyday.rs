//! The same everyday commands by each client, each on its own server and in its own folder.
//!
//! After every command three things are compared: how it ended, what is on the server, and what is in the folder, modes
//! and all. What a command leaves is what the next ones find. Which commands: `everyday/scripts.rs`; what a folder says
//! as comparable lines: `everyday/folder.rs`.

mod folder;
mod scripts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use self::scripts::{Act, SCRIPTS, Script};
use super::cases::Tally;
use super::clients::{Client, Clients};
use super::compare::compare;
use super::differences::Accepted;
use super::server::Server;
use super::state::{self, State};
use crate::cargo::workspace;
use crate::files::copy;

/// Runs the scripts that have a word in their names.
pub fn run(clients: &Clients, scratch: &Path, word: &str) -> Result<Outcome, String> {
    let scripts: Vec<&Script> = SCRIPTS.iter().filter(|script| script.name.contains(word)).collect();
    let ended = |_| "a thread of the comparison ended".to_owned();
    let done: Vec<Result<Recorded, String>> = thread::scope(|scope| {
        let sides: Vec<_> = scripts
            .iter()
            .flat_map(|script| [Client::Official, Client::Ours].map(|client| (script, client)))
            .map(|(script, client)| scope.spawn(move || record(clients, script, client, scratch)))
            .collect();
        sides.into_iter().map(|side| side.join().map_err(ended).and_then(|it| it)).collect()
    });
    let mut recorded = Vec::new();
    for side in done {
        recorded.push(side?);
    }
    Ok(Outcome { scripts, recorded })
}

/// What both clients did, script after script: the official one's, then ours.
pub struct Outcome {
    scripts: Vec<&'static Script>,
    recorded: Vec<Recorded>,
}

/// What there was after each command.
type Recorded = Vec<State>;

impl Outcome {
    /// Compares, and prints a line per script, more where it fails.
    pub fn judge(&self, accepted: &mut Accepted) -> Tally {
        let mut tally = Tally::default();
        for (script, sides) in self.scripts.iter().zip(self.recorded.chunks(2)) {
            let [official, ours] = sides else { continue };
            let mut different = 0;
            for ((act, official), ours) in script.acts.iter().zip(official).zip(ours) {
                let at = format!("{}: {}", script.name, act.name());
                let compared = compare(&at, official, ours, accepted);
                if compared.different.is_empty() {
                    tally.equal += 1;
                    continue;
                }
                different += 1;
                println!("differs {at}");
                compared.different.iter().for_each(|line| println!("  {line}"));
            }
            tally.different += different;
            if different == 0 {
                println!("ok      {}: {} commands with equal effects", script.name, script.acts.len());
            }
        }
        tally
    }
}

/// Does a script's commands with one client.
fn record(clients: &Clients, script: &Script, client: Client, scratch: &Path) -> Result<Recorded, String> {
    let place = scratch.join(script.name).join(client.name());
    let folder = place.join("work");
    prepare(script, &folder).map_err(|cause| format!("{}: no folder: {cause}", script.name))?;
    let server = Server::start(&clients.neonform, &place.join("state.sqlite"))?;
    let side = Side { clients, client, server, folder };
    script.acts.iter().map(|act| side.act(act)).collect()
}

fn prepare(script: &Script, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    match script.project {
        Some(project) => copy(&workspace().join("testdata/peer").join(project), folder),
        None => Ok(()),
    }
}

/// A client with its server and its folder.
struct Side<'a> {
    clients: &'a Clients,
    client: Client,
    server: Server,
    folder: PathBuf,
}

impl Side<'_> {
    fn act(&self, act: &Act) -> Result<State, String> {
        for (name, text) in act.files {
            let file = self.folder.join(name);
            let written = match text {
                Some(text) => fs::write(&file, text),
                None => fs::remove_file(&file).or(Ok(())),
            };
            written.map_err(|cause| format!("{name}: {cause}"))?;
        }
        act.git.iter().try_for_each(|words| self.git(words))?;
        let words: Vec<String> =
            act.words(self.client).into_iter().map(|word| self.meant(word)).collect::<Result<_, _>>()?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = self.clients.run(self.client, &self.server, &self.folder, &words)?;
        let mut state = state::read(&self.server.root)?;
        let code = done.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        state.insert("exit".to_owned(), code.clone());
        if act.succeeds && code != "0" {
            let (name, said) = (self.client.name(), format!("{}{}", done.output, done.errors));
            return Err(format!("{name}: {} failed:\n{said}", act.name()));
        }
        folder::read(&self.folder, &state::ids(&self.server.root)?, &mut state)?;
        Ok(state)
    }

    /// A word with an id for a name, where it asks for one.
    fn meant(&self, word: &str) -> Result<String, String> {
        match word.strip_prefix("trigger:") {
            Some(name) => state::trigger(&self.server.root, name),
            None => Ok(word.to_owned()),
        }
    }

    fn git(&self, words: &[&str]) -> Result<(), String> {
        let mut git = Command::new("git");
        git.args(words)
            .current_dir(&self.folder)
            .env("HOME", &self.clients.home)
            .env("GIT_CONFIG_NOSYSTEM", "1");
        match git.output() {
            Ok(done) if done.status.success() => Ok(()),
            Ok(done) => Err(format!("git {words:?}: {}", String::from_utf8_lossy(&done.stderr))),
            Err(cause) => Err(format!("git cannot be run: {cause}")),
        }
    }
}
