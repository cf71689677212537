//! What differs between two states, drawn like a plan.

use std::io::{self, Write};

use super::{BOLD, steps};
use crate::comparison::Comparison;
use crate::output::comparison::summary;
use crate::output::page::Page;
use crate::output::text::printable;

/// Writes a comparison: one line when nothing differs.
///
/// # Errors
/// When the output cannot be written.
pub fn comparison(out: &mut dyn Write, page: Page, found: &Comparison) -> io::Result<()> {
    let (from, to) = (printable(&found.from), printable(&found.to));
    if found.is_empty() {
        return writeln!(out, "No differences between {from} and {to}.");
    }
    writeln!(out, "{BOLD}From {from} to {to}{BOLD:#}")?;
    steps(out, page, &found.plan, &[])?;
    writeln!(out)?;
    writeln!(out, "{BOLD}Differences:{BOLD:#} {}.", summary(found))
}
