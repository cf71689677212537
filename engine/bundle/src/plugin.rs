//! The one plugin that rolldown is given: it resolves, loads and rewrites every module.
//!
//! Nothing that a hook finds wrong ends the build: the problem is noted and a stand-in takes the module's place, so
//! that one run finds all problems. What rolldown does with a module is decided here by its kind and purpose;
//! where it is, by `resolve.rs`; what is rewritten in it, by `rewrite.rs`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use neonform_engine::diagnostic::Diagnostic;
use neonform_engine::node::Position;
use oxc_ast::ast::IdentifierReference;
use oxc_ast_visit::VisitMut;
use rolldown_common::side_effects::HookSideEffects;
use rolldown_common::{ImportKind, ModuleType, RUNTIME_MODULE_KEY, ResolvedExternal};
use rolldown_error::BuildDiagnostic;
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookResolveIdArgs, HookResolveIdOutput,
    HookResolveIdReturn, HookTransformAstArgs, HookTransformAstReturn, HookUsage, Plugin, PluginContext,
    SharedLoadPluginContext,
};

use crate::exports;
use crate::faults;
use crate::kind::{self, Kind, Purpose};
use crate::manifests::Manifests;
use crate::nesting;
use crate::resolve::{Form, Miss, Resolver, Rules, Target};
use crate::rewrite::{self, Place, Rewriter};
use crate::rolldown_faults;
use crate::root::{Root, normalise};
use crate::sites;
use crate::stand_in::{self, StandIn};

/// A way to the top of the repository that does not end in its name.
pub(crate) const DETOUR: &str = "top/../";

/// The plugin.
#[derive(Debug)]
pub(crate) struct Modules {
    root: Arc<Root>,
    manifests: Arc<Manifests>,
    resolver: Resolver,
    purpose: Purpose,
    problems: Mutex<Vec<Diagnostic>>,
    styles: Mutex<BTreeMap<String, String>>,
    types: Mutex<BTreeMap<PathBuf, BTreeSet<String>>>,
    imports: Mutex<BTreeMap<PathBuf, BTreeSet<PathBuf>>>,
}

impl Modules {
    /// A plugin for one bundle.
    pub(crate) fn new(root: Arc<Root>, manifests: Arc<Manifests>, rules: Rules) -> Self {
        let purpose = rules.purpose;
        let resolver = Resolver::new(Arc::clone(&root), Arc::clone(&manifests), rules);
        let (problems, styles, types, imports) = Default::default();
        Self { root, manifests, resolver, purpose, problems, styles, types, imports }
    }

