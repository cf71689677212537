//! What one trigger may say, and what it says once defaults are in (spec 1.8, 3.2).

use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::path::Path;
use neonform_engine::policy::{Cursor, Object, Policy};
use neonform_engine::value::Value;

use crate::homes::{SLUG_RULE, declared_names, is_slug};

/// Reads one trigger; faults are reported. The result is its resolved form.
pub(super) fn read(policy: &Policy<'_>, name: &str, cursor: &Cursor<'_>) -> Option<Vec<(String, Value)>> {
    if name.is_empty() || name.encode_utf16().count() > 255 {
        let code = if name.is_empty() { codes::TOO_SMALL } else { codes::TOO_BIG };
        cursor.report(
            cursor
                .problem(code, "a trigger's name has the wrong length")
                .layer(Layer::Type)
                .found(format!("{name:?}"))
                .expected("1 to 255 characters"),
        );
        return None;
    }
    let object = cursor.object()?;
    let kind = object.require("type", "\"schedule\" or \"storage_object_created\"");
    let Some(kind) = kind.and_then(|kind| kind.choice(&["schedule", "storage_object_created"])) else {
        // Which keys belong here depends on the type: without one, none can be called unknown.
        object.entries();
        return None;
    };
    let function = function(policy, name, &object);
    let specific = if kind == "schedule" { schedule(&object) } else { storage(policy, name, &object) };
    let path = object.get("functionPath").map(|path| path.text(1, usize::MAX));
    let enabled = object.get("enabled").map(|enabled| enabled.boolean());
    let mut resolved = vec![
        ("type".to_owned(), kind.into()),
        ("name".to_owned(), name.into()),
        ("functionSlug".to_owned(), function?.into()),
    ];
    resolved.extend(specific?);
    resolved.push(("functionPath".to_owned(), path.unwrap_or(Some("/"))?.into()));
    resolved.push(("enabled".to_owned(), enabled.unwrap_or(Some(true))?.into()));
    Some(resolved)
}

fn function<'a>(policy: &Policy<'_>, name: &str, object: &Object<'a>) -> Option<&'a str> {
    let cursor = object.require("function", "the slug of a declared function")?;
    let slug = cursor.string()?;
    if !is_slug(slug) {
        cursor.report(
            cursor
                .problem(codes::INVALID_NAME, "a function's slug breaks the rule for slugs")
                .expected(SLUG_RULE),
        );
        return None;
    }
    refer(policy, "functions", "function", name, &cursor, slug);
    Some(slug)
}

fn schedule(object: &Object<'_>) -> Option<Vec<(String, Value)>> {
    let cron = object.require("cron", "a cron expression of five fields")?.text(1, usize::MAX)?;
    Some(vec![("cron".to_owned(), cron.into())])
}

fn storage(policy: &Policy<'_>, name: &str, object: &Object<'_>) -> Option<Vec<(String, Value)>> {
    let prefix = object.get("prefix").map(|prefix| prefix.text(1, 1_024));
    let cursor = object.require("bucket", "the name of a declared bucket")?;
    let bucket = cursor.text(1, 255)?;
    refer(policy, "buckets", "bucket", name, &cursor, bucket);
    let mut resolved = vec![("bucketName".to_owned(), bucket.into())];
    if let Some(prefix) = prefix {
        resolved.push(("prefix".to_owned(), prefix?.into()));
    }
    Some(resolved)
}

fn refer(policy: &Policy<'_>, record: &str, what: &str, trigger: &str, cursor: &Cursor<'_>, name: &str) {
    let declared = declared_names(policy, record);
    if declared.iter().any(|found| found == name) {
        return;
    }
    let known = if declared.is_empty() {
        format!("a {what} under {record}; there is none")
    } else {
        format!("one of {}", declared.join(", "))
    };
    cursor.report(
        cursor
            .problem(
                codes::UNKNOWN_REFERENCE,
                "a trigger refers to something that the policy does not declare",
            )
            .layer(Layer::Cross(Path::root()))
            .found(format!("trigger {trigger:?} refers to {what} {name:?}"))
            .expected(known)
            .fix(format!("declare {name:?} under {record}, or correct the name")),
    );
}
