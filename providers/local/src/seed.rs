//! Putting state in place directly, for tests that start from a given platform.
//!
//! In: plain values at the level of the API. They are inserted as they are, without the rules a
//! request would meet, so that a state the rules would not let arise can be tried as well.
//! Invariant: a seed is taken whole or not at all. The statements are in `seed/insert.rs`; what
//! hangs off a branch or a function is in `seed/attached.rs`, and what a fault may put in the
//! place of whole tables in `seed/replacement.rs`.

mod attached;
mod insert;
mod replacement;

pub use self::attached::{CredentialSeed, DataApiSeed, DomainSeed, TriggerSeed};
pub use self::replacement::Replacement;

use jiff::Timestamp;

use crate::error::StoreError;

/// State to insert, and what to fix for the requests to come.
#[derive(Clone, Debug, Default)]
pub struct Seed {
    /// Projects.
    pub projects: Vec<ProjectSeed>,
    /// Branches of these or existing projects.
    pub branches: Vec<BranchSeed>,
    /// Computes.
    pub endpoints: Vec<EndpointSeed>,
    /// Roles; a database's owner must be one only for requests, not for a seed.
    pub roles: Vec<RoleSeed>,
    /// Databases.
    pub databases: Vec<DatabaseSeed>,
    /// Neon Auth integrations.
    pub auth: Vec<AuthSeed>,
    /// Buckets.
    pub buckets: Vec<BucketSeed>,
    /// Functions with their deployments.
    pub functions: Vec<FunctionSeed>,
    /// Data APIs.
    pub data_api: Vec<DataApiSeed>,
    /// Triggers.
    pub triggers: Vec<TriggerSeed>,
    /// Custom domains.
    pub domains: Vec<DomainSeed>,
    /// Credentials; a seeded branch has none but these.
    pub credentials: Vec<CredentialSeed>,
    /// Where every domain registered from now on is to point.
    pub cname_target: Option<String>,
    /// Slug and statuses: what successive single reads of the function report as the status of a
    /// deployment made from now on, one each, the last one for ever. Lists show the status that
    /// was reported last and use none up.
    pub deployment_status: Vec<(String, Vec<String>)>,
    /// Slug and reason: why a deployment has failed that `deployment_status` says has.
    pub deployment_error: Vec<(String, String)>,
    /// The id the next created branch gets, once.
    pub created_branch_id: Option<String>,
    /// The id the next created compute gets, once.
    pub created_endpoint_id: Option<String>,
    /// Freezes the clock that timestamps and expirations follow, in milliseconds since the epoch.
    pub now: Option<i64>,
    /// Switches off the rules about which branches may expire and when (not the format).
    pub lenient_expiration: bool,
}

/// A project.
#[derive(Clone, Debug, Default)]
pub struct ProjectSeed {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region, for example `aws-us-east-2`.
    pub region_id: String,
    /// The major version of Postgres.
    pub pg_version: i64,
    /// Its organization.
    pub org_id: Option<String>,
    /// `default_endpoint_settings.autoscaling_limit_min_cu`.
    pub default_min_cu: Option<f64>,
    /// `default_endpoint_settings.autoscaling_limit_max_cu`.
    pub default_max_cu: Option<f64>,
    /// `default_endpoint_settings.suspend_timeout_seconds`.
    pub default_suspend_timeout_seconds: Option<i64>,
    /// True for a project that does not store passwords.
    pub without_passwords: bool,
}

/// A branch.
#[derive(Clone, Debug, Default)]
pub struct BranchSeed {
    /// Its id.
    pub id: String,
    /// Its project.
    pub project_id: String,
    /// Its name.
    pub name: String,
    /// Its parent; `None` for a root branch.
    pub parent_id: Option<String>,
    /// Whether it is the project's default branch.
    pub default: bool,
    /// Whether it is protected.
    pub protected: bool,
    /// When it expires, reported as given.
    pub expires_at: Option<String>,
    /// When it was created; without it neither that nor `updated_at` nor
    /// `ttl_interval_seconds` is reported.
    pub created_at: Option<String>,
}

/// A compute.
#[derive(Clone, Debug, Default)]
pub struct EndpointSeed {
    /// Its id.
    pub id: String,
    /// Its branch.
    pub branch_id: String,
    /// `read_write` or `read_only`.
    pub endpoint_type: String,
    /// `autoscaling_limit_min_cu`.
    pub min_cu: f64,
    /// `autoscaling_limit_max_cu`.
    pub max_cu: f64,
    /// `suspend_timeout_seconds`; `None` is 0, the platform's default.
    pub suspend_timeout_seconds: Option<i64>,
}

/// A role.
#[derive(Clone, Debug, Default)]
pub struct RoleSeed {
    /// Its branch.
    pub branch_id: String,
    /// Its name.
    pub name: String,
    /// Its password; a random one when `None`.
    pub password: Option<String>,
}

/// A database.
#[derive(Clone, Debug, Default)]
pub struct DatabaseSeed {
    /// Its branch.
    pub branch_id: String,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner_name: String,
}

/// A Neon Auth integration.
#[derive(Clone, Debug, Default)]
pub struct AuthSeed {
    /// Its branch.
    pub branch_id: String,
    /// `auth_provider`; `better_auth` when empty.
    pub auth_provider: String,
    /// `auth_provider_project_id`.
    pub auth_provider_project_id: String,
    /// `db_name`; `neondb` when empty.
    pub db_name: String,
    /// `jwks_url`.
    pub jwks_url: String,
    /// `base_url`.
    pub base_url: Option<String>,
}

/// A bucket.
#[derive(Clone, Debug, Default)]
pub struct BucketSeed {
    /// Its branch.
    pub branch_id: String,
    /// Its name.
    pub name: String,
    /// `private` or `public_read`.
    pub access_level: String,
    /// The keys of the objects in it, each of them empty.
    pub objects: Vec<String>,
}

/// A function.
#[derive(Clone, Debug, Default)]
pub struct FunctionSeed {
    /// Its branch.
    pub branch_id: String,
    /// Its slug.
    pub slug: String,
    /// Its id; the slug when empty.
    pub id: String,
    /// Its display name; the slug when empty.
    pub name: String,
    /// Where it is called, reported as given.
    pub invocation_url: String,
    /// Its newest deployment.
    pub current_deployment: Option<DeploymentSeed>,
    /// The deployment that serves, if it is another: it is made, completed and with the same
    /// runtime and environment.
    pub active_deployment_id: Option<i64>,
}

/// A deployment of a function.
#[derive(Clone, Debug, Default)]
pub struct DeploymentSeed {
    /// Its id.
    pub id: i64,
    /// Its status, which it keeps.
    pub status: String,
    /// Its runtime; `nodejs24` when empty.
    pub runtime: String,
    /// The names in its environment.
    pub environment: Vec<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl Seed {
    /// The moment it freezes, if any.
    pub(crate) fn frozen(&self) -> Result<Option<Timestamp>, StoreError> {
        self.now.map(Timestamp::from_millisecond).transpose().map_err(|_| StoreError::OutOfRange("now"))
    }
}
