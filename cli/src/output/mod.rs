//! Drawing results: one format a file, all fed from the same plan, outcome and diagnostics.
//!
//! Results go to standard output, everything else to standard error. Colour is added here and
//! nowhere else, and carries no meaning that the text does not.

pub mod branches;
pub mod buckets;
pub mod comparison;
pub mod deletion;
pub mod deployments;
pub mod diagnostics;
pub mod domains;
pub mod explain;
pub mod functions;
pub mod github;
#[cfg(test)]
mod growth_tests;
pub mod human;
pub mod json;
pub mod listing;
pub mod log;
pub mod markdown;
pub mod matrix;
pub mod neon_json;
pub mod page;
mod records;
pub mod pinned;
pub mod remarks;
pub mod sarif;
pub mod sandbox;
pub mod status;
mod table;
pub mod text;
pub mod triggers;
pub mod typescript;
