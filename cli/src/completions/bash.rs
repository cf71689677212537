//! Bash's side of completions: it breaks words at `=` and `:`, and wants only what belongs behind the last break.
//!
//! `clap_complete` has an adapter of its own, which takes bash's words for words: `--branch=pre` is three of them and
//! `local:FILE` as well. Here the words that stand together on the line are put together again.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap_complete::engine::complete;
use clap_complete::env::EnvCompleter;

/// The line up to the cursor.
const LINE: &str = "_NEONFORM_LINE";
/// What stands between two answers: never in a word, unlike a line feed.
const SEPARATOR: char = '\u{b}';

/// The adapter.
#[derive(Debug, Default)]
pub(super) struct Bash {
    /// How much of the last word bash holds for done.
    done: usize,
}

impl Bash {
    /// Bash's words, put together again.
    pub(super) fn join(&mut self, words: Vec<OsString>) -> Vec<OsString> {
        let line = std::env::var(LINE).unwrap_or_default();
        let words: Vec<String> = words.into_iter().filter_map(|word| word.into_string().ok()).collect();
        let (whole, done) = joined(&words, &line);
        self.done = done;
        whole.into_iter().map(OsString::from).collect()
    }
}

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let completer = crate::invocation::quoted(completer);
        write!(
            out,
            r#"_{name}_complete() {{
    local IFS=$'\v'
    COMPREPLY=( $({var}=bash {LINE}="${{COMP_LINE:0:COMP_POINT}}" \
        {completer} -- "${{COMP_WORDS[@]:0:COMP_CWORD+1}}" 2>/dev/null) )
    if [[ "${{COMPREPLY-}}" != *[=/:] ]]; then
        compopt +o nospace 2>/dev/null
    fi
}}
complete -o nospace -o bashdefault -F _{name}_complete {bin}
"#
        )
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        words: Vec<OsString>,
        working: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let last = words.len().saturating_sub(1);
        let is_begun = words.last().is_some_and(|word| !word.is_empty());
        let found = complete(command, words, last, working)?;
        let mut values: Vec<String> =
            found.iter().filter_map(|candidate| candidate.get_value().to_str().map(str::to_owned)).collect();
        // Flags are many, and show as soon as a dash is typed.
        if !is_begun && values.iter().any(|value| !value.starts_with('-')) {
            values.retain(|value| !value.starts_with('-'));
        }
        let rest: Vec<&str> = values.iter().filter_map(|value| value.get(self.done..)).collect();
        write!(out, "{}", rest.join(SEPARATOR.encode_utf8(&mut [0; 4])))
    }
}

/// Bash's words as the words that they are parts of, up to the cursor, and how much of the last one bash holds for
/// done.
fn joined(words: &[String], line: &str) -> (Vec<String>, usize) {
    let mut whole: Vec<String> = Vec::new();
    let (mut rest, mut done) = (line, 0);
    for word in words {
        let from = rest.trim_start();
        let is_apart = from.len() < rest.len() || whole.is_empty();
        // The cursor may stand within the last word.
        let word = if from.starts_with(word.as_str()) { word } else { from };
        rest = from.get(word.len()..).unwrap_or_default();
        let is_break = !word.is_empty() && word.chars().all(|c| "=:".contains(c));
        match whole.last_mut().filter(|_| !is_apart) {
            Some(before) => {
                done = before.len() + if is_break { word.len() } else { 0 };
                before.push_str(word);
            }
            None => {
                done = 0;
                whole.push(word.to_owned());
            }
        }
    }
    (whole, done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, words: &[&str], whole: &[&str], done: usize) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let expected: Vec<String> = whole.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(joined(&words, line), (expected, done), "{line}");
    }

    #[test]
    fn what_stands_together_is_one_word() {
        check(
            "n plan --branch=pre",
            &["n", "plan", "--branch", "=", "pre"],
            &["n", "plan", "--branch=pre"],
            9,
        );
        check("n plan --branch=", &["n", "plan", "--branch", "="], &["n", "plan", "--branch="], 9);
        check(
            "n --backend local:s -",
            &["n", "--backend", "local", ":", "s", "-"],
            &["n", "--backend", "local:s", "-"],
            0,
        );
        check("n plan ", &["n", "plan", ""], &["n", "plan", ""], 0);
        check("n pl", &["n", "plan"], &["n", "pl"], 0);
        check("n --branch = x", &["n", "--branch", "=", "x"], &["n", "--branch", "=", "x"], 0);
    }
}
