//! The client and the drivers against an API that answers anything at all: a proxy in front of the embedded backend
//! changes some of its answers. Whatever comes, a run ends in time, in a success or in problems, and keeps to its
//! memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod endless;
mod proxy;
mod world;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use neonform_fuzz::{Edit, edits, holds, tears};
use proptest::prelude::*;

use proxy::{Lie, Proxy};

/// How long one plan and apply may take, whatever the answers are.
const BOUND: Duration = Duration::from_secs(20);

/// Which answer is changed, and how.
fn lies() -> impl Strategy<Value = Vec<(u8, Lie)>> {
    let lie = prop_oneof![
        8 => edits().prop_map(|edits: Vec<Edit>| Lie::Edited(edits)),
        2 => tears().prop_map(Lie::Torn),
        1 => Just(Lie::InvalidText),
        1 => Just(Lie::Empty),
        1 => Just(Lie::Html),
        1 => (200_u16..599).prop_map(Lie::Status),
    ];
    proptest::collection::vec((0_u8..24, lie), 1..4)
}

#[test]
fn whatever_the_api_answers_a_run_ends() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    holds(25, lies(), |lies| {
        runtime.block_on(async {
            let server = world::server().await;
            let proxy = Proxy::start(server.url(), lies).await;
            let run = AssertUnwindSafe(world::run(proxy.url())).catch_unwind();
            let ended = tokio::time::timeout(BOUND, run).await;
            server.shutdown().await;
            match ended {
                Err(_) => Err(format!("it did not end within {BOUND:?}")),
                Ok(Err(_)) => Err("it panicked, as said above".to_owned()),
                Ok(Ok(())) => Ok(()),
            }
        })
    });
}
