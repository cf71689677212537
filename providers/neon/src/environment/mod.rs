//! The variables with which an application reaches a branch (spec 7.1 to 7.3).
//!
//! `names.rs` says which there are, `reader.rs` asks what they hold, `resolve.rs` says what follows, `connection.rs`
//! chooses role and database, `secrets.rs` reveals, keeps or mints what is secret. Everything is read in as few rounds
//! as it can be: what does not need another answer is asked for at once.

mod names;
mod connection;
mod secrets;
mod reader;
mod resolve;
mod policy;

pub use names::{
    KEY_PAIR, NAMES, SERVICES, Selection, Service, function_of, function_url, is_known, is_own, service_of,
};
pub use policy::drop_values;
pub use resolve::{Functions, Resolved, Wanted, resolve};
pub use secrets::{Credentials, revoke};

use crate::client::ApiPath;

/// The branch whose variables are meant.
#[derive(Debug, Clone, Copy)]
pub struct Branch<'a> {
    /// Project id.
    pub project: &'a str,
    /// Branch id.
    pub id: &'a str,
    /// Branch name.
    pub name: &'a str,
}

impl Branch<'_> {
    fn in_project(&self, rest: &[&str]) -> ApiPath {
        ApiPath::new(&["projects", self.project]).join(rest)
    }

    fn path(&self, rest: &[&str]) -> ApiPath {
        self.in_project(&["branches", self.id]).join(rest)
    }
}
