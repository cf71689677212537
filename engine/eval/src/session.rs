//! The thread that keeps a policy's isolate: it makes the sandbox, loads the policy once and answers for one branch after
//! another.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use deno_core::v8;
use neonform_bundle::PolicyModule;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::node::{Node, Shape};

use crate::caps::Caps;
use crate::limits::Excess;
use crate::realm::{Fault, Realm};
use crate::standing::Standing;
use crate::{Reply, Request, buffers, evaluate, extract, fatal, import, modules, snapshot};

/// A call of the `branch` closure.
pub(crate) struct Call {
    /// The facts about the branch, as JSON.
    pub(crate) descriptor: String,
    /// The branch's name, for messages.
    pub(crate) branch: String,
}

/// Loads a policy, then answers calls until nobody can make any. Whatever happens, an answer that is owed is dropped
/// with `ending`, which its owner notices.
pub(crate) fn serve(
    request: &Request,
    root: PathBuf,
    standing: Option<Standing>,
    Ending(caps): &Ending,
    policy: &Receiver<PolicyModule>,
    calls: &Receiver<Call>,
) {
    fatal::claim(caps);
    let making = tracing::debug_span!(target: "neonform::timing", "isolate").entered();
    let parameters = v8::CreateParams::default()
        .heap_limits(0, request.limits.heap_bytes)
        .array_buffer_allocator(buffers::allocator(caps.budget()).make_shared());
    let mut isolate = snapshot::isolate(parameters);
    isolate.set_microtasks_policy(v8::MicrotasksPolicy::Explicit);
    isolate.set_promise_reject_callback(evaluate::on_rejection);
    isolate.set_host_import_module_dynamically_callback(import::import_plain);
    fatal::guard(&mut isolate, caps);
    caps.attach(isolate.thread_safe_handle());
    {
        v8::scope!(let scope, &mut isolate);
        let context = v8::Context::new(scope, v8::ContextOptions::default());
        let scope = &mut v8::ContextScope::new(scope, context);
        drop(making);
        let started = Realm::start(scope, request, root, Arc::clone(caps), standing);
        // Nothing comes where bundling failed.
        if let Ok(module) = policy.recv() {
            caps.begin();
            match started.and_then(|realm| load(scope, realm, module)) {
                Ok((realm, node)) => {
                    caps.answer(Ok(Reply { node: Some(node), read: realm.read() }));
                    for call in calls {
                        answer(scope, &realm, &call);
                    }
                }
                Err(failure) => caps.answer(Err(failure)),
            }
        }
    }
    // The realm holds handles of the isolate.
    isolate.remove_slot::<Rc<Realm>>();
}

/// The end of a policy's thread.
pub(crate) struct Ending(pub(crate) Arc<Caps>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn load(
    scope: &mut v8::PinScope<'_, '_>,
    realm: Rc<Realm>,
    module: PolicyModule,
) -> Result<(Rc<Realm>, Node), Failure> {
    let _timed = tracing::debug_span!(target: "neonform::timing", "evaluation").entered();
    let loaded = within(&realm.caps, run(scope, &realm, module));
    let failure = |fault| match fault {
        Fault::Excess(excess) => realm.caps.limits().exceeded(excess).into(),
        Fault::Thrown(thrown) => thrown.while_loading(&realm.program.borrow()),
        Fault::Told(failure) => failure,
    };
    let node = loaded.map_err(failure)?;
    Ok((realm, node))
}

/// A result counts only if no limit was exceeded on the way, even when JavaScript did not notice.
fn within<T>(caps: &Caps, result: Result<T, Fault>) -> Result<T, Fault> {
    match caps.excess() {
        Some(excess) => Err(Fault::Excess(excess)),
        None => result,
    }
}

fn run(scope: &mut v8::PinScope<'_, '_>, realm: &Rc<Realm>, module: PolicyModule) -> Result<Node, Fault> {
    v8::scope!(let scope, scope);
    let prepared = realm.load(module);
    let linked = modules::link(scope, realm, &prepared)?;
    evaluate::evaluate(scope, realm, linked)?;
    let namespace = linked.get_module_namespace();
    let tokens = realm.text(scope, "extractDefault", &[namespace])?;
    let node = tree(realm, &tokens)?;
    match node.shape {
        Shape::Undefined | Shape::Null => Err(Fault::Told(no_default_export(scope, realm, namespace)?)),
        _ => Ok(node),
    }
}

fn tree(realm: &Realm, tokens: &str) -> Result<Node, Fault> {
    extract::node(tokens, &realm.program.borrow())
        .ok_or_else(|| Fault::Told(realm.broken("the evaluated policy could not be read")))
}

fn no_default_export(
    scope: &mut v8::PinScope<'_, '_>,
    realm: &Realm,
    namespace: v8::Local<'_, v8::Value>,
) -> Result<Failure, Fault> {
    let names = realm.text(scope, "exportNames", &[namespace])?;
    let found = match names.as_str() {
        "" => "no exports".to_owned(),
        "default" => "a default export without a value".to_owned(),
        names => format!("the exports {names}"),
    };
    Ok(Diagnostic::error(codes::NO_DEFAULT_EXPORT, "the policy has no default export")
        .found(found)
        .expected("export default defineConfig({ ... })")
        .into())
}

fn answer(scope: &mut v8::PinScope<'_, '_>, realm: &Rc<Realm>, call: &Call) {
    let _timed = tracing::debug_span!(target: "neonform::timing", "closure").entered();
    scope.cancel_terminate_execution();
    if realm.caps.excess() == Some(Excess::Heap) {
        fatal::guard_again(scope, &realm.caps);
    }
    realm.caps.forgive();
    realm.caps.begin();
    let result = within(&realm.caps, tune(scope, realm, &call.descriptor)).map_err(|fault| match fault {
        Fault::Excess(excess) => realm.caps.limits().exceeded(excess).fact("branch", &call.branch).into(),
        Fault::Thrown(thrown) => thrown.while_tuning(&call.branch, &realm.program.borrow()),
        Fault::Told(failure) => failure,
    });
    realm.caps.answer(result.map(|node| Reply { node, read: realm.read() }));
}

fn tune(scope: &mut v8::PinScope<'_, '_>, realm: &Realm, descriptor: &str) -> Result<Option<Node>, Fault> {
    v8::scope!(let scope, scope);
    let descriptor = v8::String::new(scope, descriptor)
        .ok_or_else(|| Fault::Told(realm.broken("the facts about the branch are too long")))?;
    let tokens = realm.text(scope, "tune", &[descriptor.into()])?;
    // Promises that the closure leaves behind are nobody's any more: it has already answered.
    realm.rejections.clear();
    if tokens.is_empty() { Ok(None) } else { tree(realm, &tokens).map(Some) }
}
