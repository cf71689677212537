//! What the QuickJS engine expects of a WebAssembly library that is not there, and QuickJS's own version.
//!
//! The engine's shim implements `WebAssembly` over a C library that takes cmake to build. Policies have no
//! WebAssembly: the library is an empty archive (`quickjs/libvmlib.a`), and its functions are here and fail. The
//! prelude removes `WebAssembly` before any policy runs, so that none of them is called with a module.
#![allow(unsafe_code, reason = "the symbols are looked up by the linker, by name")]

use std::ffi::{CStr, c_char};

unsafe extern "C" {
    fn JS_GetVersion() -> *const c_char;
}

/// The version of QuickJS.
pub(crate) fn version() -> String {
    // SAFETY: QuickJS returns a static text.
    unsafe { CStr::from_ptr(JS_GetVersion()) }.to_string_lossy().into_owned()
}

/// Functions that take anything and return null, zero or false.
macro_rules! failing {
    ($($name:ident)*) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> usize {
                0
            }
        )*
    };
}

failing! {
    v82jsc_set_mem_grow_cb v82jsc_wasm_func_index v82jsc_wasm_func_terminate v82jsc_wasm_module_error
    wasm_byte_vec_delete wasm_byte_vec_new wasm_engine_new wasm_exporttype_name wasm_exporttype_type
    wasm_extern_as_func wasm_extern_as_global wasm_extern_as_memory wasm_extern_as_table wasm_extern_kind
    wasm_externtype_as_functype_const wasm_externtype_as_globaltype_const wasm_externtype_kind
    wasm_foreign_as_ref wasm_foreign_new wasm_foreign_set_host_info_with_finalizer wasm_frame_func_index
    wasm_frame_func_offset wasm_frame_module_offset wasm_frame_vec_delete wasm_func_as_extern wasm_func_call
    wasm_func_new_with_env wasm_func_type wasm_functype_params wasm_functype_results wasm_global_as_extern
    wasm_global_get wasm_global_new wasm_global_set wasm_global_type wasm_globaltype_content
    wasm_globaltype_mutability wasm_globaltype_new wasm_importtype_module wasm_importtype_name
    wasm_importtype_type wasm_instance_exports wasm_instance_new wasm_memory_data wasm_memory_data_size
    wasm_memory_grow wasm_memory_size wasm_module_exports wasm_module_imports wasm_module_new
    wasm_module_validate wasm_ref_get_host_info wasm_runtime_set_log_level wasm_store_new wasm_table_get
    wasm_table_grow wasm_table_set wasm_table_size wasm_trap_delete wasm_trap_message wasm_trap_new
    wasm_trap_trace wasm_valtype_kind wasm_valtype_new
}
