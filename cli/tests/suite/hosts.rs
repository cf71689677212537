//! A name and password in the API's root URL are refused, and are nowhere afterwards.

use std::path::Path;

use neonform_local::Options;

use super::platform::Platform;
use super::support::{Ran, Scratch};

const SECRET: &str = "hunter2";

struct World {
    scratch: Scratch,
    platform: Platform,
}

impl World {
    fn new() -> Self {
        let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
        Self { scratch, platform: Platform::start(Options::default()) }
    }

    /// Runs a command for a host, by flag and then by variable, with everything that can be told and written down.
    fn run(&self, arguments: &[&str], host: &str) -> [Ran; 2] {
        let about = ["-vv", "--trace", "trace.jsonl", "--project-id", "local-project-00000001"];
        let words = [arguments, &about].concat();
        let key = ("NEON_API_KEY", "key");
        [
            self.scratch.run_with(&[&words, &["--api-host", host][..]].concat(), &[key]),
            self.scratch.run_with(&words, &[key, ("NEON_API_HOST", host)]),
        ]
    }

    fn url(&self) -> &str {
        self.platform.server.url()
    }

    /// The server's URL with this before its name and that at its end.
    fn url_with(&self, user: &str, end: &str) -> String {
        self.url().replace("http://", &format!("http://{user}")) + end
    }

    fn end(self) {
        self.platform.end();
    }
}

/// Every file below a folder that holds the secret.
fn holding_the_secret(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: std::path::PathBuf| {
        if path.is_dir() {
            return holding_the_secret(&path);
        }
        let text = std::fs::read(&path).unwrap();
        let holds =
            path.to_string_lossy().contains(SECRET) || String::from_utf8_lossy(&text).contains(SECRET);
        if holds { vec![path] } else { Vec::new() }
    };
    entries.flat_map(of).collect()
}

#[test]
fn no_command_takes_or_tells_a_password_in_the_host() {
    let world = World::new();
    let host = world.url_with(&format!("user:{SECRET}@"), "");
    let shown = world.url_with("***@", "");
    let commands: [&[&str]; 4] =
        [&["plan"], &["plan", "--out", "plan.json", "--output", "json"], &["apply"], &["status"]];
    for arguments in commands {
        for ran in world.run(arguments, &host) {
            assert_eq!(ran.code, 1, "{}", ran.text());
            assert!(!ran.text().contains(SECRET), "{}", ran.text());
            assert!(
                ran.text().contains(&shown) && ran.text().contains("a name or a password"),
                "{}",
                ran.text()
            );
        }
    }
    // Nothing was begun, so that there is nothing to tell of it.
    for ran in world.run(&["log"], &host) {
        assert_eq!((ran.code, ran.text().contains(SECRET)), (0, false), "{}", ran.text());
        assert_eq!(ran.out, "No apply has left a journal here.\n");
    }
    assert_eq!(holding_the_secret(world.scratch.path()), Vec::<std::path::PathBuf>::new());
    assert!(world.platform.server.log().is_empty());
    world.end();
}

#[test]
fn nor_what_else_is_no_part_of_a_root() {
    let world = World::new();
    for (end, shown) in [("?key=hunter2", "?***"), ("#hunter2", "#***")] {
        for ran in world.run(&["apply"], &world.url_with("", end)) {
            assert!(ran.code == 1 && !ran.text().contains(SECRET), "{}", ran.text());
            assert!(ran.err.contains(&format!("{}{shown}", world.url())), "{}", ran.text());
        }
    }
    assert_eq!(holding_the_secret(world.scratch.path()), Vec::<std::path::PathBuf>::new());
    world.end();
}

#[test]
fn a_host_without_either_is_told_as_it_was_given() {
    let world = World::new();
    let [flag, variable] = world.run(&["apply"], world.url());
    assert!(flag.code == 0 && variable.code == 0, "{}{}", flag.text(), variable.text());
    let [told, _] = world.run(&["log", "last"], world.url());
    assert!(told.code == 0, "{}", told.text());
    let runs = world.run(&["log"], world.url());
    assert!(runs[0].out.contains("main"), "{}", runs[0].text());
    world.end();
}
