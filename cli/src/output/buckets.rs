//! Buckets, for people and as JSON.

use std::io::{self, Write};

use neonform_engine::target::Target;
use neonform_neon::bucket::manage::BucketReport;
use serde_json::{Value as Json, json};

use super::json::{VERSION, target};
use super::page::Page;
use super::records::Records;

/// Writes a row for each.
///
/// # Errors
/// When the output cannot be written.
pub fn list(out: &mut dyn Write, page: Page, buckets: &[&BucketReport]) -> io::Result<()> {
    if buckets.is_empty() {
        return writeln!(out, "The branch has no buckets.");
    }
    let row = |bucket: &&BucketReport| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![bucket.name.clone(), text(&bucket.access_level), text(&bucket.created_at)]
    };
    Records::new(&["Name", "Access", "Created"], buckets.iter().map(row)).write(out, page)
}

/// A document about buckets.
pub fn document(command: &str, branch: &Target, buckets: &[&BucketReport]) -> Json {
    let json_of = |bucket: &&BucketReport| json!({ "name": bucket.name, "accessLevel": bucket.access_level, "createdAt": bucket.created_at });
    let buckets: Vec<Json> = buckets.iter().map(json_of).collect();
    json!({ "version": VERSION, "command": command, "target": target(branch), "buckets": buckets })
}
