//! ECMAScript modules: bundles are compiled, built-in modules are made from what the prelude exports.
//!
//! A bundle imports nothing but built-in modules, so linking needs no files. Names that a built-in module
//! lacks are given stand-ins that throw when they are called, so that a library which merely imports them works.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use deno_core::v8;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::node::Position;

use crate::instrument::RECORD;
use crate::places::Place;
use crate::program::Prepared;
use crate::realm::{Fault, Realm};
use crate::{natives, sites};

/// The modules of one isolate.
#[derive(Default)]
pub(crate) struct Modules {
    /// Built-in modules and what they export.
    synthetic: RefCell<Vec<(v8::Global<v8::Module>, v8::Global<v8::Object>)>>,
    /// What the bundle that is being linked takes from which module.
    wanted: RefCell<HashMap<String, Vec<String>>>,
    /// The promise and the namespace of each file that was imported on demand.
    files: RefCell<HashMap<PathBuf, File>>,
}

type File = (v8::Global<v8::Value>, v8::Global<v8::Value>);

impl Modules {
    /// The promise and the namespace of a file that was imported before.
    pub(crate) fn file(&self, path: &Path) -> Option<File> {
        self.files.borrow().get(path).cloned()
    }

    /// Keeps the promise and the namespace of a file.
    pub(crate) fn keep_file(
        &self,
        path: PathBuf,
        done: v8::Global<v8::Value>,
        namespace: v8::Global<v8::Value>,
    ) {
        self.files.borrow_mut().insert(path, (done, namespace));
    }
}

/// Compiles and links one bundle.
pub(crate) fn link<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Realm,
    prepared: &Prepared,
) -> Result<v8::Local<'s, v8::Module>, Fault> {
    check_imports(scope, realm, prepared)?;
    let mut wanted: HashMap<String, Vec<String>> = HashMap::new();
    for import in &prepared.imports {
        wanted.entry(import.specifier.clone()).or_default().extend(import.names.iter().cloned());
    }
    realm.modules.wanted.replace(wanted);
    v8::tc_scope!(let scope, scope);
    let Some(module) = compile(scope, prepared) else {
        let place = scope.message().and_then(|message| syntax_place(scope, message));
        let exception = scope.exception();
        return Err(syntax_error(scope, realm, prepared, exception, place));
    };
    match module.instantiate_module(scope, resolve) {
        Some(true) => Ok(module),
        _ => {
            let exception = scope.exception();
            Err(realm.fault(scope, exception))
        }
    }
}

fn check_imports(scope: &mut v8::PinScope<'_, '_>, realm: &Realm, prepared: &Prepared) -> Result<(), Fault> {
    for import in &prepared.imports {
        if !is_builtin(scope, realm, &import.specifier) {
            let names = realm.text(scope, "importable", &[])?;
            let at = sites::find(&realm.root, &prepared.inputs, &import.specifier);
            return Err(Fault::Told(not_importable(&import.specifier, &names, at)));
        }
    }
    Ok(())
}

fn is_builtin(scope: &mut v8::PinScope<'_, '_>, realm: &Realm, specifier: &str) -> bool {
    let Some(specifier) = v8::String::new(scope, specifier) else { return false };
    realm.call(scope, "isBuiltin", &[specifier.into()]).is_some_and(|found| found.is_true())
}

fn not_importable(specifier: &str, names: &str, at: Option<Position>) -> Failure {
    Diagnostic::error(codes::SANDBOX, "the policy imports a module that the sandbox does not give")
        .found(specifier)
        .expected(format!("one of {names}, files of the repository or packages"))
        .fix("leave the import out, or do that work outside of the policy and pass the result in the environment")
        .at(at)
        .into()
}

fn compile<'s>(scope: &mut v8::PinScope<'s, '_>, prepared: &Prepared) -> Option<v8::Local<'s, v8::Module>> {
    let code = v8::String::new(scope, &prepared.code)?;
    let name = v8::String::new(scope, &prepared.name)?;
    let origin = v8::ScriptOrigin::new(scope, name.into(), 0, 0, false, -1, None, false, false, true, None);
    let mut source = v8::script_compiler::Source::new(code, Some(&origin));
    v8::script_compiler::compile_module(scope, &mut source)
}

