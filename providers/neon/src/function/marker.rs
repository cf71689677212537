//! What was deployed, remembered on the deployment itself (`design.md`, "No state file").
//!
//! The API returns the names of a deployment's variables and nothing else about its content, so each
//! deployment we make carries one variable whose *name* says what it is. A marker counts only on the
//! deployment right after the one it names: a later deployment by another tool keeps the name but not
//! the arithmetic. The environment's digest is slow and salted per function, since names are readable
//! by anyone who can list the project.
//!
//! It costs each function one variable, whose name is some 80 bytes and whose value is `1`; a function
//! can see it in its environment. `--no-marker` does without, at the price of a deployment a run.

use neonform_engine::value::Secret;

use crate::slow_digest::{KEPT, hex, slow_digest};

const PREFIX: &str = "NEONFORM_";
/// The version of this format.
const VERSION: &str = "1";
/// The cost of one guess: 2^13 blocks of 1 KiB, some 20 ms and 8 MiB.
const LOG_COST: u8 = 13;

/// What a deployment was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    /// Id of the deployment that it replaced; 0 for a function's first.
    pub(super) replaced: i64,
    /// Truncated SHA-256 of the bundle's canonical content, in hexadecimal.
    pub(super) bundle: String,
    /// Truncated digest of the environment, in hexadecimal.
    pub(super) environment: String,
}

impl Marker {
    /// The name of the variable that carries it.
    pub(super) fn name(&self) -> String {
        format!("{PREFIX}{VERSION}_{}_{}_{}", self.replaced, self.bundle, self.environment)
    }

    /// Reads a variable's name; `None` when it is not a marker of this format.
    fn parse(name: &str) -> Option<Self> {
        let rest = name.strip_prefix(PREFIX)?.strip_prefix(VERSION)?.strip_prefix('_')?;
        let mut parts = rest.split('_');
        let (replaced, bundle, environment) = (parts.next()?, parts.next()?, parts.next()?);
        let is_digest = |text: &str| text.len() == 2 * KEPT && text.bytes().all(|b| b.is_ascii_hexdigit());
        let well_formed = parts.next().is_none() && is_digest(bundle) && is_digest(environment);
        let replaced = replaced.parse().ok()?;
        well_formed.then(|| Self { replaced, bundle: bundle.to_owned(), environment: environment.to_owned() })
    }

    /// The marker that counts for a deployment, if it carries one.
    pub(super) fn of(deployment: i64, names: &[String]) -> Option<Self> {
        let mut markers = names.iter().filter_map(|name| Self::parse(name));
        markers.find(|marker| marker.replaced.checked_add(1) == Some(deployment))
    }

    /// The last marker that was written, whether or not it counts.
    pub(super) fn newest(names: &[String]) -> Option<Self> {
        names.iter().filter_map(|name| Self::parse(name)).max_by_key(|marker| marker.replaced)
    }
}

/// A marker as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The version of its format.
    pub version: String,
    /// The deployment that was replaced, and the beginning of the bundle's hash, where the format is this one.
    pub said: Option<(i64, String)>,
    /// Whether it is about the deployment that carries it: no other tool has deployed since.
    pub counts: bool,
}

impl Mark {
    /// The newest marker among the names of a deployment's variables.
    pub(super) fn of(deployment: i64, names: &[String]) -> Option<Self> {
        if let Some(marker) = Marker::newest(names) {
            let counts = Marker::of(deployment, names).is_some();
            let said = Some((marker.replaced, short(&marker.bundle)));
            return Some(Self { version: VERSION.to_owned(), said, counts });
        }
        let other = names.iter().find(|name| is_marker(name))?.strip_prefix(PREFIX)?;
        let version = other.split('_').next().unwrap_or_default().to_owned();
        Some(Self { version, said: None, counts: false })
    }
}

