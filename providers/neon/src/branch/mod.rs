//! The branch itself: compute settings, protection, lifetime (spec 1.10, 4.3).
//!
//! Claims `branch`, and in what it returns `parent`, `protected`, `ttl`, `postgres`. Uses the
//! branch and its first read-write endpoint; both were read before the closure ran, so `read` sends
//! nothing.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | no such branch | create with parent, lifetime, protection, compute in one call | additive |
//! | a named compute setting differs, compared in seconds and sizes | update the endpoint | override |
//! | compute settings named, no read-write endpoint | none possible | |
//! | `protected` named and different | update | override |
//! | expiry more than 30 s from creation plus `ttl` | update | override |
//!
//! `parent` is used at creation and never compared.

mod spec;
mod compute;
mod creation;
mod driver;
pub mod manage;
mod observed;
mod parent;

pub use compute::{Compute, Suspend};
pub use creation::NewBranch;
pub use driver::{BranchLive, EndpointLive};
pub use spec::{Branch, Operation, Spec};
