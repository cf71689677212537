//! Branches as a list.

use std::io::{self, Write};

use serde_json::{Map, Value as Json};

use super::page::Page;
use super::table::{Cell, Table};
use super::text::printable;

/// The default branch first, then by name; the platform lists them by their last change.
pub fn sort(branches: &mut [Json]) {
    branches.sort_by_key(|branch| (branch["default"] != true, text(branch, "name").to_owned()));
}

/// Writes a line a branch. What does not fit the page is left out from behind.
///
/// # Errors
/// When the output cannot be written.
pub fn branches(out: &mut dyn Write, page: Page, branches: &[Json], pinned: Option<&str>) -> io::Result<()> {
    let heading = ["Name", "", "Expires", "Id", "State", "Created"];
    let mut rows = vec![heading.map(Cell::plain).to_vec()];
    rows.extend(branches.iter().map(|branch| {
        let cell = |name: &str| Cell::plain(printable(text(branch, name)));
        let notes = Cell::plain(notes(branch, pinned).join(", "));
        let expires =
            if branch["expires_at"].is_string() { cell("expires_at") } else { Cell::plain("never") };
        vec![cell("name"), notes, expires, cell("id"), cell("current_state"), cell("created_at")]
    }));
    let mut table = Table(rows);
    while table.width() > page.width && table.0[0].len() > 2 {
        table.0.iter_mut().for_each(|row| drop(row.pop()));
    }
    table.write(out)
}

fn notes(branch: &Json, pinned: Option<&str>) -> Vec<&'static str> {
    let is_pinned =
        pinned.is_some() && (pinned == branch["name"].as_str() || pinned == branch["id"].as_str());
    let notes = [
        (branch["default"] == true, "default"),
        (branch["protected"] == true, "protected"),
        (is_pinned, "pinned"),
    ];
    notes.into_iter().filter(|(is, _)| *is).map(|(_, note)| note).collect()
}

/// A branch in our JSON: what the platform reports of it, in a policy's words.
pub fn branch_json(branch: &Json, pinned: Option<&str>) -> Json {
    let fields = [
        ("id", "id"),
        ("name", "name"),
        ("parent_id", "parentId"),
        ("default", "isDefault"),
        ("protected", "protected"),
        ("current_state", "state"),
        ("expires_at", "expiresAt"),
        ("created_at", "createdAt"),
    ];
    let mut json: Map<String, Json> = fields
        .into_iter()
        .filter_map(|(theirs, ours)| Some((ours.to_owned(), branch.get(theirs)?.clone())))
        .collect();
    json.insert("isPinned".to_owned(), notes(branch, pinned).contains(&"pinned").into());
    json.into()
}

fn text<'a>(branch: &'a Json, name: &str) -> &'a str {
    branch[name].as_str().unwrap_or_default()
}
