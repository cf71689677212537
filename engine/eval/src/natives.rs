//! The door between the prelude and Rust: the functions of the `host` object.
//!
//! Every function takes what it is given as it comes, and no panic leaves it: unwinding out of a callback
//! would end the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use deno_core::v8::{self, MapFnTo};

use crate::host::{Answer, Refusal, SANDBOX};
use crate::realm::Realm;
use crate::world::Functions;
use crate::{import, world};

/// The longest text that an operation takes, in UTF-16 code units.
const LONGEST: usize = 16 * 1024 * 1024;

/// The functions of the `host` object.
pub(crate) fn functions() -> Functions {
    [
        call.map_fn_to(),
        import::import_file.map_fn_to(),
        world::classify.map_fn_to(),
        world::source.map_fn_to(),
    ]
}

/// Sets a property of an object of ours.
pub(crate) fn set(
    scope: &mut v8::PinScope<'_, '_>,
    object: v8::Local<'_, v8::Object>,
    name: &str,
    value: v8::Local<'_, v8::Value>,
) -> Option<()> {
    let name = v8::String::new(scope, name)?;
    object.set(scope, name.into(), value).map(|_| ())
}

/// Throws an error with a code.
pub(crate) fn throw(scope: &mut v8::PinScope<'_, '_>, code: &str, message: &str) -> Option<()> {
    let message = v8::String::new(scope, message)?;
    let error = v8::Exception::error(scope, message);
    let code = v8::String::new(scope, code)?;
    set(scope, error.try_cast().ok()?, "code", code.into())?;
    scope.throw_exception(error);
    Some(())
}

/// An argument that is a text; empty when it is not.
pub(crate) fn text(scope: &v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> String {
    match v8::Local::<v8::String>::try_from(value) {
        Ok(text) => text.to_rust_string_lossy(scope),
        Err(_) => String::new(),
    }
}

fn call<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue<'s>,
) {
    let Some(realm) = Realm::of(scope) else { return };
    let longest = (0..4).filter_map(|at| v8::Local::<v8::String>::try_from(args.get(at)).ok());
    if longest.map(|text| text.length()).max() > Some(LONGEST) {
        throw(scope, SANDBOX, "a text is too long for the sandbox");
        return;
    }
    let operation = text(scope, args.get(0));
    let arguments = [text(scope, args.get(1)), text(scope, args.get(2)), text(scope, args.get(3))];
    let done = catch_unwind(AssertUnwindSafe(|| realm.host.call(&operation, &arguments)));
    let done =
        done.unwrap_or_else(|_| Err(Refusal { code: SANDBOX, message: format!("{operation} failed") }));
    let made = match done {
        Ok(Answer::Nothing) => return result.set_null(),
        Ok(Answer::Text(text)) => v8::String::new(scope, &text),
        Ok(Answer::Bytes(bytes)) => v8::String::new_from_one_byte(scope, &bytes, v8::NewStringType::Normal),
        Err(refusal) => {
            throw(scope, refusal.code, &refusal.message);
            return;
        }
    };
    match made {
        Some(text) => result.set(text.into()),
        None => {
            throw(scope, SANDBOX, "a text is too long for the sandbox");
        }
    }
}

/// The realm that the isolate of a scope holds.
impl Realm {
    pub(crate) fn of(scope: &v8::Isolate) -> Option<Rc<Realm>> {
        scope.get_slot::<Rc<Realm>>().cloned()
    }
}
