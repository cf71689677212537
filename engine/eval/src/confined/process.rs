//! This side of a confined process: it is started, asked, listened to within bounds, and never outlives its owner.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::node::Node;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::wire::{self, Ask, Layer, Policy, Tell};
use super::{Program, broken, missing};
use crate::limits::Excess;
use crate::{Input, Limits, Read, Request};

/// How long starting, bundling and answering may take beside JavaScript.
const SPARE: Duration = Duration::from_secs(30);

/// How much a process may say in its life. A policy's own data ends at 4 MiB, places and paths come on top.
const MOST: u64 = 64 * 1024 * 1024;

/// How much is kept of what a process writes to standard error.
const KEPT: u64 = 4 * 1024;

/// A confined process.
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<tokio::io::Take<ChildStdout>>,
    error: Option<JoinHandle<Vec<u8>>>,
    over: bool,
}

/// What evaluation gave: a tree, and what was read.
pub(crate) type Answer = (Option<Node>, Read);

/// A policy that was evaluated in a confined process.
pub(crate) struct Evaluating {
    process: Process,
    limits: Limits,
    console: Console,
}

/// Evaluates a policy in a process of its own; its first answer, and a warning for each layer that is missing.
pub(crate) async fn load(
    program: &Program,
    request: Request,
) -> Result<(Evaluating, Answer, Vec<Diagnostic>), Failure> {
    let mut process = Process::start(program)?;
    let limits = request.limits;
    let policy = Policy::of(&request);
    let console = Console { sink: request.console, left: limits.output_bytes };
    let due = due(&limits);
    process.ask(&Ask::Load(Box::new(policy)), &limits).await?;
    let layers = process.ready(due, &limits).await?;
    let mut evaluating = Evaluating { process, limits, console };
    let answer = evaluating.answer(due).await?;
    Ok((evaluating, answer, missing(&layers)))
}

impl Evaluating {
    /// Calls the closure.
    pub(crate) async fn tune(&mut self, descriptor: &serde_json::Value) -> Result<Answer, Failure> {
        let due = due(&self.limits);
        self.process.ask(&Ask::Tune(descriptor.clone()), &self.limits).await?;
        self.answer(due).await
    }

    async fn answer(&mut self, due: Instant) -> Result<Answer, Failure> {
        loop {
            match self.process.hear(due, &self.limits).await? {
                Tell::Printed(text) => self.console.print(&text),
                Tell::Failed(problems) => return Err(wire::failure(problems)),
                Tell::Answer { tree, inputs, variables } => {
                    let node = match tree.map(wire::Tree::node) {
                        None => None,
                        Some(Some(node)) => Some(node),
                        Some(None) => return Err(broken("a tree that is none")),
                    };
                    let input = |(path, sha256)| Input { path, sha256 };
                    let inputs = inputs.into_iter().map(input).collect();
                    return Ok((node, Read { inputs, variables }));
                }
                Tell::Ready { .. } | Tell::Probed(_) => {
                    return Err(broken("another answer than was asked for"));
                }
            }
        }
    }
}

fn due(limits: &Limits) -> Instant {
    Instant::now() + limits.time + SPARE
}

