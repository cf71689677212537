//! Help: short where it is asked for shortly, with examples that work, and nothing that takes a network or a key.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use neonform::args::each_command;
use unicode_width::UnicodeWidthStr;

use super::support::Scratch;

/// Commands whose `-h` is longer than a screen of 24 lines: the list of all commands, and planning.
const LONGER: &[(&str, usize)] =
    &[("", 46), ("plan", 36), ("apply", 36), ("deploy", 40), ("config apply", 40), ("config plan", 36)];

/// The words of each command, the program's own being none.
fn commands() -> Vec<(String, clap::Command)> {
    let words = |command: &clap::Command| {
        let name = command.get_bin_name().unwrap_or_default();
        name.strip_prefix("neonform").unwrap_or(name).trim().to_owned()
    };
    each_command().into_iter().map(|command| (words(&command), command)).collect()
}

fn help(scratch: &Scratch, words: &str, flag: &str, columns: &str) -> String {
    let arguments: Vec<&str> = words.split_whitespace().chain([flag]).collect();
    scratch.run_with(&arguments, &[("COLUMNS", columns)]).done()
}

#[test]
fn short_help_fits_a_screen_and_no_line_is_cut() {
    let scratch = Scratch::new();
    let mut problems = Vec::new();
    for (words, _) in commands() {
        let most = LONGER.iter().find(|(longer, _)| *longer == words).map_or(24, |(_, most)| *most);
        let lines = help(&scratch, &words, "-h", "80").lines().count();
        if lines > most {
            problems.push(format!("{words} -h: {lines} lines"));
        }
        for columns in [80, 40] {
            for flag in ["-h", "--help"] {
                let text = help(&scratch, &words, flag, &columns.to_string());
                let usual = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("neonform") && !line.starts_with("Usage:"));
                let wide = usual.filter(|line| line.width() > columns && line.split_whitespace().count() > 2);
                problems.extend(wide.map(|line| format!("{words} {flag} at {columns}: {line}")));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn help_and_version_take_no_network_and_no_key() {
    let scratch = Scratch::new();
    scratch.write(".neon", "{ \"projectId\": \"p\", \"branch\": \"main\" }");
    let closed = [("NEON_API_HOST", "http://127.0.0.1:9/api/v2")];
    let mut asked: Vec<Vec<String>> =
        vec![vec!["--version".into()], vec!["version".into()], vec!["man".into()]];
    for shell in ["bash", "zsh", "fish", "powershell"] {
        asked.push(vec!["completions".into(), shell.into()]);
    }
    for (words, _) in commands() {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        asked.push([vec!["help".to_owned()], words.clone()].concat());
        asked.push([words, vec!["--help".to_owned()]].concat());
    }
    for words in asked {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = scratch.run_with(&words, &closed);
        assert!(ran.code == 0 && ran.err.is_empty() && !ran.out.is_empty(), "{words:?}: {}", ran.text());
    }
}

/// An example as it stands in a help text.
struct Example {
    command: String,
    /// What it is said to do.
    what: String,
    line: String,
}

fn examples() -> Vec<Example> {
    let mut found = Vec::new();
    let mut lacking = Vec::new();
    for (command, tree) in commands() {
        let text = tree.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        let lines: Vec<&str> = text.lines().skip(1).map(str::trim).collect();
        if lines.is_empty() && tree.get_subcommands().next().is_none() {
            lacking.push(command);
            continue;
        }
        for pair in lines.chunks(2) {
            let what = pair[0].strip_prefix("# ").unwrap_or_else(|| panic!("{command}: {text}"));
            found.push(Example { command: command.clone(), what: what.to_owned(), line: pair[1].to_owned() });
        }
    }
    assert!(lacking.is_empty(), "commands without an example: {lacking:?}");
    found
}

/// A repository on the embedded backend with two branches, a domain and a trigger.
fn world() -> Scratch {
    let scratch = Scratch::of("examples/todo-api");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=n", "-c", "user.email=n@example.com"]).args(arguments);
        assert!(command.current_dir(scratch.path()).output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "-q", "-b", "login"]);
    scratch.write(".gitignore", ".neon*\n.cache\n");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "begin"]);
    std::fs::create_dir(scratch.path().join("snapshots")).unwrap();
    let steps: [&[&str]; 6] = [
        &["link", "--local", "--yes", "--no-env-pull"],
        &["apply", "--update-existing"],
        &["apply", "--create", "--branch", "preview/login"],
        &["snapshot", "--out", "snapshots/main.json"],
        &["domains", "add", "docs.example.com", "--slug", "api"],
        &["triggers", "create", "--name", "nightly", "--function-slug", "digest", "--cron", "0 3 * * *"],
    ];
    for step in steps {
        scratch.run(step).done();
    }
    scratch
}

/// What became of an example, if that is not what it says.
fn try_out(world: &Scratch, example: &Example) -> Option<String> {
    let begins = ["neonform init", "neonform config init"].iter().any(|init| example.line.contains(init));
    let scratch = if begins { Scratch::new() } else { world.copied() };
    let binary = Path::new(env!("CARGO_BIN_EXE_neonform")).parent().unwrap();
    let mut command = Command::new("bash");
    command.args(["-c", &format!("set -e -o pipefail\n{}", example.line)]).current_dir(scratch.path());
    command.env_clear().env("PATH", format!("{}:{}", binary.display(), std::env::var("PATH").unwrap()));
    command.env("NEONFORM_CACHE_DIR", scratch.path().join(".cache"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    if example.command == "local serve" {
        let mut url = String::new();
        BufReader::new(running.stdout.take().unwrap()).read_line(&mut url).unwrap();
        running.kill().unwrap();
        running.wait().unwrap();
        return (!url.starts_with("http://127.0.0.1:")).then(|| format!("{}: {url}", example.line));
    }
    let ran = running.wait_with_output().unwrap();
    let expected = if example.what.contains("xit with 2") { 2 } else { 0 };
    let is_good = ran.status.code() == Some(expected);
    let told = || String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
    (!is_good).then(|| format!("{}: {}\n{}", example.line, ran.status, told()))
}

#[test]
fn every_example_does_what_it_says() {
    let world = world();
    let waiting = Mutex::new(examples());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(example) = waiting.lock().unwrap().pop() else { break };
                    failed.lock().unwrap().extend(try_out(&world, &example));
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
