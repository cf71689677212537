//! What happens where the engine would end the process: the policy's thread answers and stops for good.
//!
//! V8 asks once whether its heap may grow and otherwise aborts. The first question is answered with room
//! enough to unwind in; an abort after that is not survived by the thread, but by the process. Some aborts
//! can be heard of only as the signal that they raise.
#![allow(unsafe_code, reason = "the engine reports memory trouble through C functions")]

use std::cell::OnceCell;
#[cfg(unix)]
use std::ffi::c_int;
use std::ffi::{c_char, c_void};
use std::sync::Arc;
use std::thread;

use deno_core::v8;

use crate::caps::Caps;
use crate::limits::Excess;

/// By how much the heap may grow past its limit while JavaScript unwinds.
const UNWINDING_BYTES: usize = 1024 * 1024 * 1024;

thread_local! {
    static CAPS: OnceCell<Arc<Caps>> = const { OnceCell::new() };
}

/// Hears of the engine's own failures; once per process.
pub(crate) fn listen() {
    v8::V8::set_fatal_error_handler(on_fatal_error);
    #[cfg(unix)]
    for number in ABORTS {
        // SAFETY: the handler does nothing on threads without caps but what happened without it.
        unsafe { signal(number, on_abort as *const () as usize) };
    }
}

/// Makes this thread the one of the policy that `caps` holds, for as long as it runs.
pub(crate) fn claim(caps: &Arc<Caps>) {
    CAPS.with(|slot| drop(slot.set(Arc::clone(caps))));
}

/// Hears of the memory trouble of the isolate of a claimed thread.
pub(crate) fn guard(isolate: &mut v8::Isolate, caps: &Arc<Caps>) {
    // The pointer stays valid: the claim keeps the caps as long as the thread that runs the isolate.
    isolate.add_near_heap_limit_callback(near_heap_limit, Arc::as_ptr(caps).cast_mut().cast());
    isolate.set_oom_error_handler(on_out_of_memory);
}

/// Takes back what the heap was given to unwind in.
pub(crate) fn guard_again(isolate: &mut v8::Isolate, caps: &Arc<Caps>) {
    isolate.remove_near_heap_limit_callback(near_heap_limit, caps.limits().heap_bytes);
    guard(isolate, caps);
}

unsafe extern "C" fn near_heap_limit(caps: *mut c_void, current: usize, initial: usize) -> usize {
    // SAFETY: `guard` passed the pointer, and the caps outlive the isolate.
    let caps = unsafe { &*caps.cast_const().cast::<Caps>() };
    caps.exceed(Excess::Heap);
    current.max(initial.saturating_add(UNWINDING_BYTES))
}

unsafe extern "C" fn on_out_of_memory(_location: *const c_char, _details: &v8::OomDetails) {
    park();
}

fn on_fatal_error(_file: &str, _line: i32, _message: &str) {
    park();
}

/// The signals of an abort: SIGILL, SIGTRAP and SIGABRT, whose numbers all systems share.
#[cfg(unix)]
const ABORTS: [c_int; 3] = [4, 5, 6];

#[cfg(unix)]
unsafe extern "C" {
    fn signal(number: c_int, handler: usize) -> usize;
    fn raise(number: c_int) -> c_int;
}

#[cfg(unix)]
extern "C" fn on_abort(number: c_int) {
    park();
    // Not the thread of a policy: what would have happened happens.
    // SAFETY: 0 stands for the system's own handling.
    unsafe {
        signal(number, 0);
        raise(number);
    }
}

/// Answers for the policy of this thread and never returns. On any other thread it returns, and the engine
/// goes on to end the process.
fn park() {
    let Ok(Some(caps)) = CAPS.try_with(|slot| slot.get().cloned()) else { return };
    caps.abandon(Excess::Heap);
    loop {
        thread::park();
    }
}
