//! A function as one `index.mjs` for Node 24.
//!
//! What esbuild does for the reference (spec 6.2), with the same options: an ECMAScript module, minified, Node's
//! built-in modules and the declared packages left outside, everything else inside. The same sources give the
//! same bytes wherever they are checked out. Where esbuild runs modules out of order, between CommonJS and
//! ECMAScript ones, this does not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use neonform_engine::diagnostic::Failure;
use rolldown::{
    BundlerOptions, BundlerTransformOptions, CodeSplittingMode, CommentsOptions, DecoratorOptions, Either,
    InputItem, JsxOptions, Platform, RawMinifyOptions, SourceMapType, TsConfig,
};

use crate::banner::{lines_above, with_banner};
use crate::entry;
use crate::manifests::Manifests;
use crate::module::Module;
use crate::native;
use crate::pack::pack;
use crate::plugin::Modules;
use crate::reads::Reads;
use crate::resolve::Rules;
use crate::rolldown_faults;
use crate::root::{Basis, Root};
use crate::source_map;
use crate::tsconfig::Tsconfig;

/// The name of the bundle.
const OUTPUT: &str = "index.mjs";

/// The name of the styles that the function imports.
const STYLES: &str = "index.css";

/// A function and all it imports.
#[derive(Debug, Clone, Default)]
pub struct FunctionModule {
    /// The bundle by file name: `index.mjs`, and `index.css` if it imports styles.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What it depends on.
    pub basis: Basis,
    /// What is in the bundle, sorted by path.
    pub modules: Vec<Module>,
    /// The source map of `index.mjs`, if it was asked for: JSON, with the sources and their paths in the repository.
    pub source_map: Option<String>,
    /// What the bundler found odd, and which packages need files that are not in the bundle.
    pub warnings: Vec<String>,
}

/// How to bundle a function.
#[derive(Debug, Clone, Default)]
pub struct FunctionOptions {
    /// Packages that are not bundled, with their subpaths; `*` stands for anything.
    pub external: Vec<String>,
    /// Whether to make a source map. The bundle is the same either way and does not mention it.
    pub source_map: bool,
    /// How much of the repository may be read.
    pub reads: Reads,
}

/// Packs the function that starts at `entry` in the repository `root`. Needs a tokio runtime with its clock.
///
/// # Errors
/// Every import that leads nowhere or out of the repository and every file that does not parse.
pub async fn function(
    entry: &Path,
    root: &Path,
    options: &FunctionOptions,
) -> Result<FunctionModule, Failure> {
    let root = Arc::new(Root::open(root, options.reads)?);
    let entry = entry::inside(entry, &root)?;
    let manifests = Arc::new(Manifests::new(Arc::clone(&root)));
    let jsx = jsx(entry.parent().and_then(|directory| manifests.tsconfig_of(directory)).as_deref());
    let rules = Rules::function(options.external.clone());
    let modules = Modules::new(Arc::clone(&root), Arc::clone(&manifests), rules);
    let settings = || BundlerOptions {
        sourcemap: options.source_map.then_some(SourceMapType::Hidden),
        ..bundler_options(&entry, root.path(), jsx.clone())
    };
    let packed = pack(settings, modules, &root).await?;
    let code = &packed.chunk.code;
    let mut files = BTreeMap::from([(OUTPUT.to_owned(), with_banner(code).into_bytes())]);
    let styles = packed.styles();
    if !styles.is_empty() {
        files.insert(STYLES.to_owned(), styles.into_bytes());
    }
    let basis = root.basis();
    let odd = packed.warnings.iter().map(|warning| rolldown_faults::warning(warning, root.path()));
    let native = native::warnings(packed.parts.files(), &options.external, &manifests, &root);
    Ok(FunctionModule {
        files,
        basis,
        modules: packed.parts.modules(&root),
        source_map: packed.chunk.map.as_ref().map(|map| source_map::text(map, OUTPUT, lines_above(code))),
        warnings: odd.chain(native).collect(),
    })
}

fn bundler_options(entry: &Path, root: &Path, jsx: JsxOptions) -> BundlerOptions {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    BundlerOptions {
        input: Some(vec![InputItem { name: Some("index".to_owned()), import: text(entry) }]),
        cwd: Some(root.to_owned()),
        dir: Some(text(root)),
        platform: Some(Platform::Node),
        tsconfig: Some(TsConfig::Auto(false)),
        minify: Some(RawMinifyOptions::Bool(true)),
        code_splitting: Some(CodeSplittingMode::Bool(false)),
        strict_execution_order: Some(true),
        polyfill_require: Some(false),
        comments: Some(CommentsOptions { legal: true, annotation: false, jsdoc: false }),
        transform: Some(BundlerTransformOptions {
            jsx: Some(Either::Right(jsx)),
            decorator: Some(DecoratorOptions { legacy: Some(true), ..DecoratorOptions::default() }),
            ..BundlerTransformOptions::default()
        }),
        ..BundlerOptions::default()
    }
}

/// How JSX is written, as `tsconfig.json` has it; without one, by the functions of `react/jsx-runtime`.
fn jsx(config: Option<&Tsconfig>) -> JsxOptions {
    let config = config.cloned().unwrap_or_default();
    let is_classic = config.jsx.as_deref() == Some("react");
    JsxOptions {
        runtime: Some(if is_classic { "classic" } else { "automatic" }.to_owned()),
        import_source: config.jsx_import_source.filter(|_| !is_classic),
        pragma: config.jsx_factory.filter(|_| is_classic),
        pragma_frag: config.jsx_fragment_factory.filter(|_| is_classic),
        ..JsxOptions::default()
    }
}
