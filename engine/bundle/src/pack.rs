//! Running rolldown: options and the plugin in, the output or every problem out.
//!
//! rolldown panics on some inputs that it did not expect. Its tasks run apart from ours, so a panic ends in a
//! diagnostic; one inside its module loader leaves the build waiting for ever, hence the time limit.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use neonform_engine::diagnostic::{Collector, Diagnostic, Failure};
use rolldown::{BundleOutput, Bundler, BundlerOptions};
use rolldown_common::{Output, OutputChunk};
use rolldown_error::{BatchedBuildDiagnostic, BuildDiagnostic, BuildResult};
use rolldown_plugin::__inner::SharedPluginable;

use crate::faults;
use crate::module::Parts;
use crate::plugin::Modules;
use crate::rolldown_faults;
use crate::root::Root;

const LONGEST: Duration = Duration::from_secs(120);

/// What a build gave.
pub(crate) struct Packed {
    /// The single chunk.
    pub(crate) chunk: Arc<OutputChunk>,
    /// What rolldown found odd.
    pub(crate) warnings: Vec<BuildDiagnostic>,
    /// The files that it comes from.
    pub(crate) parts: Parts,
    styles: BTreeMap<String, String>,
}

impl Packed {
    /// The style sheets that were imported, one after the other in the order of their imports.
    pub(crate) fn styles(&self) -> String {
        self.chunk
            .module_ids
            .iter()
            .filter_map(|id| self.styles.get(id.as_str()))
            .map(String::as_str)
            .collect()
    }
}

/// Builds one chunk.
pub(crate) async fn pack(
    options: impl Fn() -> BundlerOptions,
    modules: Modules,
    root: &Root,
) -> Result<Packed, Failure> {
    let modules = Arc::new(modules);
    loop {
        let result = build(options(), Arc::clone(&modules)).await?;
        let problems = modules.take_problems();
        return match result {
            Ok(output) if problems.is_empty() => packed(output, &modules),
            Ok(_) => Err(failure(problems)),
            // Ends, since every further round has learned of one more name.
            Err(errors) if problems.is_empty() && modules.learn_types(&errors) => continue,
            Err(errors) => Err(failure(with_errors(problems, errors, root))),
        };
    }
}

async fn build(options: BundlerOptions, modules: Arc<Modules>) -> Result<BuildResult<BundleOutput>, Failure> {
    let build = tokio::spawn(async move {
        let plugin: SharedPluginable = modules;
        let mut bundler = Bundler::with_plugins(options, vec![plugin])?;
        let output = bundler.generate().await?;
        bundler.close().await?;
        BuildResult::Ok(output)
    });
    let abort = build.abort_handle();
    match tokio::time::timeout(LONGEST, build).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(ended)) => Err(faults::internal(ended.to_string()).into()),
        Err(_) => {
            abort.abort();
            Err(faults::internal(format!("it did not finish within {} seconds", LONGEST.as_secs())).into())
        }
    }
}

fn packed(output: BundleOutput, modules: &Modules) -> Result<Packed, Failure> {
    let chunk = output.assets.iter().find_map(|asset| match asset {
        Output::Chunk(chunk) => Some(Arc::clone(chunk)),
        Output::Asset(_) => None,
    });
    match chunk {
        Some(chunk) => {
            let styles = modules.take_styles();
            let parts = Parts { sizes: sizes(&chunk, &styles, modules), imports: modules.take_imports() };
            Ok(Packed { chunk, warnings: output.warnings, parts, styles })
        }
        None => Err(faults::internal("it made no output").into()),
    }
}

/// How large the files are in the output. A style sheet has no code of its own there.
fn sizes(
    chunk: &OutputChunk,
    styles: &BTreeMap<String, String>,
    modules: &Modules,
) -> BTreeMap<PathBuf, usize> {
    let rendered = chunk.modules.keys.iter().zip(&chunk.modules.values);
    let code = rendered.map(|(id, module)| (id.as_str(), module.rendered_length()));
    code.chain(styles.iter().map(|(id, text)| (id.as_str(), text.len())))
        .filter_map(|(id, size)| Some((modules.file(id)?, size)))
        .collect()
}

/// Next to our own problems only syntax errors count: the rest may come of the stand-ins.
fn with_errors(
    mut problems: Vec<Diagnostic>,
    errors: BatchedBuildDiagnostic,
    root: &Root,
) -> Vec<Diagnostic> {
    let ours = !problems.is_empty();
    let told = errors
        .into_vec()
        .into_iter()
        .filter(|error| !ours || rolldown_faults::is_syntax(error))
        .map(|error| rolldown_faults::told(&error, root.path()));
    problems.extend(told);
    problems
}

fn failure(problems: Vec<Diagnostic>) -> Failure {
    let mut collector = Collector::default();
    for problem in problems {
        collector.push(problem);
    }
    match collector.finish() {
        Err(failure) => failure,
        Ok(_) => faults::internal("it failed without a reason").into(),
    }
}