/// Whether a variable is a marker, of whatever format version.
pub(super) fn is_marker(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A bundle's hash as a marker has it.
pub fn bundle_digest(sha256: &[u8; 32]) -> String {
    hex(&sha256[..KEPT])
}

/// The beginning of a bundle's hash, for people.
pub(super) fn short(digest: &str) -> String {
    format!("sha256:{}", digest.get(..12).unwrap_or(digest))
}

/// What an environment's digest is made from. Holds its values, and says nothing of them.
pub(super) struct Digested {
    /// Project and slug.
    pub(super) salt: String,
    /// Sorted names and values; empty for an empty environment.
    pub(super) content: Vec<u8>,
}

impl Digested {
    /// An environment of a function.
    pub(super) fn of(project: &str, slug: &str, variables: &[(String, Secret)]) -> Self {
        let mut sorted: Vec<_> = variables.iter().collect();
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut content = Vec::new();
        for (name, value) in sorted {
            for part in [name.as_str(), value.expose()] {
                content.extend_from_slice(&(part.len() as u64).to_be_bytes());
                content.extend_from_slice(part.as_bytes());
            }
        }
        Self { salt: format!("neonform environment {VERSION}\0{project}\0{slug}"), content }
    }

    /// The digest where it costs nothing: an empty environment has no secret.
    pub(super) fn at_once(&self) -> Option<String> {
        self.content.is_empty().then(|| "0".repeat(2 * KEPT))
    }

    /// The digest, slow by design.
    pub(super) fn digest(&self) -> String {
        self.at_once().unwrap_or_else(|| slow_digest(&self.content, &self.salt, LOG_COST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(replaced: i64) -> Marker {
        Marker { replaced, bundle: "ab".repeat(16), environment: "0".repeat(32) }
    }

    #[test]
    fn a_marker_counts_only_right_after_the_deployment_it_replaced() {
        let names = [marker(3).name(), "OTHER".to_owned()];
        assert_eq!(Marker::of(4, &names), Some(marker(3)));
        assert_eq!(Marker::of(5, &names), None);
        assert_eq!(Marker::of(3, &names), None);
    }

    #[test]
    fn other_names_are_not_markers() {
        for name in ["NEONFORM_", "NEONFORM_1_x_y_z", "NEONFORM_1_3_ab_cd", "NEONFORM_KEY", "NEON_FORM_1"] {
            assert_eq!(Marker::parse(name), None, "{name}");
        }
        assert!(is_marker("NEONFORM_2_whatever") && !is_marker("NEONFORM_KEY"));
    }

    #[test]
    fn a_dictionary_of_a_million_words_takes_more_than_an_hour() {
        let variables = [("TOKEN".to_owned(), Secret::new("swordfish"))];
        let tries = 8;
        let start = std::time::Instant::now();
        for slug in 0..tries {
            Digested::of("project", &slug.to_string(), &variables).digest();
        }
        // With every core at it, four at most: a machine with more of them is not this one.
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(4);
        let hours = start.elapsed().as_secs_f64() / f64::from(tries) * 1e6 / 3_600.0 / cores as f64;
        assert!(hours > 1.0, "{hours:.2} hours");
    }

    #[test]
    fn the_digest_depends_on_every_part_and_not_on_order() {
        let variables = |pairs: &[(&str, &str)]| -> Vec<(String, Secret)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
        };
        let digest =
            |project, slug, pairs: &[(&str, &str)]| Digested::of(project, slug, &variables(pairs)).digest();
        let base = digest("p", "api", &[("A", "1"), ("B", "2")]);
        assert_eq!(base, digest("p", "api", &[("B", "2"), ("A", "1")]));
        assert_ne!(base, digest("q", "api", &[("A", "1"), ("B", "2")]));
        assert_ne!(base, digest("p", "mail", &[("A", "1"), ("B", "2")]));
        assert_ne!(base, digest("p", "api", &[("A", "12"), ("B", "")]));
    }
}
