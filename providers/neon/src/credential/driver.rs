//! What is asked about credentials; nothing is ever sent.

use std::convert::Infallible;

use neonform_engine::address::Address;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{Driver, Outputs, Prior};
use serde::Deserialize;

use super::Credential;
use crate::client::Request;
use crate::scope::Scope;

const FEATURE: &str = "Branch credentials";

/// A credential as reported; a list never holds its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialLive {
    /// The short form of its id.
    pub short_id: String,
    /// Its name.
    pub name: Option<String>,
    /// What it allows.
    pub scopes: Vec<String>,
    /// When it was last used.
    pub last_used_at: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    credentials: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    token_id_short: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    last_used_at: Option<String>,
    #[serde(default)]
    revoked_at: Option<String>,
}

impl Driver<Scope> for Credential {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, CredentialLive)>, Failure> {
        let request = Request::get("listCredentials", scope.in_branch(&["credentials"])).feature(FEATURE);
        let listed: Listed = scope.client.send(request).await?;
        Ok(named(listed.credentials))
    }

    async fn apply(
        &self,
        _scope: &Scope,
        _address: &Address,
        operation: Infallible,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        match operation {}
    }
}

/// Those that are not revoked. Ids are random and names may repeat, so that each is called by when it was
/// made and then by its place in the list: sorted by that, they keep the order that people know.
fn named(items: Vec<Item>) -> Vec<(String, CredentialLive)> {
    let alive = items.into_iter().filter(|item| item.revoked_at.is_none()).enumerate();
    let name = |(place, item): (usize, Item)| {
        let called = format!("{} {place:06}", item.created_at.unwrap_or_default());
        let live = CredentialLive {
            short_id: item.token_id_short,
            name: item.name,
            scopes: item.scopes,
            last_used_at: item.last_used_at,
        };
        (called, live)
    };
    alive.map(name).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn revoked_ones_are_left_out_and_the_others_sort_by_age() {
        let listed: Listed = serde_json::from_str(
            r#"{ "credentials": [
                { "token_id_short": "new", "scopes": [], "created_at": "2026-10-06T00:00:00Z" },
                { "token_id_short": "gone", "scopes": [], "revoked_at": "2026-10-05T00:00:00Z" },
                { "token_id_short": "old", "scopes": ["storage:read"], "created_at": "2026-10-04T00:00:00Z" },
                { "token_id_short": "twin", "scopes": [], "created_at": "2026-10-04T00:00:00Z" }
            ] }"#,
        )
        .unwrap();
        let mut found = named(listed.credentials);
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let ids: Vec<&str> = found.iter().map(|(_, live)| live.short_id.as_str()).collect();
        assert_eq!(ids, ["old", "twin", "new"]);
    }
}
