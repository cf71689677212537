//! What the outside world hears while a plan is applied.
//!
//! Outputs listen; nothing here asks them anything. An event is said once, when the fact is known.

use crate::address::Address;
use crate::change::Action;
use crate::diagnostic::Failure;

/// One fact about a running apply.
pub enum Event<'a> {
    /// A change begins.
    Started {
        /// The resource.
        address: &'a Address,
        /// What is being done.
        action: Action,
    },
    /// A change is done.
    Done {
        /// The resource.
        address: &'a Address,
        /// What was done.
        action: Action,
    },
    /// A change failed; the rest of its step and what depends on it are skipped.
    Failed {
        /// The resource.
        address: &'a Address,
        /// Why.
        failure: &'a Failure,
    },
    /// Everything was tried; what was written is looked at again. A resource that was done fails where
    /// that does not stand.
    Looking,
    /// A step is not tried.
    Skipped {
        /// The resource.
        address: &'a Address,
        /// Why not.
        because: &'a Because,
    },
}

/// Why a change was not tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// It needs this one, which did not succeed.
    Needs(Address),
    /// The run was stopped.
    Stopped,
}

/// Whoever listens.
pub type Listener<'a> = dyn Fn(Event<'_>) + Send + Sync + 'a;
