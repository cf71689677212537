//! The flags that a plan was made with, so that applying it plans the same.

use std::path::PathBuf;

use neonform_engine::diagnostic::Failure;
use serde_json::{Value as Json, json};

use crate::args::{PolicyArgs, PurposeArgs};
use crate::pipeline::CONCURRENCY;
use crate::stored::Stored;

/// As they are written into the file.
pub(super) fn json(policy: &PolicyArgs, purpose: &PurposeArgs) -> Json {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    json!({
        "config": path(&policy.config),
        "env": path(&policy.env),
        "envAllow": policy.env_allow,
        "maxHeap": policy.max_heap,
        "timeout": policy.timeout,
        "create": purpose.create,
        "prune": purpose.prune,
        "pruneData": purpose.prune_data,
        "showUnmanaged": purpose.show_unmanaged,
        "redeploy": purpose.redeploy,
        "noMarker": purpose.no_marker,
        "sourceMaps": purpose.source_maps,
    })
}

/// As they are read again.
///
/// # Errors
/// When one is missing or of another type.
pub(super) fn read(stored: &Stored) -> Result<(PolicyArgs, PurposeArgs), Failure> {
    let place = |name: &str| format!("/flags/{name}");
    let at = |name: &str| stored.json.pointer(&place(name)).unwrap_or(&Json::Null);
    let flag = |name: &str| at(name).as_bool().ok_or_else(|| stored.misplaced(&place(name), "true or false"));
    let path = |name: &str| at(name).as_str().map(PathBuf::from);
    let number = |name: &str| {
        if at(name).is_null() {
            return Ok(None);
        }
        let found = at(name).as_u64().and_then(|number| u32::try_from(number).ok());
        found.map(Some).ok_or_else(|| stored.misplaced(&place(name), "a whole number"))
    };
    let words = |name: &str| {
        let found = at(name).as_array()?;
        Some(found.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect::<Vec<_>>())
    };
    let policy = PolicyArgs {
        config: path("config"),
        env: path("env"),
        max_heap: number("maxHeap")?,
        timeout: number("timeout")?,
        untrusted: false,
        allow_packages: false,
        env_allow: words("envAllow"),
    };
    let purpose = PurposeArgs {
        create: flag("create")?,
        prune: words("prune"),
        prune_data: flag("pruneData")?,
        show_unmanaged: flag("showUnmanaged")?,
        redeploy: words("redeploy"),
        no_marker: flag("noMarker")?,
        source_maps: flag("sourceMaps")?,
        parallelism: CONCURRENCY,
    };
    Ok((policy, purpose))
}
