//! Random policies that are valid: what the file exports, and the closure's answer as a constant.
//!
//! Names come from small pools that `state.rs` draws from as well, so that what is declared often exists.
//! The pools hold what is hard to carry: names that are paths, numbers, escapes, or very long.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option::{self, of};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value as Json, json};

pub(crate) const SLUGS: [&str; 6] = ["api", "jobs", "0", "42", "20260101", "abcdefghij0123456789"];
pub(crate) const SOURCES: [&str; 2] = ["./src/a.ts", "./src/b.ts"];
pub(crate) const HOSTS: [&str; 5] =
    ["a.example.com", "b.example.com", "x-1.shop.example.org", "1.2.example.xn--p1ai", "c.co"];
pub(crate) const TRIGGERS: [&str; 6] = ["nightly", "on upload", "1", "..", "ñ/\"quoted\"", "%2E"];
pub(crate) const PATHS: [&str; 4] = ["/", "/run", "/a/../b", "/ü x/%20"];
pub(crate) const CRONS: [&str; 3] = ["0 3 * * *", "*/5 0,12 * * 1-5", "0  9 1-31/2 1 0"];
pub(crate) const PREFIXES: [&str; 3] = ["in/", ".", "ü ?"];
const NAMES: [&str; 5] = ["Api", "Ünï ☃ \"x\"", " padded ", "0", "\u{3000}"];

/// A policy.
#[derive(Clone, PartialEq)]
pub(crate) struct Policy {
    /// What the file exports, its closure left out.
    pub(crate) file: Json,
    /// What the closure returns, an object.
    pub(crate) tuning: Json,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "file: {}\ntuning: {}", self.file, self.tuning)
    }
}

impl Policy {
    /// The record of a service in whichever of its homes it is.
    pub(crate) fn home(&self, key: &str) -> &Json {
        let top = &self.file[key];
        if top.is_null() { &self.file["preview"][key] } else { top }
    }
}

/// A bucket's name.
pub(crate) fn bucket() -> impl Strategy<Value = String> {
    let pool =
        ["uploads", "my bucket", ".", "..", "a/b", "%2e%2E", "ünï.☃?#&", "0", "C:\\x", "\"", "Uploads"];
    let mut pool: Vec<String> = pool.map(str::to_owned).to_vec();
    pool.extend(["x".repeat(255), "😀".repeat(127)]);
    prop_oneof![9 => select(pool), 1 => "\\PC{1,12}"]
}

pub(crate) fn access() -> impl Strategy<Value = &'static str> {
    select(vec!["private", "public_read"])
}

/// One of a pool.
pub(crate) fn name(pool: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(pool).prop_map(str::to_owned)
}

fn object(fields: Vec<(&str, Option<Json>)>) -> Json {
    let fields = fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Json::Object(fields.collect())
}

fn toggle() -> impl Strategy<Value = Option<Json>> {
    let forms =
        [json!(true), json!(false), json!({}), json!({ "enabled": true }), json!({ "enabled": false })];
    of(select(forms.to_vec()))
}

fn is_on(toggle: &Json) -> bool {
    toggle.as_bool().unwrap_or_else(|| toggle.is_object() && toggle["enabled"] != json!(false))
}

fn text(values: &'static [&'static str]) -> impl Strategy<Value = Json> {
    select(values).prop_map(Json::from)
}

/// Settings of the Data API, in the policy's names.
pub(crate) fn settings() -> impl Strategy<Value = Json> {
    let flag = || of(any::<bool>().prop_map(Json::from));
    let number = || of(select(vec![0_i64, 1, 100, 4_294_967_296]).prop_map(Json::from));
    let schemas = select(vec![json!([]), json!(["public"]), json!(["public", "äpp"])]);
    let flags_and_numbers = (flag(), flag(), number(), number());
    let texts = (
        of(text(&["anonymous", ""])),
        of(text(&["extensions"])),
        of(text(&[".role", ".a.\"b\""])),
        of(text(&["*", "https://a.example"])),
    );
    let rest = (of(schemas), of(text(&["ignore-privileges", "disabled"])));
    (flags_and_numbers, texts, rest).prop_map(
        |((aggregates, timing, rows, cache), texts, (schemas, mode))| {
            object(vec![
                ("dbAggregatesEnabled", aggregates),
                ("serverTimingEnabled", timing),
                ("dbMaxRows", rows),
                ("jwtCacheMaxLifetime", cache),
                ("dbAnonRole", texts.0),
                ("dbExtraSearchPath", texts.1),
                ("jwtRoleClaimKey", texts.2),
                ("serverCorsAllowedOrigins", texts.3),
                ("dbSchemas", schemas),
                ("openapiMode", mode),
            ])
        },
    )
}

