//! Plans for several branches side by side: which resource changes where.
//!
//! One grid feeds the formats: a row for each branch, a column for each resource that is not
//! unchanged everywhere. `human.rs`, `json.rs` and `markdown.rs` draw it.

pub mod human;
pub mod json;
pub mod markdown;

use std::collections::{BTreeMap, BTreeSet};

use neonform_engine::change::Action;
use neonform_engine::diagnostic::{Failure, Severity};
use neonform_engine::plan::Plan;
use neonform_engine::state::on_every_branch;
use neonform_neon::kinds;

use super::page::Page;
use super::text::count;
use crate::branches::Row;

/// What a plan says of one resource on one branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// The policy does not declare it for this branch.
    Absent,
    /// Nothing is to be done.
    Unchanged,
    /// It differs, and is not changed.
    Drift,
    /// It is changed; of several changes the weightiest.
    Changed(Action),
    /// It cannot be made what the policy says.
    Impossible,
    /// The branch could not be planned for.
    Unknown,
}

impl Cell {
    /// The sign for it.
    pub(super) fn sign(self, page: Page) -> &'static str {
        match self {
            Cell::Absent if page.ascii => ".",
            Cell::Absent => "·",
            Cell::Unchanged => page.sign(Action::NoOp),
            Cell::Drift if page.ascii => "!=",
            Cell::Drift => "≠",
            Cell::Changed(action) => page.sign(action),
            Cell::Impossible => "!",
            Cell::Unknown => "?",
        }
    }

    fn weight(self) -> u8 {
        match self {
            Cell::Absent => 0,
            Cell::Unchanged => 1,
            Cell::Drift => 2,
            Cell::Changed(Action::NoOp) => 3,
            Cell::Changed(Action::Update) => 4,
            Cell::Changed(Action::Create) => 5,
            Cell::Changed(Action::Delete) => 6,
            Cell::Changed(Action::Replace) => 7,
            Cell::Impossible => 8,
            Cell::Unknown => 9,
        }
    }
}

/// Branches by resources.
pub(super) struct Grid {
    /// The resources that are not unchanged everywhere, sorted.
    pub(super) resources: Vec<String>,
    /// A row for each branch, a cell for each of the resources.
    pub(super) cells: Vec<Vec<Cell>>,
    /// How many resources are unchanged on every branch that they are declared for.
    unchanged: usize,
}

impl Grid {
    /// What is not in the grid, in a line.
    pub(super) fn rest(&self, totals: &Totals) -> Option<String> {
        let place = if totals.failed == 0 { "on every branch" } else { "wherever that is known" };
        (self.unchanged > 0).then(|| format!("{} unchanged {place}.", count(self.unchanged, "resource")))
    }

    pub(super) fn of(rows: &[Row]) -> Self {
        let of_rows: Vec<Option<BTreeMap<String, Cell>>> =
            rows.iter().map(|row| row.plan.as_ref().ok().map(cells)).collect();
        let all: BTreeSet<&String> = of_rows.iter().flatten().flat_map(BTreeMap::keys).collect();
        let quiet = |cell: &Cell| *cell == Cell::Unchanged;
        let (unchanged, resources): (Vec<&String>, Vec<&String>) = all
            .into_iter()
            .partition(|name| of_rows.iter().flatten().filter_map(|row| row.get(*name)).all(quiet));
        let cell = |row: &Option<BTreeMap<String, Cell>>, name: &String| match row {
            Some(row) => row.get(name).copied().unwrap_or(Cell::Absent),
            None => Cell::Unknown,
        };
        let cells =
            of_rows.iter().map(|row| resources.iter().map(|name| cell(row, name)).collect()).collect();
        let unchanged = unchanged.len();
        Self { resources: resources.into_iter().cloned().collect(), cells, unchanged }
    }
}

/// What one plan says of each resource.
fn cells(plan: &Plan) -> BTreeMap<String, Cell> {
    let mut found = BTreeMap::new();
    let kinds = kinds();
    let changes = plan.changes().map(|(address, change)| (address, Cell::Changed(change.action)));
    let unchanged = plan.unchanged.iter().map(|address| (address, Cell::Unchanged));
    let drift = plan.drift.iter().map(|finding| (&finding.address, Cell::Drift));
    let impossible = plan.impossible.iter().map(|finding| (&finding.address, Cell::Impossible));
    for (address, cell) in changes.chain(unchanged).chain(drift).chain(impossible) {
        let kept = found.entry(on_every_branch(&kinds, address).to_string()).or_insert(cell);
        if cell.weight() > kept.weight() {
            *kept = cell;
        }
    }
    found
}

/// How many branches there are of each sort, and how many changes.
#[derive(Debug)]
pub(super) struct Totals {
    pub(super) changed: usize,
    pub(super) unchanged: usize,
    pub(super) failed: usize,
    pub(super) actions: [(Action, usize); 4],
    pub(super) undeclared: usize,
    /// Whether some branch differs where nothing is changed.
    pub(super) drift: bool,
}

impl Totals {
    pub(super) fn of(rows: &[Row]) -> Self {
        let plans = || rows.iter().filter_map(|row| row.plan.as_ref().ok());
        let changed = plans().filter(|plan| !plan.is_empty()).count();
        let number =
            |action| plans().flat_map(Plan::changes).filter(|(_, change)| change.action == action).count();
        let actions = [Action::Create, Action::Update, Action::Replace, Action::Delete];
        Self {
            changed,
            unchanged: plans().count() - changed,
            failed: rows.len() - plans().count(),
            actions: actions.map(|action| (action, number(action))),
            undeclared: plans().map(|plan| plan.undeclared.len()).sum(),
            drift: plans().any(|plan| !plan.drift.is_empty()),
        }
    }

    /// Whether there is nothing to say about any branch.
    pub(super) fn is_quiet(&self) -> bool {
        self.changed == 0 && self.failed == 0 && !self.drift
    }

    /// The totals in a line.
    pub(super) fn line(&self) -> String {
        let of = |number: usize, what: &str| (number > 0).then(|| format!("{number} {what}"));
        let branches =
            [of(self.changed, "with changes"), of(self.unchanged, "without"), of(self.failed, "failed")];
        let branches = branches.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let number = branches_in_words(self.changed + self.unchanged + self.failed);
        let changes =
            self.actions.iter().filter_map(|(action, number)| of(*number, &format!("to {}", action.word())));
        let changes = changes.collect::<Vec<_>>().join(", ");
        let and = if changes.is_empty() { "" } else { "; " };
        format!("{number}: {branches}{and}{changes}.")
    }
}

/// How many branches, with the noun.
pub(super) fn branches_in_words(number: usize) -> String {
    if number == 1 { "1 branch".to_owned() } else { format!("{number} branches") }
}

/// A failure in a line.
pub(super) fn in_short(failure: &Failure) -> String {
    let first = failure.0.iter().find(|problem| problem.severity == Severity::Error).or(failure.0.first());
    let more = match failure.0.len() {
        0 | 1 => String::new(),
        number => format!(" (and {} more)", number - 1),
    };
    first.map_or_else(String::new, |problem| format!("error[{}]: {}{more}", problem.code.id, problem.summary))
}
