//! The confined process: it reads one request, gives up what it does not need, then evaluates and answers.
//!
//! Until the layers hold, this is a program with one thread that has read one line. It ends when nobody asks any more.

use std::io::{self, BufRead, StdinLock, Write};
use std::process::{ExitCode, exit};
use std::sync::Arc;

use neonform_engine::diagnostic::Failure;
use neonform_engine::node::Node;

use super::wire::{self, Ask, Policy, Tell, Tree};
use super::{layers, probe};
use crate::{Limits, Read, load};

/// Serves the process that started this one, on standard input and output.
pub fn serve() -> ExitCode {
    let mut input = io::stdin().lock();
    match read(&mut input) {
        Some(Ask::Probe(aims)) => {
            say(&Tell::Ready {
                version: wire::VERSION,
                layers: layers::confine(&aims.root, &Limits::UNTRUSTED),
            });
            say(&Tell::Probed(probe::attempts(&aims)));
            ExitCode::SUCCESS
        }
        Some(Ask::Load(policy)) => {
            let layers = layers::confine(&policy.root, &policy.limits());
            say(&Tell::Ready { version: wire::VERSION, layers });
            evaluate(*policy, &mut input)
        }
        Some(Ask::Tune(_)) | None => {
            // Nobody but the program itself knows what to say here.
            let _ = writeln!(io::stderr(), "this command is for neonform itself; see neonform sandbox");
            ExitCode::FAILURE
        }
    }
}

fn evaluate(policy: Policy, input: &mut StdinLock<'_>) -> ExitCode {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
    else {
        return ExitCode::FAILURE;
    };
    let request = policy.request(Arc::new(|text| say(&Tell::Printed(text.to_owned()))));
    let loaded = runtime.block_on(load(request));
    let mut loaded = match loaded {
        Ok(loaded) => loaded,
        Err(failure) => {
            say(&failed(failure));
            exit(0)
        }
    };
    say(&answer(Some(&loaded.policy), &loaded.read));
    while let Some(Ask::Tune(descriptor)) = read(input) {
        let told = match runtime.block_on(loaded.tune(&descriptor)) {
            Ok(node) => answer(node.as_ref(), &loaded.read),
            Err(failure) => failed(failure),
        };
        say(&told);
    }
    // A policy's thread that was given up would be waited for.
    exit(0)
}

fn failed(failure: Failure) -> Tell {
    Tell::Failed(wire::problems(failure))
}

fn answer(node: Option<&Node>, read: &Read) -> Tell {
    Tell::Answer {
        tree: node.map(Tree::of),
        inputs: wire::inputs(&read.inputs),
        variables: read.variables.clone(),
    }
}

fn read(input: &mut StdinLock<'_>) -> Option<Ask> {
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

fn say(told: &Tell) {
    let Ok(line) = serde_json::to_string(told) else { exit(1) };
    let mut out = io::stdout().lock();
    // Nobody listens any more.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        exit(0)
    }
}
