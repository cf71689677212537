//! Runs a linked module to its end: microtasks, virtual timers, and promises that nobody waits for.

use std::cell::RefCell;

use deno_core::v8;
use neonform_engine::diagnostic::{Diagnostic, codes};

use crate::realm::{Fault, Realm};

/// Promises that were rejected without anyone to hear, in order.
#[derive(Default)]
pub(crate) struct Rejections(RefCell<Vec<(v8::Global<v8::Promise>, v8::Global<v8::Value>)>>);

/// Evaluates a module and waits until it is done.
pub(crate) fn evaluate(
    scope: &mut v8::PinScope<'_, '_>,
    realm: &Realm,
    module: v8::Local<'_, v8::Module>,
) -> Result<(), Fault> {
    v8::tc_scope!(let scope, scope);
    let Some(promise) =
        module.evaluate(scope).and_then(|value| v8::Local::<v8::Promise>::try_from(value).ok())
    else {
        let exception = scope.exception();
        return Err(realm.fault(scope, exception));
    };
    settle(scope, realm, promise)?;
    realm.rejections.forget(scope, promise);
    match promise.state() {
        v8::PromiseState::Rejected => {
            let exception = promise.result(scope);
            Err(realm.fault(scope, Some(exception)))
        }
        _ => unhandled(scope, realm),
    }
}

/// Runs what is left to run until `promise` is settled.
fn settle(
    scope: &mut v8::PinScope<'_, '_>,
    realm: &Realm,
    promise: v8::Local<'_, v8::Promise>,
) -> Result<(), Fault> {
    loop {
        scope.perform_microtask_checkpoint();
        if let Some(excess) = realm.caps.excess() {
            return Err(Fault::Excess(excess));
        }
        if promise.state() != v8::PromiseState::Pending {
            return Ok(());
        }
        if !run_timer(scope, realm)? {
            let diagnostic = Diagnostic::error(codes::EVALUATION_FAILED, "a top-level `await` of the policy never settles")
                .fix("await only what the policy itself, a file or a timer resolves; there is no network to wait for");
            return Err(Fault::Told(diagnostic.into()));
        }
    }
}

fn run_timer(scope: &mut v8::PinScope<'_, '_>, realm: &Realm) -> Result<bool, Fault> {
    v8::tc_scope!(let scope, scope);
    match realm.call(scope, "runTimer", &[]) {
        Some(ran) => Ok(ran.is_true()),
        None => {
            let exception = scope.exception();
            Err(realm.fault(scope, exception))
        }
    }
}

fn unhandled(scope: &mut v8::PinScope<'_, '_>, realm: &Realm) -> Result<(), Fault> {
    let Some(value) = realm.rejections.first(scope) else { return Ok(()) };
    Err(match realm.fault(scope, Some(value)) {
        Fault::Thrown(thrown) => Fault::Told(thrown.while_unhandled(&realm.program.borrow())),
        other => other,
    })
}

impl Rejections {
    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    fn forget(&self, scope: &mut v8::PinScope<'_, '_>, promise: v8::Local<'_, v8::Promise>) {
        let promise = v8::Global::new(scope, promise);
        self.0.borrow_mut().retain(|(known, _)| *known != promise);
    }

    fn first<'s>(&self, scope: &mut v8::PinScope<'s, '_>) -> Option<v8::Local<'s, v8::Value>> {
        let known = self.0.borrow();
        known.first().map(|(_, value)| v8::Local::new(scope, value))
    }
}

/// Hears of promises that are rejected, and of those that are handled late.
pub(crate) extern "C" fn on_rejection(message: v8::PromiseRejectMessage<'_>) {
    v8::callback_scope!(unsafe scope, &message);
    let Some(realm) = Realm::of(scope) else { return };
    match message.get_event() {
        v8::PromiseRejectEvent::PromiseRejectWithNoHandler => {
            let Some(value) = message.get_value() else { return };
            let entry = (v8::Global::new(scope, message.get_promise()), v8::Global::new(scope, value));
            realm.rejections.0.borrow_mut().push(entry);
        }
        v8::PromiseRejectEvent::PromiseHandlerAddedAfterReject => {
            realm.rejections.forget(scope, message.get_promise())
        }
        _ => {}
    }
}
