//! From a place in a bundle back to the place in its source: a table for policies, a file for functions.

use std::sync::Arc;

use neonform_engine::node::Position;

use crate::plugin::DETOUR;

/// The source map of a bundle, as a table that is looked up by line and column.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<Arc<str>>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    line: u32,
    column: u32,
    file: usize,
    source_line: u32,
    source_column: u32,
}

impl SourceMap {
    /// The table of a map that rolldown made.
    pub(crate) fn new(map: &rolldown_sourcemap::SourceMap) -> Self {
        let files = map.get_sources().map(Arc::from).collect();
        let mut entries: Vec<Entry> = map
            .get_tokens()
            .filter_map(|token| {
                Some(Entry {
                    line: token.get_dst_line(),
                    column: token.get_dst_col(),
                    file: usize::try_from(token.get_source_id()?).ok()?,
                    source_line: token.get_src_line(),
                    source_column: token.get_src_col(),
                })
            })
            .collect();
        entries.sort_by_key(|entry| (entry.line, entry.column));
        Self { files, entries }
    }

    /// Where in the sources a place of the bundle comes from: the last mapping at or before it on its line.
    ///
    /// Lines and columns count from 1, columns in UTF-16 code units, on both sides.
    pub fn position(&self, line: u32, column: u32) -> Option<Position> {
        let (line, column) = (line.checked_sub(1)?, column.checked_sub(1)?);
        let after = self.entries.partition_point(|entry| (entry.line, entry.column) <= (line, column));
        let entry = self.entries.get(after.checked_sub(1)?).filter(|entry| entry.line == line)?;
        Some(Position {
            file: Arc::clone(self.files.get(entry.file)?),
            line: entry.source_line + 1,
            column: entry.source_column + 1,
        })
    }
}

/// The source map of a function as the text of a file: `file` is the bundle, whose code starts `below` lines
/// further down than rolldown knows, and the sources are relative to the repository.
pub(crate) fn text(map: &rolldown_sourcemap::SourceMap, file: &str, below: usize) -> String {
    let map = map.to_json();
    let sources: Vec<_> = map.sources.iter().map(|source| source.replace(DETOUR, "")).collect();
    serde_json::json!({
        "version": map.version,
        "file": file,
        "sources": sources,
        "sourcesContent": map.sources_content,
        "names": map.names,
        "mappings": ";".repeat(below) + &map.mappings,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: u32, column: u32, source_line: u32, source_column: u32) -> Entry {
        Entry { line, column, file: 0, source_line, source_column }
    }

    #[test]
    fn the_mapping_at_or_before_a_place_counts_within_its_line() {
        let map = SourceMap {
            files: vec![Arc::from("neon.ts")],
            entries: vec![entry(0, 4, 9, 2), entry(0, 8, 9, 6), entry(2, 0, 11, 0)],
        };
        let at = |line, column| map.position(line, column).map(|found| (found.line, found.column));
        assert_eq!(at(1, 5), Some((10, 3)));
        assert_eq!(at(1, 8), Some((10, 3)));
        assert_eq!(at(1, 90), Some((10, 7)));
        assert_eq!(at(1, 4), None);
        assert_eq!(at(2, 1), None);
        assert_eq!(at(0, 1), None);
    }
}