fn data_api() -> impl Strategy<Value = Option<Json>> {
    let enabled = || of(any::<bool>().prop_map(Json::from));
    let neon =
        (enabled(), of(Just(json!("neon"))), of(settings())).prop_map(|(enabled, provider, settings)| {
            object(vec![("enabled", enabled), ("authProvider", provider), ("settings", settings)])
        });
    let external = (enabled(), of(text(&["Mine"])), of(text(&["me"])), of(settings()));
    let external = external.prop_map(|(enabled, name, audience, settings)| {
        object(vec![
            ("enabled", enabled),
            ("authProvider", Some(json!("external"))),
            ("jwksUrl", Some(json!("https://id.example.com/jwks.json"))),
            ("providerName", name),
            ("jwtAudience", audience),
            ("settings", settings),
        ])
    });
    of(prop_oneof![Just(json!(true)), Just(json!(false)), neon, external])
}

fn buckets() -> impl Strategy<Value = Option<Json>> {
    let record = btree_map(bucket(), of(access()), 0..5).prop_map(|record| {
        let value = |access: Option<&str>| object(vec![("access", access.map(Json::from))]);
        Json::Object(record.into_iter().map(|(name, access)| (name, value(access))).collect())
    });
    option::weighted(0.8, record)
}

type Functions = BTreeMap<String, Map<String, Json>>;

fn functions() -> impl Strategy<Value = Functions> {
    // Each environment costs a slow digest.
    let environment = option::weighted(
        0.1,
        btree_map(name(&["KEY", "OLD"]), select(vec!["", "value"]), 0..3)
            .prop_map(|variables| json!(variables)),
    );
    let function = (select(&NAMES[..]), select(&SOURCES[..]), environment).prop_map(|(name, source, env)| {
        let Json::Object(fields) =
            object(vec![("name", Some(name.into())), ("source", Some(source.into())), ("env", env)])
        else {
            unreachable!("it is an object")
        };
        fields
    });
    btree_map(name(&SLUGS), function, 0..=5)
}

/// One host: which function has it, whether the file and the closure say so, and whether it is written
/// in another spelling.
type Hosted = Option<(Index, bool, bool, bool)>;

fn hosts() -> impl Strategy<Value = Vec<Hosted>> {
    vec(of(any::<(Index, bool, bool, bool)>()), HOSTS.len())
}

/// Puts hosts on functions; the closure's lists come back. A host is on one function only.
fn put_hosts(functions: &mut Functions, hosts: &[Hosted]) -> BTreeMap<String, Vec<String>> {
    let mut tuned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if functions.is_empty() {
        return tuned;
    }
    let slugs: Vec<String> = functions.keys().cloned().collect();
    for (host, hosted) in HOSTS.iter().zip(hosts) {
        let Some((owner, in_file, in_closure, spelled)) = hosted else { continue };
        let slug = owner.get(&slugs);
        let host = if *spelled { format!(" {}. ", host.to_uppercase()) } else { (*host).to_owned() };
        if *in_file
            && let Some(function) = functions.get_mut(slug)
            && let Some(list) = function.entry("customDomains").or_insert_with(|| json!([])).as_array_mut()
        {
            list.push(host.clone().into());
        }
        // An owner that is tuned at all has the closure's list in place of the file's.
        if *in_closure {
            let list = tuned.entry(slug.clone()).or_default();
            list.extend((!*in_file || *spelled).then_some(host));
        }
    }
    tuned
}

