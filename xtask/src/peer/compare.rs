//! Two states side by side: which fields differ, and which of those may.

use super::differences::Accepted;
use super::state::State;

/// What a comparison found.
pub struct Compared {
    /// Fields that are equal.
    pub equal: usize,
    /// Fields that differ as listed.
    pub accepted: usize,
    /// Fields that differ and may not, one line each.
    pub different: Vec<String>,
}

/// Compares the official client's state with ours. A field that only one has differs.
pub fn compare(at: &str, official: &State, ours: &State, accepted: &mut Accepted) -> Compared {
    let mut compared = Compared { equal: 0, accepted: 0, different: Vec::new() };
    let fields = official.keys().chain(ours.keys().filter(|field| !official.contains_key(*field)));
    for field in fields {
        let value = |state: &State| state.get(field).map_or_else(|| "nothing".to_owned(), String::clone);
        let (theirs, own) = (value(official), value(ours));
        if theirs == own {
            compared.equal += 1;
        } else if accepted.holds(at, field, &theirs, &own) {
            compared.accepted += 1;
        } else {
            compared.different.push(format!("{field}: official {theirs}, ours {own}"));
        }
    }
    compared
}
