//! What a trigger may say (spec 1.8).

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::kind::{Declared, Kind, Resource};
use neonform_engine::path::Path;
use neonform_engine::policy::{Cursor, Object, Policy};
use neonform_engine::unknown::{Unknown, shown};
use neonform_engine::value::Value;

use super::cron;
use super::spec::{Source, Spec, Trigger};
use crate::bucket::Bucket;
use crate::function::Function;
use crate::homes::{Names, SLUG_RULE, declared_names, is_slug};

/// The longest path that the platform calls.
const LONGEST_PATH: usize = 2_048;

/// Reads every trigger; faults are reported.
pub(super) fn declare(policy: &Policy<'_>) -> Declared<Spec> {
    let mut declared = Declared::default();
    let triggers = policy.root().and_then(|root| root.get("triggers")?.object());
    let Some(triggers) = triggers else { return declared };
    let known =
        Known { functions: declared_names(policy, "functions"), buckets: declared_names(policy, "buckets") };
    for (name, cursor) in triggers.entries() {
        let mut unknown = Vec::new();
        let Some(spec) = read(&known, name, &cursor, &mut unknown) else { continue };
        let place = Path::root().key("triggers").index(declared.resources.len());
        declared.resolved.push((place, resolved(name, &spec, &unknown)));
        let mut needs = vec![Address::new(Function::NAME, &spec.function)];
        if let Source::Storage { bucket, .. } = &spec.source {
            needs.push(Address::new(Bucket::NAME, bucket));
        }
        let resource = Resource::declared(Address::new(Trigger::NAME, name), spec, &cursor);
        let places = resource.places.named("bucketName", "bucket");
        declared.resources.push(Resource { needs, places, unknown, ..resource });
    }
    declared
}

/// What a trigger may refer to.
struct Known<'a> {
    functions: Names<'a>,
    buckets: Names<'a>,
}

fn resolved(name: &str, spec: &Spec, unknown: &[Unknown]) -> Value {
    let mut fields = vec![
        ("type".to_owned(), spec.source.word().into()),
        ("name".to_owned(), name.into()),
        ("functionSlug".to_owned(), spec.function.as_str().into()),
    ];
    fields.extend(spec.source.fields().into_iter().map(|(field, value)| (field.to_owned(), value)));
    fields.push(("functionPath".to_owned(), spec.path.as_str().into()));
    fields.push(("enabled".to_owned(), spec.enabled.unwrap_or(true).into()));
    let mut resolved = Value::Map(
        fields.into_iter().map(|(field, value)| (field.clone(), shown(&field, value, unknown))).collect(),
    );
    if unknown.iter().any(|one| one.attribute == "prefix") {
        resolved.set(&Path::root().key("prefix"), Value::Unknown);
    }
    resolved
}

fn read(known: &Known<'_>, name: &str, cursor: &Cursor<'_>, unknown: &mut Vec<Unknown>) -> Option<Spec> {
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
    let function = function(known, name, &object);
    let source =
        if kind == "schedule" { schedule(&object, unknown) } else { storage(known, name, &object, unknown) };
    let path = object.known("functionPath", "functionPath", unknown).map(|path| function_path(&path));
    let enabled = object.known("enabled", "enabled", unknown).map(|enabled| enabled.boolean());
    Some(Spec {
        function: function?.to_owned(),
        path: path.unwrap_or(Some("/"))?.to_owned(),
        enabled: enabled.map_or(Some(None), |enabled| enabled.map(Some))?,
        source: source?,
    })
}

fn function_path<'a>(cursor: &Cursor<'a>) -> Option<&'a str> {
    let path = cursor.text(1, LONGEST_PATH)?;
    if !path.starts_with('/') || path.contains(['?', '#']) {
        let problem = cursor.problem(codes::INVALID_PATH, "the platform does not call such a path");
        cursor
            .report(problem.expected("a path that begins with / and has no ? or #").fix("correct the path"));
        return None;
    }
    Some(path)
}

fn function<'a>(known: &Known<'_>, name: &str, object: &Object<'a>) -> Option<&'a str> {
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
    refer(&known.functions, "functions", "function", name, &cursor, slug);
    Some(slug)
}

fn schedule(object: &Object<'_>, unknown: &mut Vec<Unknown>) -> Option<Source> {
    if object.has("cron") && object.known("cron", "cron", unknown).is_none() {
        return Some(Source::Schedule(String::new()));
    }
    let cursor = object.require("cron", "a cron expression of five fields")?;
    let cron = cursor.text(1, usize::MAX)?;
    if let Some(fault) = cron::fault(cron) {
        cursor.report(
            cursor
                .problem(codes::INVALID_CRON, "the platform does not take this cron expression")
                .found(format!("{cron:?}: {fault}"))
                .expected(
                    "five fields in UTC, of numbers, lists, ranges and steps: minute hour day month weekday",
                )
                .fix("write \"0 3 * * *\" for three o'clock every night, say"),
        );
        return None;
    }
    Some(Source::Schedule(cron.to_owned()))
}

fn storage(known: &Known<'_>, name: &str, object: &Object<'_>, unknown: &mut Vec<Unknown>) -> Option<Source> {
    let prefix = object.known("prefix", "prefix", unknown).map(|prefix| prefix.text(1, 1_024));
    let cursor = object.require("bucket", "the name of a declared bucket")?;
    let bucket = cursor.text(1, 255)?;
    refer(&known.buckets, "buckets", "bucket", name, &cursor, bucket);
    let prefix = prefix.map_or(Some(None), |prefix| prefix.map(Some))?;
    Some(Source::Storage { bucket: bucket.to_owned(), prefix: prefix.map(str::to_owned) })
}

fn refer(declared: &Names<'_>, record: &str, what: &str, trigger: &str, cursor: &Cursor<'_>, name: &str) {
    if declared.has(name) {
        return;
    }
    let known = declared.expected().unwrap_or_else(|| format!("a {what} under {record}; there is none"));
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