    /// What went wrong in the hooks.
    pub(crate) fn take_problems(&self) -> Vec<Diagnostic> {
        let mut problems = std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner));
        problems.extend(self.manifests.take_broken());
        problems
    }

    /// The text of every style sheet by the id of its module.
    pub(crate) fn take_styles(&self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.styles.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Which files import which, among all that were resolved.
    pub(crate) fn take_imports(&self) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
        std::mem::take(&mut self.imports.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes names that TypeScript modules pass on, and that nobody exports, for types from now on. Tells whether
    /// there are any that it did not know.
    pub(crate) fn learn_types(&self, errors: &[BuildDiagnostic]) -> bool {
        let mut types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
        let mut learned = false;
        for (importer, exporter, name) in errors.iter().filter_map(rolldown_faults::missing_name) {
            let (Some(importer), Some(exporter)) = (self.file(&importer), self.file(&exporter)) else {
                continue;
            };
            if [&importer, &exporter].into_iter().all(|file| kind::of(file, self.purpose).is_typescript()) {
                learned |= types.entry(importer).or_default().insert(name);
            }
        }
        learned
    }

    fn note(&self, problem: Diagnostic) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    }

    fn resolve(&self, args: &HookResolveIdArgs<'_>) -> Option<HookResolveIdOutput> {
        let (specifier, import) = (args.specifier, args.kind);
        let form = if matches!(import, ImportKind::Require) { Form::Require } else { Form::Import };
        let importer = match args.importer {
            None => return Some(self.module(Path::new(specifier))),
            Some(importer) if stand_in::is_made_up(importer) => return Some(external(specifier)),
            // Left to rolldown, its helpers' import of a built-in module goes away with the helper.
            Some(RUNTIME_MODULE_KEY) => return None,
            Some(importer) => self.file(importer),
        };
        let from = importer.as_deref().and_then(Path::parent).unwrap_or(self.root.path());
        match self.resolver.resolve(specifier, from, form) {
            Ok(Target::Data) => None,
            Ok(Target::File(file)) if matches!(kind::of(&file, self.purpose), Kind::Unsupported) => {
                let (importer, _, at) = self.site(importer.as_deref(), specifier, form);
                if self.is_left_to_run(import, at.as_ref()) {
                    return Some(external(specifier));
                }
                let file = self.root.name(&file);
                self.note(faults::unsupported(specifier, &importer, &file, at, self.purpose));
                Some(StandIn::Missing.of(specifier))
            }
            Ok(Target::File(file)) => {
                if let Some(importer) = importer {
                    let mut imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
                    imports.entry(importer).or_default().insert(file.clone());
                }
                Some(self.module(&file))
            }
            // In a function there is a `require`, and it finds what a package offers to `require`.
            Ok(Target::External(name)) if form == Form::Require && self.purpose == Purpose::Policy => {
                Some(StandIn::Required.of(&name))
            }
            Ok(Target::External(name)) => Some(external(&name)),
            Err(miss) => {
                let (importer, guarded, at) = self.site(importer.as_deref(), specifier, form);
                if self.is_left_to_run(import, at.as_ref()) && !matches!(miss, Miss::Outside(_)) {
                    return Some(external(specifier));
                }
                if !guarded || matches!(miss, Miss::Outside(_)) {
                    self.note(faults::missing(specifier, &importer, at, &miss, self.purpose));
                }
                Some(StandIn::Missing.of(specifier))
            }
        }
    }

    /// rolldown sees through `const name = "x"; require(name)`, by which authors hide a package from bundlers. In
    /// a function such a name, which is nowhere in an import, is one to be found when the function runs.
    fn is_left_to_run(&self, import: ImportKind, at: Option<&Position>) -> bool {
        let may_be_computed = matches!(import, ImportKind::Require | ImportKind::DynamicImport);
        self.purpose == Purpose::Function && may_be_computed && at.is_none()
    }

    fn module(&self, file: &Path) -> HookResolveIdOutput {
        let package = file.parent().and_then(|directory| self.manifests.package_of(directory));
        let side_effects = match (self.purpose, kind::of(file, self.purpose)) {
            // `import "dotenv/config"` counts, whatever that package says about itself.
            (Purpose::Policy, _) => Some(HookSideEffects::True),
            (Purpose::Function, Kind::Style) => Some(HookSideEffects::NoTreeshake),
            (Purpose::Function, _) => None,
        };
        HookResolveIdOutput {
            id: self.id(file).as_str().into(),
            external: Some(ResolvedExternal::Bool(false)),
            side_effects,
            package_json_path: package.map(|package| package.manifest.to_string_lossy().into_owned()),
            ..HookResolveIdOutput::default()
        }
    }

    /// rolldown names a module after its file, and an index file after its directory. At the top of the
    /// repository that would be the name of the checkout, which must not reach the output.
    fn id(&self, file: &Path) -> String {
        let named_after_directory =
            matches!(file.file_stem().and_then(|stem| stem.to_str()), Some("index" | "mod"));
        match (file.parent(), file.file_name()) {
            (Some(parent), Some(name)) if named_after_directory && parent == self.root.path() => {
                parent.join(DETOUR).join(name).to_string_lossy().into_owned()
            }
            _ => file.to_string_lossy().into_owned(),
        }
    }

    /// The file behind an id that [`Self::id`] made.
    pub(crate) fn file(&self, id: &str) -> Option<PathBuf> {
        let path = Path::new(id);
        path.is_absolute().then(|| normalise(path))
    }

    /// The name of an importer, and whether it reckons with failure where it imports `specifier`, and that place.
    fn site(&self, importer: Option<&Path>, specifier: &str, form: Form) -> (String, bool, Option<Position>) {
        let Some(importer) = importer else { return ("a data: URL".to_owned(), false, None) };
        let name = self.root.name(importer);
        let Ok(bytes) = self.root.read(importer) else { return (name, false, None) };
        let found = sites::find(importer, &String::from_utf8_lossy(without_mark(&bytes)), specifier, form);
        let at = found.first.map(|(line, column)| Position { file: name.as_str().into(), line, column });
        (name, found.guarded, at)
    }

    fn load_file(&self, id: &str, file: &Path, asserted: Option<&ModuleType>) -> HookLoadOutput {
        let text = self.root.read(file).map_err(|error| error.to_string()).and_then(|bytes| {
            String::from_utf8(without_mark(&bytes).to_vec()).map_err(|_| "it is not UTF-8 text".to_owned())
        });
        let text = match text {
            Ok(text) if kind::of(file, self.purpose).is_program() && nesting::is_too_deep(file, &text) => {
                self.note(faults::too_deep(&self.root.name(file)));
                String::new()
            }
            Ok(text) => text,
            Err(why) => {
                self.note(faults::unreadable(&self.root.name(file), &why));
                String::new()
            }
        };
        let (code, module_type) = match (kind::of(file, self.purpose), asserted) {
            (_, Some(asserted @ (ModuleType::Json | ModuleType::Text))) => (text, asserted.clone()),
            (Kind::Module(by_name), _) => (text, by_name),
            // Only an entry gets here with another extension; a policy may have any name (spec 2.1).
            (Kind::Unsupported, _) => (text, ModuleType::Ts),
            (Kind::Style, _) => {
                let mut styles = self.styles.lock().unwrap_or_else(PoisonError::into_inner);
                styles.insert(id.to_owned(), text);
                ("export default {};".to_owned(), ModuleType::Js)
            }
        };
        HookLoadOutput { code: code.into(), module_type: Some(module_type), ..HookLoadOutput::default() }
    }

    fn place(&self, file: &Path) -> Place {
        let directory = file.parent().unwrap_or(self.root.path());
        Place {
            name: self.root.name(file),
            url: rewrite::file_url(file),
            filename: file.to_string_lossy().into_owned(),
            dirname: directory.to_string_lossy().into_owned(),
        }
    }
}

