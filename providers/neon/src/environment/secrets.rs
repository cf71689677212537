//! The secrets of object storage and the AI Gateway: kept, revealed, or minted (spec 7.2).
//!
//! The platform has a credential of its own for each, which is revealed. Only where it has none, one is minted, with no
//! scope that is not needed. What is held already stays where it is the credential that would be revealed, or, without
//! one, any live one that suffices: the access key's id *is* the credential's id, and a token carries its short form.

use std::collections::BTreeMap;

use jiff::Timestamp;
use neonform_engine::diagnostic::Failure;
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
    /// Ids of credentials that were revoked, since what was minted for this is replaced.
    pub revoked: Vec<String>,
    /// Ids of such that were left alone.
    pub left: Vec<String>,
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
    /// Whether what this minted before is revoked once it is replaced.
    pub(super) revokes: bool,
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

/// Keeps, reveals and mints.
pub(super) async fn secrets(
    client: &Client,
    branch: &Branch<'_>,
    live: &[Credential],
    asked: &Asked<'_>,
) -> Result<Secrets, Failure> {
    let mut found = Secrets::default();
    let (mut reveal, mut mint, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
    for half in asked.halves {
        let of_platform = live.iter().find(|one| one.name.as_deref() == Some(half.platform_name()));
        let held = live.iter().find(|one| half.is_held(asked.held, one));
        let is_kept = held.is_some_and(|held| match of_platform {
            Some(platform) => held.token_id == platform.token_id,
            None => held.has(half.scopes()),
        });
        if is_kept {
            found.keep(*half, asked.held);
            continue;
        }
        replaced.extend(held.filter(|held| is_ours(held, branch)));
        match of_platform {
            Some(platform) => reveal.push((*half, &platform.token_id)),
            None => mint.push(*half),
        }
    }
    let revealing = reveal.iter().map(|(_, id)| reveal_one(client, branch, id));
    let (revealed, minted) = futures::join!(
        futures::future::try_join_all(revealing),
        mint_one(client, branch, &mint, asked.invokes)
    );
    let (revealed, minted) = (revealed?, minted?);
    for ((half, _), secret) in reveal.iter().zip(&revealed) {
        found.issue(*half, secret);
    }
    for (half, secret) in mint.iter().zip(minted.iter().cycle()) {
        found.issue(*half, secret);
    }
    found.retire(client, branch, replaced, asked.revokes).await?;
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

    /// Revokes what was minted for this and is replaced now, or leaves it and says so.
    async fn retire(
        &mut self,
        client: &Client,
        branch: &Branch<'_>,
        mut replaced: Vec<&Credential>,
        revokes: bool,
    ) -> Result<(), Failure> {
        replaced.sort_by(|a, b| a.token_id.cmp(&b.token_id));
        replaced.dedup_by(|a, b| a.token_id == b.token_id);
        for credential in replaced {
            if !revokes {
                self.credentials.left.push(credential.token_id.clone());
                continue;
            }
            let path = branch.path(&["credentials", &credential.token_id]);
            client.delete(Request::delete("revokeCredential", path).feature(FEATURE)).await?;
            self.credentials.revoked.push(credential.token_id.clone());
        }
        Ok(())
    }
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

/// One credential for everything that the platform has none for; none where there is nothing.
async fn mint_one(
    client: &Client,
    branch: &Branch<'_>,
    halves: &[Half],
    invokes: bool,
) -> Result<Vec<Revealed>, Failure> {
    if halves.is_empty() {
        return Ok(Vec::new());
    }
    let scopes: Vec<&str> = halves
        .iter()
        .flat_map(|half| half.scopes())
        .copied()
        .chain(invokes.then_some("functions:invoke"))
        .collect();
    let body: Json = json!({ "scopes": scopes, "principal_type": "user", "name": minted_name(branch) });
    let request =
        Request::post("createCredential", branch.path(&["credentials"])).json(body).feature(FEATURE);
    client.send(request).await.map(|minted| vec![minted])
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
