//! One embedded backend: `neonform local serve` with a fresh database, ended when dropped.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::child;

/// How long a server may take to say where it is.
const START: Duration = Duration::from_secs(20);

/// A running server.
pub struct Server {
    child: Child,
    /// The API's root URL.
    pub root: String,
}

impl Server {
    /// Starts one that keeps its state in a new file.
    pub fn start(neonform: &Path, file: &Path) -> Result<Self, String> {
        Self::start_with(neonform, file, &[])
    }

    /// The same with more flags.
    pub fn start_with(neonform: &Path, file: &Path, flags: &[&OsStr]) -> Result<Self, String> {
        let mut command = Command::new(neonform);
        command.args(["local", "serve", "--port", "0", "--file"]).arg(file).args(flags);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|cause| format!("neonform cannot be run: {cause}"))?;
        let errors = child.stderr.take().map(child::read);
        let (sender, receiver) = channel();
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                let mut line = String::new();
                let _ = BufReader::new(output).read_line(&mut line);
                let _ = sender.send(line);
            });
        }
        let line = receiver.recv_timeout(START).unwrap_or_default();
        let server = Self { child, root: line.trim().to_owned() };
        if server.root.starts_with("http://") {
            return Ok(server);
        }
        drop(server);
        Err(format!("neonform local serve did not start: {}", child::text(errors)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        child::end(&mut self.child);
    }
}
