//! Signals, sent to the binary while requests of its are held on their way back.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

use super::page::Server;
use super::platform::Platform;
use super::support::{Ran, Scratch, golden};

/// Far less than any request may take, and enough for a busy machine.
const SOON: Duration = Duration::from_secs(20);
pub(super) const NOTE: &str =
    ": requests in flight are waited for, nothing more is begun. Once more ends at once.";

/// In front of the embedded backend: answers to requests with a text in their head are held until let go.
pub(super) struct Gate {
    pub(super) host: String,
    arrived: mpsc::Receiver<()>,
    is_open: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    pub(super) fn holding(server: &Server, text: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = format!("http://{}/api/v2", listener.local_addr().unwrap());
        let (arrive, arrived) = mpsc::channel();
        let is_open = Arc::<(Mutex<bool>, Condvar)>::default();
        let (upstream, gate) = (server.address.clone(), Arc::clone(&is_open));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&upstream).unwrap());
                let held = Arc::new(Mutex::new(false));
                let (asked, told) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (arrive, hold, gate) = (arrive.clone(), Arc::clone(&held), Arc::clone(&gate));
                std::thread::spawn(move || {
                    pump(asked, server, |bytes| {
                        let is_meant = String::from_utf8_lossy(bytes).contains(text);
                        *hold.lock().unwrap() = is_meant;
                        if is_meant {
                            let _ = arrive.send(());
                        }
                    });
                });
                std::thread::spawn(move || {
                    pump(told, client, |_| {
                        if *held.lock().unwrap() {
                            let (is_open, opened) = &*gate;
                            drop(opened.wait_while(is_open.lock().unwrap(), |open| !*open).unwrap());
                        }
                    });
                });
            }
        });
        Self { host, arrived, is_open }
    }

    /// Waits until so many requests have come.
    pub(super) fn wait_for(&self, requests: usize) {
        (0..requests).for_each(|_| self.arrived.recv_timeout(SOON).expect("a request that is held"));
    }

    pub(super) fn open(&self) {
        *self.is_open.0.lock().unwrap() = true;
        self.is_open.1.notify_all();
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, meanwhile: impl Fn(&[u8])) {
    let mut buffer = [0; 65536];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        meanwhile(&buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// `neonform`, running.
pub(super) struct Running {
    process: Child,
    lines: mpsc::Receiver<String>,
    err: String,
}

impl Running {
    pub(super) fn start(scratch: &Scratch, arguments: &[&str], host: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_neonform"));
        command.args(arguments).current_dir(scratch.path()).env_clear();
        command.env("NEONFORM_CACHE_DIR", scratch.path().join(".cache"));
        command.env("NEON_API_KEY", "napi_swordfish").env("NEON_API_HOST", host);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || said.lines().for_each(|line| drop(sender.send(line.unwrap()))));
        Self { process, lines, err: String::new() }
    }

    pub(super) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.process.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for a line on standard error.
    pub(super) fn says(&mut self, text: &str) {
        while !self.err.contains(text) {
            let line =
                self.lines.recv_timeout(SOON).unwrap_or_else(|_| panic!("no {text:?} in {}", self.err));
            self.err += &(line + "\n");
        }
    }

    pub(super) fn end(mut self) -> Ran {
        let mut out = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        let code = self.process.wait().unwrap().code().unwrap_or(-1);
        self.err.extend(self.lines.iter().map(|line| line + "\n"));
        Ran { code, out, err: self.err }
    }
}

/// What was printed, with what comes in any order in one: changes that were done, and the note about the signal.
fn steady(mut ran: Ran) -> String {
    let (mut done, others): (Vec<&str>, Vec<&str>) =
        ran.err.lines().partition(|line| line.starts_with('+') || line.ends_with(NOTE));
    done.sort_unstable();
    ran.err = done.into_iter().chain(others).map(|line| line.to_owned() + "\n").collect();
    ran.text()
}

/// Ten buckets, of which eight are made at once.
pub(super) fn buckets() -> Scratch {
    let names: Vec<String> = (0..10).map(|n| format!("b{n}: {{}}")).collect();
    Scratch::with_policy(&format!("export default {{ buckets: {{ {} }} }};", names.join(", ")))
}

const CREATING: &str = "POST /api/v2/projects/local-project-00000001/branches/br-local-main-00000001/buckets";

/// Applies until eight requests are in flight.
pub(super) fn in_flight<'a>(
    scratch: &Scratch,
    server: &'a Server,
    arguments: &[&str],
) -> (Gate, Running, &'a Server) {
    let gate = Gate::holding(server, CREATING);
    let running = Running::start(scratch, &[&["apply"], arguments].concat(), &gate.host);
    gate.wait_for(8);
    (gate, running, server)
}

