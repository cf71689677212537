//! Each function is bundled once, for however many branches ask.
//!
//! The sources do not depend on the branch: whoever asks while a bundle is being made waits for the
//! same one. The cache of `build_cache.rs` is about several runs, and may be off.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use neonform_engine::diagnostic::Failure;
use neonform_neon::function::{Bundle, Bundler, Earlier, Source};

type Making = Shared<BoxFuture<'static, Result<Bundle, Failure>>>;

/// A bundler that remembers what it was asked.
pub struct OnceBundler<Inner: ?Sized> {
    inner: Arc<Inner>,
    /// By function; with the source, since a policy might say something else for another branch.
    asked: Mutex<HashMap<String, Vec<(Source, Making)>>>,
}

impl<Inner: Bundler + ?Sized + 'static> OnceBundler<Inner> {
    /// Remembers for `inner`.
    pub fn new(inner: Arc<Inner>) -> Self {
        Self { inner, asked: Mutex::default() }
    }

    fn making(&self, slug: &str, source: &Source) -> Making {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let of_slug = asked.entry(slug.to_owned()).or_default();
        if let Some((_, making)) = of_slug.iter().find(|(known, _)| known == source) {
            return making.clone();
        }
        let (inner, named, from) = (Arc::clone(&self.inner), slug.to_owned(), source.clone());
        let making = async move { inner.bundle(&named, &from).await }.boxed().shared();
        of_slug.push((source.clone(), making.clone()));
        making
    }
}

impl<Inner: Bundler + ?Sized + 'static> Bundler for OnceBundler<Inner> {
    fn bundle<'a>(&'a self, slug: &'a str, source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        self.making(slug, source).boxed()
    }

    fn earlier(&self, digest: &str) -> Option<Earlier> {
        self.inner.earlier(digest)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use neonform_engine::diagnostic::{Diagnostic, codes};

    use super::*;

    /// Fails, so that failures are seen to be remembered as well, and counts.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Bundler for Counting {
        fn bundle<'a>(&'a self, slug: &'a str, _: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
            async move {
                let before = self.0.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Err(Diagnostic::error(codes::BUNDLE_FAILED, format!("{slug} {before}")).into())
            }
            .boxed()
        }
    }

    #[tokio::test]
    async fn whoever_asks_for_the_same_waits_for_the_same() {
        let source =
            |path: &str| Source { path: path.to_owned(), at: None, bundler: "esbuild", external: None };
        let inner = Arc::new(Counting::default());
        let once = OnceBundler::new(Arc::clone(&inner));
        let (a, b) = (source("a.ts"), source("b.ts"));
        let all = futures::future::join_all([
            once.bundle("api", &a),
            once.bundle("api", &a),
            once.bundle("api", &b),
            once.bundle("web", &a),
        ]);
        let said: Vec<String> = all
            .await
            .into_iter()
            .map(|made| made.err().map_or_else(String::new, |f| f.to_string()))
            .collect();
        assert_eq!(inner.0.load(Ordering::SeqCst), 3);
        assert_eq!(said[0], said[1]);
        assert!(said[0] != said[2] && said[3].contains("web"), "{said:?}");
    }
}
