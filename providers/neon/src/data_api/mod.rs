//! The Data API: on with a provider, explicitly off, or left alone (spec 1.5, 4.4).
//!
//! Claims `dataApi`. Uses the integration of the chosen database; with the built-in provider it needs
//! Neon Auth.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | on, and off on the branch | enable with provider and settings | additive |
//! | on, and a named setting differs | update: live settings with the named ones in their place | override |
//! | on, and the branch does not report settings | nothing can be told | |
//! | on with provider `neon`, on without Neon Auth on the branch | shown only: it has another provider | |
//! | explicitly off, and on on the branch | delete | override |
//!
//! Omitted is left alone, also by pruning. The platform does not report the provider: that it is
//! another one is known only where the built-in one cannot be in use.

mod spec;
mod settings;
mod driver;

pub use driver::DataApiLive;
pub use spec::{DataApi, Operation, Spec};
