//! The whole command line as one tree, for everyone who reads it: the parser, help, completions, manual pages.

use clap::{Command, CommandFactory};

use super::Cli;
use crate::commands::version;

/// What the program is called.
pub const NAME: &str = "neonform";

/// The tree.
pub fn command() -> Command {
    Cli::command().version(version::text())
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
