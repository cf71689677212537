//! Env files, exactly as the reference reads them (spec 2.4): no interpolation, no comments behind
//! values, no line breaks in values.

use std::collections::BTreeMap;
use std::path::Path;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::env;

/// The assignments of a file; the last one to a name wins.
pub fn parse(text: &str) -> BTreeMap<String, String> {
    text.split('\n').filter_map(assignment).collect()
}

/// The name that a line assigns to.
pub fn name(line: &str) -> Option<&str> {
    split(line).map(|(name, _)| name)
}

fn assignment(line: &str) -> Option<(String, String)> {
    split(line).map(|(name, rest)| (name.to_owned(), value(rest.trim())))
}

fn split(line: &str) -> Option<(&str, &str)> {
    // A file may begin with a byte order mark.
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let line = match line.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => line,
    };
    let (name, rest) = line.split_once('=')?;
    let name = name.trim_end();
    let mut letters = name.bytes();
    let well_formed = letters.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && letters.all(|b| b.is_ascii_alphanumeric() || b == b'_');
    well_formed.then_some((name, rest))
}

fn value(text: &str) -> String {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    match (inside('"'), inside('\'')) {
        (Some(inner), _) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        (_, Some(inner)) => inner.to_owned(),
        _ => text.to_owned(),
    }
}

/// The process's variables over those of a file, if one is named.
///
/// # Errors
/// When the file cannot be read.
pub fn layered(file: Option<&Path>, directory: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = BTreeMap::new();
    if let Some(file) = file {
        let text = std::fs::read(directory.join(file)).map_err(|cause| {
            Diagnostic::error(codes::USAGE, "the env file cannot be read")
                .found(file.display().to_string())
                .fact("cause", cause.to_string())
                .fix("correct --env; it is taken against the working directory")
        })?;
        variables = parse(&String::from_utf8_lossy(&text));
    }
    variables.extend(env::unicode());
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(assignment(line), expected, "{line:?}");
    }

    #[test]
    fn every_form_of_a_line() {
        check("A=1", Some(("A", "1")));
        check("  export  A = 1 \r", Some(("A", "1")));
        check("A=", Some(("A", "")));
        check("exportA=1", Some(("exportA", "1")));
        check(r#"A="x \"y\" \\ z""#, Some(("A", r#"x "y" \ z"#)));
        check(r"A='x \' y'", Some(("A", r"x \' y")));
        check("A=1 # not a comment", Some(("A", "1 # not a comment")));
        check(r#"A="\n""#, Some(("A", r"\n")));
        check("A=\"", Some(("A", "\"")));
        check("# A=1", None);
        check("1A=1", None);
        check("A-B=1", None);
        check("just text", None);
    }

    #[test]
    fn the_last_assignment_wins() {
        assert_eq!(parse("A=1\nA=2\n").get("A").map(String::as_str), Some("2"));
    }
}
