//! From the JSON of a plan back to a plan, for showing it and for comparing with it.
//!
//! What it takes to make a change is not in the file: a plan that comes from here cannot be applied.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Doable, Impact, Origin, Remedy};
use neonform_engine::diagnostic::Failure;
use neonform_engine::effort::Effort;
use neonform_engine::kind::{AnyChange, AnyOperation};
use neonform_engine::node::Position;
use neonform_engine::places::Places;
use neonform_engine::plan::{Finding, Plan, Step};
use neonform_engine::target::Target;
use serde_json::{Value as Json, json};

use crate::stored::{Stored, value};

/// The facts about a branch, all of them.
pub(super) fn target_json(target: &Target) -> Json {
    json!({
        "project": target.project,
        "organization": target.organization,
        "name": target.name,
        "id": target.id,
        "exists": target.exists,
        "parentId": target.parent_id,
        "isDefault": target.is_default,
        "isProtected": target.is_protected,
        "expiresAt": target.expires_at,
        "createdAt": target.created_at.map(|at| at.to_string()),
    })
}

fn target(stored: &Stored) -> Result<Target, Failure> {
    let found = &stored.json["target"];
    let text = |name: &str| found[name].as_str().map(str::to_owned);
    Ok(Target {
        project: stored.text("/target/project")?.to_owned(),
        organization: text("organization"),
        name: stored.text("/target/name")?.to_owned(),
        id: text("id"),
        exists: found["exists"]
            .as_bool()
            .ok_or_else(|| stored.misplaced("/target/exists", "true or false"))?,
        parent_id: text("parentId"),
        is_default: found["isDefault"].as_bool(),
        is_protected: found["isProtected"].as_bool(),
        expires_at: text("expiresAt"),
        created_at: text("createdAt").and_then(|at| at.parse::<Timestamp>().ok()),
    })
}

/// When a file's plan was made.
///
/// # Errors
/// When it does not say.
pub(super) fn made_at(stored: &Stored) -> Result<Timestamp, Failure> {
    stored.text("/madeAt")?.parse().map_err(|_| stored.misplaced("/madeAt", "a time"))
}

/// The plan of a file.
///
/// # Errors
/// When a part of it is missing or not what it should be.
pub(super) fn plan(stored: &Stored) -> Result<Plan, Failure> {
    let mut steps: Vec<Step> = Vec::new();
    for (index, found) in list(stored, "/plan/changes")?.iter().enumerate() {
        let (address, change) = change(stored, &format!("/plan/changes/{index}"), found)?;
        match steps.last_mut().filter(|step| step.address == address) {
            Some(step) => step.changes.push(change),
            None => {
                let (kind, needs) = (stored.kind(&address), Vec::new());
                steps.push(Step { address, kind, changes: vec![change], wanted: None, needs, wave: 0 });
            }
        }
    }
    Ok(Plan {
        steps,
        impossible: findings(stored, "/plan/impossible")?,
        drift: findings(stored, "/plan/drift")?,
        unchanged: addresses(stored, "/plan/unchanged")?,
        undeclared: addresses(stored, "/plan/undeclared")?,
        live: stored.state("/live")?,
        expected: stored.state("/expected")?,
        effort: effort(&stored.json["plan"]["effort"]),
        ..Plan::blank(target(stored)?, made_at(stored)?)
    })
}

fn effort(found: &Json) -> Effort {
    let number = |name: &str| found[name].as_u64();
    let count = |name: &str| number(name).and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
    Effort {
        requests: count("requests"),
        rounds: count("rounds"),
        about: number("seconds").map(Duration::from_secs),
    }
}

fn list<'a>(stored: &'a Stored, place: &str) -> Result<&'a Vec<Json>, Failure> {
    stored.json.pointer(place).and_then(Json::as_array).ok_or_else(|| stored.misplaced(place, "a list"))
}

fn addresses(stored: &Stored, place: &str) -> Result<Vec<Address>, Failure> {
    let text = |found: &Json| stored.address(found.as_str().unwrap_or_default());
    list(stored, place)?.iter().map(text).collect()
}

fn findings(stored: &Stored, place: &str) -> Result<Vec<Finding>, Failure> {
    let read = |(index, found): (usize, &Json)| {
        let (address, mut change) = change(stored, &format!("{place}/{index}"), found)?;
        let remedy = Remedy::ByHand(found["remedy"].as_str().unwrap_or_default().to_owned());
        let is_impossible = place.ends_with("impossible");
        change.doable = if is_impossible { Doable::No(remedy) } else { Doable::Shown(remedy) };
        Ok(Finding { address, change })
    };
    list(stored, place)?.iter().enumerate().map(read).collect()
}

fn change(stored: &Stored, place: &str, found: &Json) -> Result<(Address, AnyChange), Failure> {
    let word = |name: &str| found[name].as_str().unwrap_or_default();
    let actions = [Action::Create, Action::Update, Action::Replace, Action::Delete, Action::NoOp];
    let action = actions.into_iter().find(|action| action.word() == word("action"));
    let action = action.ok_or_else(|| stored.misplaced(&format!("{place}/action"), "an action"))?;
    let impacts = [Impact::Additive, Impact::Override, Impact::Destructive];
    let impact = impacts.into_iter().find(|impact| impact.word() == word("impact"));
    let impact = impact.ok_or_else(|| stored.misplaced(&format!("{place}/impact"), "an impact"))?;
    let origins = [Origin::Policy, Origin::Drift, Origin::Both];
    let mut change = Change::doable(action, impact, AnyOperation::absent());
    change.origin = origins.into_iter().find(|origin| origin.word() == word("origin")).unwrap_or_default();
    change.reason = found["reason"].as_str().map(str::to_owned);
    change.places = Places::at(position(&found["at"]));
    for attribute in found["attributes"].as_array().into_iter().flatten() {
        let name = attribute["name"].as_str().unwrap_or_default().to_owned();
        if let Some(at) = position(&attribute["at"]) {
            change.places = change.places.with_part(&name, at);
        }
        let side = |side: &str| attribute.get(side).map(value);
        change.attributes.push(Attribute { before: side("before"), after: side("after"), name });
    }
    Ok((stored.address(word("address"))?, change))
}

fn position(found: &Json) -> Option<Position> {
    let number = |name: &str| found[name].as_u64().and_then(|number| u32::try_from(number).ok());
    Some(Position {
        file: Arc::from(found["file"].as_str()?),
        line: number("line")?,
        column: number("column")?,
    })
}
