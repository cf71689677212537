//! Neon's resource kinds, one folder each, and the API client that they share.
//!
//! [`kinds`] is the registry: one line a kind, in the order of a plan. A kind's `spec.rs` says when
//! something is created or changed, its `driver.rs` what is sent. Parts of the policy language that
//! have no driver are registered as sections: they are checked and resolved all the same.
//! `environment` is what an application reaches a branch with. `homes.rs`, `toggle.rs` and `duration.rs` read what several kinds have in common.

mod homes;
mod toggle;
mod duration;
mod slow_digest;
mod wire;
mod moved;
mod reported;

pub mod client;
pub mod target;
pub mod key;
pub mod names;
pub mod environment;

pub mod ai_gateway;
pub mod auth;
pub mod branch;
pub mod bucket;
pub mod credential;
pub mod data_api;
pub mod domain;
pub mod function;
pub mod hooks;
pub mod trigger;

mod scope;

pub use reported::Reported;
pub use slow_digest::slow_digest;

pub use scope::{Again, Deploying, Polling, Scope, Shared};

use neonform_engine::kind::{Erased, ErasedKind};

/// Every kind, in the order of a plan.
pub fn kinds() -> Vec<Box<dyn ErasedKind<Scope>>> {
    vec![
        Erased::kind(branch::Branch),
        Erased::kind(auth::Auth),
        Erased::kind(data_api::DataApi),
        Erased::kind(bucket::Bucket),
        Erased::kind(function::Function),
        Erased::section(ai_gateway::AiGateway),
        Erased::kind(domain::Domain),
        Erased::kind(trigger::Trigger),
        Erased::section(hooks::Hooks),
        Erased::kind(credential::Credential),
    ]
}
