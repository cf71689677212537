//! What is answered: the list of kinds, and from it the table of all routes.
//!
//! A kind is one file here. It brings its routes, each labelled with its API operation name, its
//! own SQL and JSON, and what a new branch inherits of it. To add one, write the file, name it in
//! `KINDS`, and append its table to `store/schema.rs`.
//! Invariant: an operation name is unique, since the log and the faults go by it.

mod account;
mod ai_gateway;
mod auth;
mod branch;
mod bucket;
mod credential;
mod data_api;
mod database;
mod domain;
mod endpoint;
mod function;
mod operation;
mod project;
mod trigger;

pub(crate) use branch::expiry::sweep;
pub(crate) use project::create_default;

use axum::http::Method;

use crate::call::{Handler, World};
use crate::error::ApiError;
use branch::Branch;
use project::Project;

/// All kinds, in the order a new branch inherits them.
const KINDS: &[Kind] = &[
    account::KIND,
    project::KIND,
    operation::KIND,
    branch::KIND,
    endpoint::KIND,
    database::KIND,
    auth::KIND,
    data_api::KIND,
    bucket::KIND,
    ai_gateway::KIND,
    function::KIND,
    trigger::KIND,
    domain::KIND,
    credential::KIND,
];

/// One kind of thing the platform has.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    routes: &'static [Route],
    inherit: Option<Inherit>,
}

/// Copies to a new branch what it inherits of a kind.
type Inherit = fn(&World<'_>, &Lineage<'_>) -> Result<(), ApiError>;

/// A new branch and where it comes from. Its computes exist already.
pub(crate) struct Lineage<'a> {
    pub(crate) project: &'a Project,
    pub(crate) parent: &'a Branch,
    pub(crate) child: &'a Branch,
}

/// One route below `/api/v2`.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// As axum writes it, parameters in braces.
    pub(crate) path: &'static str,
    /// The API operation, for log and faults.
    pub(crate) operation: &'static str,
    /// Whether the body is a deployment rather than JSON.
    pub(crate) upload: bool,
    pub(crate) run: Handler,
}

impl Route {
    const fn new(
        method: Method,
        path: &'static str,
        operation: &'static str,
        upload: bool,
        run: Handler,
    ) -> Self {
        Self { method, path, operation, upload, run }
    }

    const fn get(path: &'static str, operation: &'static str, run: Handler) -> Self {
        Self::new(Method::GET, path, operation, false, run)
    }

    const fn post(path: &'static str, operation: &'static str, run: Handler) -> Self {
        Self::new(Method::POST, path, operation, false, run)
    }

    const fn patch(path: &'static str, operation: &'static str, run: Handler) -> Self {
        Self::new(Method::PATCH, path, operation, false, run)
    }

    const fn delete(path: &'static str, operation: &'static str, run: Handler) -> Self {
        Self::new(Method::DELETE, path, operation, false, run)
    }

    const fn upload(path: &'static str, operation: &'static str, run: Handler) -> Self {
        Self::new(Method::POST, path, operation, true, run)
    }
}

/// Every route of every kind.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    KINDS.iter().flat_map(|kind| kind.routes)
}

/// Lets every kind copy what the new branch inherits of it.
pub(crate) fn inherit(world: &World<'_>, lineage: &Lineage<'_>) -> Result<(), ApiError> {
    for copy in KINDS.iter().filter_map(|kind| kind.inherit) {
        copy(world, lineage)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn operation_names_are_unique() {
        let names: BTreeSet<_> = all().map(|route| route.operation).collect();
        assert_eq!(names.len(), all().count());
    }
}
