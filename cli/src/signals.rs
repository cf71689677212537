//! What an interrupt does: it ends the process at once, unless something is being changed.
//!
//! Then the first one lets what was begun end: requests in flight are answered, nothing new is sent, the report
//! says what was done. The second one ends the process whatever is in flight. Either way the exit code
//! is the one by which shells tell the signal.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use neonform_neon::client::Stop;

use crate::{print, progress};

/// A request from outside to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Signal {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
        }
    }

    /// The exit code of a process that it ended.
    pub fn code(self) -> u8 {
        match self {
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Signal::Interrupt => "Interrupted",
            Signal::Terminate => "Terminated",
        }
    }
}

/// Hears of the first signal.
type Told = dyn Fn(Signal) + Send + Sync;

/// The signals of this process.
#[derive(Default)]
pub struct Signals {
    /// Set by the first signal where what was begun is to end.
    pub stop: Stop,
    finishing: Mutex<Option<Box<Told>>>,
    received: OnceLock<Signal>,
}

impl Signals {
    /// From now on the first signal lets end what was begun; `told` hears of it before anything is refused.
    pub fn let_finish(&self, told: impl Fn(Signal) + Send + Sync + 'static) {
        *self.finishing.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(told));
    }

    /// The signal that what was begun was let end after.
    pub fn received(&self) -> Option<Signal> {
        self.received.get().copied()
    }

    /// Receives signals for as long as the process lives.
    pub async fn receive(self: Arc<Self>) {
        let Some(mut signals) = Receiver::new() else { return };
        while let Some(signal) = signals.next().await {
            let told = self.finishing.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(told) = told else { self.end(signal) };
            let _ = self.received.set(signal);
            told(signal);
            self.stop.set();
            print::note(&format!(
                "{}: requests in flight are waited for, nothing more is begun. Once more ends at once.",
                signal.word()
            ));
        }
    }

    fn end(&self, signal: Signal) -> ! {
        let first = self.received().unwrap_or(signal);
        progress::rest();
        let more = match self.received() {
            Some(_) => " What was done stays done; the same command goes on.",
            None => "",
        };
        anstream::eprintln!("{}.{more}", first.word());
        std::process::exit(first.code().into());
    }
}

/// Where signals come from.
#[cfg(unix)]
struct Receiver {
    interrupts: tokio::signal::unix::Signal,
    terminations: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Receiver {
    /// Nothing where signals cannot be received: they then end the process as they always do.
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupts = signal(SignalKind::interrupt()).ok()?;
        Some(Self { interrupts, terminations: signal(SignalKind::terminate()).ok()? })
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            found = self.interrupts.recv() => found.map(|()| Signal::Interrupt),
            found = self.terminations.recv() => found.map(|()| Signal::Terminate),
        }
    }
}

/// Where signals come from.
#[cfg(not(unix))]
struct Receiver;

#[cfg(not(unix))]
impl Receiver {
    fn new() -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::signal::ctrl_c().await.ok().map(|()| Signal::Interrupt)
    }
}
