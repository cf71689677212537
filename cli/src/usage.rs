//! Why a command line was not understood, as a problem like any other.
//!
//! The parser says what it stumbled over; the nearest flag or command that exists is asked for, and what the neon
//! command line has and `neonform` has not is answered with what to use instead (`usage/reference.rs`).

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, ValueEnum};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::args::{self, Format};

mod reference;

/// The format that results were asked for in, as far as the command line can be read.
pub fn format() -> Format {
    let mut words = std::env::args().skip(1).take_while(|word| word != "--");
    let mut asked = None;
    while let Some(word) = words.next() {
        asked = match word.as_str() {
            "-o" | "--output" => words.next(),
            _ => word.strip_prefix("--output=").or(word.strip_prefix("-o")).map(str::to_owned).or(asked),
        };
    }
    asked.and_then(|name| Format::from_str(&name, false).ok()).unwrap_or(Format::Human)
}

/// What the parser stumbled over.
pub fn failure(error: &clap::Error) -> Failure {
    let said = Said(error);
    let problem = match error.kind() {
        ErrorKind::UnknownArgument => unknown_argument(&said),
        ErrorKind::InvalidSubcommand => unknown_command(&said),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => bad_value(&said),
        ErrorKind::MissingRequiredArgument => problem("something is missing on the command line")
            .found("nothing")
            .expected(said.all(ContextKind::InvalidArg))
            .fix("add it")
            .fact("usage", said.usage()),
        ErrorKind::ArgumentConflict => problem("two parts of the command line contradict each other")
            .found(format!("{} and {}", said.all(ContextKind::InvalidArg), said.all(ContextKind::PriorArg)))
            .fix("leave one of them out"),
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            problem("the command line is not understood").found(first.trim_start_matches("error: "))
        }
    };
    problem.into()
}

fn problem(summary: &str) -> Diagnostic {
    Diagnostic::error(codes::USAGE, summary)
}

fn unknown_argument(said: &Said<'_>) -> Diagnostic {
    let word = said.all(ContextKind::InvalidArg);
    if !word.starts_with('-') {
        return problem("there is a word too many on the command line")
            .found(format!("{word:?}"))
            .fix("leave it out; with --help the command says what it takes");
    }
    let flag = word.split('=').next().unwrap_or_default().to_owned();
    let problem = problem("there is no such flag").found(flag.clone());
    if let Some(instead) = reference::flag(&flag) {
        return problem.fix(instead);
    }
    let known = flags(&said.command());
    let problem = problem.fix("look it up with --help");
    // What was not typed to its end counts as well, where only one flag begins like it.
    let mut longer = known.iter().filter(|known| known.starts_with(&flag));
    match (longer.next(), longer.next()) {
        (Some(only), None) => problem.suggest(only, [only.as_str()]),
        _ => problem.suggest(&flag, known.iter().map(String::as_str)),
    }
}

fn unknown_command(said: &Said<'_>) -> Diagnostic {
    let word = said.all(ContextKind::InvalidSubcommand);
    let command = said.command();
    let known: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let is_first = command.get_name() == args::NAME;
    let problem = problem("there is no such command").found(format!("{word:?}"));
    if is_first && let Some(instead) = reference::command(&word) {
        return problem.fix(instead);
    }
    problem
        .expected(format!("one of {}", known.join(", ")))
        .fix("choose one of them; with --help each says what it does")
        .suggest(&word, known.iter().map(String::as_str))
}

fn bad_value(said: &Said<'_>) -> Diagnostic {
    let (flag, value) = (said.all(ContextKind::InvalidArg), said.all(ContextKind::InvalidValue));
    let known = said.list(ContextKind::ValidValue);
    if value.is_empty() {
        let problem = problem("a flag lacks its value").found(flag);
        return if known.is_empty() { problem } else { problem.expected(known.join(", ")) }
            .fix("add the value");
    }
    let problem = problem("a value is not what its flag takes")
        .found(format!("{value:?} for {flag}"))
        .fix("correct it")
        .suggest(&value, known.iter().map(String::as_str));
    let problem =
        if known.is_empty() { problem } else { problem.expected(format!("one of {}", known.join(", "))) };
    match said.0.source() {
        Some(cause) => problem.fact("cause", cause.to_string()),
        None => problem,
    }
}

/// The long flags of a command that are shown.
fn flags(command: &Command) -> Vec<String> {
    let shown = command.get_arguments().filter(|flag| !flag.is_hide_set());
    shown.filter_map(|flag| flag.get_long()).map(|name| format!("--{name}")).collect()
}

/// What the parser says about its stumbling.
struct Said<'a>(&'a clap::Error);

impl Said<'_> {
    fn list(&self, kind: ContextKind) -> Vec<String> {
        match self.0.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    fn all(&self, kind: ContextKind) -> String {
        self.list(kind).join(", ")
    }

    /// The parser's own words for what it takes, on one line.
    fn usage(&self) -> String {
        let Some(ContextValue::StyledStr(usage)) = self.0.get(ContextKind::Usage) else {
            return String::new();
        };
        let text = usage.to_string();
        let words: Vec<&str> = text.trim_start_matches("Usage:").split_whitespace().collect();
        words.join(" ")
    }

    /// The command that was understood before the stumbling.
    fn command(&self) -> Command {
        let mut command = args::program();
        for word in std::env::args().skip(1) {
            if let Some(inner) = command.find_subcommand(&word) {
                command = inner.clone();
            }
        }
        command
    }
}
