//! What `diff` compares: a snapshot, a saved plan, a branch as it is, or what a policy makes of a branch.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::plan::Purpose;
use neonform_engine::state::{Extent, comparable, observe};
use neonform_neon::client::Client;
use neonform_neon::target;
use neonform_neon::{Deploying, Polling, kinds};

use crate::backend::Connection;
use crate::comparison::Side;
use crate::pipeline::{self, Source};
use crate::saved_plan::{self, SavedPlan};
use crate::session::Session;
use crate::snapshot::{self, Snapshot};
use crate::stored::Stored;

/// One side of a comparison, as named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A snapshot or a saved plan.
    File(PathBuf),
    /// `branch:NAME`.
    Branch(String),
    /// `policy` or `policy:BRANCH`.
    Policy(Option<String>),
}

impl Operand {
    /// Reads `branch:NAME`, `policy`, `policy:BRANCH`, or else the name of a file.
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some(("branch", name)) => Operand::Branch(name.to_owned()),
            Some(("policy", name)) => Operand::Policy(Some(name.to_owned())),
            None if text == "policy" => Operand::Policy(None),
            _ => Operand::File(text.into()),
        }
    }

    /// Whether it takes the policy.
    pub fn is_policy(&self) -> bool {
        matches!(self, Operand::Policy(_))
    }

    /// The branch that it is about, as far as that is said.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Operand::Branch(name) | Operand::Policy(Some(name)) => Some(name),
            _ => None,
        }
    }
}

/// Reads a file that is one side.
///
/// # Errors
/// When it is neither a snapshot nor a saved plan.
pub fn file(working: &Path, named: &Path) -> Result<Side, Failure> {
    let label = named.display().to_string();
    let stored = Stored::open(&working.join(named))?;
    match stored.format() {
        Some(saved_plan::FORMAT) => {
            let saved = SavedPlan::of(stored)?;
            let state = saved.plan.result(saved.plan.live.clone());
            Ok(Side {
                file: Some(label.clone()),
                label,
                project: saved.plan.target.project.clone(),
                branch: saved.plan.target.name.clone(),
                state: comparable(&kinds(), state),
                extent: Extent::Planned,
            })
        }
        Some(snapshot::FORMAT) => Ok(snapshot(label, &Snapshot::of(stored)?)),
        _ => Err(Diagnostic::error(codes::INVALID_FILE, "the file cannot be compared")
            .found(label)
            .expected("a snapshot, a saved plan, branch:NAME, policy, or policy:BRANCH")
            .fix("write a snapshot with neonform snapshot --out FILE")
            .into()),
    }
}

/// A snapshot as one side.
pub fn snapshot(label: String, snapshot: &Snapshot) -> Side {
    let Snapshot { project, branch, state } = snapshot;
    let (project, branch, state) = (project.clone(), branch.clone(), state.clone());
    Side { file: Some(label.clone()), label, project, branch, state, extent: Extent::Everything }
}

/// Reads everything that is on a branch, by name or id; on the one that is meant where none is named.
///
/// # Errors
/// When there is no such branch, or what the API said.
pub async fn branch(
    session: &Session,
    client: &Client,
    project: &str,
    name: Option<&str>,
) -> Result<Side, Failure> {
    let found = target::find(client, project, name).await?;
    let (project, branch) = (found.target.project.clone(), found.target.name.clone());
    let state = comparable(&kinds(), observe(&pipeline::reader(client, found, &session.working)).await?);
    let label = format!("branch {branch}");
    Ok(Side { label, file: None, project, branch, state, extent: Extent::Everything })
}

/// What a branch would be like once the policy was applied; one that does not exist as it would be created.
///
/// # Errors
/// Every problem of the policy, or what the API said.
pub async fn policy(
    source: &Source,
    connection: &Connection,
    project: &str,
    name: Option<&str>,
) -> Result<Side, Failure> {
    let request = pipeline::Request {
        source,
        client: &connection.client,
        digests: Arc::clone(&connection.digests),
        project,
        branch: name,
        create: name.is_some_and(|name| !target::is_branch_id(name)),
        bundler: Session::bundler(source, false),
        polling: Polling::default(),
        deploying: Deploying::default(),
        builds: Arc::default(),
        concurrency: pipeline::CONCURRENCY.into(),
        purpose: Purpose::at(source.now),
        leases: None,
        said: &|_| {},
    };
    let pipeline::Planned { provider, plan, .. } = pipeline::plan(&request).await?;
    let exists = plan.target.id.is_some();
    let (live, extent) = if exists {
        (observe(&provider).await?, Extent::Everything)
    } else {
        (plan.live.clone(), Extent::Planned)
    };
    Ok(Side {
        label: format!("policy for branch {}", plan.target.name),
        file: None,
        project: plan.target.project.clone(),
        branch: plan.target.name.clone(),
        state: comparable(&kinds(), plan.result(live)),
        extent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_slash_or_a_colon_stays_one_name() {
        assert_eq!(Operand::parse("branch:preview/a:b"), Operand::Branch("preview/a:b".to_owned()));
        assert_eq!(Operand::parse("policy"), Operand::Policy(None));
        assert_eq!(Operand::parse("policy:dev"), Operand::Policy(Some("dev".to_owned())));
        assert_eq!(Operand::parse("policy.json"), Operand::File("policy.json".into()));
    }
}
