//! Lines and columns of byte offsets, all found in one pass over the text.

/// A byte offset, as the parser counts.
pub(crate) type Offset = u32;

/// A place in a text: line and column from 1, columns in UTF-16 code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The places of some offsets of one text.
pub(crate) struct Places {
    offsets: Vec<Offset>,
    places: Vec<Place>,
}

impl Places {
    /// Finds the places of `offsets` in `text`.
    pub(crate) fn new(text: &str, mut offsets: Vec<Offset>) -> Self {
        offsets.sort_unstable();
        offsets.dedup();
        let mut places = Vec::with_capacity(offsets.len());
        let mut here = Place { line: 1, column: 1 };
        for (at, char) in text.char_indices() {
            while offsets.get(places.len()).is_some_and(|offset| reached(*offset, at)) {
                places.push(here);
            }
            if places.len() == offsets.len() {
                break;
            }
            if char == '\n' {
                here = Place { line: here.line + 1, column: 1 };
            } else {
                here.column += if u32::from(char) > 0xffff { 2 } else { 1 };
            }
        }
        places.resize(offsets.len(), here);
        Self { offsets, places }
    }

    /// The place of one of the offsets; the start of the text for any other.
    pub(crate) fn of(&self, offset: Offset) -> Place {
        let found = self.offsets.binary_search(&offset).ok().and_then(|at| self.places.get(at));
        found.copied().unwrap_or(Place { line: 1, column: 1 })
    }
}

fn reached(offset: Offset, at: usize) -> bool {
    usize::try_from(offset).is_ok_and(|offset| offset <= at)
}
