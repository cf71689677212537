//! Finding the branch that a command is about, and reading its facts (spec 5.4, API spec 6.4).
//!
//! One concurrent round: project, branches, endpoints. The facts become the [`Target`] that the
//! policy's closure sees, and the branch kind's live state, so that nothing is read twice.

use std::collections::HashMap;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::target::Target;
use serde::Deserialize;

use crate::branch::{BranchLive, EndpointLive};
use crate::client::{ApiPath, Client, Request};

/// A branch that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its facts for the policy's closure.
    pub target: Target,
    /// Its id.
    pub id: String,
    /// Its settings.
    pub live: BranchLive,
    /// Its project.
    pub project: Project,
}

#[derive(Deserialize)]
struct OneProject {
    project: Project,
}

/// A project as reported.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Project {
    /// Project id.
    pub id: String,
    /// Display name.
    #[serde(default)]
    pub name: String,
    /// Region id.
    #[serde(default)]
    pub region_id: String,
    /// Major version of Postgres.
    #[serde(default)]
    pub pg_version: i64,
    /// Organization id.
    #[serde(default)]
    pub org_id: Option<String>,
    #[serde(default)]
    default_endpoint_settings: Option<Limits>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Limits {
    autoscaling_limit_min_cu: Option<f64>,
    autoscaling_limit_max_cu: Option<f64>,
    suspend_timeout_seconds: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Branch {
    id: String,
    name: String,
    #[serde(default)]
    parent_id: Option<String>,
    // Always reported, and never guessed: they decide what a policy says and what needs consent.
    default: bool,
    protected: bool,
    #[serde(default)]
    expires_at: Option<String>,
    #[serde(default)]
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Endpoints {
    endpoints: Vec<Endpoint>,
}

/// An endpoint as reported.
#[derive(Debug, Deserialize)]
pub(crate) struct Endpoint {
    id: String,
    branch_id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    autoscaling_limit_min_cu: Option<f64>,
    #[serde(default)]
    autoscaling_limit_max_cu: Option<f64>,
    #[serde(default)]
    suspend_timeout_seconds: Option<i64>,
}

impl Endpoint {
    /// Unknown types count as read-write (API spec 5).
    fn is_writable(&self) -> bool {
        self.kind != "read_only"
    }
}

impl From<&Endpoint> for EndpointLive {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            id: endpoint.id.clone(),
            min: endpoint.autoscaling_limit_min_cu,
            max: endpoint.autoscaling_limit_max_cu,
            suspend_seconds: endpoint.suspend_timeout_seconds,
        }
    }
}

#[derive(Deserialize)]
struct Organizations {
    #[serde(default)]
    organizations: Vec<Organization>,
}

#[derive(Deserialize)]
struct Organization {
    id: String,
}

#[derive(Deserialize)]
struct Projects {
    #[serde(default)]
    projects: Vec<Project>,
}

/// What a project that reports no defaults has.
const NO_LIMITS: Limits =
    Limits { autoscaling_limit_min_cu: None, autoscaling_limit_max_cu: None, suspend_timeout_seconds: None };

