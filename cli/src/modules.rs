//! What bundles were made from, remembered by their digests in the user's cache: so that a plan can name the modules
//! that changed and how large a bundle was. Holds paths and digests of sources, and nothing of their content.

use std::path::PathBuf;

use neonform_neon::function::{Earlier, Module};
use serde_json::{Value as Json, json};

use crate::cache;

/// The version of a record.
const VERSION: u32 = 1;

/// Remembers what the bundle with this digest was made from. Failing to is no failure: the next plan says that it
/// does not know.
pub fn remember(digest: &str, modules: &[Module], archive_size: usize) {
    let Some(file) = file(digest).filter(|file| !file.exists()) else { return };
    let listed: Vec<Json> = modules.iter().map(|module| json!([module.path, module.sha256])).collect();
    let text = json!({ "version": VERSION, "modules": listed, "archiveSize": archive_size }).to_string();
    let _ = cache::write(&file, text.as_bytes());
}

/// What is known of the bundle with this digest, if it was made here.
pub fn recall(digest: &str) -> Option<Earlier> {
    let text = std::fs::read(file(digest)?).ok()?;
    let record: Json = serde_json::from_slice(&text).ok()?;
    if record["version"] != VERSION {
        return None;
    }
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let module = |entry: &Json| Some(Module { path: text(&entry[0])?, sha256: text(&entry[1])? });
    let modules = record["modules"].as_array()?.iter().map(module).collect::<Option<_>>()?;
    Some(Earlier { modules, size: record["archiveSize"].as_u64() })
}

fn file(digest: &str) -> Option<PathBuf> {
    // A digest comes from the platform as well: it names a file here only if it is one.
    let is_digest = digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let folder = cache::folder().filter(|_| is_digest)?;
    Some(folder.join("modules").join(format!("{digest}.json")))
}
