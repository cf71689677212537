//! Function bundles for the function kind: source to archive, with the real bundler (spec 6).

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use futures::FutureExt;
use futures::future::BoxFuture;
use neonform_bundle::archive::{archive, canonical_digest};
use neonform_bundle::stage::{Manifest, manifest, package_name, stage};
use neonform_bundle::{Checks, FunctionModule, FunctionOptions, Reads, function, function_entry, verbatim};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::path::Path;
use neonform_neon::function::{Bundle, Bundler, Earlier, Module, Source, bundle_digest};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use crate::build_cache::{self, Asked, Kept};
use crate::cache;
use crate::modules;
use crate::packages::{Manager, install};
use crate::progress;

/// Bundles function sources of one repository.
#[derive(Clone)]
pub struct SourceBundler {
    /// The directory that `source` is relative to: the policy's own.
    directory: PathBuf,
    /// The repository that sources may come from.
    root: PathBuf,
    /// How much of it is read.
    reads: Reads,
    /// Where source maps go, if they are made.
    source_maps: Option<PathBuf>,
    /// What was seen of the repository in this run.
    checks: Arc<OnceLock<Option<Checks>>>,
}

/// A function's bundle with everything that is known of it.
pub struct Built {
    /// The files, and what they were made from.
    pub module: FunctionModule,
    /// The archive.
    pub archive: Arc<Vec<u8>>,
    /// SHA-256 of the canonical content.
    pub sha256: [u8; 32],
}

impl Bundler for SourceBundler {
    fn bundle<'a>(&'a self, slug: &'a str, source: &'a Source) -> BoxFuture<'a, Result<Bundle, Failure>> {
        // As a task of its own: checking what is kept and packing archives take a processor each.
        let (bundler, owned, of) = (self.clone(), slug.to_owned(), source.clone());
        let timed = tracing::debug_span!(target: "neonform::timing", "function bundle", slug);
        let taken = tokio::spawn(async move { bundler.take(&owned, &of).await }.instrument(timed));
        let interrupted = |_| of_function(slug, source, unsupported("an interrupted bundler", slug).into());
        taken.map(move |taken| taken.map_err(interrupted)?).boxed()
    }

    fn earlier(&self, digest: &str) -> Option<Earlier> {
        modules::recall(digest)
    }
}

impl SourceBundler {
    /// A bundler for sources that are relative to `directory`, in the repository `root`; source maps go into a folder
    /// where one is given.
    pub fn new(directory: PathBuf, root: PathBuf, reads: Reads, source_maps: Option<PathBuf>) -> Self {
        Self { directory, root, reads, source_maps, checks: Arc::default() }
    }

    /// A bundle that was made before and would be the same now.
    fn before(&self, question: &Question) -> Option<Kept> {
        // What is kept has no source map.
        if self.source_maps.is_some() {
            return None;
        }
        let checks = self.checks.get_or_init(|| Checks::of(&self.root, self.reads).ok()).as_ref()?;
        build_cache::recall(&question.asked(&self.root), checks)
    }

    /// A bundle as the function kind takes it, made now or before. What it was made from is remembered, so that later
    /// plans can say what changed.
    async fn take(&self, slug: &str, source: &Source) -> Result<Bundle, Failure> {
        let told = |failure| of_function(slug, source, failure);
        let question = self.question(source).map_err(told)?;
        let kept = match question.as_ref().and_then(|question| self.before(question)) {
            Some(kept) => {
                tracing::debug!(slug, "the bundle is taken from the cache");
                kept
            }
            None => {
                tracing::debug!(slug, "the bundle is made");
                let built = self.build_one(source).await.map_err(told)?;
                let kept = kept(&built);
                self.write_map(slug, &built).map_err(told)?;
                if let Some(question) = &question {
                    build_cache::remember(&question.asked(&self.root), &built.module.basis, &kept);
                }
                kept
            }
        };
        modules::remember(&bundle_digest(&kept.sha256), &kept.modules, kept.archive.len());
        let place = Path::root().key("functions").key(slug).key("source");
        let warning = |text: String| {
            Diagnostic::warning(codes::BUNDLE_FAILED, text).path(place.clone()).at(source.at.clone())
        };
        let warnings = kept.warnings.into_iter().map(warning).collect();
        progress::bundled();
        Ok(Bundle { archive: Arc::new(kept.archive), sha256: kept.sha256, modules: kept.modules, warnings })
    }

    /// What decides a bundle besides the files that bundling it reads; nothing for sources that are taken as they are.
    fn question(&self, source: &Source) -> Result<Option<Question>, Failure> {
        if source.bundler != "esbuild" {
            return Ok(None);
        }
        let entry = self.entry(source)?;
        let manager = Manager::of(&entry, &self.root);
        let packages = self.packages(&entry, source)?.map(|packages| manager.manifest(&packages));
        Ok(Some(Question { entry, options: self.options(source), packages }))
    }

    /// Bundles one function anew.
    ///
    /// # Errors
    /// What is wrong with its sources, or with packages that ship with it.
    pub async fn build(&self, slug: &str, source: &Source) -> Result<Built, Failure> {
        self.build_one(source).await.map_err(|failure| of_function(slug, source, failure))
    }

