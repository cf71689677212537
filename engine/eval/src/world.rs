//! The sandbox before it knows its policy: the prelude, run on the functions that Rust hands it.
//!
//! The build script has this file as well and keeps what comes of it as a snapshot, from which V8 starts in a
//! fraction of the time. So nothing here needs more than the engine and the texts of the prelude, and nothing here may
//! depend on the policy, the machine or the time: the prelude's `settle` takes that in later.

use crate::{prelude, v8};

/// The functions of `host`, by name, in the order in which a snapshot counts them.
pub(crate) const FUNCTIONS: [&str; 4] = ["call", "importFile", "classify", "source"];

/// The callbacks behind [`FUNCTIONS`]. V8 tells them apart by their addresses.
pub(crate) type Functions = [v8::FunctionCallback; FUNCTIONS.len()];

/// How V8 runs: a snapshot is good only for the flags that it was made with.
pub(crate) const FLAGS: &str = "--jitless --single-threaded";

/// Where the snapshot of a context keeps what [`make`] gives.
#[cfg(feature = "v8")]
pub(crate) const KIT: usize = 0;

/// The functions as a snapshot refers to them.
#[cfg(feature = "v8")]
pub(crate) fn references(functions: &Functions) -> Vec<v8::ExternalReference> {
    functions.iter().map(|function| v8::ExternalReference { function: *function }).collect()
}

/// Makes the sandbox in the current context; gives what the files of the prelude built together.
#[cfg(not(snapshot))]
pub(crate) fn make<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    functions: &Functions,
) -> Option<v8::Local<'s, v8::Object>> {
    let host = v8::Object::new(scope);
    for (name, function) in FUNCTIONS.iter().zip(functions) {
        let name = v8::String::new(scope, name)?;
        let function = v8::Function::new_raw(scope, *function)?;
        host.set(scope, name.into(), function.into())?;
    }
    let kit = v8::Object::new(scope);
    let undefined = v8::undefined(scope);
    for name in prelude::STARTUP {
        let file = evaluate(scope, name)?;
        file.call(scope, undefined.into(), &[kit.into(), host.into()])?;
    }
    Some(kit)
}

/// What an object is, where JavaScript itself cannot tell: `null` for any other.
pub(crate) fn classify<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue<'s>,
) {
    let value = args.get(0);
    let kinds = [
        (value.is_proxy(), "a Proxy"),
        (value.is_promise(), "a promise"),
        (value.is_native_error(), "an Error"),
    ];
    let kind = kinds.iter().find(|(is, _)| *is && value.is_object());
    match kind.and_then(|(_, kind)| v8::String::new(scope, kind)) {
        Some(kind) => result.set(kind.into()),
        None => result.set_null(),
    }
}

/// Runs one file of the prelude and gives its function.
pub(crate) fn source<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue<'s>,
) {
    let Ok(name) = v8::Local::<v8::String>::try_from(args.get(0)) else { return };
    if let Some(function) = evaluate(scope, &name.to_rust_string_lossy(scope)) {
        result.set(function.into());
    }
}

fn evaluate<'s>(scope: &mut v8::PinScope<'s, '_>, name: &str) -> Option<v8::Local<'s, v8::Function>> {
    let text = prelude::source(name)?;
    let source = v8::String::new_from_one_byte(scope, text.as_bytes(), v8::NewStringType::Normal)?;
    let resource = v8::String::new(scope, &format!("neonform:prelude/{name}"))?;
    let origin =
        v8::ScriptOrigin::new(scope, resource.into(), 0, 0, false, -1, None, false, false, false, None);
    let script = v8::Script::compile(scope, source, Some(&origin))?;
    script.run(scope)?.try_cast().ok()
}
