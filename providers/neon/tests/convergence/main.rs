//! Properties of convergence, on random policies and random platforms: the real embedded backend behind a
//! socket, the real client, no JavaScript engine.
//!
//! `policy.rs` and `state.rs` make the cases, `world.rs` plans and applies them, `properties.rs` says what
//! always holds, `case.rs` writes what does not hold as a conformance case. Bugs that were found here are
//! plain tests in `regressions.rs`.
//!
//! `NEONFORM_PROPERTY_CASES` is how many cases all properties together try (1000), and
//! `NEONFORM_PROPERTY_SEED` where they start (0): the same two numbers give the same cases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod case;
mod faults;
mod policy;
mod properties;
mod regressions;
mod state;
mod world;
