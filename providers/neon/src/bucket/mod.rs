//! Buckets: object storage by name (spec 1.7, 4.5).
//!
//! Claims `buckets` (and `preview.buckets`). Uses the branch's bucket list, inherited ones included.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | no such bucket | create with its access level | additive |
//! | another access level | shown only: the API has no call for it | |
//! | not declared, pruning, empty or `--prune-data` | delete, objects first | destructive |
//! | not declared, pruning, not empty | shown only | |
//! | not declared, pruning, called `.` or `..` | shown only: a URL cannot name it | |
//!
//! Nothing has to be there first.

mod spec;
mod driver;
pub mod manage;

pub use driver::BucketLive;
pub use spec::{Bucket, Operation, Spec};
