//! Attributes whose value nobody knows, and what becomes of changes that hold one.
//!
//! A policy that is run without some variables of the environment has values that depend on them.
//! Where such a value is only a value, a kind lets it through: it leaves the field of its spec as if
//! it were not written and names the attribute. Here, after the comparison, the attribute gets its
//! place in the resource's changes, as `(unknown)`, and those changes can no longer be made. Where
//! the value decides what exists, `policy.rs` refuses it.

use crate::change::{Action, Attribute, Change, Doable, Impact, Origin};
use crate::places::Places;
use crate::state::Observed;
use crate::value::Value;

/// An attribute whose value nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The attribute, as the kind's changes name it.
    pub attribute: String,
    /// The variables that it depends on.
    pub variables: Vec<String>,
}

/// The value, or that it is unknown: for what a kind shows of an attribute.
pub fn shown(attribute: &str, value: impl Into<Value>, unknown: &[Unknown]) -> Value {
    if unknown.iter().any(|one| one.attribute == attribute) { Value::Unknown } else { value.into() }
}

/// Puts what is unknown of a resource into its changes.
///
/// `live` is what there is of the resource: an unknown value is never known to equal it.
pub fn mark<Operation>(
    mut changes: Vec<Change<Operation>>,
    unknown: &[Unknown],
    live: &Observed,
) -> Vec<Change<Operation>> {
    let mut missing = Vec::new();
    for one in unknown {
        let mut found = false;
        for change in &mut changes {
            found |= mask(change, one);
        }
        if !found {
            missing.push(Attribute::unknown(&one.attribute, live.get(&one.attribute).cloned()));
        }
    }
    if missing.is_empty() {
        return changes;
    }
    let variables = |attribute: &Attribute| unknown.iter().find(|one| one.attribute == attribute.name);
    let because: Vec<&Unknown> = missing.iter().filter_map(variables).collect();
    let place = changes.iter().rposition(Change::is_planned).unwrap_or_else(|| {
        changes.push(Change {
            action: Action::Update,
            impact: Impact::Additive,
            attributes: Vec::new(),
            origin: Origin::Unknown,
            reason: None,
            doable: Doable::Unknown,
            records: Vec::new(),
            conflict: None,
            places: Places::default(),
        });
        changes.len() - 1
    });
    let change = &mut changes[place];
    for one in because {
        explain(change, one);
    }
    change.attributes.extend(missing);
    changes
}

/// Masks one attribute of a change, in every form in which the change shows it.
fn mask<Operation>(change: &mut Change<Operation>, unknown: &Unknown) -> bool {
    let Some(attribute) = change.attributes.iter_mut().find(|one| one.name == unknown.attribute) else {
        return false;
    };
    let stood = attribute.after.replace(Value::Unknown);
    let is_it = |name: &str, value: &Value| name == unknown.attribute || stood.as_ref() == Some(value);
    for (name, value) in change.records.iter_mut().flat_map(|record| &mut record.details) {
        if is_it(name, value) {
            *value = Value::Unknown;
        }
    }
    if let Some(desired) = change.conflict.as_mut().and_then(|conflict| conflict.desired.as_mut())
        && stood.as_ref() == Some(desired)
    {
        *desired = Value::Unknown;
    }
    explain(change, unknown);
    true
}

/// Says what a change depends on, and takes away the means to make it.
fn explain<Operation>(change: &mut Change<Operation>, unknown: &Unknown) {
    if matches!(change.doable, Doable::Yes(_)) {
        change.doable = Doable::Unknown;
    }
    change.origin = Origin::Unknown;
    let reason = format!("{} depends on {}", unknown.attribute, named(&unknown.variables));
    change.reason = Some(match change.reason.take() {
        Some(before) => format!("{before}; {reason}"),
        None => reason,
    });
}

/// Variables as a message names them.
pub fn named(variables: &[String]) -> String {
    match variables {
        [] => "the environment, which is not shown".to_owned(),
        [one] => format!("{one}, which is not shown"),
        several => format!("{}, which are not shown", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Record;

    fn unknown(attribute: &str) -> Unknown {
        Unknown { attribute: attribute.to_owned(), variables: vec!["CI".to_owned()] }
    }

    fn check(changes: Vec<Change<()>>, expected: &[&str]) {
        let live = Observed::new(vec![("access".to_owned(), "private".into())]);
        let marked = mark(changes, &[unknown("access")], &live);
        let lines: Vec<String> = marked
            .iter()
            .map(|change| {
                let attributes: Vec<String> = change
                    .attributes
                    .iter()
                    .map(|one| format!("{} {:?} {:?}", one.name, one.before, one.after))
                    .collect();
                format!("{} {:?} {}", change.action.word(), change.doable, attributes.join("; "))
            })
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_resource_that_would_be_as_it_should_be_gets_a_change() {
        check(Vec::new(), &[r#"update Unknown access Some(String("private")) Some(Unknown)"#]);
    }

    #[test]
    fn what_stands_in_for_the_value_shows_nowhere() {
        let mut creation = Change::doable(Action::Create, Impact::Additive, ());
        creation.attributes = vec![Attribute::added("access", "private")];
        creation.records = vec![Record {
            kind: "service",
            identifier: "bucket:a".to_owned(),
            action: Action::Create,
            details: vec![("accessLevel".to_owned(), "private".into())],
        }];
        let marked = mark(vec![creation.clone()], &[unknown("access")], &Observed::default());
        assert_eq!(marked[0].records[0].details[0].1, Value::Unknown);
        assert_eq!(marked[0].reason.as_deref(), Some("access depends on CI, which is not shown"));
        check(vec![creation], &["create Unknown access None Some(Unknown)"]);
    }
}
