//! Every environment variable that `neonform` reads, in one place.

/// The API key (spec 10.4).
pub const NEON_API_KEY: &str = "NEON_API_KEY";
/// The API's root URL (spec 10.4).
pub const NEON_API_HOST: &str = "NEON_API_HOST";
/// Turns colour off when set and not empty.
pub const NO_COLOR: &str = "NO_COLOR";
/// What is logged on standard error, in the notation of `tracing`.
pub const NEONFORM_LOG: &str = "NEONFORM_LOG";
/// The home directory, where the search for a policy and for a context file ends.
pub const HOME: &str = "HOME";

/// A variable that is set and not blank; blank counts as absent (spec 10.5).
pub fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