#[test]
fn what_is_in_flight_is_finished_and_nothing_more_is_begun() {
    for (signal, code, word) in [("-INT", 130, "Interrupted"), ("-TERM", 143, "Terminated")] {
        let scratch = buckets();
        let server = Server::on(&scratch);
        let (gate, mut running, _) = in_flight(&scratch, &server, &[]);
        running.signal(signal);
        running.says(&format!("{word}{NOTE}"));
        gate.open();
        let ran = running.end();
        assert_eq!(ran.code, code, "{}", ran.text());
        golden("interrupting", &format!("report{signal}"), &steady(ran));
        let planned = scratch.run_with(&["plan"], &[("NEON_API_KEY", "k"), ("NEON_API_HOST", &gate.host)]);
        assert!(planned.done().contains("Plan: 2 to create, 9 unchanged."));
    }
}

#[test]
fn every_format_tells_an_interrupt() {
    for format in ["json", "github", "sarif", "neon-json"] {
        let scratch = buckets();
        let server = Server::on(&scratch);
        let (gate, mut running, _) = in_flight(&scratch, &server, &["--output", format]);
        running.signal("-INT");
        running.says(NOTE);
        gate.open();
        let ran = running.end();
        assert_eq!(ran.code, 130, "{}", ran.text());
        golden("interrupting", &format!("report-{format}"), &steady(ran));
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let scratch = buckets();
    let server = Server::on(&scratch);
    let (gate, mut running, _) = in_flight(&scratch, &server, &[]);
    running.signal("-INT");
    running.says(NOTE);
    running.signal("-TERM");
    let ran = running.end();
    assert_eq!((ran.code, ran.out.contains("done")), (130, false), "{}", ran.text());
    let last = ran.err.lines().last().unwrap_or_default();
    assert_eq!(last, "Interrupted. What was done stays done; the same command goes on.");
    gate.open();
}

#[test]
fn waiting_for_another_attempt_ends_at_once() {
    let scratch = Scratch::with_policy("export default { buckets: { one: {}, two: {} } };");
    let options =
        neonform_local::Options { seed_default_project: true, ..neonform_local::Options::default() };
    let Platform { server, runtime } = Platform::start(options);
    server.inject(vec![neonform_local::Fault {
        operation: "createBranchBucket".to_owned(),
        matching: Some("two".to_owned()),
        status: 423,
        message: "the project is busy".to_owned(),
        retry_after: Some(60),
        ..neonform_local::Fault::default()
    }]);
    let running = Running::start(&scratch, &["apply"], server.url());
    let started = Instant::now();
    while server.log().iter().filter(|exchange| exchange.operation == "createBranchBucket").count() < 2 {
        assert!(started.elapsed() < SOON);
        std::thread::sleep(Duration::from_millis(10));
    }
    running.signal("-INT");
    let ran = running.end();
    assert!(ran.code == 130 && started.elapsed() < Duration::from_secs(50), "{}", ran.text());
    let text = steady(ran);
    let id = text.split_once("request id ").unwrap().1.lines().next().unwrap();
    golden("interrupting", "waiting", &text.replace(id, "[request]"));
    runtime.block_on(server.shutdown());
}

#[test]
fn a_plan_is_ended_at_once() {
    for (signal, code, said) in [("-INT", 130, "Interrupted.\n"), ("-TERM", 143, "Terminated.\n")] {
        let scratch = buckets();
        let server = Server::on(&scratch);
        let gate = Gate::holding(&server, "GET /api/v2/projects/local-project-00000001/branches");
        let running =
            Running::start(&scratch, &["plan", "--project-id", "local-project-00000001"], &gate.host);
        gate.wait_for(1);
        running.signal(signal);
        let ran = running.end();
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, "", said));
    }
}
