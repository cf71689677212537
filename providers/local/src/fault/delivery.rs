//! What can happen to the answer of a request that took effect, on its way to the client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

/// How an answer arrives.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// In pieces, the last of them after this time.
    Slowly(Duration),
    /// Half of the body; then the connection is closed.
    CutOff,
    /// Half of the body, as if that was all of it: no JSON.
    Garbled,
    /// As something else made of it.
    Edited(Edit),
    /// The request was delivered twice and took effect twice; this is the answer to the first.
    TwiceFirst,
    /// The request was delivered twice and took effect twice; this is the answer to the second.
    TwiceSecond,
}

/// What makes something else of a JSON answer.
#[derive(Clone)]
pub struct Edit(Arc<dyn Fn(&mut Value) + Send + Sync>);

impl Edit {
    /// Changes answers in place.
    pub fn new(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self(Arc::new(change))
    }

    pub(crate) fn apply(&self, answer: &mut Value) {
        (self.0)(answer);
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Edit(..)")
    }
}
