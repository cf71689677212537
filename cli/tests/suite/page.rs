//! A plan as it is drawn: long values, lists, wide characters, consents, what moved and what nobody knows, on
//! pages of several widths, on a terminal and in a log (`testdata/pages`).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use unicode_width::UnicodeWidthStr;

use super::support::{Scratch, golden};

pub(super) const PLAN: [&str; 6] =
    ["plan", "--config", "after.ts", "--prune=buckets", "--backend", "local:state.sqlite"];

/// A branch that `before.ts` was applied to; then somebody else deployed two of its functions.
pub(super) fn moved() -> Scratch {
    let scratch = Scratch::of("pages");
    scratch.local(&["apply", "--config", "before.ts", "--update-existing"]).done();
    let server = Server::on(&scratch);
    for slug in ["overtaken", "both"] {
        server.deploy(slug);
    }
    scratch
}

/// The embedded backend on its own.
pub(super) struct Server {
    process: Child,
    pub(super) address: String,
}

impl Server {
    pub(super) fn on(scratch: &Scratch) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_neonform"));
        command.args(["local", "serve", "--port", "0", "--file", "state.sqlite"]).current_dir(scratch.path());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let address = url.trim().strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
        Self { process, address }
    }

    /// Deploys what is deployed again, with one variable more, as any other client would.
    fn deploy(&self, slug: &str) {
        let part = |name: &str, value: &str| {
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = part("runtime", "nodejs24") + &part("environment", r#"{"INTRUDER":"1"}"#) + "--edge--\r\n";
        let place = "/api/v2/projects/local-project-00000001/branches/br-local-main-00000001/functions";
        let head = format!(
            "POST {place}/{slug}/deployments HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer k\r\nconnection: close\r\n\
             content-type: multipart/form-data; boundary=edge\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_plan_fits_the_page_it_is_drawn_on() {
    let scratch = moved();
    let log = scratch.run(&PLAN).done();
    assert!(!log.contains('\u{1b}'), "a log has no colours");
    let widest = log.lines().map(UnicodeWidthStr::width).max();
    assert!(widest <= Some(80), "{widest:?} columns: {log}");
    golden("pages", "log", &log);
    let ascii = scratch.run_with(&PLAN, &[("LC_ALL", "C"), ("COLUMNS", "50")]).done();
    golden("pages", "narrow-ascii", &ascii);
    let wide = ['→', '±', '…'];
    assert!(!ascii.replace("public → private", "").contains(wide), "{ascii}");
    let comment = scratch.run(&[&PLAN[..], &["--output", "markdown"]].concat()).done();
    assert!(comment.contains("\n~ function.overtaken  (drift)\n"), "{comment}");
    let json = scratch.run(&[&PLAN[..], &["--output", "json"]].concat()).done();
    for origin in ["policy", "drift", "both", "unknown"] {
        assert!(json.contains(&format!("\"origin\": \"{origin}\"")), "{origin}: {json}");
    }
}

#[test]
fn nothing_to_do_is_one_line_whatever_else_exists() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {}, b: {}, c: {} } };");
    scratch.local(&["apply"]).done();
    assert_eq!(scratch.local(&["plan"]).done(), "No changes. Branch main is as the policy says.\n");
    scratch.write("neon.ts", "export default { buckets: { a: {} } };");
    let planned = scratch.local(&["plan"]).done();
    assert_eq!(planned, "No changes. Branch main is as the policy says (2 undeclared: --show-unmanaged).\n");
    let listed = scratch.local(&["plan", "--show-unmanaged"]).done();
    assert!(listed.ends_with("\n  bucket.b\n  bucket.c\n"), "{listed}");
}

#[test]
fn quiet_is_results_and_errors_only() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    let applied = scratch.local(&["apply", "--quiet"]);
    assert!(applied.out.contains("Applied: 1 change.") && applied.err.is_empty(), "{}", applied.text());
    let failed = scratch.local(&["plan", "--quiet", "--branch", "gone"]);
    assert!(failed.code == 1 && failed.err.starts_with("error[branch-not-found]"), "{}", failed.text());
}

#[test]
fn what_is_said_fits_the_narrowest_page_but_for_single_words() {
    let scratch = Scratch::of("examples/todo-api");
    scratch.local(&["apply", "--update-existing"]).done();
    for words in [&["status"][..], &["sandbox"], &["log"], &["functions", "list"], &["branches", "list"]] {
        let arguments = [words, &["--backend", "local:state.sqlite"]].concat();
        let shown = scratch.run_with(&arguments, &[("COLUMNS", "40")]).done();
        // A URL behind its label is as narrow as it can be.
        let is_broken =
            |line: &&str| line.width() > 40 && line.split_whitespace().all(|word| word.width() < 30);
        let broken: Vec<&str> = shown.lines().filter(is_broken).collect();
        assert!(broken.is_empty(), "{words:?}: {broken:#?}");
    }
}
