//! Branch credentials: read and shown, never declared and never changed (spec 4.9, API spec 6.13).
//!
//! Claims no key. Uses the branch's credential list, which holds no secrets. Since no policy declares a
//! credential, planning never reads them; only a look at everything that is there does.
//!
//! | situation | change | impact |
//! | --- | --- | --- |
//! | any | none | |
//!
//! Revoked credentials are left out: they open nothing any more. Expired ones are as reported.

mod driver;

pub use driver::CredentialLive;

use std::convert::Infallible;

use neonform_engine::address::Address;
use neonform_engine::change::Change;
use neonform_engine::kind::{Context, Declared, Kind};
use neonform_engine::path::Path;
use neonform_engine::policy::Policy;
use neonform_engine::state::Observed;
use neonform_engine::value::Value;

/// The credential kind.
pub struct Credential;

impl Kind for Credential {
    type Spec = Infallible;
    type Live = CredentialLive;
    type Operation = Infallible;

    const NAME: &'static str = "credential";

    fn declare(&self, _policy: &Policy<'_>) -> Declared<Infallible> {
        Declared::default()
    }

    fn diff(
        &self,
        _context: &Context<'_>,
        _address: &Address,
        spec: &Infallible,
        _live: Option<&CredentialLive>,
    ) -> Vec<Change<Infallible>> {
        match *spec {}
    }

    /// A policy does not decide over credentials, and no two branches have the same.
    fn observe(&self, _name: &str, _live: &CredentialLive) -> Option<Observed> {
        None
    }

    fn expect(&self, _context: &Context<'_>, _address: &Address, spec: &Infallible) -> Option<Observed> {
        match *spec {}
    }

    /// Not a policy's words: a policy cannot say this, and whoever writes one leaves the place out.
    fn export(&self, _name: &str, live: &CredentialLive) -> Vec<(Path, Value)> {
        let mut fields = vec![("id".to_owned(), live.short_id.as_str().into())];
        let text = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(Value::from);
        fields.extend(text(&live.name).map(|name| ("name".to_owned(), name)));
        let scopes = live.scopes.iter().map(|scope| scope.as_str().into()).collect();
        fields.push(("scopes".to_owned(), Value::List(scopes)));
        fields.extend(text(&live.last_used_at).map(|at| ("lastUsedAt".to_owned(), at)));
        vec![(Path::root().key("credentials"), Value::List(vec![Value::Map(fields)]))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_credential_adds_itself_to_one_list() {
        let mut found = Value::Map(Vec::new());
        for (id, name, used) in [("aa", None, Some("2026-10-05T12:00:00Z")), ("bb", Some("ci"), None)] {
            let live = CredentialLive {
                short_id: id.to_owned(),
                name: name.map(str::to_owned),
                scopes: vec!["storage:read".to_owned()],
                last_used_at: used.map(str::to_owned),
            };
            for (place, value) in Credential.export("", &live) {
                found.merge(&place, value);
            }
        }
        assert_eq!(
            found.to_string(),
            r#"{credentials: [{id: "aa", scopes: ["storage:read"], lastUsedAt: "2026-10-05T12:00:00Z"}, "#
                .to_owned()
                + r#"{id: "bb", name: "ci", scopes: ["storage:read"]}]}"#
        );
    }
}
