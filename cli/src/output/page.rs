//! What results for people are drawn on: how wide it is, and which signs it can show.
//!
//! Widths are columns of a terminal, where a character may take two. Nothing is wider than the page but a
//! word that cannot be broken.

use neonform_engine::change::Action;
use terminal_size::{Height, Width};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::env;

/// The width where nothing says another.
const USUAL: usize = 80;
/// Narrower than this, nothing can be laid out.
const LEAST: usize = 40;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Columns.
    pub width: usize,
    /// Whether only ASCII shows.
    pub ascii: bool,
}

impl Default for Page {
    fn default() -> Self {
        Self { width: USUAL, ascii: false }
    }
}

impl Page {
    /// Standard output: as wide as its terminal, else as `COLUMNS` says.
    pub fn of_standard_output() -> Self {
        Self::of(terminal_size::terminal_size_of(std::io::stdout()))
    }

    /// Standard error, likewise.
    pub fn of_standard_error() -> Self {
        Self::of(terminal_size::terminal_size_of(std::io::stderr()))
    }

    /// How wide the terminal is on which standard error stands, if it does: text is broken at words there, and left
    /// on one line for logs and searches.
    pub fn terminal_of_standard_error() -> Option<usize> {
        terminal_size::terminal_size_of(std::io::stderr()).map(|_| Self::of_standard_error().width)
    }

    fn of(terminal: Option<(Width, Height)>) -> Self {
        let told = || env::given(env::COLUMNS)?.trim().parse().ok();
        let width = terminal.map(|(width, _)| usize::from(width.0)).or_else(told);
        let width = width.filter(|width| *width > 0).unwrap_or(USUAL).max(LEAST);
        Self { width, ascii: is_ascii_only() }
    }

    /// As much of a text as fits on a line with `beside` columns of something else.
    pub fn cut(self, text: &str, beside: usize) -> String {
        let room = self.width.saturating_sub(beside);
        if width(text) <= room {
            return text.to_owned();
        }
        let room = room.saturating_sub(width(self.ellipsis()));
        let mut taken = 0;
        let fits = |c: &char| {
            taken += c.width().unwrap_or(0);
            taken <= room
        };
        text.chars().take_while(fits).chain(self.ellipsis().chars()).collect()
    }

    /// Between an old value and a new one.
    pub fn arrow(self) -> &'static str {
        if self.ascii { "->" } else { "→" }
    }

    /// In place of what is left out.
    pub fn ellipsis(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }

    /// The sign of an action.
    pub fn sign(self, action: Action) -> &'static str {
        match action {
            Action::Replace if self.ascii => "+/-",
            other => other.glyph(),
        }
    }
}

/// Whether the locale says so; where none is set, everything shows.
fn is_ascii_only() -> bool {
    let locale = [env::LC_ALL, env::LC_CTYPE, env::LANG].into_iter().find_map(env::given);
    locale.is_some_and(|locale| !locale.replace('-', "").to_ascii_lowercase().contains("utf8"))
}

/// The columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Text filled up with blanks to a width.
pub fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// Text on lines of at most `width` columns, broken at blanks only; all but the first are set in by `hanging`.
pub fn wrapped(text: &str, width: usize, hanging: usize) -> Vec<String> {
    let hanging = " ".repeat(hanging);
    let options = Options::new(width)
        .subsequent_indent(&hanging)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).into_iter().map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!((width("名前"), padded("名前", 6)), (4, "名前  ".to_owned()));
        assert_eq!(wrapped("名前 名前 名前", 9, 0), ["名前 名前", "名前"]);
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let page = Page { width: 8, ascii: false };
        assert_eq!(
            (page.cut("名前名前", 0), page.cut("名前名前", 1)),
            ("名前名前".to_owned(), "名前名…".to_owned())
        );
        assert_eq!(Page { ascii: true, ..page }.cut("123456789", 2), "123...");
    }

    #[test]
    fn a_word_is_never_broken() {
        let url = "  https://example.com/long-path";
        assert_eq!(wrapped("to https://example.com/long-path there", 10, 2), ["to", url, "  there"]);
        assert_eq!(wrapped("", 10, 2), [""]);
    }
}
