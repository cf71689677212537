//! What the variables of a branch hold (spec 7.1, 7.3).
//!
//! Each service is one chain of requests, and all chains run side by side. Whatever is missing is told at once; only when
//! nothing is, secrets are revealed or minted, so that a pull that fails leaves no credential behind.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::names::{
    ACCESS_KEY_ID, AUTH_BASE_URL, AUTH_JWKS_URL, BRANCH, DATA_API_URL, DATABASE_URL, DATABASE_URL_UNPOOLED,
    GATEWAY_BASE_URL, GATEWAY_TOKEN, NAMES, REGION, S3_ENDPOINT, SECRET_ACCESS_KEY, SERVICES, Selection,
    Service, function_of, function_url,
};
use super::secrets::{Asked, Credential, Credentials, Half};
use super::{Branch, connection, secrets};
use crate::client::{Client, Request};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Services and variables.
    pub selection: Selection,
    /// Services of the selection that the branch need not have.
    pub optional: BTreeSet<Service>,
    /// Functions whose URLs are asked for.
    pub functions: Functions,
    /// Buckets that have to be there.
    pub buckets: Vec<String>,
    /// What the target holds already, by variable.
    pub held: BTreeMap<String, String>,
    /// Whether a credential that was minted for this and is replaced is revoked.
    pub revokes: bool,
}

/// Functions whose URLs are asked for with the service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Functions {
    /// Those that the branch has.
    #[default]
    Deployed,
    /// These, deployed or not.
    Declared(Vec<String>),
}

/// What was read.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Variables in the order of the reference.
    pub variables: Vec<(String, Secret)>,
    /// What became of credentials.
    pub credentials: Credentials,
    /// Services that need not be there and could not be asked, and why.
    pub skipped: Vec<(Service, Failure)>,
}

#[derive(Deserialize)]
struct Auth {
    #[serde(default)]
    base_url: Option<String>,
    #[serde(default)]
    jwks_url: Option<String>,
}

#[derive(Deserialize)]
struct DataApi {
    url: String,
}

#[derive(Deserialize)]
struct Storage {
    s3_endpoint: String,
    region: String,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Listed {
    slug: String,
    #[serde(default)]
    invocation_url: String,
}

/// Variables of one service; nothing where the branch lacks it.
type Found = Option<Vec<(String, Secret)>>;

/// Reads what is asked for.
///
/// # Errors
/// Every service that the branch lacks, and what the API or the network said.
pub async fn resolve(
    client: &Client,
    branch: &Branch<'_>,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Resolved, Failure> {
    let reader = Reader {
        client,
        branch,
        wanted,
        role: OnceCell::new(),
        database: OnceCell::new(),
        direct: OnceCell::new(),
    };
    let (postgres, auth, data_api, functions, storage, gateway, credentials) = futures::join!(
        reader.postgres(),
        reader.auth(),
        reader.data_api(),
        reader.functions(),
        reader.storage(),
        reader.gateway(),
        reader.credentials(now),
    );
    let mut resolved = Resolved::default();
    let mut problems = Vec::new();
    let mut variables = BTreeMap::from([(BRANCH.to_owned(), Secret::new(branch.name))]);
    let found = [
        (Service::Postgres, postgres),
        (Service::Auth, auth),
        (Service::DataApi, data_api),
        (Service::Functions, functions),
        (Service::ObjectStorage, storage),
        (Service::AiGateway, gateway),
    ];
    let mut there = BTreeSet::new();
    for (service, found) in found {
        let is_needed = wanted.selection.touched().contains(&service);
        match found {
            Ok(Some(found)) => {
                there.insert(service);
                variables.extend(found);
            }
            Ok(None) if is_needed && !wanted.optional.contains(&service) => {
                problems.push(lacks(branch, service))
            }
            Ok(None) => {}
            Err(failure) => problems.extend(failure.0),
        }
    }
    let halves: Vec<Half> =
        reader.halves().into_iter().filter(|(_, of)| there.contains(of)).map(|(half, _)| half).collect();
    let live = match credentials {
        Ok(live) => live,
        // The gateway cannot be asked whether it is there: it is where it has a credential.
        Err(failure) if halves == [Half::Gateway] && wanted.optional.contains(&Service::AiGateway) => {
            resolved.skipped.push((Service::AiGateway, failure));
            variables.remove(GATEWAY_BASE_URL);
            Vec::new()
        }
        Err(failure) => {
            problems.extend(failure.0);
            Vec::new()
        }
    };
    if !problems.is_empty() {
        return Err(Failure(problems));
    }
    if resolved.skipped.is_empty() && !halves.is_empty() {
        let invokes = matches!(&wanted.functions, Functions::Declared(slugs) if !slugs.is_empty());
        let asked = Asked { halves: &halves, invokes, revokes: wanted.revokes, held: &wanted.held };
        let secrets = secrets::secrets(client, branch, &live, &asked).await?;
        variables.extend(secrets.values.into_iter().map(|(name, value)| (name.to_owned(), value)));
        resolved.credentials = secrets.credentials;
    }
    resolved.variables = in_order(variables, wanted);
    resolved.variables.iter().try_for_each(|(name, value)| one_line(name, value))?;
    Ok(resolved)
}

/// What is asked for, in the order of the reference. An empty value says nothing: what is held stays.
fn in_order(mut variables: BTreeMap<String, Secret>, wanted: &Wanted) -> Vec<(String, Secret)> {
    let fixed: Vec<(String, Secret)> =
        NAMES.iter().filter_map(|(name, _)| variables.remove_entry(*name)).collect();
    let all = fixed.into_iter().chain(variables).filter(|(name, _)| wanted.selection.covers(name));
    all.map(|(name, value)| match wanted.held.get(&name) {
        Some(held) if value.expose().is_empty() => (name, Secret::new(held.as_str())),
        _ => (name, value),
    })
    .collect()
}

/// A value with a line break would be more than one line of a file.
fn one_line(name: &str, value: &Secret) -> Result<(), Failure> {
    if !value.expose().contains(|c: char| c.is_control()) {
        return Ok(());
    }
    Err(Diagnostic::error(codes::UNEXPECTED_ANSWER, "a value that the API gave holds control characters")
        .found(name)
        .expected("one line of text")
        .into())
}

fn lacks(branch: &Branch<'_>, service: Service) -> Diagnostic {
    let word = SERVICES.iter().find(|(known, _)| *known == service).map_or("", |(_, word)| word);
    Diagnostic::error(codes::NOT_FOUND, "the branch lacks a service whose variables are asked for")
        .found(format!("branch {} ({}) without {word}", branch.name, branch.id))
        .fix("apply a policy that enables it, or leave it out")
        .fact("service", word)
}

/// Reads, each answer once.
struct Reader<'a> {
    client: &'a Client,
    branch: &'a Branch<'a>,
    wanted: &'a Wanted,
    role: OnceCell<String>,
    database: OnceCell<String>,
    direct: OnceCell<Secret>,
}

