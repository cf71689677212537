//! What is asked of the API for the variables of each service, each answer once (spec 7.1).
//!
//! A service that the branch lacks is not an error here: `resolve.rs` knows whether it is one.

use jiff::Timestamp;
use neonform_engine::diagnostic::{Failure, codes};
use neonform_engine::value::Secret;
use reqwest::Url;
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::names::{
    ACCESS_KEY_ID, AUTH_BASE_URL, AUTH_JWKS_URL, DATA_API_URL, DATABASE_URL, DATABASE_URL_UNPOOLED,
    GATEWAY_BASE_URL, GATEWAY_TOKEN, REGION, S3_ENDPOINT, SECRET_ACCESS_KEY, Service, function_of,
    function_url,
};
use super::resolve::{Functions, Wanted};
use super::secrets::{Credential, Half};
use super::{Branch, connection, secrets};
use crate::client::{Client, Request};

/// Variables with what they hold.
pub(super) type Variables = Vec<(String, Secret)>;

/// What there is of one service.
pub(super) enum Found {
    /// Nothing of it was asked for.
    Unasked,
    /// Its variables.
    Has(Variables),
    /// The branch lacks it, or these parts of it.
    Lacks(Vec<String>),
    /// The project or its region does not have the feature.
    Unavailable(Failure),
}

impl Found {
    fn lacks(what: &str) -> Self {
        Self::Lacks(vec![what.to_owned()])
    }
}

