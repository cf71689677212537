//! Triggers: what calls a function on a schedule or when an object is stored (spec 1.8).
//!
//! Claims `triggers`. This version checks and resolves them and cannot plan them: there is no driver
//! yet. A trigger needs its function, and a storage trigger its bucket.

mod spec;

use neonform_engine::address::Address;
use neonform_engine::kind::{Declared, Resource, Section};
use neonform_engine::path::Path;
use neonform_engine::policy::Policy;
use neonform_engine::value::Value;

/// The triggers' part of the language.
pub struct Trigger;

impl Section for Trigger {
    const NAME: &'static str = "trigger";

    fn declare(&self, policy: &Policy<'_>) -> Declared<()> {
        let mut declared = Declared::default();
        let triggers = policy.root().and_then(|root| root.get("triggers")?.object());
        let Some(triggers) = triggers else { return declared };
        for (name, cursor) in triggers.entries() {
            let Some(resolved) = spec::read(policy, name, &cursor) else { continue };
            let place = Path::root().key("triggers").index(declared.resources.len());
            declared.resolved.push((place, Value::Map(resolved)));
            declared.resources.push(Resource {
                address: Address::new(Self::NAME, name),
                spec: (),
                needs: Vec::new(),
                path: cursor.path().clone(),
            });
        }
        declared
    }
}
