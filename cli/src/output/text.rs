//! Text that is safe to print: names and messages come from policies and servers.

use std::fmt::Write;

/// Control characters made visible, so that no text moves the cursor, hides itself or adds a line.
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            let _ = write!(safe, "{}", c.escape_default());
        } else {
            safe.push(c);
        }
    }
    inert(&safe)
}

/// Text without what GitHub Actions reads as a command in a job's log: `::name::` at the start of a line, and
/// `##[name]` anywhere. Any word may come to stand at the start of a line.
pub fn inert(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let begins = if word.starts_with("::") { "\\" } else { "" };
        format!("{begins}{}", word.replace("##[", "##\\["))
    });
    words.collect()
}

/// Characters that reorder or hide what stands around them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A count with its noun: `1 change`, `2 changes`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_no_command_from_text() {
        assert_eq!(
            inert("a ::b::\n  ::stop-commands::c\nx ##[error]y"),
            "a \\::b::\n  \\::stop-commands::c\nx ##\\[error]y"
        );
    }

    #[test]
    fn escape_sequences_become_visible() {
        assert_eq!(printable("a\u{1b}[31mb\nc\u{202e}"), r"a\u{1b}[31mb\nc\u{202e}");
        assert_eq!(printable("ünï → ok"), "ünï → ok");
    }
}
