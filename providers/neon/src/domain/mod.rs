//! Custom domains: hostnames that lead to a function, in force on the default branch only
//! (spec 1.6, 3.3, 4.5, 4.7).
//!
//! Claims `functions.<slug>.customDomains` and the closure's key of the same name. Uses the branch's
//! list of domains. A domain hangs off its function.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | not registered on the branch | register | additive |
//! | on this function | nothing | |
//! | on another function of the branch | retarget: wait for the deployment, delete, register | override |
//! | on something that is not a function | none possible | |
//! | not declared, pruning | delete | destructive |
//!
//! DNS is never touched: the report says which CNAME record to make.

mod driver;
pub mod manage;
mod hostname;
mod read;
mod spec;
mod wait;

pub use driver::DomainLive;
pub use spec::{Domain, Operation, Spec};
