//! `docs/reference.md` against the command line: what it says that there is there is, and what it says is missing is.

use std::collections::BTreeSet;
use std::fs;

use clap::Command;
use neonform::args::program;

use super::support::root;

/// A row: what the reference has, what we have, the verdict, and why.
struct Row {
    theirs: Vec<String>,
    ours: Vec<String>,
    verdict: String,
    why: String,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/reference.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let tables = text.lines().filter(|line| line.starts_with("| `")).map(cells);
    let data = tables.filter(|cells| cells[0] != "`neon`");
    let row = |cells: Vec<String>| {
        let [theirs, ours, verdict, why] = &cells[..] else { panic!("not four cells: {cells:?}") };
        Row { theirs: quoted(theirs), ours: quoted(ours), verdict: verdict.clone(), why: why.clone() }
    };
    data.map(row).collect()
}

/// What stands in back quotes.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether there is such a command, with every flag that is named behind it.
fn is_there(program: &Command, words: &str) -> bool {
    let mut command = program;
    for word in words.split([' ', ',']).filter(|word| !word.is_empty()) {
        if !word.starts_with('-') {
            match command.find_subcommand(word) {
                Some(inner) => command = inner,
                None => return false,
            }
        } else if !has_flag(command, word) {
            return false;
        }
    }
    true
}

fn has_flag(command: &Command, word: &str) -> bool {
    command.get_arguments().any(|argument| match word.strip_prefix("--") {
        Some(long) => {
            argument.get_long() == Some(long)
                || argument.get_all_aliases().is_some_and(|aliases| aliases.contains(&long))
        }
        None => argument.get_short() == word.chars().nth(1),
    })
}

#[test]
fn what_is_the_same_or_better_is_there_and_what_is_missing_is_not() {
    let program = program();
    let rows = rows();
    assert!(rows.len() > 100, "the tables moved");
    let mut wrong = Vec::new();
    for Row { theirs, ours, verdict, why } in &rows {
        let fits = match verdict.as_str() {
            "same" => ours.len() == 1 && is_there(&program, &ours[0]),
            "better" => ours.len() == 1 && is_there(&program, &ours[0]) && !why.is_empty(),
            "never" => ours.is_empty() && !why.is_empty() && !theirs.iter().any(|it| is_there(&program, it)),
            "not yet" => ours.is_empty() && !theirs.iter().any(|it| is_there(&program, it)),
            _ => false,
        };
        if !fits {
            wrong.push(format!("{theirs:?}: {verdict}, {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_said_twice() {
    let mut seen = BTreeSet::new();
    let twice: Vec<String> =
        rows().into_iter().flat_map(|row| row.theirs).filter(|it| !seen.insert(it.clone())).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn a_flag_that_does_not_exist_is_noticed() {
    let program = program();
    assert!(is_there(&program, "env pull -s, --service, --services"));
    assert!(
        !is_there(&program, "env push") && !is_there(&program, "env pull --fil") && !is_there(&program, "-Q")
    );
}
