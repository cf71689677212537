//! What a person sees on a terminal: util-linux's `script` gives one, and an emulator says what is on its screen.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::page::{PLAN, Server, moved};
use super::support::{Scratch, golden};

const ROWS: u16 = 200;
pub(super) const INTERRUPT: &[u8] = &[3];

/// What a command left behind.
pub(super) struct Screen {
    pub(super) code: i32,
    /// Every byte that the terminal got.
    pub(super) raw: String,
    /// What is to be seen in the end.
    pub(super) text: String,
}

/// What is typed once a text is to be read.
pub(super) type Typed<'a> = (&'a str, &'a [u8]);

/// Runs `neonform` on a terminal, and types when it has shown one text after the other.
pub(super) fn on_terminal(
    scratch: &Scratch,
    columns: u16,
    arguments: &[&str],
    env: &[(&str, &str)],
    typed: &[Typed<'_>],
) -> Screen {
    let quoted: Vec<String> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
    let line = format!("exec '{}' {}", env!("CARGO_BIN_EXE_neonform"), quoted.join(" "));
    on_terminal_with(scratch, columns, &line, env, typed)
}

/// The same for any command line.
pub(super) fn on_terminal_with(
    scratch: &Scratch,
    columns: u16,
    line: &str,
    env: &[(&str, &str)],
    typed: &[Typed<'_>],
) -> Screen {
    let line = format!("stty rows {ROWS} cols {columns}; {line}");
    // What never shows is not waited for without end.
    let mut command = Command::new("timeout");
    command
        .args(["--foreground", "60", "script", "-qec", &line, "/dev/null"])
        .current_dir(scratch.path())
        .env_clear();
    command.env("PATH", std::env::var("PATH").unwrap()).env("SHELL", "/bin/sh").env("TERM", "xterm-256color");
    command.env("NEONFORM_CACHE_DIR", scratch.path().join(".cache")).envs(env.iter().copied());
    let mut terminal = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keys, mut shown) = (terminal.stdin.take().unwrap(), terminal.stdout.take().unwrap());
    let (mut raw, mut buffer) = (Vec::new(), [0; 4096]);
    let (mut typed, mut seen) = (typed.iter(), 0);
    let mut next = typed.next();
    loop {
        let read = shown.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        raw.extend_from_slice(&buffer[..read]);
        while let Some((text, bytes)) = next {
            let Some(place) = find(&raw[seen..], text.as_bytes()) else { break };
            seen += place + text.len();
            keys.write_all(bytes).unwrap();
            next = typed.next();
        }
    }
    let mut screen = vt100::Parser::new(ROWS, columns, 0);
    screen.process(&raw);
    Screen {
        code: terminal.wait().unwrap().code().unwrap_or(-1),
        raw: String::from_utf8(raw).unwrap(),
        text: screen.screen().contents(),
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// In front of the embedded backend, and a while behind it.
fn slow(server: &Server) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (host, upstream) =
        (format!("http://{}/api/v2", listener.local_addr().unwrap()), server.address.clone());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let server = TcpStream::connect(&upstream).unwrap();
            let (asked, told) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || pump(asked, server, Duration::from_millis(600)));
            std::thread::spawn(move || pump(told, client, Duration::ZERO));
        }
    });
    host
}