impl Process {
    /// Starts the program anew, with nothing of this one's environment.
    pub(super) fn start(program: &Program) -> Result<Self, Failure> {
        let unable = |cause: io::Error| {
            Diagnostic::error(
                codes::INTERNAL,
                "the process that evaluates a stranger's policy cannot be started",
            )
            .found(program.path.display().to_string())
            .fact("cause", cause.to_string())
        };
        let mut child = Command::new(&program.path)
            .arg(program.word)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(unable)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(error)) = pipes else {
            return Err(unable(io::Error::other("no pipes")).into());
        };
        Ok(Self {
            child,
            input,
            output: BufReader::new(output.take(MOST)),
            error: Some(tokio::spawn(keep(error))),
            over: false,
        })
    }

    /// The layers that hold it.
    pub(super) async fn ready(&mut self, due: Instant, limits: &Limits) -> Result<Vec<Layer>, Failure> {
        match self.hear(due, limits).await? {
            Tell::Ready { version: wire::VERSION, layers } => Ok(layers),
            Tell::Failed(problems) => Err(wire::failure(problems)),
            _ => Err(broken("another version of itself: the program was replaced while it ran")),
        }
    }

    pub(super) async fn ask(&mut self, ask: &Ask, limits: &Limits) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(ask).map_err(|error| {
            Diagnostic::error(codes::UNREADABLE_FILE, "the policy cannot be named to another process")
                .fact("cause", error.to_string())
        })?;
        line.push(b'\n');
        match self.input.write_all(&line).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.ended(limits).await),
        }
    }

    /// The next thing it says.
    pub(super) async fn hear(&mut self, due: Instant, limits: &Limits) -> Result<Tell, Failure> {
        let mut line = Vec::new();
        match timeout_at(due, self.output.read_until(b'\n', &mut line)).await {
            Err(_) => {
                self.over = true;
                // The answer is what counts; that it cannot be killed changes nothing.
                drop(self.child.start_kill());
                Err(limits.exceeded(Excess::Time).into())
            }
            Ok(Ok(count)) if count > 0 && line.ends_with(b"\n") => {
                serde_json::from_slice(&line).map_err(|error| broken(&error.to_string()))
            }
            Ok(_) => Err(self.ended(limits).await),
        }
    }

    /// Why it does not answer any more.
    async fn ended(&mut self, limits: &Limits) -> Failure {
        let soon = Instant::now() + Duration::from_secs(2);
        if self.output.get_ref().limit() == 0 || self.over {
            drop(self.child.start_kill());
        }
        let status = timeout_at(soon, self.child.wait()).await.ok().and_then(Result::ok);
        if status.is_some_and(is_out_of_time) {
            return limits.exceeded(Excess::Time).into();
        }
        let said = match self.error.take() {
            Some(reading) => timeout_at(soon, reading).await.ok().and_then(Result::ok).unwrap_or_default(),
            None => Vec::new(),
        };
        let told = Diagnostic::error(
            codes::EVALUATION_FAILED,
            "the policy ended the process that it was evaluated in",
        )
        .found(status.map_or("it does not end".to_owned(), |status| status.to_string()))
        .expected("a policy that leaves the engine whole and says at most 64 MiB")
        .fix("find what the policy does that no policy needs; nothing outside of that process was touched");
        let said = clean(&String::from_utf8_lossy(&said));
        if said.is_empty() { told.into() } else { told.fact("stderr", said).into() }
    }
}

/// The beginning of what is said; the rest is read and forgotten, so that nobody waits for a reader.
async fn keep(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut kept = Vec::new();
    let first = (&mut from).take(KEPT).read_to_end(&mut kept).await;
    if first.is_ok() {
        drop(tokio::io::copy(&mut from, &mut tokio::io::sink()).await);
    }
    kept
}

#[cfg(unix)]
fn is_out_of_time(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(libc::SIGXCPU)
}

#[cfg(not(unix))]
fn is_out_of_time(_: ExitStatus) -> bool {
    false
}

/// Where the policy's output goes: bounded here as well, and marked, so that no line of a log is the policy's own.
struct Console {
    sink: Arc<dyn Fn(&str) + Send + Sync>,
    left: usize,
}

impl Console {
    fn print(&mut self, text: &str) {
        // The other side has said that it cuts here.
        const NOTICE: usize = 128;
        let text = clean(text);
        if text.len() > self.left + NOTICE {
            self.left = 0;
            return;
        }
        self.left = self.left.saturating_sub(text.len() + 1);
        for line in text.lines() {
            (self.sink)(&format!("policy: {line}"));
        }
    }
}

/// Without control characters but for line feeds and tabs.
fn clean(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => safe.push(c),
            c if c.is_control() => safe.extend(c.escape_default()),
            c => safe.push(c),
        }
    }
    safe.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn what_a_policy_prints_is_marked_cleaned_and_bounded() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let sink = move |line: &str| kept.lock().map(|mut all| all.push(line.to_owned())).unwrap_or_default();
        let mut console = Console { sink: Arc::new(sink), left: 40 };
        console.print("::add-mask::x\ny\u{1b}[2J");
        console.print(&"x".repeat(500));
        console.print(&"y".repeat(200));
        let told = lines.lock().map(|all| all.clone()).unwrap_or_default();
        assert_eq!(told, ["policy: ::add-mask::x", "policy: y\\u{1b}[2J"]);
    }
}
