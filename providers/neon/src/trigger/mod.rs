//! Triggers: what calls a function on a schedule or when an object is stored (spec 1.8, 4.5).
//!
//! Claims `triggers`. Uses the branch's trigger list, inherited ones included. A trigger needs its
//! function, and a storage trigger its bucket.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | no trigger of the name | create | additive |
//! | another type | none possible: the platform keeps a trigger's type | |
//! | function, path, schedule, bucket or prefix differ | update with every field | additive |
//! | `enabled` differs | update, see below | additive |
//! | not declared, pruning | delete | destructive |
//!
//! A branch gets its parent's triggers disabled. They stay so unless the policy says `enabled: true`
//! in so many words, so that a preview does not run production's schedules (`design.md`, better 7).

mod cron;
mod driver;
pub mod manage;
mod read;
mod spec;

pub use driver::TriggerLive;
pub use spec::{Settings, Source, Spec, Trigger};
