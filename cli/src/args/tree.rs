//! The whole command line as one tree, for everyone who reads it: the parser, help, completions, manual pages.
//!
//! What holds for all commands alike is said here and not on each: examples, which flags `-h` leaves to `--help`, and
//! which values a shell can complete.

use clap::{Arg, Command, CommandFactory};
use clap_complete::ArgValueCandidates;

use super::{Cli, examples};
use crate::commands::version;
use crate::completions::values;
use crate::output::page::Page;

/// What the program is called.
pub const NAME: &str = "neonform";

/// What stands at the end of `-h`.
const MORE: &str = "With --help: examples, and all flags, such as --branch, --backend, --output.";
/// Flags that few people need, and `-h` leaves out.
const RARE: &[&str] = &[
    "max_heap",
    "timeout",
    "env_allow",
    "untrusted",
    "allow_packages",
    "prune_data",
    "no_marker",
    "source_maps",
    "parallelism",
    "details",
    "refresh_ok",
    "runtime",
    "parent",
    "expires_at",
    "context_file",
    "latency",
    "log",
];

/// The tree.
pub fn command() -> Command {
    let page = Page::of_standard_output();
    let root = Cli::command().version(version::text()).term_width(page.width).max_term_width(MOST);
    completed(root, "")
}

/// Wider than this, help is hard to read.
const MOST: usize = 100;

fn completed(command: Command, words: &str) -> Command {
    let examples = examples::of(words);
    let command =
        if examples.is_empty() { command } else { command.after_long_help(examples::text(examples)) };
    let inside = |inner: Command| {
        let words = format!("{words} {}", inner.get_name());
        completed(inner, words.trim_start())
    };
    command.after_help(MORE).mut_args(|given| argument(words, given)).mut_subcommands(inside)
}

fn argument(command: &str, argument: Arg) -> Arg {
    let (id, is_global) = (argument.get_id().as_str(), argument.is_global_set());
    let is_rare = is_global || RARE.contains(&id);
    let argument = match (command, id) {
        (_, "slug" | "function_slug") => argument.add(ArgValueCandidates::new(values::functions)),
        ("checkout" | "git map" | "branches delete" | "branches get", "name")
        | ("branches rename", "from")
        | (_, "parent") => argument.add(ArgValueCandidates::new(values::branches)),
        _ => argument,
    };
    if is_rare { argument.hide_short_help(true) } else { argument }
}

/// The program with all of its flags, and what is inside of it knows its full name.
pub fn program() -> Command {
    let mut program = command().disable_help_subcommand(true);
    program.build();
    program
}

/// Every command by itself with all of its flags, the program first.
pub fn each_command() -> Vec<Command> {
    let mut all = vec![program()];
    let mut next = 0;
    while let Some(command) = all.get(next) {
        let inner: Vec<Command> =
            command.get_subcommands().filter(|inner| !inner.is_hide_set()).cloned().collect();
        all.extend(inner);
        next += 1;
    }
    all
}
