//! A file of variables that people write in as well: only the lines of the variables that are pulled change (spec 7.4).
//!
//! Everything else stays as it is, byte for byte: comments, order, blank lines, how a line ends. `dotenv.rs` reads such files.

use std::collections::{BTreeMap, BTreeSet};

use neonform_engine::value::Secret;

use crate::dotenv;

/// A file as it is to be, and what that changes.
#[derive(Debug, Default)]
pub struct Merged {
    /// The whole file.
    pub text: String,
    /// Variables that were taken out.
    pub removed: Vec<String>,
    /// Variables that hold something else than before.
    pub changed: Vec<String>,
}

/// Puts variables into the text of a file, and takes those out that `is_stale` names. Each is written where it stands,
/// also where it stands twice, since readers disagree on which of two counts; one that is new comes to the end.
pub fn merge(text: &str, variables: &[(String, Secret)], is_stale: &dyn Fn(&str) -> bool) -> Merged {
    let before = dotenv::parse(text);
    let wanted: BTreeMap<&str, &Secret> =
        variables.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let mut written = BTreeSet::new();
    let mut removed = BTreeSet::new();
    let mut lines: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        match dotenv::name(line) {
            Some(name) if wanted.contains_key(name) => {
                lines.push(rewritten(line, name, wanted[name]));
                written.insert(name.to_owned());
            }
            Some(name) if is_stale(name) => {
                removed.insert(name.to_owned());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    let usual = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let new: Vec<&(String, Secret)> = variables.iter().filter(|(name, _)| !written.contains(name)).collect();
    if !new.is_empty() || !removed.is_empty() {
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
    }
    if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push_str(usual);
    }
    lines.extend(new.iter().map(|(name, value)| written_line(name, value, usual)));
    let changed =
        variables.iter().filter(|(name, value)| before.get(name).map(String::as_str) != Some(value.expose()));
    Merged {
        text: lines.concat(),
        removed: removed.into_iter().collect(),
        changed: changed.map(|(name, _)| name.clone()).collect(),
    }
}

/// A line with another value. What stands before the name stays, `export` say; a line that holds the value already stays
/// as it is.
fn rewritten(line: &str, name: &str, value: &Secret) -> String {
    if dotenv::parse(line).get(name).map(String::as_str) == Some(value.expose()) {
        return line.to_owned();
    }
    let before = line.find(name).map_or("", |at| &line[..at]);
    let ending = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
    before.to_owned() + &written_line(name, value, ending)
}

fn written_line(name: &str, value: &Secret, ending: &str) -> String {
    format!("{name}={}{ending}", written_value(value.expose()))
}

/// A value as it stands in a file: in quotes where it would be read differently without them. Readers disagree on what a
/// backslash or a dollar sign means in double quotes, and on nothing in single ones.
pub fn written_value(value: &str) -> String {
    let is_space = |c: char| c.is_whitespace() || c == '\u{feff}';
    let is_special = |c: char| matches!(c, '\\' | '$' | '`');
    let needs_quotes = value.contains(|c: char| is_space(c) || is_special(c) || "#\"'=".contains(c));
    match value {
        _ if !needs_quotes => value.to_owned(),
        _ if value.contains(|c: char| is_special(c) || c == '"') && !value.contains('\'') => {
            format!("'{value}'")
        }
        _ => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, Secret)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
    }

    fn check(text: &str, pairs: &[(&str, &str)], stale: &[&str], expected: &str) -> Merged {
        let merged = merge(text, &variables(pairs), &|name| stale.contains(&name));
        assert_eq!(merged.text, expected);
        // A second time nothing changes.
        let again = merge(expected, &variables(pairs), &|name| stale.contains(&name));
        assert_eq!((again.text.as_str(), again.changed.len(), again.removed.len()), (expected, 0, 0));
        merged
    }

    #[test]
    fn only_lines_of_the_variables_change() {
        let text = "# mine\n\n  export A = old # note\r\nB=2\t \nC=3\n";
        let merged =
            check(text, &[("A", "new"), ("D", "4")], &["C"], "# mine\n\n  export A=new\r\nB=2\t \nD=4\r\n");
        assert_eq!(
            (merged.changed, merged.removed),
            (vec!["A".to_owned(), "D".to_owned()], vec!["C".to_owned()])
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        for value in [
            "",
            "plain",
            "a b",
            "a#b",
            "it's",
            "say \"hi\"",
            r"back\slash",
            r#"\" "#,
            "x=1",
            "pa$$word",
            "`id`",
            "it's $HOME",
            "it's \\",
            "it's \"both\"",
            "\"quoted\"",
            "'quoted'",
            " padded ",
            "\u{feff}marked",
            "postgres://u:p@h/d?a=b",
        ] {
            let line = format!("A={}", written_value(value));
            assert_eq!(dotenv::parse(&line).get("A").map(String::as_str), Some(value), "{line}");
        }
    }

    #[test]
    fn a_line_that_holds_the_value_stays_as_it_is() {
        for line in ["A='1 2'\n", "export A = 1 2\r\n", "\u{feff}A=\"1 2\"\n"] {
            check(line, &[("A", "1 2")], &[], line);
        }
        check("\u{feff}A=0\n", &[("A", "1 2")], &[], "\u{feff}A=\"1 2\"\n");
    }

    #[test]
    fn a_name_that_stands_twice_holds_the_same_in_both_places() {
        check("A=1\nB=2\nA=3\n", &[("A", "4")], &[], "A=4\nB=2\nA=4\n");
    }

    #[test]
    fn the_end_of_a_file_is_one_line_feed() {
        check("", &[("A", "1")], &[], "A=1\n");
        check("B=2", &[("A", "1")], &[], "B=2\nA=1\n");
        check("B=2\n\n \n", &[("A", "1")], &[], "B=2\nA=1\n");
        check("B=2\n\n", &[("B", "1")], &[], "B=1\n\n");
        check("", &[], &[], "");
    }
}
