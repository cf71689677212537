//! The Data API: on with a provider, explicitly off, or left alone (spec 1.5, 4.4).
//!
//! Claims `dataApi`. This version checks and resolves it and cannot plan it: there is no driver yet.
//! Turned on with the built-in provider it needs Neon Auth.

mod spec;

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Diagnostic, Layer, codes};
use neonform_engine::kind::{Declared, Resource, Section};
use neonform_engine::node::Shape;
use neonform_engine::path::Path;
use neonform_engine::policy::{Cursor, Policy};
use neonform_engine::value::Value;

use crate::auth;
use spec::Settings;

/// The Data API's part of the language.
pub struct DataApi;

impl Section for DataApi {
    const NAME: &'static str = "data_api";

    fn declare(&self, policy: &Policy<'_>) -> Declared<()> {
        let mut declared = Declared::default();
        let Some(root) = policy.root() else { return declared };
        let cursor = root.get("dataApi");
        let settings = cursor.as_ref().and_then(spec::read);
        let enabled = settings.as_ref().is_some_and(|settings| settings.enabled);
        let word = match (&cursor, enabled) {
            (None, _) => "omitted",
            (Some(_), true) => "enabled",
            (Some(_), false) => "disabled",
        };
        declared.resolved.push((Path::root().key("dataApiEnabled"), enabled.into()));
        declared.resolved.push((Path::root().key("dataApiPolicy"), word.into()));
        if let Some(settings) = settings.filter(|settings| settings.enabled) {
            require_auth(policy, &settings);
            declared.resolved.push((Path::root().key("dataApi"), Value::Map(settings.resolved)));
            declared.service = Some("Data API");
        }
        declared.resources.extend(cursor.as_ref().map(resource));
        declared
    }
}

fn resource(cursor: &Cursor<'_>) -> Resource<()> {
    Resource {
        address: Address::singleton(DataApi::NAME),
        spec: (),
        needs: Vec::new(),
        path: cursor.path().clone(),
    }
}

fn require_auth(policy: &Policy<'_>, settings: &Settings) {
    if settings.provider != "neon" || auth::is_declared(policy) {
        return;
    }
    let root = policy.root();
    let written = root.as_ref().and_then(|root| root.get("auth"));
    let at = written.as_ref().or(root.as_ref().map(|root| root.cursor())).and_then(|cursor| cursor.at());
    let found = written
        .filter(|auth| *auth.shape() != Shape::Undefined)
        .map_or("nothing".to_owned(), |auth| auth.describe());
    policy.report(
        Diagnostic::error(codes::MISSING_PREREQUISITE, "the Data API's provider \"neon\" needs Neon Auth")
            .layer(Layer::Cross(Path::root()))
            .path(Path::root().key("auth"))
            .at(at)
            .found(found)
            .expected("Neon Auth turned on")
            .fix("write auth: true, or dataApi: { authProvider: \"external\", jwksUrl: \"https://…\" }"),
    );
}
