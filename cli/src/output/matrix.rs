//! What a policy says for several branches side by side: only where they differ.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::Style;
use neonform_engine::path::Path;
use neonform_engine::value::Value;
use serde_json::{Map, Value as Json, json};

use super::json::masked;
use super::table::{Cell, Table};
use super::text::{count, printable};

const DIM: Style = Style::new().dimmed();
/// What stands for a value that a branch does not have.
const ABSENT: &str = "–";

/// A branch's name, and what the policy resolves to for it.
pub type Column = (String, Value);

/// One row: a place, and the value there for each branch.
type Row = (Path, Vec<Option<Value>>);

/// Writes the places where branches differ, a row each.
///
/// # Errors
/// When the output cannot be written.
pub fn human(out: &mut dyn Write, columns: &[Column]) -> io::Result<()> {
    let (rows, same) = rows(columns);
    let heading = columns.iter().map(|(name, _)| Cell::plain(printable(name)));
    let mut table: Vec<Vec<Cell>> = vec![std::iter::once(Cell::default()).chain(heading).collect()];
    for (place, values) in &rows {
        let shown = values.iter().map(|value| {
            Cell::plain(
                value.as_ref().map_or_else(|| ABSENT.to_owned(), |value| printable(&value.to_string())),
            )
        });
        table.push(std::iter::once(Cell::plain(printable(&place.to_string()))).chain(shown).collect());
    }
    Table(table).write(out)?;
    writeln!(out, "{DIM}{} the same for every branch.{DIM:#}", count(same, "value"))
}

/// Everything, by branch.
pub fn json(columns: &[Column]) -> Json {
    let branches: Map<String, Json> =
        columns.iter().map(|(name, resolved)| (name.clone(), masked(resolved))).collect();
    json!({ "version": 1, "branches": branches })
}

/// The rows that differ, and how many do not.
fn rows(columns: &[Column]) -> (Vec<Row>, usize) {
    let mut places = BTreeSet::new();
    for (_, resolved) in columns {
        leaves(resolved, &Path::root(), &mut places);
    }
    let all = places.len();
    let value =
        |place: &Path| columns.iter().map(|(_, resolved)| resolved.at(place).cloned()).collect::<Vec<_>>();
    let rows: Vec<Row> = places
        .into_iter()
        .map(|place| (value(&place), place))
        .filter(|(values, _)| values.windows(2).any(|pair| pair[0] != pair[1]))
        .map(|(values, place)| (place, values))
        .collect();
    let same = all - rows.len();
    (rows, same)
}

fn leaves(value: &Value, place: &Path, found: &mut BTreeSet<Path>) {
    match value {
        Value::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|(key, value)| leaves(value, &place.key(key), found));
        }
        Value::List(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &place.index(index), found));
        }
        _ => {
            found.insert(place.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_differences_have_a_row() {
        let of = |ttl: Option<f64>| {
            let mut resolved = Value::Map(Vec::new());
            resolved.set(&Path::root().key("authEnabled"), true.into());
            if let Some(ttl) = ttl {
                resolved.set(&Path::root().key("ttlSeconds"), ttl.into());
            }
            resolved
        };
        let columns = [("main".to_owned(), of(None)), ("preview".to_owned(), of(Some(60.0)))];
        let (rows, same) = rows(&columns);
        assert_eq!(same, 1);
        assert_eq!(rows, [(Path::root().key("ttlSeconds"), vec![None, Some(60.0.into())])]);
    }
}
