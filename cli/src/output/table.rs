//! Columns that stand under each other, for results that are compared side by side.

use std::io::{self, Write};

use anstyle::Style;

use super::page::width;

const BOLD: Style = Style::new().bold();
/// Between two columns.
const GAP: usize = 2;

/// One cell: what is printed, and its colour.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Text without a colour; it is printable already.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::new() }
    }

    /// Text with a colour; it is printable already.
    pub(super) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }

    fn width(&self) -> usize {
        width(&self.text)
    }
}

/// Rows of as many cells as the first, which holds the headings.
#[derive(Debug)]
pub(super) struct Table(pub(super) Vec<Vec<Cell>>);

impl Table {
    /// The width of each column.
    fn widths(&self) -> Vec<usize> {
        let columns = self.0.first().map_or(0, Vec::len);
        let widest = |column| self.0.iter().filter_map(|row| row.get(column)).map(Cell::width).max();
        (0..columns).map(|column| widest(column).unwrap_or(0)).collect()
    }

    /// The width of the longest possible line.
    pub(super) fn width(&self) -> usize {
        let widths = self.widths();
        widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
    }

    /// The same with rows for columns.
    pub(super) fn turned(&self) -> Self {
        let columns = self.0.first().map_or(0, Vec::len);
        let column = |index: usize| self.0.iter().filter_map(|row| row.get(index).cloned()).collect();
        Self((0..columns).map(column).collect())
    }

    /// Writes it, the headings in bold.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_with(out, Some(BOLD))
    }

    /// Writes it; the first row holds no headings.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn write_list(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_with(out, None)
    }

    fn write_with(&self, out: &mut dyn Write, heading: Option<Style>) -> io::Result<()> {
        let widths = self.widths();
        for (number, row) in self.0.iter().enumerate() {
            // No blanks at the end of a line.
            let filled = row.iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |last| last + 1);
            for (column, cell) in row.iter().take(filled).enumerate() {
                let style = heading.filter(|_| number == 0).unwrap_or(cell.style);
                let padding = if column + 1 == filled { 0 } else { widths[column] - cell.width() + GAP };
                write!(out, "{style}{}{style:#}{:padding$}", cell.text, "")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_change_places() {
        let row = |cells: &[&str]| cells.iter().map(|text| Cell::plain(*text)).collect();
        let table = Table(vec![row(&["", "long heading", "b"]), row(&["x", "", "2"]), row(&["y", "3", ""])]);
        let text = |table: &Table| {
            let mut out = anstream::StripStream::new(Vec::new());
            table.write(&mut out).unwrap();
            String::from_utf8(out.into_inner()).unwrap()
        };
        assert_eq!(text(&table), "   long heading  b\nx                2\ny  3\n");
        assert_eq!(table.width(), 18);
        assert_eq!(text(&table.turned()), "              x  y\nlong heading     3\nb             2\n");
    }
}