    async fn build_one(&self, source: &Source) -> Result<Built, Failure> {
        let module = match source.bundler {
            "esbuild" => self.packed(source).await?,
            "none" => {
                let path = self.directory.join(&source.path);
                let (root, reads) = (self.root.clone(), self.reads);
                let taken = tokio::task::spawn_blocking(move || verbatim(&path, &root, reads));
                taken.await.map_err(|_| unsupported("an interrupted read", &source.path))??
            }
            other => return Err(unsupported("a bundler that is a function", other).into()),
        };
        let sha256 = canonical_digest(&module.files);
        Ok(Built { archive: Arc::new(archive(&module.files)?), sha256, module })
    }

    async fn packed(&self, source: &Source) -> Result<FunctionModule, Failure> {
        let entry = self.entry(source)?;
        let packages = self.packages(&entry, source)?;
        let mut module = function(&entry, &self.root, &self.options(source)).await?;
        if let Some(manifest) = packages {
            let manager = Manager::of(&entry, &self.root);
            let installed = install(manager, &manifest).await?;
            let shipped = shipped(source);
            let staging = tokio::task::spawn_blocking(move || stage(&installed.folder, &shipped));
            let interrupted = |_| unsupported("an interrupted installation", "externalPackages");
            let staged = staging.await.map_err(interrupted)??;
            module.files.extend(staged.files);
            module.warnings.extend(staged.warnings);
        }
        Ok(module)
    }

    fn options(&self, source: &Source) -> FunctionOptions {
        let external = source.external.as_deref().unwrap_or_default();
        let external = external.iter().map(|package| package.name.clone()).collect();
        FunctionOptions { external, source_map: self.source_maps.is_some(), reads: self.reads }
    }

    /// Writes the source map under the name of the bundle that it is for.
    fn write_map(&self, slug: &str, built: &Built) -> Result<(), Failure> {
        let (Some(folder), Some(map)) = (&self.source_maps, &built.module.source_map) else { return Ok(()) };
        let digest = hex(&built.sha256[..6]);
        let file = folder.join(format!("{slug}-{digest}.mjs.map"));
        cache::write(&file, map.as_bytes()).map_err(|cause| {
            Diagnostic::error(codes::UNREADABLE_FILE, "a source map cannot be written")
                .found(file.display().to_string())
                .fix("make the folder writable, or leave out --source-maps")
                .fact("cause", cause.to_string())
                .into()
        })
    }

    fn entry(&self, source: &Source) -> Result<PathBuf, Failure> {
        function_entry(&self.directory.join(&source.path)).map_err(|failure| as_written(source, failure))
    }

    /// What is to be installed of the packages that ship beside the bundle.
    fn packages(&self, entry: &std::path::Path, source: &Source) -> Result<Option<Manifest>, Failure> {
        let mut roots: Vec<String> =
            shipped(source).iter().map(|name| package_name(name).to_owned()).collect();
        roots.sort();
        roots.dedup();
        if roots.is_empty() {
            return Ok(None);
        }
        if self.reads != Reads::All {
            return Err(never_installed(&roots).into());
        }
        manifest(entry.parent().unwrap_or(entry), &self.root, &roots).map(Some)
    }
}

/// What a function's bundle is asked for by.
struct Question {
    entry: PathBuf,
    options: FunctionOptions,
    packages: Option<String>,
}

impl Question {
    fn asked<'a>(&'a self, root: &'a std::path::Path) -> Asked<'a> {
        Asked { root, entry: &self.entry, options: &self.options, packages: self.packages.as_deref() }
    }
}

/// The entries whose files ship.
fn shipped(source: &Source) -> Vec<String> {
    let external = source.external.as_deref().unwrap_or_default();
    external.iter().filter(|package| package.include_files).map(|package| package.name.clone()).collect()
}

fn kept(built: &Built) -> Kept {
    Kept {
        archive: built.archive.as_ref().clone(),
        sha256: built.sha256,
        modules: made_from(&built.module),
        warnings: built.module.warnings.clone(),
    }
}

/// Everything that was read to make a bundle, and the files that ship as they are. Not only what has code in the
/// bundle: a constant may be written out where it is used, and nothing be left of its own module.
fn made_from(module: &FunctionModule) -> Vec<Module> {
    let packed = !module.modules.is_empty();
    let read = module.basis.inputs.iter().filter(|_| packed).map(|input| (input.path.clone(), input.sha256));
    let shipped = module
        .files
        .iter()
        .filter(|(path, _)| !packed || path.starts_with("node_modules/"))
        .map(|(path, content)| (path.clone(), Sha256::digest(content).into()));
    let mut modules: Vec<Module> =
        read.chain(shipped).map(|(path, sha256)| Module { path, sha256: hex(&sha256) }).collect();
    modules.sort_by(|a, b| a.path.cmp(&b.path));
    modules.dedup_by(|a, b| a.path == b.path);
    modules
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unsupported(what: &str, found: &str) -> Diagnostic {
    Diagnostic::error(codes::BUNDLE_FAILED, format!("{what} is not supported by this version of neonform"))
        .found(format!("{found:?}"))
        .fix("deploy this function with the neon command line for now")
}

fn never_installed(packages: &[String]) -> Diagnostic {
    Diagnostic::error(codes::SANDBOX, "packages are never installed for a stranger")
        .found(packages.join(", "))
        .expected("functions whose externalPackages have no includeFiles")
        .fix("plan this function without --untrusted, once it was reviewed")
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
