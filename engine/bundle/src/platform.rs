//! What functions run on, linux on arm64 with glibc, and what a package says about platforms (spec 6.5).

use crate::package::Package;

/// A manifest's fields, and what the platform is for each.
const PLATFORM: [(&str, &str); 3] = [("os", "linux"), ("cpu", "arm64"), ("libc", "glibc")];

/// Whether a package's manifest admits the platform; one that says nothing does.
pub(crate) fn admits(package: &Package) -> bool {
    PLATFORM.iter().all(|(field, ours)| {
        let listed = package.texts(field);
        let refused = listed.iter().any(|entry| entry.strip_prefix('!') == Some(*ours));
        let mut wanted = listed.iter().filter(|entry| !entry.starts_with('!')).peekable();
        !refused && (wanted.peek().is_none() || wanted.any(|entry| entry == ours || entry == "any"))
    })
}

/// Whether a package says which platforms it is for.
pub(crate) fn is_limited(package: &Package) -> bool {
    PLATFORM.iter().any(|(field, _)| !package.texts(field).is_empty())
}
