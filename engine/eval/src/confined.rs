//! A policy in a process of its own that may do next to nothing: the second layer below the sandbox.
//!
//! [`process`] is this side: it starts the program anew with a hidden word, hands it the request and takes answers.
//! [`serve`] is the other side: one thread reads the request, [`layers`] takes away what the process will not need,
//! and only then the engine starts. `wire` is what both say. Whatever becomes of the process, this side goes on
//! with a diagnostic.

mod layers;
mod probe;
pub(crate) mod process;
mod serve;
mod wire;

use std::path::PathBuf;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

pub use probe::{Attempt, Probed, probe};
pub use serve::serve;
pub use wire::Layer;

/// How the program is started anew.
#[derive(Debug, Clone)]
pub struct Program {
    /// The program: this one.
    pub path: PathBuf,
    /// The only word on its command line, upon which it calls [`serve`] before anything else.
    pub word: &'static str,
}

/// A warning for each layer that this machine does not have.
fn missing(layers: &[Layer]) -> Vec<Diagnostic> {
    let told = |layer: &Layer| {
        let summary = "a layer that should hold a stranger's policy is missing on this machine";
        Diagnostic::warning(codes::SANDBOX, summary)
            .found(format!("{}: {}", layer.name, layer.detail))
            .fix("see neonform sandbox for what still holds")
    };
    layers.iter().filter(|layer| !layer.active).map(told).collect()
}

fn broken(what: &str) -> Failure {
    Diagnostic::error(codes::INTERNAL, "the process that evaluates the policy said something unexpected")
        .found(what)
        .into()
}
