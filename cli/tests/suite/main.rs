//! The binary as a user runs it: real files, a real engine, the embedded backend on a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod platform;
mod support;

#[cfg(target_os = "linux")]
mod asking;
mod backend;
mod branch_commands;
mod branches;
mod checkout;
mod comparing;
#[cfg(target_os = "linux")]
mod completing;
mod context;
// Its processes end by a signal.
#[cfg(unix)]
mod crash;
mod creation;
mod deploying;
mod env;
mod env_credentials;
// Its commands are scripts for a shell.
#[cfg(unix)]
mod env_run;
mod env_services;
mod formats;
mod functions;
mod fuzz;
#[cfg(unix)]
mod git;
mod hostile;
#[cfg(target_os = "linux")]
mod helping;
mod hosts;
mod import;
#[cfg(unix)]
mod interrupting;
#[cfg(unix)]
mod journal;
mod kinds;
mod leases;
mod limits;
mod link;
mod main_job;
mod manual;
mod page;
mod policies;
// Their steps are scripts for a shell.
#[cfg(unix)]
mod recipes;
mod reference;
mod remembering;
mod review;
mod saved_plans;
mod status;
#[cfg(target_os = "linux")]
mod terminal;
mod things;
mod timing;
mod tracing;
mod typos;
mod unknown;
mod untrusted;
mod usage;
mod waiting;
