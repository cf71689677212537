//! What a change does to attributes: `name  old → new`, aligned, on one line where it fits.
//!
//! Lists, maps and texts that do not fit are line differences. Variables whose values never show are their names,
//! each with a sign, on one line. Where a whole resource comes or goes, its values stand for themselves.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use neonform_engine::change::{Action, Attribute};
use neonform_engine::value::Value;
use similar::{ChangeTag, TextDiff};

use crate::output::page::{Page, padded, width, wrapped};
use crate::output::text::printable;

/// Where attributes begin.
pub(super) const INDENT: usize = 6;
/// Unchanged lines around each difference.
const CONTEXT: usize = 2;
/// Names longer than this do not move others' values either.
const LONGEST_NAME: usize = 40;

const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();

/// Writes the attributes of one change.
///
/// # Errors
/// When the output cannot be written.
pub(super) fn write(
    out: &mut dyn Write,
    page: Page,
    action: Action,
    attributes: &[Attribute],
) -> io::Result<()> {
    let rows = rows(page, action, attributes);
    // What gets lines of its own does not move the values of all others.
    let beside = rows.iter().filter(|row| row.fits(page, 0)).map(|row| width(&row.name));
    let column = beside.filter(|width| *width <= LONGEST_NAME).max();
    rows.iter().try_for_each(|row| row.write(out, page, column.unwrap_or(0)))
}

/// One name, and what is said of it.
struct Row<'a> {
    name: String,
    text: Option<String>,
    lines: Option<(&'a Value, &'a Value)>,
}

fn rows(page: Page, action: Action, attributes: &[Attribute]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for attribute in attributes {
        match hidden(attribute) {
            Some((group, token)) => match rows.iter_mut().find(|row| row.name == group) {
                Some(Row { text: Some(text), lines: None, .. }) => *text = format!("{text} {token}"),
                _ => rows.push(Row { name: group, text: Some(token), lines: None }),
            },
            None => rows.push(row(page, action, attribute)),
        }
    }
    rows
}

/// Of a variable in a group whose value never shows: the group, and its name with a sign.
fn hidden(attribute: &Attribute) -> Option<(String, String)> {
    let (group, name) = attribute.name.split_once('.')?;
    let sign = match (&attribute.before, &attribute.after) {
        (None, Some(Value::Secret(_))) => '+',
        (Some(Value::Secret(_)), None) => '-',
        (Some(Value::Secret(_)), Some(Value::Secret(_))) => '~',
        _ => return None,
    };
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let name = if plain { name.to_owned() } else { printable(&format!("{name:?}")) };
    Some((printable(group), format!("{sign}{name}")))
}

fn row(page: Page, action: Action, attribute: &Attribute) -> Row<'_> {
    let side = |value: &Option<Value>| value.as_ref().map_or_else(|| "(unset)".to_owned(), inline);
    let pair = format!("{} {} {}", side(&attribute.before), page.arrow(), side(&attribute.after));
    let (text, lines) = match (&attribute.before, &attribute.after) {
        (Some(before), Some(after)) if before == after => (inline(after), None),
        (Some(before), Some(after)) => (pair, Some((before, after))),
        (None, Some(only)) if action == Action::Create => (inline(only), Some((&Value::Null, only))),
        (Some(only), None) if action == Action::Delete => (inline(only), Some((only, &Value::Null))),
        (None, Some(after)) => (pair, Some((&Value::Null, after))),
        (Some(before), None) => (pair, Some((before, &Value::Null))),
        (None, None) => (String::new(), None),
    };
    let is_list = |value: &Value| matches!(value, Value::List(_) | Value::Map(_));
    let always = lines.is_some_and(|(before, after)| {
        is_list(before) && is_list(after) || has_lines(before) || has_lines(after)
    });
    Row { name: printable(&attribute.name), text: (!always).then_some(text), lines }
}

fn has_lines(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.trim_end().contains('\n'))
}

/// A value within a line; a text that could be taken for something else is quoted.
fn inline(value: &Value) -> String {
    let Value::String(text) = value else { return printable(&value.to_string()) };
    let doubtful = text.is_empty()
        || text.trim() != text
        || text.starts_with(['(', '"'])
        || ["→", "->"].iter().any(|arrow| text.contains(arrow));
    printable(&if doubtful { format!("{text:?}") } else { text.clone() })
}

/// A value on lines of its own: an item, an entry or a line each.
fn on_lines(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::List(items) => items.iter().map(inline).collect(),
        Value::Map(entries) => {
            entries.iter().map(|(key, item)| printable(&format!("{key}: {}", in_collection(item)))).collect()
        }
        Value::String(text) if has_lines(value) => text.lines().map(printable).collect(),
        other => vec![inline(other)],
    }
}

/// Quoted, as it is inside a list.
fn in_collection(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

impl Row<'_> {
    /// Where its value begins, when those of others begin at `column`.
    fn from(&self, column: usize) -> usize {
        INDENT + column.max(width(&self.name)) + 2
    }

    /// Whether it is one line.
    fn fits(&self, page: Page, column: usize) -> bool {
        self.text.as_ref().is_some_and(|text| self.from(column) + width(text) <= page.width)
    }

    fn write(&self, out: &mut dyn Write, page: Page, column: usize) -> io::Result<()> {
        let indent = " ".repeat(INDENT);
        match (&self.text, self.lines) {
            (Some(text), lines) if self.fits(page, column) || lines.is_none() => {
                let line = format!("{indent}{}  {text}", padded(&self.name, column));
                let lines = if self.fits(page, column) {
                    vec![line]
                } else {
                    wrapped(&line, page.width, self.from(column))
                };
                lines.iter().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
            }
            (_, Some((before, after))) => {
                writeln!(out, "{indent}{}", self.name)?;
                difference(out, page, &on_lines(before), &on_lines(after))
            }
            (_, None) => Ok(()),
        }
    }
}

/// The lines that differ, with some around them.
fn difference(out: &mut dyn Write, page: Page, before: &[String], after: &[String]) -> io::Result<()> {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.iter().map(String::as_str).collect(), after.iter().map(String::as_str).collect());
    let difference = TextDiff::from_slices(&before, &after);
    let mut shown = 0;
    for group in difference.grouped_ops(CONTEXT) {
        let from = group.first().map_or(0, |operation| operation.old_range().start);
        left_out(out, page, from.saturating_sub(shown))?;
        shown = group.last().map_or(shown, |operation| operation.old_range().end);
        for change in group.iter().flat_map(|operation| difference.iter_changes(operation)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Insert => ('+', ADDED),
                ChangeTag::Delete => ('-', REMOVED),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let line = format!("{}{sign} {}", " ".repeat(INDENT + 2), change.value());
            for line in wrapped(&line, page.width, INDENT + 6) {
                writeln!(out, "{style}{}{style:#}", line.trim_end())?;
            }
        }
    }
    left_out(out, page, before.len().saturating_sub(shown))
}

fn left_out(out: &mut dyn Write, page: Page, lines: usize) -> io::Result<()> {
    if lines == 0 {
        return Ok(());
    }
    let indent = " ".repeat(INDENT + 4);
    writeln!(out, "{indent}{DIM}{} {lines} unchanged{DIM:#}", page.ellipsis())
}
