//! Seeds of what hangs off a branch or a function: Data APIs, triggers, domains, credentials.
//!
//! As with every seed, nothing is checked that the tables do not check: a trigger may call a
//! function that is not there.

use rusqlite::{Connection, Result};
use serde_json::{Value, json};

use super::insert::or;

/// A Data API of one database.
#[derive(Clone, Debug, Default)]
pub struct DataApiSeed {
    /// Its branch.
    pub branch_id: String,
    /// Its database, which need not exist.
    pub database_name: String,
    /// `url`.
    pub url: String,
    /// `settings`, reported as given and without defaults until they are changed; `None` is one
    /// that reports null.
    pub settings: Option<Value>,
    /// `neon_auth`, `external` or empty; never reported.
    pub auth_provider: String,
}

/// A trigger.
#[derive(Clone, Debug, Default)]
pub struct TriggerSeed {
    /// Its branch.
    pub branch_id: String,
    /// `trigger_id`.
    pub id: String,
    /// `schedule` or `storage_object_created`.
    pub trigger_type: String,
    /// Its name.
    pub name: String,
    /// The function it calls, which need not exist.
    pub function_slug: String,
    /// The path it calls; `/` when empty.
    pub function_path: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether the branch has it from its parent.
    pub inherited: bool,
    /// When it calls, for a schedule.
    pub cron: Option<String>,
    /// The bucket it watches, otherwise.
    pub bucket_name: Option<String>,
    /// The keys it watches; all of them when `None`.
    pub prefix: Option<String>,
}

/// A custom domain.
#[derive(Clone, Debug, Default)]
pub struct DomainSeed {
    /// Its branch.
    pub branch_id: String,
    /// The domain, normalized.
    pub domain: String,
    /// What it leads to, for example `function`.
    pub entity_type: String,
    /// Which one it leads to; it need not exist.
    pub entity_id: String,
    /// Where it is to point.
    pub cname_target: String,
}

/// A branch credential whose secrets were not kept: revealing it is refused.
#[derive(Clone, Debug, Default)]
pub struct CredentialSeed {
    /// Its branch.
    pub branch_id: String,
    /// `token_id`.
    pub token_id: String,
    /// `token_id_short`; taken from the id when empty.
    pub token_id_short: String,
    /// Its name.
    pub name: Option<String>,
    /// What it allows.
    pub scopes: Vec<String>,
    /// `principal_type`; `user` when empty.
    pub principal_type: String,
    /// When it was made; at the seed when `None`.
    pub created_at: Option<String>,
    /// When it was last used.
    pub last_used_at: Option<String>,
}

impl DataApiSeed {
    pub(super) fn insert(&self, sql: &Connection) -> Result<()> {
        sql.execute(
            "INSERT INTO data_api (branch_id, database_name, url, auth_provider, settings, verbatim)
             VALUES (?1, ?2, ?3, ?4, ?5, 1)",
            (
                &self.branch_id,
                &self.database_name,
                &self.url,
                Some(&self.auth_provider).filter(|name| !name.is_empty()),
                self.settings.as_ref().map(Value::to_string),
            ),
        )?;
        Ok(())
    }
}

impl TriggerSeed {
    pub(super) fn insert(&self, sql: &Connection) -> Result<()> {
        sql.execute(
            "INSERT INTO function_trigger (branch_id, id, type, name, function_slug, function_path,
             enabled, inherited, cron, bucket_name, prefix, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1)",
            (
                &self.branch_id,
                &self.id,
                &self.trigger_type,
                &self.name,
                &self.function_slug,
                or(&self.function_path, "/"),
                self.enabled,
                self.inherited,
                &self.cron,
                &self.bucket_name,
                &self.prefix,
            ),
        )?;
        Ok(())
    }
}

impl DomainSeed {
    pub(super) fn insert(&self, sql: &Connection) -> Result<()> {
        sql.execute(
            "INSERT INTO custom_domain (branch_id, domain, entity_type, entity_id, cname_target)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (&self.branch_id, &self.domain, &self.entity_type, &self.entity_id, &self.cname_target),
        )?;
        Ok(())
    }
}

impl CredentialSeed {
    pub(super) fn insert(&self, sql: &Connection, now: &str) -> Result<()> {
        sql.execute(
            "INSERT INTO credential (branch_id, token_id, token_id_short, name, scopes,
             principal_type, created_at, last_used_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                &self.branch_id,
                &self.token_id,
                Some(&self.token_id_short).filter(|short| !short.is_empty()),
                &self.name,
                json!(self.scopes).to_string(),
                or(&self.principal_type, "user"),
                self.created_at.as_deref().unwrap_or(now),
                &self.last_used_at,
            ),
        )?;
        Ok(())
    }
}
