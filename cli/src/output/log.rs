//! Runs as their journals tell them: a table of several, one in full, and JSON.
//!
//! Journals are files that anybody may have written to: everything of them is made printable.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value as Json, json};

use super::json::VERSION;
use super::page::Page;
use super::records::Records;
use super::table::{Cell, Table};
use super::text::{count, printable};
use crate::journal::{Run, State, Undecided};

const BOLD: Style = Style::new().bold();

/// Recent runs, the newest first.
///
/// # Errors
/// When the output cannot be written.
pub fn table(out: &mut dyn Write, runs: &[Run], page: Page) -> io::Result<()> {
    if runs.is_empty() {
        return writeln!(out, "No apply has left a journal here.");
    }
    let headings = ["RUN", "WHEN (UTC)", "BRANCH", "CHANGES", "OUTCOME"];
    let texts = |run: &Run| {
        let branch = run.header("branch").unwrap_or("?").to_owned();
        [run.id.clone(), when(run.began()), branch, changes(run), run.state.word().to_owned()]
    };
    let rows = runs.iter().map(|run| {
        let styles = [Style::new(), Style::new(), Style::new(), Style::new(), style(&run.state)];
        texts(run).iter().zip(styles).map(|(text, style)| Cell::styled(printable(text), style)).collect()
    });
    let table = Table([headings.map(Cell::plain).to_vec()].into_iter().chain(rows).collect());
    if table.width() <= page.width {
        return table.write(out);
    }
    Records::new(&headings, runs.iter().map(|run| texts(run).to_vec())).write_blocks(out, page)
}

fn style(state: &State) -> Style {
    match state {
        State::Ended(outcome) if outcome == "done" => AnsiColor::Green.on_default(),
        State::Ended(_) => AnsiColor::Yellow.on_default(),
        State::Killed => AnsiColor::Red.on_default(),
        State::Running => Style::new(),
    }
}

fn changes(run: &Run) -> String {
    match run.progress() {
        (0, 0) => "nothing to do".to_owned(),
        (done, of) => format!("{done} of {of} done"),
    }
}

/// `2026-11-22T23:07:06.123Z` as `2026-11-22 23:07:06`.
fn when(time: Option<&str>) -> String {
    let time = time.unwrap_or("?");
    printable(time.split('.').next().unwrap_or(time)).replacen('T', " ", 1)
}

/// `2026-11-22T23:07:06.123Z` as `23:07:06.123`.
fn clock(line: &Json) -> String {
    let time = text(line, "time");
    time.split_once('T').map_or(time.as_str(), |(_, clock)| clock.trim_end_matches('Z')).to_owned()
}

fn text(line: &Json, field: &str) -> String {
    printable(line[field].as_str().unwrap_or("?"))
}

/// One run: what it was about, its changes, its requests, and what is not known.
///
/// # Errors
/// When the output cannot be written.
pub fn run(out: &mut dyn Write, page: Page, run: &Run) -> io::Result<()> {
    let header = |field| printable(run.header(field).unwrap_or("?"));
    writeln!(
        out,
        "{BOLD}Run {}{BOLD:#}, {} UTC, neonform {}",
        printable(&run.id),
        when(run.began()),
        header("neonform")
    )?;
    writeln!(out, "  {}", header("command"))?;
    let id = run.header("branchId").map_or("new".to_owned(), printable);
    writeln!(
        out,
        "  branch {} ({id}) of project {}, policy {}",
        header("branch"),
        header("project"),
        header("policy")
    )?;
    list_changes(out, page, run)?;
    list_requests(out, run)?;
    let signals: Vec<String> = run.events("signal").map(|line| text(line, "signal")).collect();
    let after = if signals.is_empty() { String::new() } else { format!(" by {}", signals.join(", ")) };
    let word = printable(run.state.word());
    writeln!(out, "\n{BOLD}Outcome:{BOLD:#} {word}{after}; {}.", changes(run))?;
    if !run.damaged.is_empty() {
        let lines: Vec<String> = run.damaged.iter().map(usize::to_string).collect();
        writeln!(out, "The journal has lines that cannot be read: {}.", lines.join(", "))?;
    }
    unknown(out, run)
}

