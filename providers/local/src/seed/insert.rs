//! The statements that put a seed into the tables.
//!
//! They are plain inserts: what clashes with what is there is refused by the database, and the
//! transaction around them makes that refuse the whole seed.

use rusqlite::{Connection, Result};
use serde_json::json;

use super::{
    AuthSeed, BranchSeed, BucketSeed, DatabaseSeed, DeploymentSeed, EndpointSeed, FunctionSeed, ProjectSeed,
    RoleSeed, Seed,
};
use crate::{clock, ids};

/// The MD5 of nothing, which is what object storage tags an empty object with.
const EMPTY_ETAG: &str = "d41d8cd98f00b204e9800998ecf8427e";

impl Seed {
    /// Inserts everything in the open transaction; `now` is when it was all created.
    pub(crate) fn insert(&self, sql: &Connection, now: &str) -> Result<()> {
        for seed in &self.projects {
            project(sql, seed, now)?;
        }
        for seed in &self.branches {
            branch(sql, seed)?;
        }
        for seed in &self.endpoints {
            endpoint(sql, seed, now)?;
        }
        for seed in &self.roles {
            role(sql, seed, now)?;
        }
        for seed in &self.databases {
            database(sql, seed, now)?;
        }
        for seed in &self.auth {
            auth(sql, seed, now)?;
        }
        for seed in &self.buckets {
            bucket(sql, seed, now)?;
        }
        for seed in &self.functions {
            function(sql, seed, now)?;
        }
        for seed in &self.data_api {
            seed.insert(sql)?;
        }
        for seed in &self.triggers {
            seed.insert(sql)?;
        }
        for seed in &self.domains {
            seed.insert(sql)?;
        }
        for seed in &self.credentials {
            seed.insert(sql, now)?;
        }
        Ok(())
    }
}

fn project(sql: &Connection, seed: &ProjectSeed, now: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO project (id, name, region_id, pg_version, org_id, min_cu, max_cu,
         suspend_timeout, store_passwords, history_retention, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 86400, ?10, ?10)",
        (
            &seed.id,
            &seed.name,
            &seed.region_id,
            seed.pg_version,
            &seed.org_id,
            seed.default_min_cu,
            seed.default_max_cu,
            seed.default_suspend_timeout_seconds,
            !seed.without_passwords,
            now,
        ),
    )?;
    Ok(())
}

fn branch(sql: &Connection, seed: &BranchSeed) -> Result<()> {
    sql.execute(
        "INSERT INTO branch (id, project_id, name, parent_id, is_default, protected, archived,
         expires_at, ttl_seconds, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?9)",
        (
            &seed.id,
            &seed.project_id,
            &seed.name,
            &seed.parent_id,
            seed.default,
            seed.protected,
            &seed.expires_at,
            ttl_seconds(seed),
            &seed.created_at,
        ),
    )?;
    Ok(())
}

/// How long the branch was given, where both ends are known.
fn ttl_seconds(seed: &BranchSeed) -> Option<i64> {
    let from = clock::parse(seed.created_at.as_deref()?)?;
    let until = clock::parse(seed.expires_at.as_deref()?)?;
    Some(until.as_second() - from.as_second()).filter(|seconds| *seconds > 0)
}

fn endpoint(sql: &Connection, seed: &EndpointSeed, now: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO endpoint (id, branch_id, type, min_cu, max_cu, suspend_timeout, disabled,
         settings, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, '{\"pg_settings\":{}}', ?7, ?7)",
        (
            &seed.id,
            &seed.branch_id,
            &seed.endpoint_type,
            seed.min_cu,
            seed.max_cu,
            seed.suspend_timeout_seconds.unwrap_or(0),
            now,
        ),
    )?;
    Ok(())
}

fn role(sql: &Connection, seed: &RoleSeed, now: &str) -> Result<()> {
    let password = seed.password.clone().unwrap_or_else(ids::password);
    sql.execute(
        "INSERT INTO role (branch_id, name, password, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?4)",
        (&seed.branch_id, &seed.name, password, now),
    )?;
    Ok(())
}

fn database(sql: &Connection, seed: &DatabaseSeed, now: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO database (branch_id, name, owner_name, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?4)",
        (&seed.branch_id, &seed.name, &seed.owner_name, now),
    )?;
    Ok(())
}

fn auth(sql: &Connection, seed: &AuthSeed, now: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO neon_auth (branch_id, provider, provider_project_id, db_name, jwks_url,
         base_url, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            &seed.branch_id,
            or(&seed.auth_provider, "better_auth"),
            &seed.auth_provider_project_id,
            or(&seed.db_name, "neondb"),
            &seed.jwks_url,
            &seed.base_url,
            now,
        ),
    )?;
    Ok(())
}

pub(super) fn bucket(sql: &Connection, seed: &BucketSeed, now: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO bucket (branch_id, name, access_level, created_at) VALUES (?1, ?2, ?3, ?4)",
        (&seed.branch_id, &seed.name, &seed.access_level, now),
    )?;
    for key in &seed.objects {
        sql.execute(
            "INSERT INTO bucket_object (branch_id, bucket_name, key, size, etag, last_modified)
             VALUES (?1, ?2, ?3, 0, ?4, ?5)",
            (&seed.branch_id, &seed.name, key, EMPTY_ETAG, now),
        )?;
    }
    Ok(())
}

pub(super) fn function(sql: &Connection, seed: &FunctionSeed, now: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO function (branch_id, slug, id, name, invocation_url, inherited, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
        (
            &seed.branch_id,
            &seed.slug,
            or(&seed.id, &seed.slug),
            or(&seed.name, &seed.slug),
            &seed.invocation_url,
            now,
        ),
    )?;
    let current = seed.current_deployment.as_ref();
    if let Some(current) = current {
        deployment(sql, seed, current, now)?;
    }
    match seed.active_deployment_id {
        Some(id) if current.is_none_or(|current| current.id != id) => {
            let active = DeploymentSeed {
                id,
                status: "completed".to_owned(),
                error: None,
                ..current.cloned().unwrap_or_default()
            };
            deployment(sql, seed, &active, now)
        }
        _ => Ok(()),
    }
}

fn deployment(sql: &Connection, function: &FunctionSeed, seed: &DeploymentSeed, now: &str) -> Result<()> {
    let mut environment = seed.environment.clone();
    environment.sort();
    sql.execute(
        "INSERT INTO deployment (branch_id, slug, id, status, error, runtime, environment,
         created_at, started_ms, build_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0)",
        (
            &function.branch_id,
            &function.slug,
            seed.id,
            &seed.status,
            &seed.error,
            or(&seed.runtime, "nodejs24"),
            json!(environment).to_string(),
            now,
        ),
    )?;
    Ok(())
}

pub(super) fn or<'a>(given: &'a str, otherwise: &'a str) -> &'a str {
    if given.is_empty() { otherwise } else { given }
}
