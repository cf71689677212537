//! The server over a real socket, one file per question.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod harness;

mod account;
mod auth;
mod branch;
mod bucket;
mod database;
mod endpoint;
mod expiry;
mod fault;
mod function;
mod lock;
mod persistence;
mod project;
mod seed;
mod start;
mod transport;
mod upload;