fn pump(mut from: TcpStream, mut to: TcpStream, pause: Duration) {
    let mut buffer = [0; 65536];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        std::thread::sleep(pause);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

#[test]
fn a_plan_at_80_and_140_columns() {
    let scratch = moved();
    let quiet = [&PLAN[..], &["--quiet"]].concat();
    let narrow = on_terminal(&scratch, 80, &quiet, &[], &[]);
    assert!(narrow.raw.contains("\u{1b}[32m+\u{1b}[0m bucket.分析-レポート"), "{}", narrow.raw);
    golden("pages", "terminal-80", &narrow.text);
    golden("pages", "terminal-140", &on_terminal(&scratch, 140, &quiet, &[], &[]).text);
    let log = scratch.run(&quiet).done();
    assert_eq!(narrow.text.trim_end(), log.trim_end(), "colours tell nothing that the text does not");
    let plain = on_terminal(&scratch, 80, &quiet, &[("NO_COLOR", "1")], &[]);
    assert_eq!((plain.text, plain.raw.contains('\u{1b}')), (narrow.text, false));
}

#[test]
fn progress_is_shown_while_waiting_and_gone_when_done() {
    let scratch = Scratch::of("examples/todo-api");
    let server = Server::on(&scratch);
    let host = slow(&server);
    let env = [("NEON_API_KEY", "k"), ("NEON_API_HOST", host.as_str())];
    let applied = on_terminal(&scratch, 80, &["apply", "--update-existing"], &env, &[]);
    assert_eq!(applied.code, 0, "{}", applied.raw);
    for text in ["Reading the policy and the branch", "Reading branch main", "Applying, 0 of 6 done: "] {
        assert!(applied.raw.contains(text), "{text}: {}", applied.raw);
        assert!(!applied.text.contains(text), "{text} is left on the screen: {}", applied.text);
    }
    assert!(applied.text.contains("\n+ function.api\n"), "{}", applied.text);
    assert!(applied.text.contains("\nApplied: 6 changes.\n"), "{}", applied.text);

    let log = scratch.run_with(&["plan", "--redeploy"], &env);
    assert!(!log.text().contains("Reading"), "{}", log.text());
    let json = on_terminal(&scratch, 80, &["plan", "--output", "json"], &env, &[]);
    assert!(!json.raw.contains("Reading"), "{}", json.raw);
}

#[test]
fn an_interrupt_leaves_no_line_behind() {
    let scratch = Scratch::of("examples/todo-api");
    let server = Server::on(&scratch);
    let host = slow(&server);
    let env = [("NEON_API_KEY", "k"), ("NEON_API_HOST", host.as_str())];
    let planning = on_terminal(&scratch, 80, &["plan"], &env, &[("Reading the policy", INTERRUPT)]);
    assert_eq!((planning.code, planning.text.trim()), (130, "Interrupted."), "{}", planning.raw);
    let applying = on_terminal(
        &scratch,
        80,
        &["apply", "--update-existing"],
        &env,
        &[("Applying, 0 of 6 done: ", INTERRUPT)],
    );
    assert_eq!(applying.code, 130, "{}", applying.raw);
    let (_, report) = applying.text.split_once("\nInterrupted: requests in flight are waited for").unwrap();
    assert!(report.contains("\nInterrupted: ") && report.contains(" skipped.\n"), "{}", applying.text);
    assert!(!applying.text.contains("Applying"), "{}", applying.text);
}

#[test]
fn words_are_not_cut_at_40_columns() {
    let scratch = moved();
    for command in [
        &["status", "--branch", "mian", "--backend", "local:state.sqlite"][..],
        &["plan", "--config", "after.ts", "--branch", "staging", "--backend", "local:state.sqlite"],
        &["functions", "get", "apo", "--backend", "local:state.sqlite"],
        &["plan", "--update-exsting"],
        &["explain"],
        &["log"],
    ] {
        let narrow = on_terminal(&scratch, 40, command, &[], &[]);
        let log = scratch.run(command);
        let (shown, told) = (words(&narrow.text), words(&(log.err + &log.out)));
        let missing: Vec<&String> = told.iter().filter(|word| !shown.contains(*word)).collect();
        assert_eq!(missing, [""; 0], "{command:?}: {}", narrow.text);
    }
}

/// The words that fit beside a label; times, ids and paths are another run's.
fn words(text: &str) -> Vec<String> {
    let fits = |word: &&str| word.len() <= 27 && !word.contains(|c: char| c.is_ascii_digit() || c == '/');
    text.split_whitespace().filter(fits).map(str::to_owned).collect()
}