/// A list that answers that there is no such feature is one of the things that can be found.
fn unless_unavailable<T>(listed: Result<T, Failure>) -> Result<Result<T, Found>, Failure> {
    match listed {
        Ok(listed) => Ok(Ok(listed)),
        Err(failure) if failure.0.iter().all(|problem| problem.code == codes::FEATURE_UNAVAILABLE) => {
            Ok(Err(Found::Unavailable(failure)))
        }
        Err(failure) => Err(failure),
    }
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
struct Deployed {
    slug: String,
    #[serde(default)]
    invocation_url: String,
}

/// Reads, each answer once.
pub(super) struct Reader<'a> {
    client: &'a Client,
    branch: &'a Branch<'a>,
    wanted: &'a Wanted,
    role: OnceCell<String>,
    database: OnceCell<String>,
    direct: OnceCell<Secret>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(client: &'a Client, branch: &'a Branch<'a>, wanted: &'a Wanted) -> Self {
        let (role, database, direct) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { client, branch, wanted, role, database, direct }
    }

    fn wants(&self, name: &str) -> bool {
        self.wanted.selection.covers(name)
    }

    fn wants_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.wants(name))
    }

    /// What needs a secret, with the service that it is of.
    pub(super) fn halves(&self) -> Vec<(Half, Service)> {
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

    async fn suffix(&self) -> Result<String, Failure> {
        connection::suffix(self.direct().await?)
    }

    pub(super) async fn postgres(&self) -> Result<Found, Failure> {
        let pooled =
            async { if self.wants(DATABASE_URL) { self.uri(true).await.map(Some) } else { Ok(None) } };
        let direct = async {
            if self.wants(DATABASE_URL_UNPOOLED) { self.direct().await.cloned().map(Some) } else { Ok(None) }
        };
        let (pooled, direct) = futures::try_join!(pooled, direct)?;
        let named = |name: &str, uri: Option<Secret>| uri.map(|uri| (name.to_owned(), uri));
        let both = [named(DATABASE_URL, pooled), named(DATABASE_URL_UNPOOLED, direct)];
        Ok(Found::Has(both.into_iter().flatten().collect()))
    }

    pub(super) async fn auth(&self) -> Result<Found, Failure> {
        if !self.wants_any(&[AUTH_BASE_URL, AUTH_JWKS_URL]) {
            return Ok(Found::Unasked);
        }
        let request = Request::get("getNeonAuth", self.branch.path(&["auth"]));
        let Some(auth) = self.client.find::<Auth>(request).await? else {
            return Ok(Found::lacks("Neon Auth"));
        };
        Ok(Found::Has(vec![
            (AUTH_BASE_URL.to_owned(), Secret::new(auth.base_url.unwrap_or_default())),
            (AUTH_JWKS_URL.to_owned(), Secret::new(auth.jwks_url.unwrap_or_default())),
        ]))
    }

    pub(super) async fn data_api(&self) -> Result<Found, Failure> {
        if !self.wants(DATA_API_URL) {
            return Ok(Found::Unasked);
        }
        let database = self.database().await?;
        let request = Request::get("getNeonDataApi", self.branch.path(&["data-api", database]));
        Ok(match self.client.find::<DataApi>(request).await? {
            Some(found) => Found::Has(vec![(DATA_API_URL.to_owned(), Secret::new(found.url))]),
            None => Found::lacks(&format!("the Data API of database {database}")),
        })
    }

    pub(super) async fn storage(&self) -> Result<Found, Failure> {
        if !self.wants_any(&[ACCESS_KEY_ID, SECRET_ACCESS_KEY, S3_ENDPOINT, REGION]) {
            return Ok(Found::Unasked);
        }
        let details = Request::get("getBranchStorage", self.branch.path(&["storage"]));
        let buckets = Request::get("listBranchBuckets", self.branch.path(&["buckets"])).feature("Buckets");
        let (details, buckets) = futures::try_join!(self.client.find::<Storage>(details), async {
            unless_unavailable(self.client.list::<Bucket>(buckets, "buckets").await)
        })?;
        let buckets = match buckets {
            Ok(buckets) => buckets,
            Err(unavailable) => return Ok(unavailable),
        };
        let is_there = |name: &&String| buckets.iter().any(|bucket| bucket.name == **name);
        let missing: Vec<String> = self
            .wanted
            .buckets
            .iter()
            .filter(|name| !is_there(name))
            .map(|name| format!("bucket {name}"))
            .collect();
        if !missing.is_empty() {
            return Ok(Found::Lacks(missing));
        }
        if buckets.is_empty() {
            return Ok(Found::lacks("any bucket"));
        }
        Ok(match details {
            Some(storage) => Found::Has(vec![
                (S3_ENDPOINT.to_owned(), Secret::new(storage.s3_endpoint)),
                (REGION.to_owned(), Secret::new(storage.region)),
            ]),
            None => Found::lacks("object storage"),
        })
    }

    pub(super) async fn gateway(&self) -> Result<Found, Failure> {
        if !self.wants_any(&[GATEWAY_TOKEN, GATEWAY_BASE_URL]) {
            return Ok(Found::Unasked);
        }
        let mut found = Vec::new();
        if self.wants(GATEWAY_BASE_URL) {
            let url = format!("https://{}-api.ai.{}", self.branch.id, self.suffix().await?);
            found.push((GATEWAY_BASE_URL.to_owned(), Secret::new(url)));
        }
        Ok(Found::Has(found))
    }

    pub(super) async fn functions(&self) -> Result<Found, Failure> {
        let chosen = self.wanted.selection.names.iter().filter_map(|name| function_of(name));
        let mut derived: Vec<String> = chosen.collect();
        let mut urls: Variables = Vec::new();
        if self.wanted.selection.services.contains(&Service::Functions) {
            match &self.wanted.functions {
                Functions::Declared(slugs) => derived.extend(slugs.iter().cloned()),
                Functions::Deployed => match unless_unavailable(self.deployed().await)? {
                    Ok(deployed) if deployed.is_empty() => return Ok(Found::lacks("any deployed function")),
                    Ok(deployed) => urls = deployed,
                    Err(unavailable) => return Ok(unavailable),
                },
            }
        }
        if !derived.is_empty() {
            let suffix = self.suffix().await?;
            let url = |slug: &String| format!("https://{}-{slug}.compute.{suffix}", self.branch.id);
            urls.extend(derived.iter().map(|slug| (function_url(slug), Secret::new(url(slug)))));
        }
        Ok(Found::Has(urls))
    }

    async fn deployed(&self) -> Result<Variables, Failure> {
        let request = Request::get("listBranchFunctions", self.branch.path(&["functions"]));
        let listed: Vec<Deployed> = self.client.list(request.feature("Functions"), "functions").await?;
        let invoked = listed.into_iter().filter(|function| !function.invocation_url.is_empty());
        Ok(invoked.map(|function| (function_url(&function.slug), origin(&function.invocation_url))).collect())
    }

    /// The credentials that can be used, where something needs one; the AI Gateway is there where there can be any.
    pub(super) async fn credentials(&self, now: Timestamp) -> Result<Vec<Credential>, Failure> {
        if self.halves().is_empty() && !self.wants(GATEWAY_BASE_URL) {
            return Ok(Vec::new());
        }
        secrets::list(self.client, self.branch, now).await
    }
}

/// A base URL without a path, so that paths can be put behind it.
fn origin(url: &str) -> Secret {
    let parsed = Url::parse(url).ok().map(|url| url.origin()).filter(|origin| origin.is_tuple());
    Secret::new(match parsed {
        Some(origin) => origin.ascii_serialization(),
        None => url.trim_end_matches('/').to_owned(),
    })
}
