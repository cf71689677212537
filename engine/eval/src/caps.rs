//! Ends a policy that exceeds its limits.
//!
//! Three lines of defence. The engine is told to stop, which unwinds JavaScript. Where native code below
//! JavaScript does not listen, the watchdog answers in the policy's stead after [`GRACE`] and the thread is
//! abandoned. Where the engine would end the process, [`crate::fatal`] answers and parks the thread for good.
//! The watchdog also looks at the process as a whole, for memory that the engine does not count.
//! Nothing here knows what a policy is; `session` says when its clock runs.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use deno_core::v8;
use neonform_engine::diagnostic::Failure;
use tokio::sync::oneshot;

use crate::Reply;
use crate::buffers::Budget;
use crate::limits::{Excess, Limits};
use crate::memory;

/// How long JavaScript may take to notice that it was told to stop.
const GRACE: Duration = Duration::from_millis(500);

/// How often the watchdog looks at the memory of the process.
const TICK: Duration = Duration::from_millis(100);

/// Where the answer to a request goes.
pub(crate) type Answer = oneshot::Sender<Result<Reply, Failure>>;

/// The caps of one policy, shared by its thread, its watchdog and its owner.
pub(crate) struct Caps {
    limits: Limits,
    budget: Arc<Budget>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stop: Option<v8::IsolateHandle>,
    answer: Option<Answer>,
    due: Option<Instant>,
    /// How large the process may become.
    most: Option<usize>,
    excess: Option<Excess>,
    abandoned: Option<Excess>,
    over: bool,
}

impl Caps {
    /// Caps with a watchdog that lives until [`Caps::end`].
    pub(crate) fn new(limits: Limits) -> io::Result<Arc<Self>> {
        let caps = Arc::new(Self {
            limits,
            budget: Budget::new(limits.heap_bytes),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let watched = Arc::clone(&caps);
        let watchdog = thread::Builder::new().name("neonform-watchdog".to_owned());
        watchdog.spawn(move || watched.watch())?;
        Ok(caps)
    }

    /// The limits that these caps hold a policy to.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the array buffers of the policy draw on.
    pub(crate) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// How the engine is told to stop.
    pub(crate) fn attach(&self, stop: v8::IsolateHandle) {
        self.lock().stop = Some(stop);
    }

    /// Where the answer to the next request goes; a thread that is gone or given up owes none.
    pub(crate) fn owe(&self, answer: Answer) {
        let mut state = self.lock();
        match state.abandoned {
            Some(excess) => drop(answer.send(Err(self.limits.exceeded(excess).into()))),
            None if state.over => {}
            None => state.answer = Some(answer),
        }
    }

    /// Forgets the excess of an earlier request.
    pub(crate) fn forgive(&self) {
        self.lock().excess = None;
    }

    /// Starts the clock of one request.
    pub(crate) fn begin(&self) {
        let most = memory::resident().map(|now| now.saturating_add(self.limits.process_bytes()));
        let mut state = self.lock();
        state.most = most;
        state.due = Instant::now().checked_add(self.limits.time);
        drop(state);
        self.changed.notify_all();
    }

    /// Stops the clock and answers, unless somebody did so already.
    pub(crate) fn answer(&self, result: Result<Reply, Failure>) {
        let mut state = self.lock();
        state.due = None;
        let answer = state.answer.take();
        drop(state);
        if let Some(answer) = answer {
            drop(answer.send(result));
        }
    }

    /// The limit that was exceeded in this request.
    pub(crate) fn excess(&self) -> Option<Excess> {
        self.lock().excess
    }

    /// The limit that cost the policy its thread.
    pub(crate) fn abandoned(&self) -> Option<Excess> {
        self.lock().abandoned
    }

    /// Notes an excess and tells the engine to stop.
    pub(crate) fn exceed(&self, excess: Excess) {
        self.stop(&mut self.lock(), excess);
        self.changed.notify_all();
    }

    /// Under the lock, so that what is stopped is still the request that was due.
    fn stop(&self, state: &mut State, excess: Excess) {
        state.excess.get_or_insert(excess);
        state.due = Instant::now().checked_add(GRACE);
        if let Some(stop) = &state.stop {
            stop.terminate_execution();
        }
    }

    /// Gives the thread up: answers in its stead, and for every later request.
    pub(crate) fn abandon(&self, excess: Excess) {
        self.give_up(&mut self.lock(), excess);
    }

    fn give_up(&self, state: &mut State, excess: Excess) {
        state.abandoned = Some(excess);
        state.due = None;
        if let Some(answer) = state.answer.take() {
            drop(answer.send(Err(self.limits.exceeded(excess).into())));
        }
    }

    /// Ends the watchdog; an answer that is still owed is never given.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.over = true;
        state.stop = None;
        state.answer = None;
        drop(state);
        self.changed.notify_all();
    }

    fn watch(&self) {
        let mut state = self.lock();
        while !state.over {
            let Some(due) = state.due else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = due.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                let waited = self.changed.wait_timeout(state, left.min(TICK));
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
                self.weigh(&mut state);
                continue;
            }
            match state.excess {
                None => self.stop(&mut state, Excess::Time),
                Some(excess) => self.give_up(&mut state, excess),
            }
        }
    }

    /// Stops a policy that made the process too large by memory of which the engine knows nothing.
    fn weigh(&self, state: &mut State) {
        let Some(most) = state.most.filter(|_| state.due.is_some() && state.excess.is_none()) else { return };
        if memory::resident().is_some_and(|now| now > most) {
            self.stop(state, Excess::Heap);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
