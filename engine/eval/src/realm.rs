//! One JavaScript world: its globals, what it loaded, and calls into the prelude.
//!
//! A realm lives in a slot of its isolate, where callbacks find it. Handles of the engine stay on the
//! policy's thread.

use std::cell::{OnceCell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::v8;
use neonform_bundle::{Input, PolicyModule, Reads};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::caps::Caps;
use crate::evaluate::Rejections;
use crate::host::Host;
use crate::js_error::Thrown;
use crate::limits::Excess;
use crate::modules::Modules;
use crate::program::{Prepared, Program};
use crate::standing::Standing;
use crate::{Read, Request, natives, platform, snapshot};

/// What one isolate holds besides JavaScript.
pub(crate) struct Realm {
    /// What the prelude may ask for.
    pub(crate) host: Host,
    /// What was loaded.
    pub(crate) program: RefCell<Program>,
    /// The modules of the engine.
    pub(crate) modules: Modules,
    /// Promises that nobody waits for.
    pub(crate) rejections: Rejections,
    /// What the bundler read.
    bundled: RefCell<Vec<Input>>,
    /// The caps of the policy.
    pub(crate) caps: Arc<Caps>,
    /// The repository, as a real path.
    pub(crate) root: PathBuf,
    /// How much of it imports may reach.
    pub(crate) reads: Reads,
    kit: OnceCell<v8::Global<v8::Object>>,
}

/// Why JavaScript did not give a result.
pub(crate) enum Fault {
    /// It was stopped.
    Excess(Excess),
    /// It threw.
    Thrown(Thrown),
    /// The problem is already told.
    Told(Failure),
}

impl Realm {
    /// Makes the sandbox in the current context.
    pub(crate) fn start(
        scope: &mut v8::PinScope<'_, '_>,
        request: &Request,
        root: PathBuf,
        caps: Arc<Caps>,
        standing: Option<Standing>,
    ) -> Result<Rc<Self>, Failure> {
        let realm = Rc::new(Self {
            host: Host::new(request, &root, standing),
            program: RefCell::default(),
            modules: Modules::default(),
            rejections: Rejections::default(),
            bundled: RefCell::default(),
            caps,
            root,
            reads: request.reads,
            kit: OnceCell::new(),
        });
        scope.set_slot(Rc::clone(&realm));
        match realm.run_prelude(scope, request) {
            Some(()) => Ok(realm),
            None => Err(realm.broken("the sandbox could not be made")),
        }
    }

    /// Takes in one bundle.
    pub(crate) fn load(&self, module: PolicyModule) -> Prepared {
        self.bundled.borrow_mut().extend(module.inputs.iter().cloned());
        self.program.borrow_mut().add(module)
    }

    /// What was read so far: files that were bundled or opened, each once, by path, and variables.
    pub(crate) fn read(&self) -> Read {
        Read { inputs: self.inputs(), variables: self.host.variables() }
    }

    fn inputs(&self) -> Vec<Input> {
        let mut inputs = self.host.inputs();
        inputs.extend(self.bundled.borrow().iter().cloned());
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        inputs.dedup();
        inputs
    }

    fn run_prelude(&self, scope: &mut v8::PinScope<'_, '_>, request: &Request) -> Option<()> {
        let _timed = tracing::debug_span!(target: "neonform::timing", "prelude").entered();
        let kit = snapshot::kit(scope)?;
        self.kit.set(v8::Global::new(scope, kit)).ok()?;
        let facts = serde_json::json!({
            "env": request.env,
            "hides": self.host.hides(),
            "now": request.now,
            "root": self.root.to_string_lossy(),
            "version": platform::engine().version,
        });
        let facts = v8::String::new(scope, &facts.to_string())?;
        self.call(scope, "settle", &[facts.into()]).map(|_| ())
    }

    /// Calls a function of the prelude.
    pub(crate) fn call<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        name: &str,
        arguments: &[v8::Local<'_, v8::Value>],
    ) -> Option<v8::Local<'s, v8::Value>> {
        let function = self.function(scope, name)?;
        let undefined = v8::undefined(scope);
        function.call(scope, undefined.into(), arguments)
    }

    /// A function of the prelude.
    pub(crate) fn function<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        name: &str,
    ) -> Option<v8::Local<'s, v8::Function>> {
        let kit = v8::Local::new(scope, self.kit.get()?);
        let name = v8::String::new(scope, name)?;
        kit.get(scope, name.into())?.try_cast().ok()
    }

    /// Calls a function of the prelude that gives a text.
    pub(crate) fn text(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        name: &str,
        arguments: &[v8::Local<'_, v8::Value>],
    ) -> Result<String, Fault> {
        v8::tc_scope!(let scope, scope);
        match self.call(scope, name, arguments) {
            Some(value) => Ok(natives::text(scope, value)),
            None => {
                let exception = scope.exception();
                scope.reset();
                Err(self.fault(scope, exception))
            }
        }
    }

    /// What a failed call means. `exception` is what was thrown, when something was.
    pub(crate) fn fault(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        exception: Option<v8::Local<'_, v8::Value>>,
    ) -> Fault {
        if let Some(excess) = self.caps.excess() {
            return Fault::Excess(excess);
        }
        let thrown = exception.and_then(|exception| self.explain(scope, exception)).unwrap_or_default();
        // Reading the thrown value ran code of the policy.
        if let Some(excess) = self.caps.excess() {
            return Fault::Excess(excess);
        }
        if thrown.is_out_of_memory() {
            return Fault::Excess(Excess::Heap);
        }
        Fault::Thrown(thrown)
    }

    fn explain(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        exception: v8::Local<'_, v8::Value>,
    ) -> Option<Thrown> {
        v8::tc_scope!(let scope, scope);
        let failed_at = self.call(scope, "failedAt", &[]).filter(|way| way.is_string());
        let failed_at = failed_at.map(|way| natives::text(scope, way));
        let facts = self.call(scope, "explain", &[exception])?;
        let facts = natives::text(scope, facts);
        Some(Thrown::read(&facts, failed_at.as_deref(), &self.program.borrow()))
    }

    /// A bug of ours.
    pub(crate) fn broken(&self, what: &str) -> Failure {
        match self.caps.excess() {
            Some(excess) => self.caps.limits().exceeded(excess).into(),
            None => Diagnostic::error(codes::INTERNAL, what).into(),
        }
    }
}