impl Reader<'_> {
    fn wants(&self, name: &str) -> bool {
        self.wanted.selection.covers(name)
    }

    fn wants_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.wants(name))
    }

    /// What needs a secret, with the service that it is of.
    fn halves(&self) -> Vec<(Half, Service)> {
        let storage = self.wants_any(&[ACCESS_KEY_ID, SECRET_ACCESS_KEY]);
        let gateway = self.wants(GATEWAY_TOKEN);
        let storage = storage.then_some((Half::Storage, Service::ObjectStorage));
        storage.into_iter().chain(gateway.then_some((Half::Gateway, Service::AiGateway))).collect()
    }

    async fn database(&self) -> Result<&String, Failure> {
        self.database.get_or_try_init(|| connection::database(self.client, self.branch)).await
    }

    async fn uri(&self, pooled: bool) -> Result<Secret, Failure> {
        let role = self.role.get_or_try_init(|| connection::role(self.client, self.branch));
        let (role, database) = futures::try_join!(role, self.database())?;
        connection::uri(self.client, self.branch, database, role, pooled).await
    }

    /// The direct connection string: hosts are derived from it.
    async fn direct(&self) -> Result<&Secret, Failure> {
        self.direct.get_or_try_init(|| self.uri(false)).await
    }

    async fn postgres(&self) -> Result<Found, Failure> {
        let pooled =
            async { if self.wants(DATABASE_URL) { self.uri(true).await.map(Some) } else { Ok(None) } };
        let direct = async {
            if self.wants(DATABASE_URL_UNPOOLED) { self.direct().await.cloned().map(Some) } else { Ok(None) }
        };
        let (pooled, direct) = futures::try_join!(pooled, direct)?;
        let named = |name: &str, uri: Option<Secret>| uri.map(|uri| (name.to_owned(), uri));
        Ok(Some(
            [named(DATABASE_URL, pooled), named(DATABASE_URL_UNPOOLED, direct)]
                .into_iter()
                .flatten()
                .collect(),
        ))
    }

    async fn auth(&self) -> Result<Found, Failure> {
        if !self.wants_any(&[AUTH_BASE_URL, AUTH_JWKS_URL]) {
            return Ok(None);
        }
        let request = Request::get("getNeonAuth", self.branch.path(&["auth"]));
        let found: Option<Auth> = self.client.find(request).await?;
        Ok(found.map(|auth| {
            vec![
                (AUTH_BASE_URL.to_owned(), Secret::new(auth.base_url.unwrap_or_default())),
                (AUTH_JWKS_URL.to_owned(), Secret::new(auth.jwks_url.unwrap_or_default())),
            ]
        }))
    }

    async fn data_api(&self) -> Result<Found, Failure> {
        if !self.wants(DATA_API_URL) {
            return Ok(None);
        }
        let path = self.branch.path(&["data-api", self.database().await?]);
        let found: Option<DataApi> = self.client.find(Request::get("getNeonDataApi", path)).await?;
        Ok(found.map(|data_api| vec![(DATA_API_URL.to_owned(), Secret::new(data_api.url))]))
    }

    async fn storage(&self) -> Result<Found, Failure> {
        if !self.wants_any(&[ACCESS_KEY_ID, SECRET_ACCESS_KEY, S3_ENDPOINT, REGION]) {
            return Ok(None);
        }
        let details = Request::get("getBranchStorage", self.branch.path(&["storage"]));
        let (details, is_used) =
            futures::try_join!(self.client.find::<Storage>(details), self.has_buckets())?;
        Ok(details.filter(|_| is_used).map(|storage| {
            vec![
                (S3_ENDPOINT.to_owned(), Secret::new(storage.s3_endpoint)),
                (REGION.to_owned(), Secret::new(storage.region)),
            ]
        }))
    }

    /// Whether storage that nobody asked for by name is in use, or holds the buckets that are declared.
    async fn has_buckets(&self) -> Result<bool, Failure> {
        let is_optional = self.wanted.optional.contains(&Service::ObjectStorage);
        if !is_optional && self.wanted.buckets.is_empty() {
            return Ok(true);
        }
        let request = Request::get("listBranchBuckets", self.branch.path(&["buckets"]));
        let listed: Vec<Bucket> = self.client.list(request.feature("Buckets"), "buckets").await?;
        let is_there = |name: &String| listed.iter().any(|bucket| bucket.name == *name);
        Ok(self.wanted.buckets.iter().all(is_there) && !(is_optional && listed.is_empty()))
    }

    async fn gateway(&self) -> Result<Found, Failure> {
        if !self.wants_any(&[GATEWAY_TOKEN, GATEWAY_BASE_URL]) {
            return Ok(None);
        }
        let mut found = Vec::new();
        if self.wants(GATEWAY_BASE_URL) {
            let url = format!("https://{}-api.ai.{}", self.branch.id, self.suffix().await?);
            found.push((GATEWAY_BASE_URL.to_owned(), Secret::new(url)));
        }
        Ok(Some(found))
    }

    async fn suffix(&self) -> Result<String, Failure> {
        connection::suffix(self.direct().await?)
    }

    async fn functions(&self) -> Result<Found, Failure> {
        let is_service = self.wanted.selection.services.contains(&Service::Functions);
        let mut urls: Vec<(String, Secret)> = Vec::new();
        let mut derived: Vec<String> =
            self.wanted.selection.names.iter().filter_map(|name| function_of(name)).collect();
        match &self.wanted.functions {
            Functions::Declared(slugs) if is_service => derived.extend(slugs.iter().cloned()),
            Functions::Deployed if is_service => urls = self.deployed().await?,
            Functions::Declared(_) | Functions::Deployed => {}
        }
        if !derived.is_empty() {
            let suffix = self.suffix().await?;
            let url = |slug: &String| format!("https://{}-{slug}.compute.{suffix}", self.branch.id);
            urls.extend(derived.iter().map(|slug| (function_url(slug), Secret::new(url(slug)))));
        }
        Ok(Some(urls))
    }

    async fn deployed(&self) -> Result<Vec<(String, Secret)>, Failure> {
        let request = Request::get("listBranchFunctions", self.branch.path(&["functions"]));
        let listed: Vec<Listed> = self.client.list(request.feature("Functions"), "functions").await?;
        let invoked = listed.into_iter().filter(|function| !function.invocation_url.is_empty());
        let url = |function: Listed| {
            let url = Secret::new(function.invocation_url.trim_end_matches('/'));
            (function_url(&function.slug), url)
        };
        Ok(invoked.map(url).collect())
    }

    async fn credentials(&self, now: Timestamp) -> Result<Vec<Credential>, Failure> {
        if self.halves().is_empty() {
            return Ok(Vec::new());
        }
        secrets::list(self.client, self.branch, now).await
    }
}
