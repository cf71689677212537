//! The secrets of object storage and the AI Gateway: kept, revealed, or minted (spec 7.2).
//!
//! The platform has a credential of its own for each, which is revealed. Only where it has none, one is minted, with no
//! scope that is not needed. What is held already stays where it is the credential that would be revealed, or, without
//! one, any live one that suffices: the access key's id *is* the credential's id, and a token carries its short form.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::Branch;
use super::names::{ACCESS_KEY_ID, GATEWAY_TOKEN, SECRET_ACCESS_KEY};
use crate::client::{Client, Request};

const FEATURE: &str = "Branch credentials";

/// What became of credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Variables that hold another secret than before.
    pub issued: Vec<&'static str>,
    /// Ids of credentials that were minted for this and whose secrets are replaced: once the new ones are kept, nobody
    /// needs them.
    pub replaced: Vec<String>,
}

/// Revokes a credential that was replaced.
///
/// # Errors
/// What the API or the network said.
pub async fn revoke(client: &Client, branch: &Branch<'_>, id: &str) -> Result<(), Failure> {
    let path = branch.path(&["credentials", id]);
    client.delete(Request::delete("revokeCredential", path).feature(FEATURE)).await
}

/// One of the two things that need a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Storage,
    Gateway,
}

impl Half {
    /// The name of the platform's own credential, by which it is known.
    fn platform_name(self) -> &'static str {
        match self {
            Self::Storage => "Default object storage credential",
            Self::Gateway => "Default AI gateway credential",
        }
    }

    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Storage => &["storage:read", "storage:write"],
            Self::Gateway => &["ai_gateway:invoke"],
        }
    }

    fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Storage => &[ACCESS_KEY_ID, SECRET_ACCESS_KEY],
            Self::Gateway => &[GATEWAY_TOKEN],
        }
    }

    /// Whether what is held names this credential.
    fn is_held(self, held: &BTreeMap<String, String>, credential: &Credential) -> bool {
        let value = |name: &str| held.get(name).map(String::as_str).filter(|value| !value.is_empty());
        match self {
            Self::Storage => {
                value(ACCESS_KEY_ID) == Some(&credential.token_id) && value(SECRET_ACCESS_KEY).is_some()
            }
            Self::Gateway => value(GATEWAY_TOKEN).and_then(short_id) == Some(&credential.token_id_short),
        }
    }
}

/// The short id in a token: `nt_live_<short id>_<secret>`.
fn short_id(token: &str) -> Option<&str> {
    let (short, secret) = token.strip_prefix("nt_live_")?.split_once('_')?;
    (!short.is_empty() && !secret.is_empty()).then_some(short)
}

#[derive(Deserialize)]
struct Listed {
    credentials: Vec<Credential>,
}

/// A credential as listed; a list never holds a secret.
#[derive(Deserialize)]
pub(super) struct Credential {
    token_id: String,
    token_id_short: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    principal_type: Option<String>,
    #[serde(default)]
    revoked_at: Option<String>,
    #[serde(default)]
    expires_at: Option<String>,
}

impl Credential {
    fn is_live(&self, now: Timestamp) -> bool {
        let expires = self.expires_at.as_ref().and_then(|at| at.parse::<Timestamp>().ok());
        self.revoked_at.is_none() && expires.is_none_or(|at| at > now)
    }

    fn has(&self, scopes: &[&str]) -> bool {
        scopes.iter().all(|scope| self.scopes.iter().any(|found| found == scope))
    }
}

#[derive(Deserialize)]
struct Revealed {
    token_id: String,
    api_token: String,
    s3_secret_access_key: String,
}

/// The secrets that were asked for, by variable, and what became of credentials.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    pub(super) values: BTreeMap<&'static str, Secret>,
    pub(super) credentials: Credentials,
}

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) halves: &'a [Half],
    /// Whether functions are to be invoked with a credential that has to be minted.
    pub(super) invokes: bool,
    /// What the target holds.
    pub(super) held: &'a BTreeMap<String, String>,
}

/// The credentials of a branch that can be used.
pub(super) async fn list(
    client: &Client,
    branch: &Branch<'_>,
    now: Timestamp,
) -> Result<Vec<Credential>, Failure> {
    let request = Request::get("listCredentials", branch.path(&["credentials"])).feature(FEATURE);
    let listed: Listed = client.send(request).await?;
    Ok(listed.credentials.into_iter().filter(|credential| credential.is_live(now)).collect())
}

