//! Custom domains, for people and as JSON.

use std::io::{self, Write};

use neonform_engine::target::Target;
use neonform_neon::domain::manage::DomainReport;
use serde_json::{Value as Json, json};

use super::json::{VERSION, target};
use super::page::Page;
use super::records::Records;
use super::text::printable;

/// Writes a row for each.
///
/// # Errors
/// When the output cannot be written.
pub fn list(out: &mut dyn Write, page: Page, domains: &[&DomainReport]) -> io::Result<()> {
    if domains.is_empty() {
        return writeln!(out, "The branch has no custom domains.");
    }
    records(domains).write(out, page)
}

/// Writes one that was registered, and the DNS record that it needs.
///
/// # Errors
/// When the output cannot be written.
pub fn added(out: &mut dyn Write, page: Page, domain: &DomainReport) -> io::Result<()> {
    records(&[domain]).write_blocks(out, page)?;
    match domain.target() {
        Some(target) => {
            writeln!(out, "\nThe DNS record to make, if it is not there yet:")?;
            writeln!(out, "  CNAME  {} {} {}", printable(&domain.domain), page.arrow(), printable(target))
        }
        None => writeln!(out, "\nThe platform names no target for a CNAME record in this region."),
    }
}

fn records(domains: &[&DomainReport]) -> Records {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |domain: &&DomainReport| {
        vec![
            domain.domain.clone(),
            format!("{} {}", domain.entity_type, domain.entity_id),
            text(&domain.cname_target),
            text(&domain.status),
            text(&domain.dns_status),
            text(&domain.status_reason),
        ]
    };
    let headings = ["Domain", "Leads to", "CNAME target", "Status", "DNS", "Reason"];
    Records::new(&headings, domains.iter().map(row))
}

/// A document about custom domains.
pub fn document(command: &str, branch: &Target, domains: &[&DomainReport]) -> Json {
    let domains: Vec<Json> = domains.iter().map(|domain| json_of(domain)).collect();
    json!({ "version": VERSION, "command": command, "target": target(branch), "domains": domains })
}

fn json_of(domain: &DomainReport) -> Json {
    json!({
        "host": domain.domain,
        "entityType": domain.entity_type,
        "entityId": domain.entity_id,
        "cnameTarget": domain.target(),
        "status": domain.status,
        "dnsStatus": domain.dns_status,
        "reason": domain.status_reason,
    })
}
