//! Every document in `snapshots/` is described by exactly one schema, and everything described is in one of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use neonform_schema::{Schemas, document, root, strict, validator};
use serde_json::Value;

/// Documents in the reference's own shapes, which it does not describe; our versioned ones stand beside them.
const OF_THE_REFERENCE: [&str; 3] =
    ["status/config-json.snap", "status/config-json-ours.snap", "status/neon-json.snap"];

fn schemas() -> Schemas {
    let read = |path: &Path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let entries = fs::read_dir(root().join("docs/schema")).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (name(&path), read(&path))).collect()
}

fn goldens() -> Vec<(String, Value)> {
    let folder = root().join("snapshots");
    let mut open = vec![folder.clone()];
    let mut found = Vec::new();
    while let Some(place) = open.pop() {
        for path in fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if let Some(json) = document(&fs::read_to_string(&path).unwrap()) {
                found.push((path.strip_prefix(&folder).unwrap().display().to_string(), json));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// Ours: neither SARIF nor a shape of the reference's own.
fn ours() -> Vec<(String, Value)> {
    let is_ours = |(name, json): &(String, Value)| {
        json.get("runs").is_none() && !OF_THE_REFERENCE.contains(&name.as_str()) && !is_refusal(json)
    };
    goldens().into_iter().filter(is_ours).collect()
}

/// A refused apply in the reference's shape holds its conflicts and nothing else.
fn is_refusal(json: &Value) -> bool {
    json.as_object().is_some_and(|fields| fields.keys().eq(["conflicts"]))
}

fn documents_of(schemas: &Schemas) -> impl Iterator<Item = &String> {
    schemas.keys().filter(|name| *name != "common")
}

#[test]
fn every_document_is_described_to_the_last_field() {
    let schemas = strict(&schemas());
    let validators: Vec<_> =
        documents_of(&schemas).map(|name| (name, validator(&schemas, name).unwrap())).collect();
    let goldens = ours();
    assert!(goldens.len() > 15, "the goldens moved");
    let mut used = BTreeSet::new();
    for (golden, json) in &goldens {
        let fitting: Vec<_> = validators.iter().filter(|(_, validator)| validator.is_valid(json)).collect();
        if let [(name, _)] = fitting[..] {
            used.insert((*name).clone());
            continue;
        }
        let faults = validators.iter().map(|(name, validator)| {
            let faults: Vec<String> = validator
                .iter_errors(json)
                .map(|fault| format!("{}: {fault}", fault.instance_path()))
                .collect();
            (faults.len(), format!("{name}: {}", faults.join("; ")))
        });
        let nearest = faults.min().map(|(_, text)| text).unwrap_or_default();
        panic!("{golden} fits {} schemas; the nearest is {nearest}", fitting.len());
    }
    let unused: Vec<_> = documents_of(&schemas).filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "no golden is a {unused:?}");
}

#[test]
fn everything_described_is_in_a_document() {
    let published = schemas();
    let whole = strict(&published);
    let goldens = ours();
    // Which golden each schema describes: only those can notice that something of it is missing.
    let described_by: BTreeMap<&String, Vec<&Value>> = documents_of(&whole)
        .map(|name| {
            let validator = validator(&whole, name).unwrap();
            let fitting = goldens.iter().map(|(_, json)| json).filter(|json| validator.is_valid(json));
            (name, fitting.collect())
        })
        .collect();
    let mut missing = Vec::new();
    for name in published.keys() {
        for place in described(&published[name], "") {
            let mut without = published.clone();
            remove(without.get_mut(name).unwrap(), &place);
            let without = strict(&without);
            let is_noticed = users(&published, name).any(|user| {
                let validator = validator(&without, user).unwrap();
                described_by[user].iter().any(|json| !validator.is_valid(json))
            });
            if !is_noticed {
                missing.push(format!("{name}{place}"));
            }
        }
    }
    assert!(missing.is_empty(), "no golden has {missing:#?}");
}

/// The schemas of documents that a schema is, or is a part of.
fn users<'a>(schemas: &'a Schemas, name: &'a str) -> impl Iterator<Item = &'a String> {
    let reference = format!("\"{name}.json");
    documents_of(schemas).filter(move |user| {
        *user == name || schemas[*user].to_string().contains(&reference) || name == "common"
    })
}

/// The place of every property that a schema describes, as a JSON pointer.
fn described(schema: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                let here = format!("{place}/{key}");
                if key == "properties" && fields.contains_key("type") {
                    found.extend(value.as_object().unwrap().keys().map(|name| format!("{here}/{name}")));
                }
                found.extend(described(value, &here));
            }
        }
        Value::Array(items) => {
            let inner =
                items.iter().enumerate().map(|(index, item)| described(item, &format!("{place}/{index}")));
            found.extend(inner.flatten());
        }
        _ => {}
    }
    found
}

/// Takes a property out of a schema, as if nobody had described it.
fn remove(schema: &mut Value, place: &str) {
    let (properties, name) = place.rsplit_once('/').unwrap();
    let object = schema.pointer_mut(properties.rsplit_once('/').unwrap().0).unwrap().as_object_mut().unwrap();
    object["properties"].as_object_mut().unwrap().remove(name);
    if let Some(Value::Array(required)) = object.get_mut("required") {
        required.retain(|field| field != name);
    }
}

#[test]
fn readers_may_meet_fields_that_are_not_described_yet() {
    let published = schemas();
    let validators: Vec<_> =
        documents_of(&published).map(|name| validator(&published, name).unwrap()).collect();
    for (golden, mut json) in ours() {
        json["added later"] = Value::Bool(true);
        assert!(validators.iter().any(|validator| validator.is_valid(&json)), "{golden}");
    }
}

#[test]
fn sarif_is_what_its_standard_says() {
    let text = fs::read_to_string(root().join("xtask/schema/sarif-2.1.0.json")).unwrap();
    // A pattern of the published text has a bracket too many, which only some dialects of patterns let pass.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let standard = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let logs: Vec<_> = goldens().into_iter().filter(|(_, json)| json.get("runs").is_some()).collect();
    assert!(logs.len() > 5, "the goldens moved");
    for (golden, json) in logs {
        let faults: Vec<String> = standard.iter_errors(&json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{golden}: {faults:#?}");
    }
}
