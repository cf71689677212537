//! The embedded control plane: Neon's HTTP API v2 on a loopback socket, with SQLite behind it.
//!
//! In: requests as the platform takes them. Out: answers and errors as the platform gives them.
//! Invariant: a request either happened or did not, also when the process is killed in between,
//! and nothing a client sends and nothing in the database stops the server.
//! It knows nothing of policies, plans or the client, and shares no type with them, so that one
//! side's mistake is not the other's. No function value and no bundle is ever stored.
//! Read `routes.rs` next for what is answered, then `dispatch.rs` for how.

mod app;
mod auth;
mod body;
mod call;
mod clock;
mod dispatch;
mod error;
mod fault;
mod hosts;
mod ids;
mod log;
mod paging;
mod pins;
mod routes;
mod seed;
mod server;
mod store;
mod upload;
mod wire;

pub use error::{StartError, StoreError};
pub use fault::{Delivery, Edit, Fault, Hook};
pub use log::Exchange;
pub use seed::{
    AuthSeed, BranchSeed, BucketSeed, CredentialSeed, DataApiSeed, DatabaseSeed, DeploymentSeed, DomainSeed,
    EndpointSeed, FunctionSeed, ProjectSeed, Replacement, RoleSeed, Seed, TriggerSeed,
};
pub use server::{Options, Server, start};
