//! What the variables of a branch hold (spec 7.1, 7.3).
//!
//! Each service is one chain of requests, and all chains run side by side. Whatever is missing is told at once; only when
//! nothing is, secrets are revealed or minted, so that a pull that fails leaves no credential behind.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;

use super::names::{BRANCH, GATEWAY_BASE_URL, NAMES, Selection, Service};
use super::reader::{Found, Reader};
use super::secrets::{Asked, Credentials, Half};
use super::{Branch, secrets};
use crate::client::Client;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Services and variables.
    pub selection: Selection,
    /// Services of the selection that the branch need not have.
    pub optional: BTreeSet<Service>,
    /// Functions whose URLs are asked for.
    pub functions: Functions,
    /// Buckets that have to be there.
    pub buckets: Vec<String>,
    /// What the target holds already, by variable.
    pub held: BTreeMap<String, String>,
}

/// Functions whose URLs are asked for with the service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Functions {
    /// Those that the branch has.
    #[default]
    Deployed,
    /// These, deployed or not.
    Declared(Vec<String>),
}

/// What was read.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Variables in the order of the reference.
    pub variables: Vec<(String, Secret)>,
    /// What became of credentials.
    pub credentials: Credentials,
    /// Services that need not be there and could not be asked, and why: what is held of them may still be right.
    pub skipped: Vec<(Service, Failure)>,
}

/// Reads what is asked for.
///
/// # Errors
/// Every service that the branch lacks, and what the API or the network said.
pub async fn resolve(
    client: &Client,
    branch: &Branch<'_>,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Resolved, Failure> {
    let reader = Reader::new(client, branch, wanted);
    let (postgres, auth, data_api, functions, storage, gateway, credentials) = futures::join!(
        reader.postgres(),
        reader.auth(),
        reader.data_api(),
        reader.functions(),
        reader.storage(),
        reader.gateway(),
        reader.credentials(now),
    );
    let mut gathered = Gathered::default();
    gathered.variables.insert(BRANCH.to_owned(), Secret::new(branch.name));
    let found = [
        (Service::Postgres, postgres),
        (Service::Auth, auth),
        (Service::DataApi, data_api),
        (Service::Functions, functions),
        (Service::ObjectStorage, storage),
        (Service::AiGateway, gateway),
    ];
    for (service, found) in found {
        gathered.take(service, found, branch, wanted.optional.contains(&service));
    }
    let live = match credentials {
        Ok(live) => live,
        // Nobody asked for the gateway, and nothing else needs a credential.
        Err(failure)
            if wanted.optional.contains(&Service::AiGateway)
                && !gathered.there.contains(&Service::ObjectStorage) =>
        {
            gathered.skip(Service::AiGateway, failure);
            gathered.variables.remove(GATEWAY_BASE_URL);
            Vec::new()
        }
        Err(failure) => {
            gathered.problems.extend(failure.0);
            Vec::new()
        }
    };
    let Gathered { there, mut variables, skipped, problems } = gathered;
    if !problems.is_empty() {
        return Err(Failure(problems));
    }
    let halves: Vec<Half> =
        reader.halves().into_iter().filter(|(_, of)| there.contains(of)).map(|(half, _)| half).collect();
    let invokes = matches!(&wanted.functions, Functions::Declared(slugs) if !slugs.is_empty());
    let asked = Asked { halves: &halves, invokes, held: &wanted.held };
    let secrets = secrets::secrets(client, branch, &live, &asked).await?;
    variables.extend(secrets.values.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let variables = in_order(variables, wanted);
    let problems: Vec<Diagnostic> =
        variables.iter().filter_map(|(name, value)| not_a_line(name, value)).collect();
    if problems.is_empty() {
        return Ok(Resolved { variables, credentials: secrets.credentials, skipped });
    }
    Err(Failure(problems))
}

/// What the chains of requests brought.
#[derive(Default)]
struct Gathered {
    there: BTreeSet<Service>,
    variables: BTreeMap<String, Secret>,
    skipped: Vec<(Service, Failure)>,
    problems: Vec<Diagnostic>,
}

impl Gathered {
    fn take(
        &mut self,
        service: Service,
        found: Result<Found, Failure>,
        branch: &Branch<'_>,
        is_optional: bool,
    ) {
        match found {
            Ok(Found::Has(found)) => {
                self.there.insert(service);
                self.variables.extend(found);
            }
            Ok(Found::Lacks(what)) if !is_optional => {
                self.problems.extend(what.iter().map(|what| lacks(branch, what)));
            }
            Ok(Found::Unavailable(failure)) if is_optional => self.skip(service, failure),
            Ok(Found::Unavailable(failure)) | Err(failure) => self.problems.extend(failure.0),
            Ok(Found::Unasked | Found::Lacks(_)) => {}
        }
    }

    fn skip(&mut self, service: Service, why: Failure) {
        self.there.remove(&service);
        self.skipped.push((service, why));
    }
}

/// What is asked for, in the order of the reference. An empty value says nothing: what is held stays.
fn in_order(mut variables: BTreeMap<String, Secret>, wanted: &Wanted) -> Vec<(String, Secret)> {
    let fixed: Vec<(String, Secret)> =
        NAMES.iter().filter_map(|(name, _)| variables.remove_entry(*name)).collect();
    let all = fixed.into_iter().chain(variables).filter(|(name, _)| wanted.selection.covers(name));
    all.map(|(name, value)| match wanted.held.get(&name) {
        Some(held) if value.expose().is_empty() => (name, Secret::new(held.as_str())),
        _ => (name, value),
    })
    .collect()
}

/// A value that is more than one line, or that some reader takes for more, fits neither a file nor a terminal.
fn not_a_line(name: &str, value: &Secret) -> Option<Diagnostic> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    value.expose().contains(breaks).then(|| {
        Diagnostic::error(codes::UNEXPECTED_ANSWER, "the value of a variable holds control characters")
            .found(name)
            .expected("one line of text")
            .fix(if name == BRANCH {
                "rename the branch"
            } else {
                "ask for the other variables by name with --env"
            })
    })
}

fn lacks(branch: &Branch<'_>, what: &str) -> Diagnostic {
    Diagnostic::error(codes::NOT_FOUND, "the branch lacks something whose variables are asked for")
        .found(format!("branch {} ({}) without {what}", branch.name, branch.id))
        .fix("run neonform apply with a policy that declares it, or name other services with --service")
}
