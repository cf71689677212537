//! Standard error as a terminal with a margin, for the line of progress.
//!
//! The line is filled up with blanks to the width that the terminal is said to have. At the full width, the `^C` that
//! a terminal shows would begin the next line, and clearing that one would leave the line of progress behind.

use std::io;

use console::Term;
use indicatif::TermLike;

/// Columns that stay free: for `^C`, and one for the cursor behind it.
const MARGIN: u16 = 3;

/// The terminal behind standard error.
#[derive(Debug)]
pub(super) struct Terminal(Term);

impl Terminal {
    /// Standard error.
    pub(super) fn standard_error() -> Self {
        Self(Term::buffered_stderr())
    }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        self.0.size().1.saturating_sub(MARGIN).max(1)
    }

    fn height(&self) -> u16 {
        self.0.size().0.max(1)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
