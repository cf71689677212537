//! Where in a policy something is: `functions.api.env.KEY`, `customDomains[2]`.
//!
//! The rendering is the reference's (spec 1.2): object keys joined with dots and inserted as they
//! are, list positions in brackets, the root as the empty string. A path is built by walking, never
//! parsed back from text.

use std::fmt;

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of an object.
    Key(String),
    /// A position in a list, from 0.
    Index(usize),
}

/// The place of a value in a policy or in what its `branch` closure returned.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Segment>);

impl Path {
    /// The root: renders as the empty string.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path extended by an object key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Key(key.to_owned()));
        Self(segments)
    }

    /// This path extended by a list position, from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Index(index));
        Self(segments)
    }

    /// Whether `self` is `other` or lies inside it.
    pub fn is_within(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(out, "[{index}]")?,
                Segment::Key(key) if position == 0 => out.write_str(key)?,
                Segment::Key(key) => write!(out, ".{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_like_the_reference() {
        let path = Path::root().key("functions").key("").key("customDomains").index(2);
        assert_eq!(path.to_string(), "functions..customDomains[2]");
        assert_eq!(Path::root().key("buckets").key("a b").to_string(), "buckets.a b");
        assert_eq!(Path::root().to_string(), "");
    }

    #[test]
    fn containment_is_by_whole_steps() {
        let outer = Path::root().key("functions");
        assert!(outer.key("api").is_within(&outer));
        assert!(outer.is_within(&outer));
        assert!(!Path::root().key("functionsx").is_within(&outer));
    }
}
