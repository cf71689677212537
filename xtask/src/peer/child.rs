//! Running a program to its end, but never longer than a limit.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often a running program is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// What a program left.
pub struct Finished {
    pub success: bool,
    /// The exit code; none after a signal.
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

/// Runs a program without input; it is killed, and this fails, when the limit has passed.
pub fn run(command: &mut Command, limit: Duration) -> Result<Finished, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|cause| format!("{program} cannot be run: {cause}"))?;
    let output = child.stdout.take().map(read);
    let errors = child.stderr.take().map(read);
    let Some(status) = wait(&mut child, limit)? else {
        return Err(format!("{program} took longer than {} s", limit.as_secs()));
    };
    Ok(Finished {
        success: status.success(),
        code: status.code(),
        output: text(output),
        errors: text(errors),
    })
}

/// Reads a stream to its end on a thread of its own, so that a full pipe stops nobody.
pub fn read(mut stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// What was read. A grandchild may hold the stream open: then nothing, rather than to wait for it.
pub fn text(stream: Option<Receiver<String>>) -> String {
    stream.and_then(|stream| stream.recv_timeout(Duration::from_secs(5)).ok()).unwrap_or_default()
}

fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>, String> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Some(status)),
            Ok(None) if started.elapsed() < limit => thread::sleep(PAUSE),
            Ok(None) => {
                end(child);
                return Ok(None);
            }
            Err(cause) => {
                end(child);
                return Err(format!("a program cannot be waited for: {cause}"));
            }
        }
    }
}

/// Kills a program and waits until it is gone.
pub fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
