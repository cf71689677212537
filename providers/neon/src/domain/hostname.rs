//! What a hostname may look like, and how it is normalised before it is judged (spec 1.6).

use neonform_engine::diagnostic::codes;
use neonform_engine::node::Position;
use neonform_engine::policy::Cursor;

/// What a hostname is, in words.
pub(super) const EXPECTED: &str = "a DNS hostname of 3 to 253 ASCII characters such as api.example.com";

/// A hostname and where it is written.
pub(super) type Written = (String, Option<Position>);

/// The hostnames of a list, normalised; faults and repeats are reported.
pub(super) fn list(cursor: &Cursor<'_>) -> Vec<Written> {
    let mut hosts: Vec<Written> = Vec::new();
    for item in cursor.list().unwrap_or_default() {
        let Some(written) = item.string() else { continue };
        let host = normalise(written);
        if let Some(summary) = fault(&host) {
            item.report(item.problem(codes::INVALID_HOSTNAME, summary).expected(EXPECTED));
        } else if hosts.iter().any(|(known, _)| *known == host) {
            item.report(
                item.problem(codes::DUPLICATE, "a hostname is listed twice")
                    .found(format!("{written:?}, that is {host:?}"))
                    .fix("remove one of the two"),
            );
        } else {
            hosts.push((host, item.at()));
        }
    }
    hosts
}

/// A hostname as the platform has it.
pub(super) fn normalise(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    lower.strip_suffix('.').unwrap_or(&lower).to_owned()
}

/// What is wrong with a normalised hostname.
pub(super) fn fault(host: &str) -> Option<&'static str> {
    if host.is_empty() {
        return Some("a hostname is empty");
    }
    if !(3..=253).contains(&host.chars().count()) {
        return Some("a hostname has the wrong length");
    }
    let labels: Vec<&str> = host.split('.').collect();
    let well_formed = labels.len() >= 2 && labels.iter().all(|label| is_label(label));
    let top = labels.last().is_some_and(|label| is_top_label(label));
    (!well_formed || !top).then_some("a hostname is not well formed")
}

fn is_label(label: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_top_label(label: &str) -> bool {
    match label.strip_prefix("xn--") {
        Some(rest) => (2..=59).contains(&rest.len()),
        None => (2..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_or_not() {
        for host in ["a.co", "api.example.com", "x-1.example.xn--p1ai"] {
            assert_eq!(fault(host), None, "{host}");
        }
        for host in [
            "localhost",
            "*.example.com",
            "api_v2.example.com",
            "-a.example.com",
            "1.2.3.4",
            "bücher.example",
            "https://example.com",
            "a..com",
        ] {
            assert!(fault(host).is_some(), "{host}");
        }
    }

    #[test]
    fn one_trailing_dot_goes() {
        assert_eq!(normalise(" API.example.com. "), "api.example.com");
        assert_eq!(normalise("a.com.."), "a.com.");
    }
}
