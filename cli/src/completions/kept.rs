//! Names that the API listed a moment ago, so that the next press of a key does not ask again.
//!
//! A file in the user's cache for each API, key and project; its name is a digest of the three, and it holds names only. For a
//! key that could be guessed there is none.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use neonform_neon::key::could_be_guessed;
use sha2::{Digest, Sha256};

use crate::bundler::hex;
use crate::session::Session;
use crate::{cache, env};

/// How long names hold.
const MOMENT: Duration = Duration::from_secs(20);
/// Bytes that all files may take.
const LIMIT: u64 = 1 << 20;

/// Where names are kept.
#[derive(Debug)]
pub(super) struct Kept(PathBuf);

impl Kept {
    /// The file for these names; none on the embedded backend, which is as quick to ask.
    pub(super) fn of(session: &Session, what: &str) -> Option<Self> {
        let global = &session.global;
        let backend = global.backend.as_ref().or(session.context.backend.as_ref());
        if backend.is_some_and(|backend| backend != "neon") {
            return None;
        }
        let key = global.api_key.clone().or_else(|| env::given(env::NEON_API_KEY))?;
        if could_be_guessed(&key) {
            return None;
        }
        let host = global.api_host.clone().or_else(|| env::given(env::NEON_API_HOST));
        let project = global.project_id.as_ref().or(session.context.project.as_ref());
        let mut digest = Sha256::new();
        for part in [Some(what), Some(&key), host.as_deref(), project.map(String::as_str)] {
            let part = part.unwrap_or_default();
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        Some(Self(cache::folder()?.join("completions").join(hex(&digest.finalize()) + ".json")))
    }

    /// What is kept, if it is recent.
    pub(super) fn read(&self) -> Option<Vec<String>> {
        let written = self.0.metadata().ok()?.modified().ok()?;
        let age = SystemTime::now().duration_since(written).ok()?;
        if age > MOMENT {
            return None;
        }
        serde_json::from_slice(&std::fs::read(&self.0).ok()?).ok()
    }

    /// Keeps names, where they can be kept.
    pub(super) fn write(&self, names: &[String]) {
        let Ok(text) = serde_json::to_vec(names) else { return };
        // Without a cache the next one asks again.
        let _ = cache::write(&self.0, &text);
        if let Some(folder) = self.0.parent() {
            cache::trim(folder, LIMIT);
        }
    }
}