impl Plugin for Modules {
    fn name(&self) -> Cow<'static, str> {
        "neonform".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load | HookUsage::TransformAst
    }

    async fn resolve_id(&self, _: &PluginContext, args: &HookResolveIdArgs<'_>) -> HookResolveIdReturn {
        Ok(self.resolve(args))
    }

    async fn load(&self, _: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        if let Some(made_up) = stand_in::load(args.id) {
            return Ok(Some(made_up));
        }
        let file = self.file(args.id);
        Ok(file.map(|file| self.load_file(args.id, &file, args.asserted_module_type)))
    }

    async fn transform_ast(
        &self,
        _: &PluginContext,
        mut args: HookTransformAstArgs<'_>,
    ) -> HookTransformAstReturn {
        let Some(file) = self.file(args.id) else { return Ok(args.ast) };
        let types = self.types.lock().unwrap_or_else(PoisonError::into_inner).get(&file).cloned();
        if let Some(types) = types {
            args.ast.program.with_mut(|parsed| exports::pass_on_as_types(parsed.program, &types));
        }
        if self.purpose == Purpose::Function {
            return Ok(args.ast);
        }
        if rewrite::may_apply(args.ast.source()) {
            let place = self.place(&file);
            let scopes = args.ast.make_scoping();
            let is_free = |name: &IdentifierReference<'_>| {
                name.reference_id.get().is_none_or(|id| scopes.get_reference(id).symbol_id().is_none())
            };
            args.ast.program.with_mut(|parsed| {
                Rewriter::new(parsed.allocator, &place, is_free).visit_program(parsed.program);
            });
        }
        if args.is_user_defined_entry {
            args.ast.program.with_mut(|parsed| exports::prefer_default(parsed.allocator, parsed.program));
        }
        Ok(args.ast)
    }
}

fn external(specifier: &str) -> HookResolveIdOutput {
    let external = Some(ResolvedExternal::Bool(true));
    HookResolveIdOutput { external, ..HookResolveIdOutput::from_id(specifier) }
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
