//! What stands for variables that a policy may not see, while it is evaluated once.
//!
//! One evaluation is one answer to the question what those variables are: unset, empty, some text. Texts that
//! nobody could have meant are made from a random number, so that a policy cannot know them beforehand. What
//! was asked for is remembered, because only that can have made a difference. `several` compares evaluations.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

/// What is asked of the environment.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<Names>);

#[derive(Debug, Default)]
struct Names {
    names: BTreeSet<String>,
    listed: bool,
}

/// What one variable is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stand {
    /// A text that nobody could have meant, one of two; no two variables have the same.
    Text(Which),
    /// Unset, or this text.
    Fixed(Option<String>),
}

/// Which of the two texts: they share neither their beginning, nor their length, nor their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Which {
    First,
    Second,
}

/// What the hidden variables are in one evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// What they all are, but for those below.
    pub(crate) usual: Stand,
    /// What single ones are.
    pub(crate) single: BTreeMap<String, Stand>,
    /// What may be seen, and is unset where it has no value.
    pub(crate) shown: Arc<BTreeSet<String>>,
    /// What makes the texts.
    pub(crate) secret: Secret,
    /// What was asked for.
    pub(crate) asked: Arc<Asked>,
}

/// A random number, new for each policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Secret([u64; 2]);

impl Secret {
    /// A number that no policy can know.
    pub(crate) fn random() -> Self {
        // Each state is keyed anew from the system's randomness.
        Self([RandomState::new().hash_one(0_u64), RandomState::new().hash_one(1_u64)])
    }

    /// One of the two texts that stand for a variable.
    pub(crate) fn text(self, which: Which, name: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(self.0[0].to_le_bytes());
        digest.update(self.0[1].to_le_bytes());
        digest.update(name);
        let word = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let digest = digest.finalize();
        // Letters first and last, so that either is also a name, a label of a host and a word.
        match which {
            Which::First => format!("k{}x", word(&digest[..10])),
            Which::Second => format!("w{}y", word(&digest[10..28])),
        }
    }

    /// Replaces the texts of these variables by a word for what they are.
    pub(crate) fn scrub(self, text: &str, names: &BTreeSet<String>) -> String {
        let texts =
            names.iter().flat_map(|name| [Which::First, Which::Second].map(|which| self.text(which, name)));
        texts.fold(text.to_owned(), |text, standing| text.replace(&standing, "(unknown)"))
    }

    /// Whether a text holds one of those that stand for these variables, in small or capital letters.
    pub(crate) fn is_in(self, text: &str, names: &BTreeSet<String>) -> bool {
        let text = text.to_ascii_lowercase();
        let mut names = names.iter().map(String::as_str).chain([LISTED]);
        names.any(|name| {
            [Which::First, Which::Second].iter().any(|which| text.contains(&self.text(*which, name)))
        })
    }
}

/// The name of a variable that is only there to be listed.
pub(crate) const LISTED: &str = "NEONFORM_ANOTHER_VARIABLE";

impl Standing {
    /// The value of a variable, which is remembered.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        if !is_name(name) || self.shown.contains(name) {
            return None;
        }
        // Whoever asks for that one has a list.
        if !name.starts_with(LISTED) {
            self.asked.lock().names.insert(name.to_owned());
        }
        match self.single.get(name).unwrap_or(&self.usual) {
            Stand::Fixed(value) => value.clone(),
            Stand::Text(which) => Some(self.secret.text(*which, name)),
        }
    }

    /// The name of a variable that a list of all of them holds besides those that may be seen.
    pub(crate) fn another(&self) -> Option<String> {
        self.asked.lock().listed = true;
        matches!(self.usual, Stand::Text(Which::Second))
            .then(|| format!("{LISTED}_{}", self.secret.text(Which::Second, LISTED)))
    }
}

impl Asked {
    /// The variables that were asked for by name.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.lock().names.clone()
    }

    /// Whether nothing was asked for.
    pub(crate) fn is_nothing(&self) -> bool {
        let asked = self.lock();
        asked.names.is_empty() && !asked.listed
    }

    fn lock(&self) -> MutexGuard<'_, Names> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a variable can be called so; methods that JavaScript looks for everywhere are none.
fn is_name(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty()
        && name.len() <= 200
        && name.bytes().all(is_word)
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !matches!(name, "then" | "toJSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(usual: Stand) -> Standing {
        Standing {
            usual,
            single: BTreeMap::new(),
            shown: Arc::default(),
            secret: Secret::random(),
            asked: Arc::default(),
        }
    }

    #[test]
    fn two_policies_and_two_variables_never_share_a_text() {
        let (one, two) = (standing(Stand::Text(Which::First)), standing(Stand::Text(Which::First)));
        let texts: BTreeSet<_> = [one.value("A"), one.value("B"), two.value("A")].into();
        assert_eq!(texts.len(), 3);
        assert_eq!(one.asked.names().len(), 2);
        assert!(two.secret.is_in(&two.value("A").unwrap_or_default().to_uppercase(), &two.asked.names()));
    }

    #[test]
    fn what_is_no_name_of_a_variable_is_not_asked_for() {
        let standing = standing(Stand::Text(Which::First));
        for name in ["", "then", "toJSON", "0", "a b", "é"] {
            assert_eq!(standing.value(name), None, "{name}");
        }
        assert!(standing.asked.is_nothing());
    }

    #[test]
    fn texts_are_scrubbed() {
        let standing = standing(Stand::Text(Which::Second));
        let value = standing.value("A").unwrap_or_default();
        assert_eq!(standing.secret.scrub(&format!("no {value}!"), &standing.asked.names()), "no (unknown)!");
    }
}
