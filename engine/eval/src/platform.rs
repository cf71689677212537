//! Starts the JavaScript engine once and gives every policy a thread of its own.
//!
//! All threads that run JavaScript descend from the one thread that started the engine: V8 protects the
//! memory of its own code with keys that only descendants inherit. The engine runs without a just-in-time compiler, background
//! threads and WebAssembly: policies are small, and what is not there cannot be attacked.

use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use deno_core::v8;

/// The stack of a policy's thread: far more than the engine lets JavaScript use, so that native code
/// below JavaScript has room.
const STACK_BYTES: usize = 16 * 1024 * 1024;

type Job = Box<dyn FnOnce() + Send>;

/// The JavaScript engine this program was built with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// "V8" or "QuickJS".
    pub name: &'static str,
    /// The engine's own version.
    pub version: String,
}

/// The JavaScript engine this program was built with; starts nothing.
pub fn engine() -> Engine {
    #[cfg(feature = "quickjs")]
    return Engine { name: "QuickJS", version: crate::quickjs_stubs::version() };
    #[cfg(not(feature = "quickjs"))]
    return Engine { name: "V8", version: v8::V8::get_version().to_owned() };
}

/// Runs `job` on a new thread with the engine started. Without threads to be had, `job` is dropped.
pub(crate) fn run(job: impl FnOnce() + Send + 'static) {
    static JOBS: OnceLock<Sender<Job>> = OnceLock::new();
    let jobs = JOBS.get_or_init(|| {
        let (sender, receiver) = channel::<Job>();
        let serve = move || {
            start();
            for job in receiver {
                let spawned = thread::Builder::new()
                    .name("neonform-policy".to_owned())
                    .stack_size(STACK_BYTES)
                    .spawn(job);
                drop(spawned);
            }
        };
        drop(thread::Builder::new().name("neonform-engine".to_owned()).spawn(serve));
        sender
    });
    drop(jobs.send(Box::new(job)));
}

fn start() {
    let _timed = tracing::debug_span!(target: "neonform::timing", "engine").entered();
    v8::V8::set_flags_from_string(crate::world::FLAGS);
    let platform = v8::new_single_threaded_default_platform(false).make_shared();
    v8::V8::initialize_platform(platform);
    v8::V8::initialize();
    crate::fatal::listen();
}
