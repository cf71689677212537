//! The two homes of a service: the top level, and the deprecated `preview` block (spec 1.9).
//!
//! Every kind with two homes reads its key here, so that the rules about them are written once: one
//! home at a time, a warning for the old one. Slugs and bucket names are checked here too, because
//! several kinds walk the same records.

use std::collections::HashSet;

use neonform_engine::diagnostic::{Diagnostic, Layer, codes};
use neonform_engine::path::Path;
use neonform_engine::policy::{Cursor, Object, Policy};

/// What a slug is, in words (spec 1.6).
pub(crate) const SLUG_RULE: &str = "1 to 20 lower-case letters and digits";

/// How many names a message lists.
const LISTED: usize = 20;

/// Whether a text is a function slug (spec 1.6).
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// The value of `key` in each home that declares it, the one that counts first.
pub(crate) fn homes<'a>(object: &Object<'a>, key: &str, old_name: &str) -> Vec<Cursor<'a>> {
    let top = object.get(key);
    let old = object.get("preview").and_then(|preview| preview.object()).and_then(|preview| preview.get(key));
    if let (Some(top), Some(old)) = (&top, &old) {
        top.report(
            top.problem(codes::DUPLICATE_HOME, "a service is declared in both its homes")
                .layer(Layer::Cross(Path::root()))
                .found(format!("{} and {}", top.path(), old.path()))
                .expected("one of the two")
                .fix(format!("remove {}, the deprecated one", old.path())),
        );
    }
    if let Some(old) = &old {
        old.report(
            Diagnostic::warning(codes::DEPRECATED, "the preview block is deprecated")
                .path(old.path().clone())
                .at(old.at())
                .found(old_name)
                .fix(format!("move it to {}", old_name.replace("preview.", ""))),
        );
    }
    top.into_iter().chain(old).collect()
}

/// Whether the resolved policy has its `preview` section (spec 3.2).
pub(crate) fn has_preview(root: &Object<'_>) -> bool {
    ["functions", "buckets", "aiGateway", "preview"].iter().any(|key| root.has(key))
}

/// Each declared function with a valid slug, by home, the home that counts first. Both are checked;
/// faults in the slugs are reported.
pub(crate) fn functions<'a>(policy: &'a Policy<'_>) -> Vec<Vec<(&'a str, Object<'a>)>> {
    let Some(root) = policy.root() else { return Vec::new() };
    homes(&root, "functions", "preview.functions").iter().map(records_by_slug).collect()
}

/// The closure's tuning of each function (spec 1.10).
pub(crate) fn tuned_functions<'a>(policy: &'a Policy<'_>) -> Vec<(&'a str, Object<'a>)> {
    let Some(tuning) = policy.tuning() else { return Vec::new() };
    let homes = homes(&tuning, "functions", "branch.preview.functions");
    // Which home counts does not matter: both together are refused.
    homes.iter().flat_map(records_by_slug).collect()
}

fn records_by_slug<'a>(home: &Cursor<'a>) -> Vec<(&'a str, Object<'a>)> {
    let Some(record) = home.object() else { return Vec::new() };
    let mut found = Vec::new();
    for (slug, cursor) in record.entries() {
        if is_slug(slug) {
            found.extend(cursor.object().map(|object| (slug, object)));
        } else {
            cursor.report(
                cursor
                    .problem(codes::INVALID_NAME, "a function's slug breaks the rule for slugs")
                    .layer(Layer::Type)
                    .found(format!("{slug:?}"))
                    .expected(SLUG_RULE)
                    .fix("rename the key; a slug is part of the function's URL and stays for good"),
            );
        }
    }
    found
}

/// The names of the declared functions and buckets, as keys, whether or not their values are valid:
/// what others may refer to (spec 1.8).
pub(crate) struct Names<'a> {
    written: Vec<&'a str>,
    known: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(written: Vec<&'a str>) -> Self {
        Self { known: written.iter().copied().collect(), written }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// What is expected of a reference that leads nowhere; nothing where there are no names. Not all of
    /// many, so that as many wrong references stay readable.
    pub(crate) fn expected(&self) -> Option<String> {
        let listed = self.written.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
        match self.written.len() {
            0 => None,
            more if more > LISTED => Some(format!("one of {listed} and {} more", more - LISTED)),
            _ => Some(format!("one of {listed}")),
        }
    }
}

/// The names below `key`, in whichever home they are.
pub(crate) fn declared_names<'a>(policy: &'a Policy<'_>, key: &str) -> Names<'a> {
    let Some(root) = policy.root() else { return Names::new(Vec::new()) };
    let old = || root.get("preview").filter(|old| is_object(old)).and_then(|old| old.object()?.get(key));
    let home = root.get(key).or_else(old).filter(is_object).and_then(|home| home.object());
    Names::new(
        home.map(|home| home.entries().into_iter().map(|(name, _)| name).collect()).unwrap_or_default(),
    )
}

fn is_object(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.shape(), neonform_engine::node::Shape::Object(_))
}
