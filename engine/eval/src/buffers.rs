//! The allocator behind `ArrayBuffer`: refuses what would exceed the policy's memory.
//!
//! The engine's heap limit does not cover array buffers. A refusal is an ordinary `RangeError` in JavaScript.
#![allow(unsafe_code, reason = "the engine calls the allocator through a table of C functions")]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deno_core::v8;

/// How much the array buffers of one policy hold.
#[derive(Debug)]
pub(crate) struct Budget {
    most: usize,
    used: AtomicUsize,
}

impl Budget {
    /// A budget of `most` bytes.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, used: AtomicUsize::new(0) })
    }

    fn take(&self, bytes: usize) -> bool {
        let taken = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|total| *total <= self.most)
        });
        taken.is_ok()
    }
}

/// An allocator for one isolate that draws on `budget`.
pub(crate) fn allocator(budget: &Arc<Budget>) -> v8::UniqueRef<v8::Allocator> {
    // SAFETY: the handle is a counted reference, released by `release` when the engine drops the allocator.
    unsafe { v8::new_rust_allocator(Arc::into_raw(Arc::clone(budget)), &TABLE) }
}

static TABLE: v8::RustAllocatorVtable<Budget> =
    v8::RustAllocatorVtable { allocate, allocate_uninitialized: allocate, free, drop: release };

/// Alignment enough for every element type.
fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(1), 16).ok()
}

unsafe extern "C" fn allocate(budget: &Budget, bytes: usize) -> *mut c_void {
    let Some(layout) = layout(bytes) else { return ptr::null_mut() };
    if !budget.take(bytes) {
        return ptr::null_mut();
    }
    // SAFETY: the layout has at least one byte.
    let data = unsafe { alloc_zeroed(layout) };
    if data.is_null() {
        budget.used.fetch_sub(bytes, Ordering::Relaxed);
    }
    data.cast()
}

unsafe extern "C" fn free(budget: &Budget, data: *mut c_void, bytes: usize) {
    let Some(layout) = layout(bytes).filter(|_| !data.is_null()) else { return };
    budget.used.fetch_sub(bytes, Ordering::Relaxed);
    // SAFETY: the engine hands back what `allocate` gave, with its length.
    unsafe { dealloc(data.cast(), layout) };
}

unsafe extern "C" fn release(budget: *const Budget) {
    // SAFETY: the counterpart of `Arc::into_raw` in `allocator`.
    drop(unsafe { Arc::from_raw(budget) });
}
