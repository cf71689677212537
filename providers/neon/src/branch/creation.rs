//! Creating the branch itself: what the policy says about it travels on the one call (spec 5.1).

use jiff::{SignedDuration, Timestamp};
use neonform_engine::change::{Action, Attribute, Change, Impact, Record};
use neonform_engine::kind::Context;
use neonform_engine::value::Value;

use super::compute::Compute;
use super::spec::{Operation, Spec};

/// A branch to create.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBranch {
    /// Its name.
    pub name: String,
    /// Its parent's id; the platform chooses where there is none.
    pub parent: Option<String>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// Whether it is protected, when named.
    pub protected: Option<bool>,
    /// Compute settings, when named; the project's defaults otherwise.
    pub compute: Option<Compute>,
}

impl NewBranch {
    /// A branch of this name and nothing else.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), parent: None, expires_at: None, protected: None, compute: None }
    }
}

/// The change that creates the branch that a plan is for.
pub(super) fn creation(context: &Context<'_>, spec: &Spec) -> Change<Operation> {
    let expires_at = spec.ttl.and_then(|ttl| context.now.checked_add(SignedDuration::from_secs(ttl)).ok());
    let expiry = expires_at.map(|at| Value::String(format!("{at:.3}")));
    let settings = spec.compute.as_ref().map(|compute| Value::Map(compute.written()));
    // In the reference's order: field, the name of its detail, the value (spec 5.1).
    let carried = [
        ("parent", "parent", spec.parent.as_deref().map(Value::from)),
        ("ttl", "expiresAt", expiry),
        ("protected", "protected", spec.protected.map(Value::from)),
        ("computeSettings", "settings", settings),
    ];
    let mut change = Change::doable(
        Action::Create,
        Impact::Additive,
        Operation::Create(NewBranch {
            name: context.target.name.clone(),
            parent: context.target.parent_id.clone(),
            expires_at,
            protected: spec.protected,
            compute: spec.compute.clone(),
        }),
    );
    for (field, detail, value) in carried {
        let Some(value) = value else { continue };
        let shown = if field == "ttl" { "expiresAt" } else { field };
        change.attributes.push(Attribute::added(shown, value.clone()));
        change.records.push(Record {
            kind: "branch",
            identifier: context.target.name.clone(),
            action: Action::Create,
            details: vec![("field".to_owned(), field.into()), (detail.to_owned(), value)],
        });
    }
    change
}
