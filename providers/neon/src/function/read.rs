//! What a policy may say about a function, and what it says once defaults are in (spec 1.6, 3.2).

use std::collections::HashMap;

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::kind::Resource;
use neonform_engine::node::{Position, Shape};
use neonform_engine::path::Path;
use neonform_engine::places::Places;
use neonform_engine::policy::{Object, Policy};
use neonform_engine::unknown::{Unknown, shown as or_unknown};
use neonform_engine::value::{Secret, Value};

use super::external::{self, External};
use super::limits;
use super::spec::{Environment, Function, Spec};
use crate::homes::{Names, functions, tuned_functions};
use neonform_engine::kind::Kind;

/// What a function is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The entry, as written.
    pub path: String,
    /// Where it is written, for messages.
    pub at: Option<Position>,
    /// `esbuild`, `none`, or `<function>` for one written in the policy.
    pub bundler: &'static str,
    /// Packages left out of the bundle, when declared.
    pub external: Option<Vec<External>>,
}

/// The declared functions and, in the same order, their resolved forms.
pub(super) fn read(policy: &Policy<'_>) -> (Vec<Resource<Spec>>, Vec<Value>) {
    let homes = functions(policy);
    let names = Names::new(homes.iter().flatten().map(|(slug, _)| *slug).collect());
    let tuned = tuned(policy, &names);
    let mut read = homes.iter().map(|home| {
        let declared = home.iter().filter_map(|(slug, object)| {
            let tuned = tuned.get(slug);
            let runtime = tuned.and_then(|(runtime, _)| *runtime).unwrap_or("nodejs24");
            let (resource, resolved) = function(slug, object, runtime)?;
            let places = resource.places.named("bundle", "source").named("size", "source");
            let places = places.over(tuned.map(|(_, places)| places.clone()).unwrap_or_default());
            Some((Resource { places, ..resource }, resolved))
        });
        declared.unzip()
    });
    let counts = read.next().unwrap_or_default();
    // The other home does not count and is checked all the same.
    read.for_each(|_: (Vec<_>, Vec<_>)| {});
    counts
}

/// What the closure says of functions, by slug: the runtime, where that is said.
type Tuned<'a> = HashMap<&'a str, (Option<&'static str>, Places)>;

fn tuned<'a>(policy: &'a Policy<'_>, declared: &Names<'_>) -> Tuned<'a> {
    let mut found = Tuned::new();
    for (slug, object) in tuned_functions(policy) {
        if !declared.has(slug) {
            let cursor = object.cursor();
            cursor.report(
                cursor
                    .problem(codes::UNKNOWN_REFERENCE, "the closure tunes a function that is not declared")
                    .found(format!("{slug:?}"))
                    .expected(
                        declared.expected().unwrap_or_else(|| "no tuning: there are no functions".to_owned()),
                    )
                    .fix("declare the function, or remove its tuning"),
            );
        }
        let runtime = object.get("runtime").and_then(|runtime| runtime.choice(&["nodejs24"]));
        // The first home counts; both together are refused.
        found.entry(slug).or_insert_with(|| (runtime, Places::of(object.cursor())));
    }
    found
}

fn function(slug: &str, object: &Object<'_>, runtime: &'static str) -> Option<(Resource<Spec>, Value)> {
    let mut unknown = Vec::new();
    let name = if object.has("name") && object.known("name", "name", &mut unknown).is_none() {
        Some(slug)
    } else {
        object.require("name", "the display name, 1 to 255 characters").and_then(|name| name.text(1, 255))
    };
    let source = object.require("source", "the path of the entry file");
    let source = source.and_then(|cursor| Some((cursor.text(1, usize::MAX)?.to_owned(), cursor.at())));
    let environment = environment(slug, object, &mut unknown);
    limits::check(slug, object, &environment);
    let bundler = bundler(object);
    let external = external::read(object, bundler.unwrap_or("esbuild"));
    let dev = dev(object);
    let (path, at) = source?;
    let source = Source { path, at, bundler: bundler?, external };
    let resolved = resolved(slug, name?, &source, &environment, runtime, dev, &unknown);
    let spec = Spec {
        name: shown(name?, slug).to_owned(),
        source,
        environment: Environment::new(environment),
        runtime,
        bundle: None,
        environment_digest: String::new(),
        again: false,
        marked: true,
    };
    let resource = Resource::declared(Address::new(Function::NAME, slug), spec, object.cursor());
    Some((Resource { unknown, ..resource }, resolved))
}