/// Keeps, reveals and mints: what was minted before is found by its name where it is not held, so that runs that keep
/// nothing do not mint again and again.
pub(super) async fn secrets(
    client: &Client,
    branch: &Branch<'_>,
    live: &[Credential],
    asked: &Asked<'_>,
) -> Result<Secrets, Failure> {
    let mut found = Secrets::default();
    let (mut reveal, mut mint) = (Vec::new(), Vec::new());
    let (mut used, mut replaced) = (BTreeSet::new(), BTreeSet::new());
    for half in asked.halves {
        let of_platform = live.iter().find(|one| one.name.as_deref() == Some(half.platform_name()));
        let held = live.iter().find(|one| half.is_held(asked.held, one));
        let kept = held.filter(|held| match of_platform {
            Some(platform) => held.token_id == platform.token_id,
            None => held.has(half.scopes()),
        });
        if let Some(kept) = kept {
            found.keep(*half, asked.held);
            used.insert(&kept.token_id);
            continue;
        }
        replaced.extend(held.filter(|held| is_ours(held, branch)).map(|held| &held.token_id));
        let ours = || live.iter().find(|one| is_ours(one, branch) && one.has(half.scopes()));
        match of_platform.or_else(ours) {
            Some(known) => reveal.push((*half, known)),
            None => mint.push(*half),
        }
    }
    let revealing = reveal.iter().map(|(_, one)| reveal_one(client, branch, &one.token_id));
    for ((half, one), secret) in reveal.iter().zip(futures::future::join_all(revealing).await) {
        match secret {
            Ok(secret) => {
                found.issue(*half, &secret);
                used.insert(&one.token_id);
            }
            // Its secrets may not have been kept.
            Err(failure) if is_ours(one, branch) && is_lost(&failure) => mint.push(*half),
            Err(failure) => return Err(or_rotate(failure, one)),
        }
    }
    if !mint.is_empty() {
        let minted = mint_one(client, branch, &mint, asked.invokes).await?;
        mint.iter().for_each(|half| found.issue(*half, &minted));
    }
    found.credentials.replaced = replaced.difference(&used).map(|id| (*id).clone()).collect();
    Ok(found)
}

impl Secrets {
    fn keep(&mut self, half: Half, held: &BTreeMap<String, String>) {
        let kept = half.variables().iter().filter_map(|name| Some((*name, Secret::new(held.get(*name)?))));
        self.values.extend(kept);
    }

    fn issue(&mut self, half: Half, secret: &Revealed) {
        let values: &[&str] = match half {
            Half::Storage => &[&secret.token_id, &secret.s3_secret_access_key],
            Half::Gateway => &[&secret.api_token],
        };
        self.values
            .extend(half.variables().iter().zip(values).map(|(name, value)| (*name, Secret::new(*value))));
        self.credentials.issued.extend(half.variables());
    }
}

/// Says what to do about a credential of the platform that has no secrets any more.
fn or_rotate(failure: Failure, credential: &Credential) -> Failure {
    if !is_lost(&failure) {
        return failure;
    }
    let name = credential.name.as_deref().unwrap_or_default();
    let summary = "the secrets of a credential cannot be revealed";
    Diagnostic::error(codes::ALREADY_EXISTS, summary)
        .found(format!("{name} ({})", credential.token_id))
        .fix("rotate the credential in the Neon console, then run this again")
        .into()
}

/// Whether a credential's secrets cannot be revealed, now or ever.
fn is_lost(failure: &Failure) -> bool {
    failure.0.iter().all(|problem| [codes::NOT_FOUND, codes::ALREADY_EXISTS].contains(&problem.code))
}

/// The name that says for whom a credential was minted; the reference's, so that each knows what the other one minted.
fn minted_name(branch: &Branch<'_>) -> String {
    format!("neon-env {}", branch.name)
}

fn is_ours(credential: &Credential, branch: &Branch<'_>) -> bool {
    credential.principal_type.as_deref() == Some("user")
        && credential.name.as_deref() == Some(&minted_name(branch))
}

async fn reveal_one(client: &Client, branch: &Branch<'_>, id: &str) -> Result<Revealed, Failure> {
    let path = branch.path(&["credentials", id, "reveal"]);
    client.send(Request::post("revealCredential", path).json(json!({})).repeatable().feature(FEATURE)).await
}

/// One credential for everything that there is none for.
async fn mint_one(
    client: &Client,
    branch: &Branch<'_>,
    halves: &[Half],
    invokes: bool,
) -> Result<Revealed, Failure> {
    let scopes: Vec<&str> = halves
        .iter()
        .flat_map(|half| half.scopes())
        .copied()
        .chain(invokes.then_some("functions:invoke"))
        .collect();
    let body: Json = json!({ "scopes": scopes, "principal_type": "user", "name": minted_name(branch) });
    let request =
        Request::post("createCredential", branch.path(&["credentials"])).json(body).feature(FEATURE);
    client.send(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_carries_the_short_id_of_its_credential() {
        assert_eq!(short_id("nt_live_0123abcd_s3cret_more"), Some("0123abcd"));
        for other in ["nt_live_0123abcd_", "nt_live__x", "nt_live_", "", "changeme", "sk_live_a_b"] {
            assert_eq!(short_id(other), None, "{other}");
        }
    }
}
