//! A policy as one module for the embedded engine.
//!
//! What must not change is what the policy does when it is evaluated: every module that it imports runs, in
//! order, and knows its own place; nothing is minified and the source map is complete. `tsconfig.json` is not
//! looked at (spec 2.2). The output imports `neonform:config` and `node:` modules, needs no `require`, and calls
//! `globalThis.__neonform_import` for imports that only evaluation can tell.

use std::path::Path;
use std::sync::Arc;

use neonform_engine::diagnostic::Failure;
use rolldown::{
    BundlerOptions, BundlerTransformOptions, CodeSplittingMode, DecoratorOptions, InlineConstOption,
    InputItem, OptimizationOption, Platform, RawMinifyOptions, SourceMapType, TreeshakeOptions, TsConfig,
};

use crate::entry;
use crate::manifests::Manifests;
use crate::pack::pack;
use crate::plugin::Modules;
use crate::reads::Reads;
use crate::resolve::Rules;
use crate::root::{Input, Root};
use crate::source_map::SourceMap;

/// A policy and all it imports.
#[derive(Debug, Clone)]
pub struct PolicyModule {
    /// An ECMAScript module.
    pub code: String,
    /// From a place in `code` to the place in the sources.
    pub map: SourceMap,
    /// What was read, sorted by path.
    pub inputs: Vec<Input>,
}

/// Packs the policy `entry` from what may be read of the repository `root`. Needs a tokio runtime with its clock.
///
/// # Errors
/// Every import that leads nowhere or out of the repository and every file that does not parse.
pub async fn policy(entry: &Path, root: &Path, reads: Reads) -> Result<PolicyModule, Failure> {
    let root = Arc::new(Root::open(root, reads)?);
    let entry = entry::inside(entry, &root)?;
    let manifests = Arc::new(Manifests::new(Arc::clone(&root)));
    let modules = Modules::new(Arc::clone(&root), manifests, Rules::policy());
    let packed = pack(|| options(&entry, root.path()), modules, &root).await?;
    let map = packed.chunk.map.as_ref().map(SourceMap::new).unwrap_or_default();
    Ok(PolicyModule { code: packed.chunk.code.clone(), map, inputs: root.inputs() })
}

fn options(entry: &Path, root: &Path) -> BundlerOptions {
    BundlerOptions {
        input: Some(vec![InputItem {
            name: Some("policy".to_owned()),
            import: entry.to_string_lossy().into_owned(),
        }]),
        cwd: Some(root.to_owned()),
        dir: Some(root.to_string_lossy().into_owned()),
        platform: Some(Platform::Neutral),
        tsconfig: Some(TsConfig::Auto(false)),
        sourcemap: Some(SourceMapType::Hidden),
        minify: Some(RawMinifyOptions::Bool(false)),
        code_splitting: Some(CodeSplittingMode::Bool(false)),
        strict_execution_order: Some(true),
        // A constant that is put where it is used would be reported at the place of its definition.
        optimization: Some(OptimizationOption {
            inline_const: Some(InlineConstOption::Bool(false)),
            ..OptimizationOption::default()
        }),
        treeshake: TreeshakeOptions::Boolean(false),
        transform: Some(BundlerTransformOptions {
            decorator: Some(DecoratorOptions { legacy: Some(true), ..DecoratorOptions::default() }),
            ..BundlerTransformOptions::default()
        }),
        ..BundlerOptions::default()
    }
}
