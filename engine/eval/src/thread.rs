//! One evaluation of a policy on a thread of its own, from outside: started once, asked for one branch after another.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use neonform_bundle::PolicyModule;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::caps::Caps;
use crate::limits::Limits;
use crate::session::Call;
use crate::standing::Standing;
use crate::{Reply, Request, platform, session};

/// A thread that keeps an evaluated policy.
pub(crate) struct Thread {
    limits: Limits,
    caps: Arc<Caps>,
    calls: Sender<Call>,
}

impl Thread {
    /// Evaluates a policy; hidden variables are as `standing` says.
    pub(crate) async fn start(
        request: Request,
        root: PathBuf,
        module: PolicyModule,
        standing: Option<Standing>,
    ) -> Result<(Self, Reply), Failure> {
        let limits = request.limits;
        let caps =
            Caps::new(limits).map_err(|error| Diagnostic::error(codes::INTERNAL, error.to_string()))?;
        let (calls, receiver) = channel();
        let (answer, answered) = oneshot::channel();
        let shared = Arc::clone(&caps);
        platform::run(move || session::serve(request, root, module, standing, shared, answer, &receiver));
        let reply = answered.await.map_err(|_| ended())??;
        Ok((Self { limits, caps, calls }, reply))
    }

    /// Calls the `branch` closure.
    pub(crate) async fn tune(&self, descriptor: &Value) -> Result<Reply, Failure> {
        let branch = descriptor.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(excess) = self.caps.abandoned() {
            return Err(self.limits.exceeded(excess).fact("branch", branch).into());
        }
        let (answer, answered) = oneshot::channel();
        let call = Call { descriptor: descriptor.to_string(), branch, answer };
        self.calls.send(call).map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

/// A thread that is gone.
pub(crate) fn ended() -> Failure {
    Diagnostic::error(codes::INTERNAL, "the policy's thread ended without an answer")
        .fix("this is a bug of neonform; please report it")
        .into()
}
