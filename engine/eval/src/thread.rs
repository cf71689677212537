//! One evaluation of a policy on a thread of its own, from outside: started once, asked for one branch after another.
//!
//! The thread makes the sandbox while the policy is still being bundled: neither needs the other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use neonform_bundle::PolicyModule;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::caps::Caps;
use crate::limits::Limits;
use crate::session::{Call, Ending};
use crate::standing::Standing;
use crate::{Reply, Request, platform, session};

/// A thread that makes a sandbox and waits for a policy.
pub(crate) struct Starting {
    thread: Thread,
    policy: Sender<PolicyModule>,
}

/// A thread that keeps an evaluated policy.
pub(crate) struct Thread {
    limits: Limits,
    caps: Arc<Caps>,
    calls: Sender<Call>,
}

impl Thread {
    /// Makes a sandbox; hidden variables are as `standing` says.
    pub(crate) fn start(
        request: Request,
        root: PathBuf,
        standing: Option<Standing>,
    ) -> Result<Starting, Failure> {
        let limits = request.limits;
        let caps =
            Caps::new(limits).map_err(|error| Diagnostic::error(codes::INTERNAL, error.to_string()))?;
        let (policy, bundled) = channel();
        let (calls, called) = channel();
        // Of the job, so that it also ends what never ran.
        let ending = Ending(Arc::clone(&caps));
        platform::run(move || session::serve(&request, root, standing, &ending, &bundled, &called));
        Ok(Starting { thread: Self { limits, caps, calls }, policy })
    }

    /// Calls the `branch` closure.
    pub(crate) async fn tune(&self, descriptor: &Value) -> Result<Reply, Failure> {
        let branch = descriptor.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(excess) = self.caps.abandoned() {
            return Err(self.limits.exceeded(excess).fact("branch", branch).into());
        }
        let call = Call { descriptor: descriptor.to_string(), branch };
        self.answer(|| self.calls.send(call).is_ok()).await
    }

    /// The answer to what `ask` asks.
    async fn answer(&self, ask: impl FnOnce() -> bool) -> Result<Reply, Failure> {
        let (answer, answered) = oneshot::channel();
        self.caps.owe(answer);
        if !ask() {
            return Err(ended());
        }
        answered.await.map_err(|_| ended())?
    }
}

impl Starting {
    /// Evaluates a policy.
    pub(crate) async fn load(self, module: PolicyModule) -> Result<(Thread, Reply), Failure> {
        let Self { thread, policy } = self;
        let reply = thread.answer(|| policy.send(module).is_ok()).await?;
        Ok((thread, reply))
    }
}

/// A thread that is gone.
pub(crate) fn ended() -> Failure {
    Diagnostic::error(codes::INTERNAL, "the policy's thread ended without an answer")
        .fix("this is a bug of neonform; please report it")
        .into()
}
