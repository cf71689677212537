//! The server over a real socket, one file per question.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod harness;

mod account;
mod ai_gateway;
mod auth;
mod branch;
mod bucket;
mod bucket_object;
mod credential;
mod data_api;
mod database;
mod domain;
mod endpoint;
mod expiry;
mod fault;
mod function;
mod latency;
mod lock;
mod persistence;
mod project;
mod replacement;
mod restore;
mod seed;
mod seed_attached;
mod start;
mod transport;
mod trigger;
mod upload;
mod wire;
