//! The one line on a terminal that says what is being waited for.
//!
//! It stands on standard error, comes only after a moment, and is gone before a result is printed. The terminal is
//! the process's, and so is the line: nothing is handed around, and where it was not started nothing is drawn.
//! Whoever prints beside it goes through [`aside`] (`print.rs` does), so that no line is torn. Where there is no
//! terminal, what apply has done is said in lines of its own, and nothing else.

use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use neonform_engine::event::Event;

use crate::args::{Format, Global};
use crate::env;
use crate::output::page::Page;
use crate::output::text::printable;

mod terminal;

use terminal::Terminal;

/// What takes less than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);
/// Between two pictures of the spinner.
const TICK: Duration = Duration::from_millis(100);
/// Columns beside the text: the spinner, and the margin of `progress/terminal.rs`.
const BESIDE: usize = 6;

static LINE: OnceLock<Mutex<Line>> = OnceLock::new();

/// What is being waited for.
#[derive(Default)]
struct Line {
    bar: Option<ProgressBar>,
    /// How many bars there have been, so that a late one knows that it is late.
    turn: u64,
    reading: String,
    bundles: Count,
    changes: Count,
    running: Vec<String>,
    building: Vec<String>,
}

#[derive(Default)]
struct Count {
    done: usize,
    of: usize,
}

/// Lets the line show where people look: a terminal, results for people, and nobody asked for quiet.
pub fn start(global: &Global) {
    let is_capable = env::given(env::TERM).is_none_or(|terminal| terminal != "dumb");
    // Logs are written to the same place by others, who do not step aside.
    let is_free = env::given(env::NEONFORM_LOG).is_none();
    let is_wanted = global.output == Format::Human && !global.quiet;
    if is_wanted && is_capable && is_free && !env::is_unattended() && stderr().is_terminal() {
        LINE.get_or_init(Mutex::default);
    }
}

/// Says what is being read.
pub fn reading(what: &str) {
    change(|line| what.clone_into(&mut line.reading));
}

/// Says that so many more functions are to be bundled.
pub fn bundles(number: usize) {
    change(|line| line.bundles.of += number);
}

/// Says that one of them is.
pub fn bundled() {
    change(|line| line.bundles.done += 1);
}

/// Says that so many changes are about to be made.
pub fn applying(changes: usize) {
    change(|line| {
        line.changes = Count { done: 0, of: changes };
        line.running.clear();
    });
}

/// Says whose builds are waited for.
pub fn building(slugs: &[&str]) {
    change(|line| line.building = slugs.iter().map(|slug| printable(slug)).collect());
}

/// Hears of one of those changes.
pub fn heard(event: &Event<'_>) {
    change(|line| match event {
        Event::Started { address, .. } => line.running.push(printable(&address.to_string())),
        Event::Done { address, .. } | Event::Failed { address, .. } => {
            line.changes.done += 1;
            let ended = printable(&address.to_string());
            line.running.retain(|running| *running != ended);
        }
        Event::Skipped { .. } => line.changes.done += 1,
        Event::Looking => line.running = vec!["looking at what was written".to_owned()],
    });
}

/// Prints something while the line is out of the way.
pub fn aside<Result>(print: impl FnOnce() -> Result) -> Result {
    let bar = line().and_then(|line| line.bar.clone());
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// Nothing is waited for, until something is again.
pub fn rest() {
    // Out of the lock first: a bar that is cleared waits for its ticker.
    let bar = line().and_then(|mut line| line.bar.take());
    bar.inspect(ProgressBar::finish_and_clear);
}

fn line() -> Option<MutexGuard<'static, Line>> {
    LINE.get().map(|line| line.lock().unwrap_or_else(PoisonError::into_inner))
}

fn change(how: impl FnOnce(&mut Line)) {
    let Some(mut line) = line() else { return };
    how(&mut line);
    let text = line.text();
    match &line.bar {
        Some(bar) => bar.set_message(Page::of_standard_error().cut(&text, BESIDE)),
        None => {
            line.turn += 1;
            let turn = line.turn;
            line.bar = Some(hidden(&text));
            drop(line);
            std::thread::spawn(move || appear(turn));
        }
    }
}

impl Line {
    fn text(&self) -> String {
        if !self.building.is_empty() {
            return format!("Building {}", self.building.join(", "));
        }
        let Count { done, of } = self.changes;
        if of > 0 {
            let what = if self.running.is_empty() { String::new() } else { ": ".to_owned() };
            return format!("Applying, {done} of {of} done{what}{}", self.running.join(", "));
        }
        let bundling = match &self.bundles {
            Count { done, of } if done < of => {
                format!(", bundling {} of {of}", done + 1)
            }
            _ => String::new(),
        };
        format!("Reading {}{bundling}", self.reading)
    }
}

/// A bar that is not drawn yet.
fn hidden(text: &str) -> ProgressBar {
    let page = Page::of_standard_error();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let style = ProgressStyle::with_template("{spinner} {msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    let ticks = if page.ascii { "-\\|/-" } else { "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏⠏" };
    bar.set_style(style.tick_chars(ticks));
    bar.set_message(page.cut(text, BESIDE));
    bar
}

/// Draws the bar if it is still waited for by then.
fn appear(turn: u64) {
    std::thread::sleep(PATIENCE);
    let Some(line) = line() else { return };
    if let Some(bar) = line.bar.as_ref().filter(|_| line.turn == turn) {
        bar.set_draw_target(ProgressDrawTarget::term_like_with_hz(Box::new(Terminal::standard_error()), 20));
        bar.enable_steady_tick(TICK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_is_waited_for() {
        let mut line = Line { reading: "branch main".to_owned(), ..Line::default() };
        assert_eq!(line.text(), "Reading branch main");
        line.bundles = Count { done: 2, of: 10 };
        assert_eq!(line.text(), "Reading branch main, bundling 3 of 10");
        line.bundles.done = 10;
        assert_eq!(line.text(), "Reading branch main");
        line.changes = Count { done: 1, of: 4 };
        assert_eq!(line.text(), "Applying, 1 of 4 done");
        line.running = vec!["function.api".to_owned(), "bucket.a".to_owned()];
        assert_eq!(line.text(), "Applying, 1 of 4 done: function.api, bucket.a");
    }
}
