//! Reading values that depend on variables which this run is not told.
//!
//! A kind that can do without a value asks with [`Object::known`] and names the attribute. Whatever
//! else is asked of such a value is refused, and with one message: a kind's own words about a wrong
//! type or an unknown name would be about what nobody knows.

use super::{Cursor, Object};
use crate::diagnostic::{Diagnostic, codes};
use crate::node::Shape;
use crate::unknown::{Unknown, named};

impl<'a> Cursor<'a> {
    /// The variables that this value depends on, when it is not known.
    pub fn unknown(&self) -> Option<&'a [String]> {
        match self.shape() {
            Shape::Unknown(variables) => Some(variables),
            _ => None,
        }
    }

    /// The one problem that a value which nobody knows can have.
    pub(super) fn undecided(&self, variables: &[String]) -> Diagnostic {
        let fix = match variables {
            [] => "name the variables that the policy reads, and allow them with --env-allow".to_owned(),
            some => format!(
                "allow {} with --env-allow {}, or write what does not depend on it",
                if some.len() == 1 { "it" } else { "them" },
                some.join(",")
            ),
        };
        let summary = "what exists or how it is made depends on the environment, which this run is not shown";
        self.problem(codes::UNKNOWN_VALUE, summary)
            .found(format!("a value that depends on {}", named(variables)))
            .fix(fix)
    }
}

impl<'a> Object<'a> {
    /// Like [`Object::get`], but a value that is not known is noted as `attribute` and is otherwise
    /// as if it were not written.
    pub fn known(&self, key: &str, attribute: &str, unknown: &mut Vec<Unknown>) -> Option<Cursor<'a>> {
        let cursor = self.get(key)?;
        let Some(variables) = cursor.unknown() else { return Some(cursor) };
        unknown.push(Unknown { attribute: attribute.to_owned(), variables: variables.to_vec() });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{Entry, Node};
    use crate::policy::Policy;

    fn check(read: impl Fn(&Object<'_>), expected: &[&str]) {
        let node = Node::new(Shape::Unknown(vec!["CI".to_owned()]));
        let root = Node::new(Shape::Object(vec![Entry { key: "a".to_owned(), key_at: None, node }]));
        let policy = Policy::of_file(&root);
        policy.root().iter().for_each(read);
        let problems = policy.finish().err().map(|failure| failure.0).unwrap_or_default();
        let lines: Vec<_> = problems.iter().map(|one| format!("{} {one}", one.code.id)).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_a_kind_can_do_without_is_noted_and_not_refused() {
        check(
            |root| {
                let mut unknown = Vec::new();
                assert!(root.known("a", "b", &mut unknown).is_none());
                assert_eq!(
                    unknown,
                    [Unknown { attribute: "b".to_owned(), variables: vec!["CI".to_owned()] }]
                );
            },
            &[],
        );
    }

    #[test]
    fn whatever_else_is_asked_of_it_is_refused_with_one_message() {
        check(
            |root| {
                let value = root.get("a");
                value.iter().for_each(|value| {
                    value.object();
                    value.list();
                    value.choice(&["x"]);
                    value.report(Diagnostic::error(codes::WRONG_TYPE, "of a kind"));
                });
            },
            &[
                "unknown-value a: what exists or how it is made depends on the environment, which this run is not \
               shown; found a value that depends on CI, which is not shown",
            ],
        );
    }
}
