//! Host names and URLs that follow from ids and a region.
//!
//! Nothing listens there: they only have the shape clients take apart, in which everything after
//! the first label of a compute's host is the suffix of every other URL of the project.

/// The one cell this platform has.
const CELL: &str = "c-1";

/// What every host of the region ends in: `c-1.us-east-2.aws.neon.tech`.
pub(crate) fn suffix(region_id: &str) -> String {
    let (cloud, area) = region_id.split_once('-').unwrap_or(("aws", region_id));
    format!("{CELL}.{area}.{cloud}.neon.tech")
}

/// The region without its cloud: `us-east-2`.
pub(crate) fn bare_region(region_id: &str) -> &str {
    region_id.split_once('-').map_or(region_id, |(_, area)| area)
}

pub(crate) fn endpoint(endpoint_id: &str, region_id: &str) -> String {
    format!("{endpoint_id}.{}", suffix(region_id))
}

pub(crate) fn pooler(endpoint_id: &str, region_id: &str) -> String {
    format!("{endpoint_id}-pooler.{}", suffix(region_id))
}

pub(crate) fn invocation_url(branch_id: &str, slug: &str, region_id: &str) -> String {
    format!("https://{branch_id}-{slug}.compute.{}/", suffix(region_id))
}

pub(crate) fn storage_url(branch_id: &str, region_id: &str) -> String {
    format!("https://{branch_id}.storage.{}", suffix(region_id))
}

pub(crate) fn auth_url(endpoint_id: &str, database: &str, region_id: &str) -> String {
    let database = percent_encoded(database);
    format!("https://{endpoint_id}.neonauth.{}/{database}/auth", suffix(region_id))
}

pub(crate) fn data_api_url(endpoint_id: &str, database: &str, region_id: &str) -> String {
    let database = percent_encoded(database);
    format!("https://{endpoint_id}.apirest.{}/{database}/rest/v1", suffix(region_id))
}

pub(crate) fn ai_gateway_url(branch_id: &str, region_id: &str) -> String {
    format!("https://{branch_id}-api.ai.{}", suffix(region_id))
}

/// Where a custom domain is to point: `shop-example-com.domains.c-1.us-east-2.aws.neon.tech`.
pub(crate) fn cname_target(domain: &str, region_id: &str) -> String {
    let mut label = String::with_capacity(domain.len());
    for character in domain.chars() {
        if character.is_ascii_lowercase() || character.is_ascii_digit() {
            label.push(character);
        } else if !label.ends_with('-') {
            label.push('-');
        }
    }
    format!("{label}.domains.{}", suffix(region_id))
}

/// What a connection string is made of.
pub(crate) struct Connection<'a> {
    pub(crate) host: &'a str,
    pub(crate) role: &'a str,
    pub(crate) password: &'a str,
    pub(crate) database: &'a str,
}

impl Connection<'_> {
    pub(crate) fn uri(&self) -> String {
        format!(
            "postgresql://{}:{}@{}/{}?sslmode=require&channel_binding=require",
            percent_encoded(self.role),
            percent_encoded(self.password),
            self.host,
            percent_encoded(self.database),
        )
    }
}

/// Escapes everything that is not unreserved in a URL.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_follow_from_the_region() {
        assert_eq!(suffix("aws-us-east-2"), "c-1.us-east-2.aws.neon.tech");
        assert_eq!(suffix("azure-eastus2"), "c-1.eastus2.azure.neon.tech");
        assert_eq!(
            invocation_url("br-a-b-1", "api", "aws-us-east-2"),
            "https://br-a-b-1-api.compute.c-1.us-east-2.aws.neon.tech/"
        );
        assert_eq!(
            cname_target("my--shop.example.com", "aws-us-east-2"),
            "my-shop-example-com.domains.c-1.us-east-2.aws.neon.tech"
        );
    }

    #[test]
    fn odd_names_are_escaped_in_connection_strings() {
        let connection = Connection {
            host: "ep-a.c-1.us-east-2.aws.neon.tech",
            role: "me@home",
            password: "p/w",
            database: "my db",
        };
        assert_eq!(
            connection.uri(),
            "postgresql://me%40home:p%2Fw@ep-a.c-1.us-east-2.aws.neon.tech/my%20db\
             ?sslmode=require&channel_binding=require"
        );
    }
}
