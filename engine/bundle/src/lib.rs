//! Files in, one JavaScript module and the list of what was read out; the only crate that knows rolldown.
//!
//! [`policy()`] packs `neon.ts` for the embedded engine, [`function()`] packs one function for Node 24. Both run
//! in memory and read nothing outside the repository. What is packed is hashed and zipped by [`archive`].
//! Nothing here evaluates JavaScript, knows a slug or talks to a network. A problem is a diagnostic with
//! the place of the import or of the syntax error; there is no error type of our own.

#![cfg_attr(test, allow(clippy::expect_used, reason = "a test fails by panicking"))]

mod policy;
mod function;
mod verbatim;
mod entry;
mod banner;
mod pack;
mod module;
mod native;
mod plugin;
mod kind;
mod stand_in;
mod rewrite;
mod exports;
mod nesting;
mod resolve;
mod probe;
mod builtin;
mod package;
mod platform;
mod tsconfig;
mod manifests;
mod root;
mod reads;
mod faults;
mod rolldown_faults;
mod sites;
mod source_map;
pub mod archive;
pub mod stage;

pub use entry::function_entry;
pub use function::{FunctionModule, FunctionOptions, function};
pub use module::Module;
pub use policy::{PolicyModule, policy};
pub use reads::{Hidden, Reads, Visible};
pub use resolve::CONFIGURATION_MODULE;
pub use rewrite::IMPORT_FUNCTION;
pub use root::{Basis, Checks, Found, Input};
pub use source_map::SourceMap;
pub use verbatim::verbatim;