fn syntax_place(scope: &mut v8::PinScope<'_, '_>, message: v8::Local<'_, v8::Message>) -> Option<Place> {
    let line = u32::try_from(message.get_line_number(scope)?).ok()?;
    let column = u32::try_from(message.get_start_column()).ok()?.checked_add(1)?;
    Some(Place { line, column })
}

fn syntax_error(
    scope: &mut v8::PinScope<'_, '_>,
    realm: &Realm,
    prepared: &Prepared,
    exception: Option<v8::Local<'_, v8::Value>>,
    place: Option<Place>,
) -> Fault {
    match realm.fault(scope, exception) {
        Fault::Thrown(thrown) => {
            let (message, at) = thrown.into_place();
            let at = at.or_else(|| realm.program.borrow().frame(&prepared.name, place?));
            let diagnostic =
                Diagnostic::error(codes::SYNTAX_ERROR, "the policy does not parse").found(message).at(at);
            Fault::Told(diagnostic.into())
        }
        other => other,
    }
}

/// Finds what a bundle imports.
pub(crate) fn resolve<'s>(
    context: v8::Local<'s, v8::Context>,
    specifier: v8::Local<'s, v8::String>,
    _attributes: v8::Local<'s, v8::FixedArray>,
    _referrer: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Module>> {
    v8::callback_scope!(unsafe scope, context);
    let realm = Realm::of(scope)?;
    let specifier = specifier.to_rust_string_lossy(scope);
    builtin(scope, &realm, &specifier)
}

/// Makes a built-in module; throws when there is none of this name.
pub(crate) fn builtin<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Rc<Realm>,
    specifier: &str,
) -> Option<v8::Local<'s, v8::Module>> {
    let exports = exports(scope, realm, specifier)?;
    let names = exports.get_own_property_names(scope, v8::GetPropertyNamesArgsBuilder::default().build())?;
    let mut exported = Vec::new();
    for index in 0..names.length() {
        exported.push(v8::Local::<v8::String>::try_from(names.get_index(scope, index)?).ok()?);
    }
    let name = v8::String::new(scope, specifier)?;
    let module = v8::Module::create_synthetic_module(scope, name, &exported, evaluate_builtin);
    let entry = (v8::Global::new(scope, module), v8::Global::new(scope, exports));
    realm.modules.synthetic.borrow_mut().push(entry);
    Some(module)
}

fn exports<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Realm,
    specifier: &str,
) -> Option<v8::Local<'s, v8::Object>> {
    if specifier == RECORD {
        let exports = v8::Object::new(scope);
        for name in ["at", "thrown"] {
            let function = realm.function(scope, name)?;
            natives::set(scope, exports, name, function.into())?;
        }
        return Some(exports);
    }
    let wanted = realm.modules.wanted.borrow().get(specifier).cloned().unwrap_or_default();
    let list = v8::Array::new(scope, 0);
    for (index, name) in (0..).zip(&wanted) {
        let name = v8::String::new(scope, name)?;
        list.set_index(scope, index, name.into())?;
    }
    let specifier = v8::String::new(scope, specifier)?;
    realm.call(scope, "builtin", &[specifier.into(), list.into()])?.try_cast().ok()
}

/// Fills a built-in module when it is evaluated.
fn evaluate_builtin<'s>(
    context: v8::Local<'s, v8::Context>,
    module: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Value>> {
    v8::callback_scope!(unsafe scope, context);
    let realm = Realm::of(scope)?;
    let exports = {
        let synthetic = realm.modules.synthetic.borrow();
        let (_, exports) = synthetic.iter().find(|(known, _)| *known == module)?;
        v8::Local::new(scope, exports)
    };
    let names = exports.get_own_property_names(scope, v8::GetPropertyNamesArgsBuilder::default().build())?;
    for index in 0..names.length() {
        let name = v8::Local::<v8::String>::try_from(names.get_index(scope, index)?).ok()?;
        let value = exports.get(scope, name.into())?;
        module.set_synthetic_module_export(scope, name, value)?;
    }
    let resolver = v8::PromiseResolver::new(scope)?;
    let undefined = v8::undefined(scope);
    resolver.resolve(scope, undefined.into())?;
    Some(resolver.get_promise(scope).into())
}
