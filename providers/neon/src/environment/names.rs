//! Which variables there are, of which service each is, and which of them nobody else writes (spec 7.1, 7.4).

use std::collections::BTreeSet;

/// What a branch has variables for. Postgres is always there, and so is the branch's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Connection strings.
    Postgres,
    /// Neon Auth.
    Auth,
    /// The Data API.
    DataApi,
    /// Invocation URLs.
    Functions,
    /// Buckets.
    ObjectStorage,
    /// The AI Gateway.
    AiGateway,
}

/// The services with their words, in the order of the reference.
pub const SERVICES: [(Service, &str); 6] = [
    (Service::Postgres, "postgres"),
    (Service::Auth, "auth"),
    (Service::DataApi, "data-api"),
    (Service::Functions, "functions"),
    (Service::ObjectStorage, "object-storage"),
    (Service::AiGateway, "ai-gateway"),
];

/// The pooled connection string.
pub(super) const DATABASE_URL: &str = "DATABASE_URL";
/// The direct connection string.
pub(super) const DATABASE_URL_UNPOOLED: &str = "DATABASE_URL_UNPOOLED";
/// The branch's name.
pub(super) const BRANCH: &str = "NEON_BRANCH";
pub(super) const AUTH_BASE_URL: &str = "NEON_AUTH_BASE_URL";
pub(super) const AUTH_JWKS_URL: &str = "NEON_AUTH_JWKS_URL";
pub(super) const DATA_API_URL: &str = "NEON_DATA_API_URL";
pub(super) const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
pub(super) const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
pub(super) const S3_ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";
pub(super) const REGION: &str = "AWS_REGION";
pub(super) const GATEWAY_TOKEN: &str = "NEON_AI_GATEWAY_TOKEN";
pub(super) const GATEWAY_BASE_URL: &str = "NEON_AI_GATEWAY_BASE_URL";

/// The two halves of a key for object storage, of which neither is good without the other.
pub const KEY_PAIR: [&str; 2] = [ACCESS_KEY_ID, SECRET_ACCESS_KEY];

/// Every variable with a name of its own, in the order in which they are written; function URLs follow.
pub const NAMES: [(&str, Option<Service>); 12] = [
    (DATABASE_URL, Some(Service::Postgres)),
    (DATABASE_URL_UNPOOLED, Some(Service::Postgres)),
    (BRANCH, None),
    (AUTH_BASE_URL, Some(Service::Auth)),
    (AUTH_JWKS_URL, Some(Service::Auth)),
    (DATA_API_URL, Some(Service::DataApi)),
    (ACCESS_KEY_ID, Some(Service::ObjectStorage)),
    (SECRET_ACCESS_KEY, Some(Service::ObjectStorage)),
    (S3_ENDPOINT, Some(Service::ObjectStorage)),
    (REGION, Some(Service::ObjectStorage)),
    (GATEWAY_TOKEN, Some(Service::AiGateway)),
    (GATEWAY_BASE_URL, Some(Service::AiGateway)),
];

/// The variable that holds a function's invocation URL.
pub fn function_url(slug: &str) -> String {
    format!("NEON_FUNCTION_{}_BASE_URL", slug.to_ascii_uppercase())
}

/// The slug whose invocation URL a variable holds.
pub fn function_of(name: &str) -> Option<String> {
    let slug = name.strip_prefix("NEON_FUNCTION_")?.strip_suffix("_BASE_URL")?;
    let is_slug = (1..=20).contains(&slug.len())
        && slug.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_slug.then(|| slug.to_ascii_lowercase())
}

/// Whether a variable is one that is pulled.
pub fn is_known(name: &str) -> bool {
    NAMES.iter().any(|(known, _)| *known == name) || function_of(name).is_some()
}

/// The service that a variable belongs to: none for the branch's name.
pub fn service_of(name: &str) -> Option<Service> {
    match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, service)) => *service,
        None => function_of(name).map(|_| Service::Functions),
    }
}

/// Whether a variable that a branch no longer has is taken out of a file. The `AWS_*` names are anybody's, and every
/// branch has a name.
pub fn is_own(name: &str) -> bool {
    is_known(name) && !matches!(service_of(name), None | Some(Service::ObjectStorage))
}

/// What is asked for: names where they are chosen one by one, else all of the services'.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// All variables of these.
    pub services: BTreeSet<Service>,
    /// These as well.
    pub names: BTreeSet<String>,
}

impl Selection {
    /// Whether a variable is asked for. The branch's name comes with every service.
    pub fn covers(&self, name: &str) -> bool {
        let of_service = match service_of(name) {
            Some(service) => self.services.contains(&service),
            None => name == BRANCH && !self.services.is_empty(),
        };
        of_service || self.names.contains(name)
    }

    /// Every service of which something is asked for.
    pub fn touched(&self) -> BTreeSet<Service> {
        self.services.iter().copied().chain(self.names.iter().filter_map(|name| service_of(name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_its_variable_and_a_variable_its_function() {
        assert_eq!(function_url("api2"), "NEON_FUNCTION_API2_BASE_URL");
        assert_eq!(function_of("NEON_FUNCTION_API2_BASE_URL").as_deref(), Some("api2"));
        for name in [
            "NEON_FUNCTION__BASE_URL",
            "NEON_FUNCTION_a_BASE_URL",
            "NEON_FUNCTION_A_B_BASE_URL",
            "NEON_FUNCTION_A",
        ] {
            assert_eq!(function_of(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_others_use_are_never_taken_out() {
        let own: Vec<&str> = NAMES.iter().map(|(name, _)| *name).filter(|name| is_own(name)).collect();
        assert_eq!(
            own,
            [
                DATABASE_URL,
                DATABASE_URL_UNPOOLED,
                AUTH_BASE_URL,
                AUTH_JWKS_URL,
                DATA_API_URL,
                GATEWAY_TOKEN,
                GATEWAY_BASE_URL
            ]
        );
        assert!(is_own("NEON_FUNCTION_A_BASE_URL") && !is_own("HOME"));
    }

    #[test]
    fn the_name_of_the_branch_comes_with_a_service_and_not_with_a_variable() {
        let services = Selection { services: [Service::Auth].into(), ..Selection::default() };
        assert!(services.covers(BRANCH) && services.covers(AUTH_JWKS_URL) && !services.covers(DATABASE_URL));
        let names = Selection { names: [DATABASE_URL.to_owned()].into(), ..Selection::default() };
        assert!(names.covers(DATABASE_URL) && !names.covers(BRANCH) && !names.covers(DATABASE_URL_UNPOOLED));
        assert_eq!(names.touched(), [Service::Postgres].into());
    }
}
