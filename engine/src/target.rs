//! The branch that a policy is decided for, as plain facts.
//!
//! The facts come from the branch's own read (or from the command line, for a hypothetical branch)
//! before the `branch` closure runs. [`Target::descriptor`] is what the closure sees (spec 3.1).

use jiff::Timestamp;

use crate::value::Value;

/// One branch, existing or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Project id.
    pub project: String,
    /// Organization id, when the project has one.
    pub organization: Option<String>,
    /// Branch name.
    pub name: String,
    /// Branch id; absent for a branch that does not exist.
    pub id: Option<String>,
    /// Whether the branch exists.
    pub exists: bool,
    /// Id of the parent branch, never its name.
    pub parent_id: Option<String>,
    /// Whether it is the project's default branch; unknown for a new branch.
    pub is_default: Option<bool>,
    /// Whether it is protected; unknown for a new branch.
    pub is_protected: Option<bool>,
    /// When it expires, as the platform wrote it.
    pub expires_at: Option<String>,
    /// When it was made; unknown where the platform does not say.
    pub created_at: Option<Timestamp>,
}

impl Target {
    /// A branch that exists, and of which nothing else is known.
    pub fn named(project: &str, name: &str) -> Self {
        Self {
            project: project.to_owned(),
            organization: None,
            name: name.to_owned(),
            id: None,
            exists: true,
            parent_id: None,
            is_default: None,
            is_protected: None,
            expires_at: None,
            created_at: None,
        }
    }

    /// The object that the policy's `branch` closure is called with, absent facts left out.
    pub fn descriptor(&self) -> Vec<(&'static str, Value)> {
        let mut facts = vec![("name", Value::from(self.name.as_str()))];
        facts.extend(self.id.as_deref().map(|id| ("id", id.into())));
        facts.push(("exists", self.exists.into()));
        facts.extend(self.parent_id.as_deref().map(|id| ("parentId", id.into())));
        facts.extend(self.is_default.map(|is| ("isDefault", is.into())));
        facts.extend(self.is_protected.map(|is| ("isProtected", is.into())));
        facts.extend(self.expires_at.as_deref().map(|at| ("expiresAt", at.into())));
        facts
    }
}
