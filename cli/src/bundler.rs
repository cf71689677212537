//! Function bundles for the function kind: source to archive, with the real bundler (spec 6).

use std::path::PathBuf;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use neonform_bundle::archive::{archive, canonical_digest};
use neonform_bundle::{FunctionOptions, function, function_entry};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::path::Path;
use neonform_neon::function::{Bundle, Bundler, Source};

/// Bundles function sources of one repository.
pub struct SourceBundler {
    /// The directory that `source` is relative to: the policy's own.
    pub directory: PathBuf,
    /// The repository that sources may come from.
    pub root: PathBuf,
}

impl Bundler for SourceBundler {
    fn bundle<'a>(&'a self, slug: &'a str, source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        self.bundle_one(source)
            .map(move |made| made.map_err(|failure| of_function(slug, source, failure)))
            .boxed()
    }
}

impl SourceBundler {
    async fn bundle_one(&self, source: &Source) -> Result<Bundle, Failure> {
        if source.bundler != "esbuild" {
            return Err(unsupported("a bundler other than \"esbuild\"", source.bundler).into());
        }
        let external = source.external.as_deref().unwrap_or_default();
        if let Some(shipped) = external.iter().find(|package| package.include_files) {
            return Err(unsupported("shipping the files of an external package", &shipped.name).into());
        }
        let entry = function_entry(&self.directory.join(&source.path))
            .map_err(|failure| as_written(source, failure))?;
        let options =
            FunctionOptions { external: external.iter().map(|package| package.name.clone()).collect() };
        let module = function(&entry, &self.root, &options).await?;
        let sha256 = canonical_digest(&module.files);
        Ok(Bundle { archive: Arc::new(archive(&module.files)?), sha256 })
    }
}

fn unsupported(what: &str, found: &str) -> Diagnostic {
    Diagnostic::error(codes::BUNDLE_FAILED, format!("{what} is not supported by this version of neonform"))
        .found(format!("{found:?}"))
        .fix("deploy this function with the neon command line for now")
}

/// Names a source as the policy does, not where it would be on this machine.
fn as_written(source: &Source, failure: Failure) -> Failure {
    Failure(failure.0.into_iter().map(|problem| problem.found(format!("{:?}", source.path))).collect())
}

/// Says of each problem which function it is about.
fn of_function(slug: &str, source: &Source, failure: Failure) -> Failure {
    let place = Path::root().key("functions").key(slug);
    let of = |mut problem: Diagnostic| {
        problem.path = place.key("source");
        problem.at = problem.at.or_else(|| source.at.clone());
        problem.fact("slug", slug)
    };
    Failure(failure.0.into_iter().map(of).collect())
}
