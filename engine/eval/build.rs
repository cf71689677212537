//! Makes the sandbox that every policy starts in and keeps it as a snapshot, for builds with V8 that run on the
//! kind of machine that they are built on. `src/snapshot.rs` says what it saves.

use std::error::Error;

#[cfg(feature = "v8")]
#[path = "src/prelude.rs"]
mod prelude;
#[cfg(feature = "v8")]
#[path = "src/world.rs"]
mod world;

#[cfg(feature = "v8")]
use deno_v8 as v8;

fn main() -> Result<(), Box<dyn Error>> {
    for input in ["build.rs", "prelude", "src/prelude.rs", "src/world.rs"] {
        println!("cargo::rerun-if-changed={input}");
    }
    #[cfg(feature = "v8")]
    if std::env::var("HOST")? == std::env::var("TARGET")? {
        let file = std::path::Path::new(&std::env::var("OUT_DIR")?).join("sandbox.snapshot");
        std::fs::write(file, &*sandbox().ok_or("the sandbox could not be made")?)?;
        println!("cargo::rustc-cfg=snapshot");
    }
    Ok(())
}

#[cfg(feature = "v8")]
fn sandbox() -> Option<v8::StartupData> {
    use v8::MapFnTo;

    v8::V8::set_flags_from_string(world::FLAGS);
    v8::V8::initialize_platform(v8::new_single_threaded_default_platform(false).make_shared());
    v8::V8::initialize();
    // Only a policy has files to open and import.
    let functions =
        [call.map_fn_to(), import_file.map_fn_to(), world::classify.map_fn_to(), world::source.map_fn_to()];
    let mut isolate = v8::Isolate::snapshot_creator(Some(world::references(&functions).into()), None);
    let index = {
        v8::scope!(let scope, &mut isolate);
        let context = v8::Context::new(scope, v8::ContextOptions::default());
        scope.set_default_context(context);
        let scope = &mut v8::ContextScope::new(scope, context);
        let kit = world::make(scope, &functions)?;
        scope.add_context_data(context, kit)
    };
    assert_eq!(index, world::KIT);
    isolate.create_blob(v8::FunctionCodeHandling::Keep)
}

#[cfg(feature = "v8")]
fn call(scope: &mut v8::PinScope<'_, '_>, _: v8::FunctionCallbackArguments<'_>, _: v8::ReturnValue<'_>) {
    refuse(scope, "the prelude asked the host for something before there was a policy");
}

#[cfg(feature = "v8")]
fn import_file(
    scope: &mut v8::PinScope<'_, '_>,
    _: v8::FunctionCallbackArguments<'_>,
    _: v8::ReturnValue<'_>,
) {
    refuse(scope, "the prelude imported a file before there was a policy");
}

#[cfg(feature = "v8")]
fn refuse(scope: &mut v8::PinScope<'_, '_>, why: &str) {
    if let Some(why) = v8::String::new(scope, why) {
        let error = v8::Exception::error(scope, why);
        scope.throw_exception(error);
    }
}
