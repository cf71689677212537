//! The variables that a policy read, in a form that tells whether one has another value and not what it is.
//!
//! A file may be kept or shared: each value's digest is slow and has a salt of this file and of its name, so that
//! guessing takes a try of some 40 ms and 16 MiB for each variable of each file.

use std::collections::BTreeMap;

use neonform_engine::diagnostic::Failure;
use neonform_neon::slow_digest;
use serde_json::{Map, Value as Json, json};

use crate::stored::Stored;

/// The cost of one guess: 2^14 blocks of 1 KiB.
const LOG_COST: u8 = 14;

/// Variables and the digests of their values.
pub struct Environment {
    salt: String,
    read: BTreeMap<String, String>,
}

impl Environment {
    /// The variables that were read, under a new salt.
    pub fn of(variables: &BTreeMap<String, String>) -> Self {
        let salt = format!("{:032x}", rand::random::<u128>());
        let read = variables.iter().map(|(name, value)| (name.clone(), digest(&salt, name, value))).collect();
        Self { salt, read }
    }

    /// The names of those that have another value now, are set or unset, or that only one of the two read; with
    /// what they were and are.
    pub fn moved(&self, now: &BTreeMap<String, String>) -> Vec<(String, &'static str, &'static str)> {
        let gone = "unset, or not read";
        let before = self.read.iter().filter_map(|(name, before)| match now.get(name) {
            None => Some((name.clone(), "set", gone)),
            Some(value) if digest(&self.salt, name, value) == *before => None,
            Some(_) => Some((name.clone(), "another value", "this value")),
        });
        let new = now.keys().filter(|name| !self.read.contains_key(*name));
        before.chain(new.map(|name| (name.clone(), gone, "set"))).collect()
    }

    /// As it is written into the file.
    pub fn json(&self) -> Json {
        let read: Map<String, Json> =
            self.read.iter().map(|(name, digest)| (name.clone(), digest.as_str().into())).collect();
        json!({ "salt": self.salt, "read": read })
    }

    /// As it is read again.
    ///
    /// # Errors
    /// When a part is missing.
    pub fn read(stored: &Stored) -> Result<Self, Failure> {
        Ok(Self {
            salt: stored.text("/environment/salt")?.to_owned(),
            read: stored.texts("/environment/read")?,
        })
    }
}

fn digest(salt: &str, name: &str, value: &str) -> String {
    slow_digest(value.as_bytes(), &format!("neonform plan\0{salt}\0{name}"), LOG_COST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_moved_is_named_and_its_value_is_not() {
        let variables = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let before = variables(&[("A", "swordfish"), ("C", "1")]);
        let environment = Environment::of(&before);
        assert!(environment.moved(&before).is_empty());
        assert!(!environment.json().to_string().contains("swordfish"));
        let moved = environment.moved(&variables(&[("A", "other"), ("B", "")]));
        let moved: Vec<String> = moved.iter().map(|(name, was, is)| format!("{name}: {was}, {is}")).collect();
        assert_eq!(
            moved,
            ["A: another value, this value", "C: set, unset, or not read", "B: unset, or not read, set"]
        );
        assert_ne!(environment.read, Environment::of(&before).read, "no two files have one salt");
    }
}