#[derive(Debug, Clone)]
struct Draft {
    name: String,
    function: Index,
    bucket: Option<(Index, Option<&'static str>)>,
    cron: &'static str,
    path: Option<&'static str>,
    enabled: Option<bool>,
}

fn triggers() -> impl Strategy<Value = Vec<Draft>> {
    let bucket = of((any::<Index>(), of(select(&PREFIXES[..]))));
    let draft = (
        name(&TRIGGERS),
        any::<Index>(),
        bucket,
        select(&CRONS[..]),
        of(select(&PATHS[..])),
        any::<Option<bool>>(),
    );
    let draft = draft.prop_map(|(name, function, bucket, cron, path, enabled)| Draft {
        name,
        function,
        bucket,
        cron,
        path,
        enabled,
    });
    vec(draft, 0..5)
}

fn trigger(draft: &Draft, slugs: &[String], buckets: &[String]) -> Json {
    let path = draft.path.map(Json::from);
    let function = Some(draft.function.get(slugs).as_str().into());
    let source = match draft.bucket.filter(|_| !buckets.is_empty()) {
        None => vec![("type", Some(json!("schedule"))), ("cron", Some(draft.cron.into()))],
        Some((bucket, prefix)) => vec![
            ("type", Some(json!("storage_object_created"))),
            ("bucket", Some(bucket.get(buckets).as_str().into())),
            ("prefix", prefix.map(Json::from)),
        ],
    };
    let rest =
        vec![("function", function), ("functionPath", path), ("enabled", draft.enabled.map(Json::from))];
    object([source, rest].concat())
}

/// Compute settings that any platform of `state.rs` takes.
fn compute() -> impl Strategy<Value = Json> {
    let (whole, lowest, highest) = (
        vec![(0.25, 2.0), (0.5, 8.0), (1.0, 8.0), (2.0, 2.0), (8.0, 16.0), (18.0, 18.0)],
        vec![0.25, 0.5, 1.0],
        vec![2.0, 4.0],
    );
    let sizes = prop_oneof![
        Just((None, None)),
        select(whole).prop_map(|(min, max)| (Some(min), Some(max))),
        select(lowest).prop_map(|min| (Some(min), None)),
        select(highest).prop_map(|max| (None, Some(max))),
    ];
    let suspend = [
        json!(false),
        json!(-1),
        json!(0),
        json!(60),
        json!(300),
        json!("300s"),
        json!("5m"),
        json!(" 5M "),
        json!("1w"),
        json!(604_800),
        json!("90s"),
        json!("24h"),
    ];
    (sizes, of(select(suspend.to_vec()))).prop_map(|((min, max), suspend)| {
        let size = |units: Option<f64>| {
            units.map(|units| if units < 1.0 { units.into() } else { json!(units as i64) })
        };
        object(vec![
            ("autoscalingLimitMinCu", size(min)),
            ("autoscalingLimitMaxCu", size(max)),
            ("suspendTimeout", suspend),
        ])
    })
}

fn branch() -> impl Strategy<Value = Json> {
    let ttl = [json!("2h"), json!(7_200), json!("3d"), json!(" 1W "), json!("30d"), json!(86_400)];
    let postgres =
        option::weighted(0.4, compute().prop_map(|settings| json!({ "computeSettings": settings })));
    let protected = option::weighted(0.3, any::<bool>().prop_map(Json::from));
    (protected, option::weighted(0.3, select(ttl.to_vec())), postgres).prop_map(
        |(protected, ttl, postgres)| {
            object(vec![("protected", protected), ("ttl", ttl), ("postgres", postgres)])
        },
    )
}

/// Any valid policy.
pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let services = (toggle(), data_api(), buckets(), functions(), hosts(), triggers());
    (services, branch(), any::<(bool, bool, bool)>()).prop_map(|(services, branch, old_homes)| {
        let (auth, data_api, buckets, mut functions, hosts, triggers) = services;
        let tuned = put_hosts(&mut functions, &hosts);
        let auth = needed(auth, data_api.as_ref());
        let slugs: Vec<String> = functions.keys().cloned().collect();
        let mut file = object(vec![("auth", auth), ("dataApi", data_api)]);
        let of_buckets = |buckets: &Option<Json>| {
            let record = buckets.as_ref().and_then(Json::as_object);
            record.map(|record| record.keys().cloned().collect::<Vec<String>>()).unwrap_or_default()
        };
        if !slugs.is_empty() {
            let names = of_buckets(&buckets);
            for draft in &triggers {
                file["triggers"][&draft.name] = trigger(draft, &slugs, &names);
            }
        }
        if let Some(buckets) = buckets {
            *home(&mut file, "buckets", old_homes.0) = buckets;
        }
        if !slugs.is_empty() {
            *home(&mut file, "functions", old_homes.1) = json!(functions);
        }
        let mut tuning = branch;
        for (slug, hosts) in tuned {
            home(&mut tuning, "functions", old_homes.2)[slug]["customDomains"] = json!(hosts);
        }
        Policy { file, tuning }
    })
}

/// The built-in provider of the Data API needs Neon Auth.
fn needed(auth: Option<Json>, data_api: Option<&Json>) -> Option<Json> {
    let built_in =
        data_api.is_some_and(|data_api| is_on(data_api) && data_api["authProvider"] != json!("external"));
    if built_in && !auth.as_ref().is_some_and(is_on) { Some(json!(true)) } else { auth }
}

fn home<'a>(object: &'a mut Json, key: &str, old: bool) -> &'a mut Json {
    if old { &mut object["preview"][key] } else { &mut object[key] }
}
