//! Which specifiers are Node's own modules, with and without `node:`.
//!
//! The list is Node 24's `module.builtinModules`; the four at the end exist only with the prefix, and
//! without it name an npm package.

const EITHER_WAY: &[&str] = &[
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_wrap",
    "_stream_writable",
    "_tls_common",
    "_tls_wrap",
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

const WITH_PREFIX_ONLY: &[&str] = &["sea", "sqlite", "test", "test/reporters"];

/// The built-in module that `specifier` names, always as `node:NAME`.
pub(crate) fn canonical(specifier: &str) -> Option<String> {
    let (name, known) = match specifier.strip_prefix("node:") {
        Some(name) => (name, EITHER_WAY.contains(&name) || WITH_PREFIX_ONLY.contains(&name)),
        None => (specifier, EITHER_WAY.contains(&specifier)),
    };
    known.then(|| format!("node:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_become_the_prefixed_one() {
        assert_eq!(canonical("path").as_deref(), Some("node:path"));
        assert_eq!(canonical("node:fs/promises").as_deref(), Some("node:fs/promises"));
    }

    #[test]
    fn some_exist_only_with_the_prefix_and_some_not_at_all() {
        assert_eq!(canonical("node:test").as_deref(), Some("node:test"));
        assert_eq!(canonical("test"), None);
        assert_eq!(canonical("node:nonsense"), None);
        assert_eq!(canonical("punycode/"), None);
    }
}
