//! The pure core: an evaluated policy becomes desired state, is compared with live state, judged,
//! planned and applied.
//!
//! Nothing here knows a JavaScript engine, HTTP, a file system, an environment, a clock or the name
//! of a kind. The modules stand in reading order: plain data, the contract of a kind, the pipeline.

pub mod path;
pub mod node;
pub mod value;
pub mod address;
pub mod diagnostic;
pub mod suggestion;
pub mod target;
pub mod policy;
pub mod places;
pub mod change;
pub mod unknown;
pub mod kind;
pub mod graph;
pub mod desired;
pub mod refresh;
pub mod plan;
pub mod prune;
pub mod state;
pub mod gate;
pub mod effort;
pub mod event;
pub mod apply;
pub mod standing;
pub mod inspect;
