//! Neon Auth: on, or left alone (spec 4.4).
//!
//! Claims `auth`. Uses the branch's integration and its list of databases.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | on in the policy, off on the branch | enable, with the chosen database | additive |
//! | off or omitted in the policy | nothing; never disabled | |
//!
//! The database is the only one, else `neondb`, else the first (spec 4.1).

mod spec;
mod driver;

pub use driver::AuthLive;
pub(crate) use spec::is_declared;
pub use spec::{Auth, Operation, Spec};
