//! Policies in, what comes out as text: one file per topic, one [`check`] for all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod fuzz;
mod support;

mod errors;
mod extraction;
mod limits;
mod modules;
mod positions;
mod sandbox;
mod tuning;
mod unknown;

#[allow(unused_imports)]
use support::{Project, check, check_files, check_tuned};
