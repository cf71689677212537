//! As whom and where to connect, chosen without asking (spec 7.1), and what the host of a connection tells.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;
use reqwest::Url;
use serde::Deserialize;

use super::Branch;
use crate::client::{Client, Request};

/// The role that every project begins with.
const USUAL_ROLE: &str = "neondb_owner";
/// The database that every project begins with.
const USUAL_DATABASE: &str = "neondb";
/// Roles that Neon Auth and the Data API add; nobody connects as one.
const MANAGED: [&str; 3] = ["authenticator", "anonymous", "authenticated"];

#[derive(Deserialize)]
struct Roles {
    roles: Vec<Named>,
}

#[derive(Deserialize)]
struct Databases {
    databases: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Connection {
    uri: String,
}

/// The role to connect as.
pub(super) async fn role(client: &Client, branch: &Branch<'_>) -> Result<String, Failure> {
    let listed: Roles = client.send(Request::get("listBranchRoles", branch.path(&["roles"]))).await?;
    let names: Vec<String> = listed.roles.into_iter().map(|role| role.name).collect();
    let of_people: Vec<&String> = names.iter().filter(|name| !MANAGED.contains(&name.as_str())).collect();
    match (names.as_slice(), of_people.as_slice()) {
        ([], _) => Err(none(branch, "role")),
        ([only], _) => Ok(only.clone()),
        (names, _) if names.iter().any(|name| name == USUAL_ROLE) => Ok(USUAL_ROLE.to_owned()),
        (_, [only]) => Ok((*only).clone()),
        _ => Err(several(branch, "role", USUAL_ROLE, &names)),
    }
}

/// The database to connect to.
pub(super) async fn database(client: &Client, branch: &Branch<'_>) -> Result<String, Failure> {
    let listed: Databases =
        client.send(Request::get("listBranchDatabases", branch.path(&["databases"]))).await?;
    let names: Vec<String> = listed.databases.into_iter().map(|database| database.name).collect();
    match names.as_slice() {
        [] => Err(none(branch, "database")),
        [only] => Ok(only.clone()),
        names if names.iter().any(|name| name == USUAL_DATABASE) => Ok(USUAL_DATABASE.to_owned()),
        names => Err(several(branch, "database", USUAL_DATABASE, names)),
    }
}

/// A connection string.
pub(super) async fn uri(
    client: &Client,
    branch: &Branch<'_>,
    database: &str,
    role: &str,
    pooled: bool,
) -> Result<Secret, Failure> {
    let request = Request::get("getConnectionUri", branch.in_project(&["connection_uri"]))
        .query("branch_id", branch.id)
        .query("database_name", database)
        .query("role_name", role)
        .query("pooled", if pooled { "true" } else { "false" });
    client.send::<Connection>(request).await.map(|connection| Secret::new(connection.uri))
}

/// What the hosts of a branch have in common: the host of its direct connection string without the first label, a cell
/// label included.
pub(super) fn suffix(uri: &Secret) -> Result<String, Failure> {
    let url = Url::parse(uri.expose()).ok();
    let host = url.as_ref().and_then(Url::host_str).and_then(|host| host.split_once('.'));
    host.map(|(_, suffix)| suffix.to_owned()).filter(|suffix| !suffix.is_empty()).ok_or_else(|| {
        Diagnostic::error(
            codes::UNEXPECTED_ANSWER,
            "the branch's connection string has no host that others could be derived from",
        )
        .expected("a host with a domain")
        .into()
    })
}

fn none(branch: &Branch<'_>, what: &str) -> Failure {
    Diagnostic::error(codes::BRANCH_NOT_FOUND, format!("the branch has no {what} to connect with"))
        .found(format!("branch {} ({}) without a {what}", branch.name, branch.id))
        .fix(format!("create a {what} on the branch first"))
        .into()
}

fn several(branch: &Branch<'_>, what: &str, usual: &str, names: &[String]) -> Failure {
    Diagnostic::error(
        codes::AMBIGUOUS_CONNECTION,
        format!("the branch has several {what}s, and none that is meant by default"),
    )
    .found(names.join(", "))
    .expected(format!("one {what}, or one that is called {usual}"))
    .fact("branch", branch.name)
    .into()
}
