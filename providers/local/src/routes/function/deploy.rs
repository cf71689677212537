//! One deployment of a function: what it takes over from the one before, and what it becomes.
//!
//! What a request leaves out comes from the newest deployment: no archive is the same archive, and
//! the environment is merged, an empty value deleting its name. The first needs an archive.
//! Invariant: ids count up per function and branch, also when two requests come at once: both run
//! in a writing transaction, one after the other.

use std::collections::BTreeSet;

use serde_json::json;

use super::{COMPLETED, Deployment, FAILED, Function, deployments_of, find};
use crate::call::{Body, Call, Reply, World};
use crate::error::ApiError;
use crate::routes::branch;
use crate::upload::{Bundle, Upload};
use crate::{hosts, ids};

const RUNTIME: &str = "nodejs24";
const VARIABLE_LIMIT: usize = 1000;
const ENVIRONMENT_LIMIT: usize = 64 * 1024;

pub(super) fn deploy(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let world = &call.world;
    let slug = call.param("slug");
    let Body::Upload(upload) = call.body else {
        return Err(ApiError::invalid("the request body must be multipart/form-data"));
    };
    if !ids::is_slug(slug) {
        return Err(ApiError::invalid(
            "invalid function slug: must have 1 to 20 lower-case letters and digits",
        ));
    }
    let newest = deployments_of(world.sql, &branch.id, slug)?.into_iter().next();
    let deployment = next(world, upload, newest)?;
    let existing = find(world.sql, &branch.id, slug)?;
    let mut function = existing.unwrap_or_else(|| Function {
        branch_id: branch.id.clone(),
        slug: slug.to_owned(),
        id: format!("fn-{}", ids::uuid()),
        name: slug.to_owned(),
        invocation_url: hosts::invocation_url(&branch.id, slug, &project.region_id),
        inherited: false,
        created_at: world.at.text(),
        rowid: 0,
    });
    function.inherited = false;
    function.save(world.sql)?;
    deployment.insert(world.sql, &branch.id, slug)?;
    world.with_pins(|pins| pins.deployed(&branch.id, slug, deployment.id));
    // The answer comes before the build, however short that is.
    Reply::created(json!({ "deployment": deployment.json("pending") }))
}

/// The deployment that follows `newest`.
fn next(world: &World<'_>, upload: &Upload, newest: Option<Deployment>) -> Result<Deployment, ApiError> {
    let mut deployment = match newest {
        Some(newest) => Deployment { id: newest.id.saturating_add(1), ..newest },
        None if upload.bundle.is_none() => {
            return Err(ApiError::invalid(
                "field \"zip\" is required for the first deployment of a function",
            ));
        }
        None => Deployment {
            id: 1,
            outcome: COMPLETED.to_owned(),
            error: None,
            runtime: RUNTIME.to_owned(),
            environment: Vec::new(),
            zip_sha256: None,
            zip_size: None,
            created_at: String::new(),
            started_ms: 0,
            build_ms: 0,
        },
    };
    if let Some(bundle) = &upload.bundle {
        take_bundle(&mut deployment, bundle);
    }
    if let Some(runtime) = &upload.runtime {
        deployment.runtime.clone_from(runtime);
    }
    if let Some(changes) = &upload.environment {
        deployment.environment = merged(deployment.environment, changes)?;
    }
    deployment.created_at = world.at.text();
    deployment.started_ms = world.at.real_ms;
    deployment.build_ms = world.pace.deployment_ms;
    Ok(deployment)
}

fn take_bundle(deployment: &mut Deployment, bundle: &Bundle) {
    deployment.zip_sha256 = Some(bundle.sha256.clone());
    deployment.zip_size = i64::try_from(bundle.size).ok();
    deployment.error.clone_from(&bundle.problem);
    deployment.outcome = if bundle.problem.is_some() { FAILED.to_owned() } else { COMPLETED.to_owned() };
}

/// The names after a merge. Values are not kept, so the limit on the total size counts the names
/// there were and what this request sends.
fn merged(had: Vec<String>, changes: &[(String, String)]) -> Result<Vec<String>, ApiError> {
    let mut names: BTreeSet<String> = had.into_iter().collect();
    for (name, value) in changes {
        if value.is_empty() {
            names.remove(name);
        } else {
            names.insert(name.clone());
        }
    }
    let size = names.iter().map(String::len).sum::<usize>()
        + changes.iter().map(|(_, value)| value.len()).sum::<usize>();
    if names.len() > VARIABLE_LIMIT {
        return Err(ApiError::invalid(format!(
            "field \"environment\" makes {} variables; at most {VARIABLE_LIMIT} are allowed",
            names.len()
        )));
    }
    if size > ENVIRONMENT_LIMIT {
        return Err(ApiError::invalid("field \"environment\" makes more than 64 KiB of names and values"));
    }
    Ok(names.into_iter().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_empty_value_deletes_and_names_come_out_sorted() {
        let had = vec!["B".to_owned(), "OLD".to_owned()];
        let names = merged(had, &pairs(&[("OLD", ""), ("Z", "1"), ("A", "2")])).unwrap();
        assert_eq!(names, ["A", "B", "Z"]);
    }

    #[test]
    fn the_limits_are_on_what_results() {
        let had: Vec<String> = (0..1000).map(|index| format!("N{index}")).collect();
        assert!(merged(had.clone(), &pairs(&[("N1", "")])).is_ok());
        assert!(merged(had.clone(), &pairs(&[("N1", ""), ("M", "x")])).is_ok());
        assert!(merged(had, &pairs(&[("M", "x")])).is_err());
        let long = "x".repeat(ENVIRONMENT_LIMIT);
        assert!(merged(Vec::new(), &pairs(&[("M", &long)])).is_err());
    }
}
