//! Imports that only evaluation can tell: `import(x)`, and the few plain ones a bundle keeps.
//!
//! A file is bundled when it is asked for, inside the repository only. It is evaluated apart from the
//! policy's own bundle: a module that both use is there twice.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use deno_core::url::Url;
use deno_core::v8;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::js_error::KEPT;
use crate::natives::{text, throw};
use crate::realm::{Fault, Realm};
use crate::{host, modules};

/// What may follow a specifier that names no file as it is.
const ENDINGS: &[&str] = &["", ".ts", ".mts", ".js", ".mjs", ".json", "/index.ts", "/index.js"];

/// `import()` that the engine sees itself: of a built-in module, or in text that the policy evaluates.
pub(crate) fn import_plain<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    _options: v8::Local<'s, v8::Data>,
    _resource: v8::Local<'s, v8::Value>,
    specifier: v8::Local<'s, v8::String>,
    _attributes: v8::Local<'s, v8::FixedArray>,
) -> Option<v8::Local<'s, v8::Promise>> {
    let resolver = v8::PromiseResolver::new(scope)?;
    let promise = resolver.get_promise(scope);
    let realm = Realm::of(scope)?;
    let specifier = specifier.to_rust_string_lossy(scope);
    v8::tc_scope!(let scope, scope);
    match import_builtin(scope, &realm, &specifier) {
        Some(namespace) => resolver.resolve(scope, namespace),
        None => {
            let exception = scope.exception()?;
            scope.reset();
            resolver.reject(scope, exception)
        }
    };
    Some(promise)
}

fn import_builtin<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Rc<Realm>,
    specifier: &str,
) -> Option<v8::Local<'s, v8::Value>> {
    if !specifier.starts_with("node:") && specifier != "neonform:config" {
        let message = format!("{specifier} cannot be imported from here; import it in the policy itself");
        throw(scope, host::SANDBOX, &message)?;
        return None;
    }
    let module = modules::builtin(scope, realm, specifier)?;
    module.instantiate_module(scope, modules::resolve)?;
    module.evaluate(scope)?;
    Some(module.get_module_namespace())
}

/// `__neonform_import` of the prelude: importer and specifier to a promise and a namespace.
pub(crate) fn import_file<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue<'s>,
) {
    let Some(realm) = Realm::of(scope) else { return };
    let (importer, specifier) = (text(scope, args.get(0)), text(scope, args.get(1)));
    if let Some(pair) = import_either(scope, &realm, &importer, &specifier) {
        result.set(pair.into());
    }
}

fn import_either<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Rc<Realm>,
    importer: &str,
    specifier: &str,
) -> Option<v8::Local<'s, v8::Array>> {
    let undefined: v8::Local<v8::Value> = v8::undefined(scope).into();
    if let Some(builtin) = builtin_name(specifier) {
        let namespace = import_builtin(scope, realm, &builtin)?;
        return Some(v8::Array::new_with_elements(scope, &[undefined, namespace]));
    }
    let found = catch_unwind(AssertUnwindSafe(|| find(realm, importer, specifier)));
    let found = found.unwrap_or_else(|_| Err(realm.broken("a computed import could not be followed")));
    let imported = found.map_err(Fault::Told).and_then(|file| evaluate_file(scope, realm, file));
    match imported {
        Ok((done, namespace)) => Some(v8::Array::new_with_elements(scope, &[done, namespace])),
        Err(fault) => {
            let failure = match fault {
                Fault::Told(failure) => failure,
                Fault::Thrown(thrown) => thrown.while_loading(&realm.program.borrow()),
                // The engine is being stopped: nothing of the policy runs any more.
                Fault::Excess(_) => return None,
            };
            let message = failure.to_string();
            let number = realm.program.borrow_mut().keep(failure);
            throw(scope, &format!("{KEPT}{number}"), &message)?;
            None
        }
    }
}

/// The promise and the namespace of a file's module, which is evaluated once.
fn evaluate_file<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Rc<Realm>,
    file: PathBuf,
) -> Result<(v8::Local<'s, v8::Value>, v8::Local<'s, v8::Value>), Fault> {
    if let Some((done, namespace)) = realm.modules.file(&file) {
        return Ok((v8::Local::new(scope, done), v8::Local::new(scope, namespace)));
    }
    let prepared = catch_unwind(AssertUnwindSafe(|| bundle(realm, &file)));
    let prepared =
        prepared.unwrap_or_else(|_| Err(realm.broken("the bundler failed"))).map_err(Fault::Told)?;
    let module = modules::link(scope, realm, &prepared)?;
    v8::tc_scope!(let scope, scope);
    let Some(done) = module.evaluate(scope) else {
        let exception = scope.exception();
        return Err(realm.fault(scope, exception));
    };
    let namespace = module.get_module_namespace();
    realm.modules.keep_file(file, v8::Global::new(scope, done), v8::Global::new(scope, namespace));
    Ok((done, namespace))
}

fn builtin_name(specifier: &str) -> Option<String> {
    const CONFIG: [&str; 5] = [
        "@neon/config",
        "@neon/config/v1",
        "@neondatabase/config",
        "@neondatabase/config/v1",
        "neonform:config",
    ];
    if CONFIG.contains(&specifier) {
        return Some("neonform:config".to_owned());
    }
    specifier.starts_with("node:").then(|| specifier.to_owned())
}

/// The file that a specifier names, seen from a file of the repository.
fn find(realm: &Realm, importer: &str, specifier: &str) -> Result<PathBuf, Failure> {
    let directory = Path::new(importer).parent().unwrap_or(Path::new(""));
    let named = if specifier.starts_with("file:") {
        Url::parse(specifier).ok().and_then(|url| url.to_file_path().ok())
    } else if specifier.starts_with("./") || specifier.starts_with("../") || specifier.starts_with('/') {
        Some(directory.join(specifier))
    } else {
        None
    };
    let told = |code, summary: &str| {
        Diagnostic::error(code, summary)
            .found(specifier)
            .expected("the path of a file in the repository, beginning with ./ or ../")
            .fact("importer", importer)
    };
    let named = named.ok_or_else(|| told(codes::MODULE_NOT_FOUND, "a computed import names a package"))?;
    let name = named.to_string_lossy();
    let typed = name.strip_suffix(".js").map(|stem| format!("{stem}.ts"));
    for candidate in ENDINGS.iter().map(|ending| format!("{name}{ending}")).chain(typed) {
        match realm.host.file(&candidate) {
            Ok(None) => {}
            Ok(Some(file)) => return Ok(file),
            Err(refusal) if refusal.code == host::HIDDEN => {
                return Err(told(codes::SANDBOX, "a computed import leads to a file that git ignores").into());
            }
            Err(_) => {
                return Err(told(codes::OUTSIDE_REPOSITORY, "a computed import leaves the repository").into());
            }
        }
    }
    Err(told(codes::MODULE_NOT_FOUND, "a computed import leads nowhere").into())
}

fn bundle(realm: &Realm, file: &Path) -> Result<crate::program::Prepared, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Diagnostic::error(codes::INTERNAL, error.to_string()))?;
    Ok(realm.load(runtime.block_on(neonform_bundle::policy(file, &realm.root, realm.reads))?))
}
