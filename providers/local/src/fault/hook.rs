//! Where a test steps in: before a request is looked at, once it took effect, or once its answer is out.
//!
//! What it does there, it does on a thread of the server, and the request waits for it. So a test can
//! end the client at exactly that point.

use std::fmt;
use std::sync::Arc;

/// Something that a test does in the middle of a request.
#[derive(Clone)]
pub struct Hook {
    pub(crate) at: At,
    run: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Arrived,
    Committed,
    Answered,
}

impl Hook {
    /// Once the request has arrived, before it is looked at.
    pub fn on_arrival(run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { at: At::Arrived, run: Arc::new(run) }
    }

    /// Once what the request did is committed, before anything of its answer is written.
    pub fn on_commit(run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { at: At::Committed, run: Arc::new(run) }
    }

    /// Once the whole answer is handed to the socket.
    pub fn on_answer(run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { at: At::Answered, run: Arc::new(run) }
    }

    pub(crate) fn run(&self) {
        (self.run)();
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hook({:?})", self.at)
    }
}
