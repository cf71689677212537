//! Placeholder bundles: the corpus bundles nothing, so every function is one archive that names it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use neonform_bundle::archive::{archive, canonical_digest};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_neon::function::{Bundle, Bundler, Source};
use sha2::{Digest, Sha256};

/// Makes placeholder bundles and remembers which archive stands for which slug.
pub struct Placeholders {
    failing: Vec<String>,
    made: Mutex<BTreeMap<String, String>>,
}

impl Placeholders {
    /// Bundles for a case in which bundling these slugs fails.
    pub fn new(failing: Vec<String>) -> Self {
        Self { failing, made: Mutex::default() }
    }

    /// The slug that an archive with this SHA-256 stands for.
    pub fn slug_of(&self, sha256: &str) -> Option<String> {
        let made = self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        made.get(sha256).cloned()
    }

    fn make(&self, slug: &str) -> Result<Bundle, Failure> {
        if self.failing.iter().any(|failing| failing == slug) {
            return Err(Diagnostic::error(codes::BUNDLE_FAILED, "the case says that bundling fails")
                .found(slug)
                .into());
        }
        let files = BTreeMap::from([("index.mjs".to_owned(), format!("// {slug}").into_bytes())]);
        let archive = archive(&files)?;
        let digest: String = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut made = self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        made.insert(digest, slug.to_owned());
        let sha256 = canonical_digest(&files);
        Ok(Bundle { archive: Arc::new(archive), sha256, modules: Vec::new(), warnings: Vec::new() })
    }
}

impl Bundler for Placeholders {
    fn bundle<'a>(&'a self, slug: &'a str, _source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        ready(self.make(slug)).boxed()
    }
}
