//! Things that are alike, for people: a row each where the page is wide enough, else a block of lines each.
//!
//! A column that is empty in every row is left out. Texts are made printable here.

use std::io::{self, Write};

use super::page::{Page, padded, width, wrapped};
use super::table::{Cell, Table};
use super::text::printable;

/// Between a label and what it is about.
const GAP: usize = 2;

/// Rows under headings.
#[derive(Debug)]
pub(super) struct Records {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Records {
    /// Rows with as many texts as there are headings.
    pub(super) fn new(headings: &[&'static str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        let rows: Vec<Vec<String>> =
            rows.into_iter().map(|row| row.iter().map(|text| printable(text)).collect()).collect();
        let is_used =
            |column: usize| rows.iter().any(|row| row.get(column).is_some_and(|text| !text.is_empty()));
        let used: Vec<usize> = (0..headings.len()).filter(|column| is_used(*column)).collect();
        let of_row = |row: &Vec<String>| used.iter().filter_map(|column| row.get(*column).cloned()).collect();
        Self {
            rows: rows.iter().map(of_row).collect(),
            headings: used.iter().map(|column| headings[*column]).collect(),
        }
    }

    /// Writes them.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn write(&self, out: &mut dyn Write, page: Page) -> io::Result<()> {
        let heading = self.headings.iter().map(|heading| Cell::plain(*heading)).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(Cell::plain).collect());
        let table = Table(std::iter::once(heading).chain(rows).collect());
        if table.width() <= page.width {
            return table.write(out);
        }
        self.write_blocks(out, page)
    }

    /// Writes a block of lines for each.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn write_blocks(&self, out: &mut dyn Write, page: Page) -> io::Result<()> {
        let label = self.headings.iter().map(|heading| width(heading)).max().unwrap_or(0) + GAP;
        for (number, row) in self.rows.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            for (heading, text) in self.headings.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
                let lines = wrapped(text, page.width.saturating_sub(label), 0);
                for (line, text) in lines.iter().enumerate() {
                    writeln!(out, "{}{text}", padded(if line == 0 { heading } else { "" }, label))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: usize) -> String {
        let row = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
        let rows = [row(["api", "", "https://api.example.com/"]), row(["mail", "", ""])];
        let mut out = anstream::StripStream::new(Vec::new());
        let records = Records::new(&["Slug", "Name", "URL"], rows);
        records.write(&mut out, Page { width, ascii: false }).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn rows_become_blocks_where_they_do_not_fit() {
        assert_eq!(drawn(40), "Slug  URL\napi   https://api.example.com/\nmail\n");
        assert_eq!(drawn(20), "Slug  api\nURL   https://api.example.com/\n\nSlug  mail\n");
    }
}