/// A display name as the platform keeps it: trimmed, and a blank one is the slug (API spec 6.10).
fn shown<'a>(name: &'a str, slug: &'a str) -> &'a str {
    let trimmed = name.trim();
    if trimmed.is_empty() { slug } else { trimmed }
}

fn environment(slug: &str, object: &Object<'_>, unknown: &mut Vec<Unknown>) -> Vec<(String, Secret)> {
    let Some(record) = object.get("env").and_then(|env| env.object()) else { return Vec::new() };
    let mut read = Vec::new();
    for (name, cursor) in record.entries_and_undefined() {
        if let Some(variables) = cursor.unknown() {
            unknown.push(Unknown { attribute: format!("env.{name}"), variables: variables.to_vec() });
            continue;
        }
        if *cursor.shape() != Shape::Undefined {
            // Never through `string()`: its report would show what was found, and that is a value.
            if let Shape::String(value) = cursor.shape() {
                read.push((name.to_owned(), Secret::new(value.clone())));
            } else {
                let problem =
                    cursor.problem(codes::WRONG_TYPE, "the value has the wrong type").layer(Layer::Type);
                cursor.report(problem.found(type_name(cursor.shape())).expected("a string"));
            }
            continue;
        }
        cursor.report(
            cursor
                .problem(codes::UNSET_VARIABLE, "a variable of a function is undefined")
                .layer(Layer::Type)
                .found(format!("{name:?} of function {slug:?} is unset"))
                .expected("a string")
                .fix(format!(
                    "set {name} in the environment, or leave the key out; do not write ?? \"\": an empty string deletes the variable from the function"
                )),
        );
    }
    read
}

fn type_name(shape: &Shape) -> String {
    match shape {
        Shape::Number(_) => "a number".to_owned(),
        Shape::Bool(_) => "a boolean".to_owned(),
        other => neonform_engine::node::Node::new(other.clone()).describe(),
    }
}

fn bundler(object: &Object<'_>) -> Option<&'static str> {
    let Some(cursor) = object.get("bundler") else { return Some("esbuild") };
    match cursor.shape() {
        Shape::String(text) if text == "esbuild" => Some("esbuild"),
        Shape::String(text) if text == "none" => Some("none"),
        Shape::Function => Some("<function>"),
        _ => {
            let problem =
                cursor.problem(codes::INVALID_CHOICE, "the value is not a bundler").layer(Layer::Type);
            cursor.report(problem.expected("\"esbuild\", \"none\" or a function"));
            None
        }
    }
}

fn dev(object: &Object<'_>) -> Option<Vec<(String, Value)>> {
    let dev = object.get("dev")?.object()?;
    let Some(cursor) = dev.get("port") else { return Some(Vec::new()) };
    let port = cursor.integer()?;
    if !(1..=65_535).contains(&port) {
        let code = if port < 1 { codes::TOO_SMALL } else { codes::TOO_BIG };
        cursor.report(
            cursor.problem(code, "a port is out of range").expected("a whole number from 1 to 65535"),
        );
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a port is at most 65535")]
    Some(vec![("port".to_owned(), Value::Number(port as f64))])
}

fn resolved(
    slug: &str,
    name: &str,
    source: &Source,
    environment: &[(String, Secret)],
    runtime: &str,
    dev: Option<Vec<(String, Value)>>,
    unknown: &[Unknown],
) -> Value {
    let known = environment.iter().map(|(key, value)| (key.clone(), Value::Secret(value.clone())));
    let unknown_variables = unknown.iter().filter_map(|one| one.attribute.strip_prefix("env."));
    let variables = known.chain(unknown_variables.map(|name| (name.to_owned(), Value::Unknown)));
    let mut fields = vec![
        ("slug".to_owned(), slug.into()),
        ("name".to_owned(), or_unknown("name", name, unknown)),
        ("source".to_owned(), source.path.as_str().into()),
        ("env".to_owned(), Value::Map(variables.collect())),
        ("runtime".to_owned(), runtime.into()),
        ("bundler".to_owned(), source.bundler.into()),
    ];
    if let Some(external) = &source.external {
        let entry = |package: &External| {
            Value::Map(vec![
                ("name".to_owned(), package.name.as_str().into()),
                ("includeFiles".to_owned(), package.include_files.into()),
            ])
        };
        fields.push(("externalPackages".to_owned(), Value::List(external.iter().map(entry).collect())));
    }
    fields.extend(dev.map(|dev| ("dev".to_owned(), Value::Map(dev))));
    Value::Map(fields)
}

/// Where the resolved functions stand.
pub(super) fn place() -> Path {
    Path::root().key("preview").key("functions")
}