/// Whether a text looks like a branch id rather than a name (spec 5.2).
pub fn is_branch_id(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("br-") else { return false };
    let groups: Vec<&str> = rest.split('-').collect();
    let alphanumeric = |group: &&str| {
        !group.is_empty() && group.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    groups.len() == 3 && groups.iter().all(alphanumeric)
}

/// The request for the account's projects, within its organization where it has one only (API spec 6.1).
///
/// # Errors
/// What the API or the network said.
async fn projects_of_account(client: &Client) -> Result<Request, Failure> {
    let request = Request::get("listOrganizations", ApiPath::new(&["users", "me", "organizations"]));
    let organizations: Organizations = client.send(request).await?;
    let request = Request::get("listProjects", ApiPath::new(&["projects"]));
    Ok(match organizations.organizations.as_slice() {
        [only] => request.query("org_id", &only.id),
        _ => request,
    })
}

/// The account's only project, for when none was named (API spec 6.1).
///
/// # Errors
/// When there is none, or more than one.
pub async fn only_project(client: &Client) -> Result<String, Failure> {
    let request = projects_of_account(client).await?.query("limit", "2");
    let projects: Projects = client.send(request).await?;
    match projects.projects.as_slice() {
        [only] => Ok(only.id.clone()),
        several => Err(Diagnostic::error(codes::MISSING_CONTEXT, "no project is named")
            .found(if several.is_empty() {
                "an account without projects"
            } else {
                "an account with several projects"
            })
            .expected("a project id")
            .fix("pass --project-id, or pin a project with neonform link")
            .into()),
    }
}

/// The projects that a key sees, by id and name.
///
/// # Errors
/// What the API or the network said.
pub async fn projects(client: &Client, organization: Option<&str>) -> Result<Vec<(String, String)>, Failure> {
    let request = match organization {
        Some(id) => Request::get("listProjects", ApiPath::new(&["projects"])).query("org_id", id),
        None => projects_of_account(client).await?,
    };
    let projects: Vec<Project> = client.list(request, "projects").await?;
    Ok(projects.into_iter().map(|project| (project.id, project.name)).collect())
}

/// A project with its branches and endpoints, from one concurrent round of reads.
#[derive(Debug)]
pub struct Survey {
    project: Project,
    branches: Vec<Branch>,
    endpoints: Vec<Endpoint>,
}

/// Reads a project with its branches and endpoints.
///
/// # Errors
/// What the API or the network said.
pub async fn survey(client: &Client, project: &str) -> Result<Survey, Failure> {
    let in_project = |rest: &[&str]| ApiPath::new(&["projects", project]).join(rest);
    let (one, branches, endpoints) = futures::join!(
        client.send::<OneProject>(Request::get("getProject", in_project(&[]))),
        client.list::<Branch>(Request::get("listBranches", in_project(&["branches"])), "branches"),
        client.send::<Endpoints>(Request::get("listEndpoints", in_project(&["endpoints"]))),
    );
    Ok(Survey { project: one?.project, branches: branches?, endpoints: endpoints?.endpoints })
}

/// Reads a project and finds a branch in it.
///
/// # Errors
/// As [`survey`] and [`Survey::find`].
pub async fn find(client: &Client, project: &str, wanted: Option<&str>) -> Result<Found, Failure> {
    survey(client, project).await?.find(wanted)
}

impl Survey {
    /// Finds a branch by id or exact name; the default branch when none is named.
    ///
    /// # Errors
    /// When there is no such branch: then the available ones are listed.
    pub fn find(&self, wanted: Option<&str>) -> Result<Found, Failure> {
        let branch = self.branch(wanted).ok_or_else(|| {
            let is_name = wanted.is_some_and(|wanted| !is_branch_id(wanted));
            let or_create = if is_name { ", or pass --create to make it" } else { "" };
            missing(wanted, &self.branches, format!("name an existing branch with --branch{or_create}"))
        })?;
        Ok(self.found(branch))
    }

    /// A branch that does not exist, as the policy's closure sees it (spec 3.1).
    ///
    /// # Errors
    /// When it exists, or the name is one that only the platform gives.
    pub fn absent(&self, name: &str) -> Result<Target, Failure> {
        if is_branch_id(name) {
            return Err(Diagnostic::error(
                codes::INVALID_BRANCH_NAME,
                "a branch id cannot be a new branch's name",
            )
            .found(format!("{name:?}"))
            .fix("name the new branch with --branch")
            .into());
        }
        if self.branch(Some(name)).is_some() {
            return Err(Diagnostic::error(codes::ALREADY_EXISTS, "the project has a branch of this name")
                .found(format!("{name:?}"))
                .fix("leave out --create to apply the policy to it, or choose another name")
                .into());
        }
        let organization = self.project.org_id.clone();
        Ok(Target { organization, exists: false, ..Target::named(&self.project.id, name) })
    }

    /// Every branch: the default one first, then by name.
    pub fn all(&self) -> Vec<Found> {
        let mut branches: Vec<&Branch> = self.branches.iter().collect();
        branches.sort_by(|a, b| (!a.default, &a.name).cmp(&(!b.default, &b.name)));
        let by_id: HashMap<&str, &Branch> =
            self.branches.iter().map(|branch| (branch.id.as_str(), branch)).collect();
        // From behind, because of several the first counts.
        let endpoints = self.endpoints.iter().rev().filter(|endpoint| endpoint.is_writable());
        let endpoints: HashMap<&str, &Endpoint> =
            endpoints.map(|endpoint| (endpoint.branch_id.as_str(), endpoint)).collect();
        let found = |branch: &Branch| {
            let parent = branch.parent_id.as_deref().and_then(|id| by_id.get(id).copied());
            self.facts(branch, parent, endpoints.get(branch.id.as_str()).copied())
        };
        branches.into_iter().map(found).collect()
    }

    /// Whether there is a branch of this id or name.
    pub fn has(&self, wanted: Option<&str>) -> bool {
        self.branch(wanted).is_some()
    }

    /// The parent of the new branch `child`: the one of this exact name, else the default branch, else
    /// none (spec 5.1).
    ///
    /// # Errors
    /// When the named one does not exist: then the available ones are listed.
    pub fn parent(&self, child: &str, name: Option<&str>) -> Result<Option<Found>, Failure> {
        let Some(name) = name else { return Ok(self.branch(None).map(|branch| self.found(branch))) };
        let named = self.branches.iter().find(|branch| branch.name == name);
        let found = named.map(|branch| Some(self.found(branch)));
        found.ok_or_else(|| {
            let fix = "correct parent in what the policy's branch function returns".to_owned();
            let problem = missing(Some(name), &self.branches, fix).fact("branch", child);
            Diagnostic { summary: "the new branch's parent does not exist".to_owned(), ..problem }.into()
        })
    }

    fn branch(&self, wanted: Option<&str>) -> Option<&Branch> {
        self.branches.iter().find(|branch| match wanted {
            Some(id) if is_branch_id(id) => branch.id == id,
            Some(name) => branch.name == name,
            None => branch.default,
        })
    }

    fn found(&self, branch: &Branch) -> Found {
        let parent = self.branches.iter().find(|other| Some(&other.id) == branch.parent_id.as_ref());
        let mut endpoints = self.endpoints.iter();
        let endpoint = endpoints.find(|found| found.branch_id == branch.id && found.is_writable());
        self.facts(branch, parent, endpoint)
    }

    fn facts(&self, branch: &Branch, parent: Option<&Branch>, endpoint: Option<&Endpoint>) -> Found {
        let defaults = self.project.default_endpoint_settings.as_ref().unwrap_or(&NO_LIMITS);
        let live = BranchLive {
            protected: branch.protected,
            expires_at: branch.expires_at.clone(),
            parent: parent.map(|parent| parent.name.clone()),
            endpoint: endpoint.map(EndpointLive::from),
            defaults: EndpointLive {
                id: String::new(),
                min: defaults.autoscaling_limit_min_cu,
                max: defaults.autoscaling_limit_max_cu,
                suspend_seconds: defaults.suspend_timeout_seconds,
            },
        };
        let target = Target {
            project: self.project.id.clone(),
            organization: self.project.org_id.clone(),
            name: branch.name.clone(),
            id: Some(branch.id.clone()),
            exists: true,
            parent_id: branch.parent_id.clone(),
            is_default: Some(branch.default),
            is_protected: Some(branch.protected),
            expires_at: branch.expires_at.clone(),
            created_at: branch.created_at.as_deref().and_then(|at| at.parse().ok()),
        };
        Found { target, id: branch.id.clone(), live, project: self.project.clone() }
    }
}

fn missing(wanted: Option<&str>, branches: &[Branch], fix: String) -> Diagnostic {
    let by_id = wanted.is_some_and(is_branch_id);
    let mut listed: Vec<&str> =
        branches.iter().map(|b| if by_id { b.id.as_str() } else { b.name.as_str() }).collect();
    // The platform lists them by the time of their last change.
    listed.sort_unstable();
    let known = match listed.len() {
        0 => "the project has no branches".to_owned(),
        _ => format!("one of {}", listed.join(", ")),
    };
    Diagnostic::error(codes::BRANCH_NOT_FOUND, "the project has no such branch")
        .found(wanted.map_or("no default branch".to_owned(), |wanted| format!("{wanted:?}")))
        .expected(known)
        .fix(fix)
        .suggest(wanted.unwrap_or_default(), listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_names_are_told_apart() {
        assert!(is_branch_id("br-cool-forest-a1b2c3d4"));
        for name in ["main", "br-cool-forest", "br-Cool-forest-1", "br--forest-1", "br-a-b-c-d"] {
            assert!(!is_branch_id(name), "{name}");
        }
    }
}
