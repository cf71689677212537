//! The name of a resource: its kind and what the policy calls it.
//!
//! Addresses are made by kinds and compared as values; nothing takes one apart to find out what to
//! do.

use std::fmt;
use std::sync::Arc;

/// Kind and name of one resource: `bucket.uploads`, or `auth` for a kind with one resource a branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    kind: &'static str,
    name: Arc<str>,
}

impl Address {
    /// The address of a named resource.
    pub fn new(kind: &'static str, name: &str) -> Self {
        Self { kind, name: name.into() }
    }

    /// The address of a kind's only resource.
    pub fn singleton(kind: &'static str) -> Self {
        Self::new(kind, "")
    }

    /// The kind's name.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The resource's name within its kind; empty for an only resource.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            out.write_str(self.kind)
        } else {
            write!(out, "{}.{}", self.kind, self.name)
        }
    }
}
