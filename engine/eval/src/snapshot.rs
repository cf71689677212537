//! Where a sandbox comes from: the snapshot that the build script made, or the prelude, run anew.
//!
//! Run anew it takes some 8 ms of the 30 that a whole evaluation takes. There is a snapshot for V8, built for the
//! machine that it was built on; QuickJS has none.

use crate::{natives, v8, world};

#[cfg(snapshot)]
static SANDBOX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sandbox.snapshot"));

/// An isolate whose first context is the sandbox, if there is a snapshot of one.
pub(crate) fn isolate(parameters: v8::CreateParams) -> v8::OwnedIsolate {
    #[cfg(snapshot)]
    let parameters = parameters
        .snapshot_blob(SANDBOX.into())
        .external_references(world::references(&natives::functions()).into());
    v8::Isolate::new(parameters)
}

/// The sandbox in the first context of such an isolate.
pub(crate) fn kit<'s>(scope: &mut v8::PinScope<'s, '_>) -> Option<v8::Local<'s, v8::Object>> {
    #[cfg(snapshot)]
    return scope.get_context_data_from_snapshot_once(world::KIT).ok();
    #[cfg(not(snapshot))]
    return world::make(scope, &natives::functions());
}