/// The changes in the order in which they were planned, with what is known of each.
fn list_changes(out: &mut dyn Write, page: Page, run: &Run) -> io::Result<()> {
    // A resource may have several changes; they run one after the other, and the last word is about all.
    let mut last: BTreeMap<String, &Json> = BTreeMap::new();
    for line in &run.lines {
        if matches!(line["event"].as_str(), Some("started" | "done" | "failed" | "skipped")) {
            last.insert(text(line, "address"), line);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    let planned = run.events("plan").flat_map(|line| line["changes"].as_array().into_iter().flatten());
    // What is left after a branch was created is planned again.
    let planned: Vec<&Json> =
        planned.filter(|change| seen.insert((text(change, "address"), text(change, "action")))).collect();
    if planned.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}Changes{BOLD:#}")?;
    let rows = planned.into_iter().map(|change| {
        let address = text(change, "address");
        let (word, more) =
            last.get(&address).map_or(("not begun".to_owned(), String::new()), |line| known(line));
        let sign = sign(page, change["action"].as_str().unwrap_or_default());
        vec![Cell::plain(format!("  {word}")), Cell::plain(format!("{sign} {address}{more}"))]
    });
    Table(rows.collect()).write_list(out)
}

/// The newest word about a change.
fn known(line: &Json) -> (String, String) {
    match line["event"].as_str() {
        Some("started") => ("begun".to_owned(), String::new()),
        Some("failed") => {
            let problems = line["problems"].as_array().into_iter().flatten();
            let problems =
                problems.map(|found| format!("[{}] {}", text(found, "code"), text(found, "summary")));
            ("failed".to_owned(), format!(": {}", problems.collect::<Vec<_>>().join("; ")))
        }
        Some("skipped") => {
            let because = line["because"].as_str();
            let because =
                because.map_or("interrupted".to_owned(), |address| format!("after {}", printable(address)));
            ("skipped".to_owned(), format!(" ({because})"))
        }
        _ => ("done".to_owned(), String::new()),
    }
}

/// The sign of an action that a journal names.
fn sign(page: Page, word: &str) -> &'static str {
    use neonform_engine::change::Action;
    let all = [Action::Create, Action::Update, Action::Replace, Action::Delete];
    all.into_iter().find(|action| action.word() == word).map_or("?", |action| page.sign(action))
}

/// Every attempt at a request, two lines each.
fn list_requests(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    let requests = run.requests();
    if requests.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}Requests{BOLD:#}")?;
    for (request, end) in requests {
        writeln!(
            out,
            "  {}  {} {}: {}\n                request {}",
            clock(request),
            text(request, "method"),
            text(request, "route"),
            result(end),
            text(request, "request"),
        )?;
    }
    Ok(())
}

fn result(end: Option<&Json>) -> String {
    let Some(end) = end else { return "no word of an answer".to_owned() };
    let milliseconds = |field| end[field].as_f64().map(|time| format!("{time:.0} ms"));
    let took = milliseconds("milliseconds").map(|time| format!(" in {time}")).unwrap_or_default();
    let came = match end["status"].as_u64() {
        Some(status) => status.to_string(),
        None => text(end, "unanswered"),
    };
    let again = milliseconds("againAfter").map(|time| format!(", again after {time}")).unwrap_or_default();
    let other = end["answeredAs"].as_str().map(|id| format!(", answered as {}", printable(id)));
    format!("{came}{took}{again}{}", other.unwrap_or_default())
}

/// Requests of which it is not known whether they changed anything.
fn unknown(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    let undecided: Vec<(String, &str)> = run
        .requests()
        .into_iter()
        .filter_map(|(request, end)| {
            let why = match run.undecided(request, end)? {
                Undecided::Unheard => "sent or about to be, and the process ended",
                Undecided::BrokenOff => "sent, and the answer did not come",
            };
            Some((
                format!(
                    "{} {}, request {}",
                    text(request, "method"),
                    text(request, "route"),
                    text(request, "request")
                ),
                why,
            ))
        })
        .collect();
    if undecided.is_empty() {
        return Ok(());
    }
    writeln!(out, "It is not known whether {} took effect:", count(undecided.len(), "request"))?;
    for (request, why) in undecided {
        writeln!(out, "  {request} ({why})")?;
    }
    writeln!(out, "The next apply reads what is there before it changes anything.")
}

/// Runs as one document, with their lines where they are wanted.
pub fn json(runs: &[Run], with_lines: bool) -> Json {
    let runs = runs.iter().map(|run| {
        let (done, of) = run.progress();
        let mut fields = Map::new();
        fields.insert("run".to_owned(), run.id.as_str().into());
        fields.insert("began".to_owned(), run.began().into());
        fields.insert("project".to_owned(), run.header("project").into());
        fields.insert("branch".to_owned(), run.header("branch").into());
        fields.insert("branchId".to_owned(), run.header("branchId").into());
        fields.insert("changes".to_owned(), json!({ "done": done, "of": of }));
        fields.insert("outcome".to_owned(), run.state.word().into());
        let undecided =
            run.requests().into_iter().filter(|(request, end)| run.undecided(request, *end).is_some());
        fields.insert(
            "undecided".to_owned(),
            undecided.map(|(request, _)| request["request"].clone()).collect(),
        );
        fields.insert("damaged".to_owned(), run.damaged.clone().into());
        if with_lines {
            fields.insert("lines".to_owned(), run.lines.clone().into());
        }
        Json::Object(fields)
    });
    json!({ "version": VERSION, "command": "log", "journals": runs.collect::<Vec<_>>() })
}
