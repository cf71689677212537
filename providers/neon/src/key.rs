//! What an API key is worth as a secret: nothing that is made from one that could be guessed is written anywhere.

use std::collections::HashSet;

/// A key that is shorter, or has fewer different characters, is none of the platform's: those have at least 60 random
/// ones, and nobody is kept from choosing a word for a server of their own.
const SHORTEST: usize = 40;
const FEWEST_CHARACTERS: usize = 12;

/// Whether somebody who has a digest of a key could find it by trying.
pub fn could_be_guessed(api_key: &str) -> bool {
    let key = api_key.trim();
    key.len() < SHORTEST || key.chars().collect::<HashSet<_>>().len() < FEWEST_CHARACTERS
}
