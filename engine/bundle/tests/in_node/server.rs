//! Node with one bundle, and requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::project::Unpacked;

/// How long an answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running function.
pub(crate) struct Server {
    node: Child,
    /// Where it listens, on this machine.
    pub(crate) port: u16,
}

/// What it answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// Status and body.
    pub(crate) fn told(&self) -> String {
        format!("{} {}", self.status, self.body)
    }
}

impl Server {
    /// Starts Node with the bundle of a directory. Of the environment it gets the way to Node, and `variables`.
    pub(crate) fn start(bundle: &Unpacked, variables: &[(&str, &str)]) -> Self {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/in_node/driver.mjs");
        let mut node = Command::new("node")
            .arg(driver)
            .arg(bundle.path().join("index.mjs"))
            .current_dir(bundle.path())
            .env_clear()
            .envs(std::env::vars().filter(|(name, _)| name == "PATH"))
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("node");
        let mut line = String::new();
        BufReader::new(node.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        let Ok(port) = line.trim().parse() else {
            let mut errors = String::new();
            node.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
            panic!("the function does not start:\n{line}{errors}");
        };
        Self { node, port }
    }

    /// The body of a good answer.
    pub(crate) fn text(&self, path: &str) -> String {
        let answer = self.ask("GET", path, "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// Posts JSON.
    pub(crate) fn ask_json(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, "Content-Type: application/json\r\n", body)
    }

    /// Sends a request.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, "", body)
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        // In version 1.0 the answer ends with the connection.
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, body: body.to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.node.kill();
        let _status = self.node.wait();
    }
}
