//! Whether a saved plan still holds: what it relied on is compared with what is, and the plan with the one that is
//! made now.
//!
//! Nothing that moved is passed over: not a file, not a variable, not a fact about the branch, not a live object. Where
//! the caller agrees to a plan made anew, it has to do exactly the same.

use std::collections::{BTreeMap, BTreeSet};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::state::{Attributes, State};
use neonform_engine::target::Target;
use neonform_engine::value::Value;

use super::{Made, SavedPlan, same_result};
use crate::output::json as output;

/// Checks a saved plan against the one that is made now.
///
/// # Errors
/// When something moved, each with both values; with `refresh_ok` only when that changes the plan.
pub fn check(saved: &SavedPlan, now: &Made<'_>, refresh_ok: bool) -> Result<(), Failure> {
    let mut moved = Vec::new();
    files(&saved.inputs, now.inputs, &mut moved);
    for (name, was, is) in saved.environment.moved(now.variables) {
        moved.push(Moved::new(format!("variable {name}"), was, is));
    }
    facts(&saved.plan.target, &now.plan.target, &mut moved);
    objects(&saved.plan.live, &now.plan.live, false, &mut moved);
    if !moved.is_empty() && !refresh_ok {
        return Err(Failure(moved.into_iter().map(Moved::stale).collect()));
    }
    let mut differs = Vec::new();
    objects(&saved.plan.expected, &now.plan.expected, true, &mut differs);
    if differs.is_empty() && same_result(&saved.json, &output::plan(now.plan, None)) {
        return Ok(());
    }
    if differs.is_empty() {
        differs = moved;
    }
    if differs.is_empty() {
        differs.push(Moved::new("the plan".to_owned(), "as it was shown", "another one"));
    }
    Err(Failure(differs.into_iter().map(Moved::changes_the_plan).collect()))
}

/// One thing that is not what it was.
struct Moved {
    what: String,
    was: String,
    is: String,
}

impl Moved {
    fn new(what: String, was: impl Into<String>, is: impl Into<String>) -> Self {
        Self { what, was: was.into(), is: is.into() }
    }

    fn found(self, summary: &str, fix: &str) -> Diagnostic {
        Diagnostic::error(codes::MOVED, summary)
            .found(format!("{}: {}", self.what, self.is))
            .expected(format!("{}, as when the plan was made", self.was))
            .fix(fix)
    }

    fn stale(self) -> Diagnostic {
        self.found(
            "what the saved plan relied on has moved; nothing was changed",
            "plan again, or pass --refresh-ok to apply if the changes come out the same",
        )
    }

    fn changes_the_plan(self) -> Diagnostic {
        self.found(
            "the plan does not come out as it was saved; nothing was changed",
            "plan again and review it",
        )
    }
}

fn files(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>, moved: &mut Vec<Moved>) {
    let side = |hash: Option<&String>| match hash {
        Some(hash) => format!("sha256:{}", hash.get(..12).unwrap_or(hash)),
        None => "not read".to_owned(),
    };
    let paths: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    for path in paths {
        let (was, is) = (before.get(path), now.get(path));
        if was != is {
            moved.push(Moved::new(format!("file {path}"), side(was), side(is)));
        }
    }
}

fn facts(before: &Target, now: &Target, moved: &mut Vec<Moved>) {
    let list = |target: &Target| -> Attributes {
        target.descriptor().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    };
    named("the branch's", &list(before), &list(now), moved);
}

/// Resources of two states, with their identities; of `secret` ones it is said that one is another and not what it is.
fn objects(before: &State, now: &State, secret: bool, moved: &mut Vec<Moved>) {
    let addresses: BTreeSet<_> = before.keys().chain(now.keys()).collect();
    for address in addresses {
        let (was, is) = match (before.get(address), now.get(address)) {
            (Some(was), Some(is)) => (was, is),
            (Some(_), None) => {
                moved.push(Moved::new(address.to_string(), "there", "gone"));
                continue;
            }
            (None, _) => {
                moved.push(Moved::new(address.to_string(), "not there", "there"));
                continue;
            }
        };
        let of = address.to_string();
        named(&of, &was.attributes, &is.attributes, moved);
        let mut identities = Vec::new();
        named(&of, &was.identity, &is.identity, &mut identities);
        if secret {
            // What an attribute tells of already is not told twice.
            identities.retain(|identity| !moved.iter().any(|told| told.what == identity.what));
            for identity in &mut identities {
                *identity = Moved::new(std::mem::take(&mut identity.what), "another one", "this one");
            }
        }
        moved.extend(identities);
    }
}

fn named(of: &str, before: &Attributes, now: &Attributes, moved: &mut Vec<Moved>) {
    let sides: [BTreeMap<&str, &Value>; 2] =
        [before, now].map(|side| side.iter().map(|(name, value)| (name.as_str(), value)).collect());
    let text = |value: Option<&&Value>| value.map_or_else(|| "unset".to_owned(), ToString::to_string);
    let names: BTreeSet<&&str> = sides[0].keys().chain(sides[1].keys()).collect();
    for name in names {
        let (was, is) = (sides[0].get(*name), sides[1].get(*name));
        if was != is {
            moved.push(Moved::new(format!("{of} {name}"), text(was), text(is)));
        }
    }
}
