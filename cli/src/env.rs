//! Every environment variable that `neonform` reads, in one place.

/// The API key (spec 10.4).
pub const NEON_API_KEY: &str = "NEON_API_KEY";
/// The API's root URL (spec 10.4).
pub const NEON_API_HOST: &str = "NEON_API_HOST";
/// How many requests a minute the account may send, where that is not what Neon publishes; 0 is without limits. Set,
/// it holds for servers on this machine too.
pub const NEONFORM_RATE_LIMIT: &str = "NEONFORM_RATE_LIMIT";
/// Milliseconds between two looks at a deployment that is waited for (spec 4.7).
pub const NEON_FUNCTIONS_POLL_INTERVAL_MS: &str = "NEON_FUNCTIONS_POLL_INTERVAL_MS";
/// Milliseconds after which a deployment that is waited for counts as failed (spec 4.7).
pub const NEON_FUNCTIONS_POLL_TIMEOUT_MS: &str = "NEON_FUNCTIONS_POLL_TIMEOUT_MS";
/// Turns colour off when set and not empty.
pub const NO_COLOR: &str = "NO_COLOR";
/// How wide results are where standard output is not a terminal.
pub const COLUMNS: &str = "COLUMNS";
/// The locale, before all others: one without UTF-8 gets ASCII signs.
pub const LC_ALL: &str = "LC_ALL";
/// The locale of characters.
pub const LC_CTYPE: &str = "LC_CTYPE";
/// The locale where nothing else says it.
pub const LANG: &str = "LANG";
/// The kind of terminal; `dumb` ones get no progress.
pub const TERM: &str = "TERM";
/// What is logged on standard error, in the notation of `tracing`.
pub const NEONFORM_LOG: &str = "NEONFORM_LOG";
/// Set, and not to `false`, where nobody is there to answer (spec 10.4).
pub const CI: &str = "CI";
/// The shell that asks what could come next on a command line; the scripts of `neonform completions` set it.
pub const NEONFORM_COMPLETE: &str = "NEONFORM_COMPLETE";
/// The user's shell, for `neonform completions` without one.
pub const SHELL: &str = "SHELL";
/// The home directory, where the search for a policy and for a context file ends.
pub const HOME: &str = "HOME";

/// The home directory on Windows.
pub const USERPROFILE: &str = "USERPROFILE";
/// The folder for what can be made again, instead of the platform's own.
pub const NEONFORM_CACHE_DIR: &str = "NEONFORM_CACHE_DIR";
/// Where caches are kept on Linux.
pub const XDG_CACHE_HOME: &str = "XDG_CACHE_HOME";
/// Where caches are kept on Windows.
pub const LOCALAPPDATA: &str = "LOCALAPPDATA";

/// Set by a hook of git that runs us.
pub const NEON_GIT_HOOK: &str = "NEON_GIT_HOOK";

/// A variable that is set and not blank; blank counts as absent (spec 10.5).
pub fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Whether nobody is there to answer.
pub fn is_unattended() -> bool {
    given(CI).is_some_and(|value| value != "false")
}

/// The process's variables; one that is not Unicode can neither be shown to JavaScript nor written into a file, and is left
/// out.
pub fn unicode() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
