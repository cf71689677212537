//! Functions: bundled code with an environment, deployed when what would run has changed
//! (spec 1.6, 4.5, 6; `marker.rs` for how a change is told without a state file).
//!
//! Claims `functions` (and `preview.functions`) and the closure's `functions.<slug>.runtime`. Uses
//! the function list, deployments, and the display name.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | no such function | deploy with code, environment, runtime | additive |
//! | code differs, or nobody knows what is deployed, or the last deployment failed | deploy all | additive |
//! | only environment or runtime differ | deploy without code | additive |
//! | display name differs | rename | additive |
//! | not declared, pruning | delete | destructive |
//!
//! Values of variables cannot be read back; a digest of them can be compared.

mod spec;
mod limits;
mod read;
mod external;
mod marker;
mod remembered;
mod observed;
mod cause;
mod origin;
mod driver;
mod builds;
mod report;
pub mod manage;
mod follow;
mod probe;

pub use builds::{Build, Builds};
pub(crate) use driver::read_one;
pub use driver::{Bundle, Bundler, DeploymentLive, Earlier, FunctionLive, Module, Status};
pub use external::External;
pub use follow::{Ending, Followed, follow};
pub use marker::{Mark, bundle_digest};
pub use probe::{Probe, probe};
pub use read::Source;
pub use remembered::Digests;
pub use report::{DeploymentReport, FunctionReport};
pub(crate) use spec::DEPLOYMENT_ID;
pub use spec::{Environment, Function, Operation, Spec};
