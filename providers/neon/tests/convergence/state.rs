//! Random platforms: what a policy asks for present, absent or different, and more that nobody declares.
//!
//! A platform has a default branch, and the target is that one or a child of it. States that the
//! platform's own rules exclude are not made (`fit`).

use std::collections::{BTreeMap, BTreeSet};

use neonform_local::{
    AuthSeed, BranchSeed, BucketSeed, DataApiSeed, DatabaseSeed, DeploymentSeed, DomainSeed, EndpointSeed,
    FunctionSeed, ProjectSeed, Seed, TriggerSeed,
};
use proptest::collection::{btree_map, btree_set};
use proptest::option::{self, of};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json};

use crate::policy::{self, CRONS, HOSTS, PATHS, PREFIXES, Policy, SLUGS, SOURCES, TRIGGERS};
use crate::world::code;

pub(crate) const PROJECT: &str = "shy-lake-31415926";
pub(crate) const MAIN: &str = "br-cool-forest-a1b2c3d4";
pub(crate) const CHILD: &str = "br-lazy-river-e5f6a7b8";
/// The platform's time, in milliseconds since the epoch: 2026-10-05T12:00:00Z.
pub(crate) const NOW: i64 = 1_791_201_600_000;

/// A platform, and the branch that a policy is for.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) seed: Seed,
    /// `MAIN` or `CHILD`.
    pub(crate) target: &'static str,
}

#[derive(Debug, Clone)]
struct Branch {
    is_child: bool,
    protected: bool,
    expires_at: Option<&'static str>,
    created_at: Option<&'static str>,
    endpoint: Option<EndpointSeed>,
}

fn branch() -> impl Strategy<Value = Branch> {
    // Lifetimes are whole hours, so that none of them ends near the platform's time.
    let created = ["2026-10-05T10:30:00Z", "2026-10-02T23:29:30Z", "2026-08-20T08:15:00Z"];
    let expires = ["2026-10-05T12:30:00Z", "2026-10-12T12:00:20Z", "2026-10-30T08:15:00Z"];
    let parts = (
        any::<bool>(),
        any::<bool>(),
        of(select(expires.to_vec())),
        of(select(created.to_vec())),
        option::weighted(0.9, endpoint()),
    );
    parts.prop_map(|(is_child, protected, expires_at, created_at, endpoint)| Branch {
        is_child,
        protected,
        expires_at,
        created_at,
        endpoint,
    })
}

fn endpoint() -> impl Strategy<Value = EndpointSeed> {
    let sizes = select(vec![(0.25, 2.0), (1.0, 2.0), (0.5, 4.0), (1.0, 8.0)]);
    let kind = prop_oneof![9 => Just("read_write"), 1 => Just("read_only")];
    let suspend = of(select(vec![0, 300, -1, 604_800, 61]));
    (sizes, kind, suspend).prop_map(|((min_cu, max_cu), kind, suspend_timeout_seconds)| EndpointSeed {
        endpoint_type: kind.to_owned(),
        min_cu,
        max_cu,
        suspend_timeout_seconds,
        ..EndpointSeed::default()
    })
}

fn buckets() -> impl Strategy<Value = Vec<BucketSeed>> {
    let objects = btree_set(select(vec!["a.txt", "dir/ü ?#", "%2E"]), 0..3);
    btree_map(policy::bucket(), (policy::access(), objects), 0..4).prop_map(|found| {
        let seed = |(name, (access, objects)): (String, (&str, BTreeSet<&str>))| BucketSeed {
            name,
            access_level: access.to_owned(),
            objects: objects.into_iter().map(str::to_owned).collect(),
            ..BucketSeed::default()
        };
        found.into_iter().map(seed).collect()
    })
}

/// Who deployed a function last, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deployed {
    Never,
    /// By another tool, which leaves no marker.
    Foreign,
    /// By neonform, with this source and no variables.
    Ours(&'static str),
    /// By neonform, with variables that have since been set to something else.
    OtherValues(&'static str),
    /// By neonform, and then by another tool that kept the variables.
    Overtaken(&'static str),
}

fn functions() -> impl Strategy<Value = Vec<FunctionSeed>> {
    let deployed = prop_oneof![
        1 => Just(Deployed::Never),
        3 => Just(Deployed::Foreign),
        4 => select(SOURCES.to_vec()).prop_map(Deployed::Ours),
        1 => Just(Deployed::OtherValues(SOURCES[0])),
        2 => Just(Deployed::Overtaken(SOURCES[0])),
    ];
    let parts = (
        select(vec!["", "Api", "Other ☃"]),
        deployed,
        prop_oneof![4 => Just("completed"), 1 => Just("failed")],
        1_i64..9,
        btree_set(select(vec!["KEY", "OLD"]), 0..2),
    );
    btree_map(select(SLUGS.to_vec()), parts, 0..4).prop_map(|found| {
        let seed = |(slug, (name, deployed, status, id, variables)): (
            &str,
            (&str, _, &str, i64, BTreeSet<&str>),
        )| {
            let deployment = DeploymentSeed {
                id,
                status: status.to_owned(),
                environment: environment(slug, id, deployed, &variables),
                ..DeploymentSeed::default()
            };
            FunctionSeed {
                slug: slug.to_owned(),
                name: name.to_owned(),
                invocation_url: format!("https://{slug}.example.com/"),
                current_deployment: (deployed != Deployed::Never).then_some(deployment),
                ..FunctionSeed::default()
            }
        };
        found.into_iter().map(seed).collect()
    })
}

/// The names of a deployment's variables. The marker's format is written out here: what is deployed
/// already stays readable only as long as it does not change.
fn environment(slug: &str, id: i64, deployed: Deployed, variables: &BTreeSet<&str>) -> Vec<String> {
    let marker = |replaced: i64, source: &str, digest: &str| {
        let code: String = code(slug, source)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("NEONFORM_1_{replaced}_{code}_{}", digest.repeat(32))
    };
    let marker = match deployed {
        Deployed::Never | Deployed::Foreign => None,
        Deployed::Ours(source) => Some(marker(id - 1, source, "0")),
        Deployed::OtherValues(source) => Some(marker(id - 1, source, "a")),
        Deployed::Overtaken(source) => Some(marker((id - 2).max(0) + i64::from(id < 2), source, "0")),
    };
    let ours = matches!(deployed, Deployed::Ours(_));
    variables.iter().filter(|_| !ours).map(|name| (*name).to_owned()).chain(marker).collect()
}

fn triggers() -> impl Strategy<Value = Vec<TriggerSeed>> {
    let function = prop_oneof![5 => select(SLUGS.to_vec()), 1 => Just("gone")];
    let source = (select(&CRONS[..]), of((policy::bucket(), of(select(&PREFIXES[..])))));
    let parts = (function, select(&PATHS[..]), any::<(bool, bool)>(), source);
    btree_map(policy::name(&TRIGGERS), parts, 0..4).prop_map(|found| {
        let seed = |(place, (name, (function, path, (enabled, inherited), (cron, storage)))): (usize, _)| {
            let (name, function, path): (String, &str, &str) = (name, function, path);
            let storage: Option<(String, Option<&str>)> = storage;
            let cron: &str = cron;
            let word = if storage.is_some() { "storage_object_created" } else { "schedule" };
            TriggerSeed {
                id: format!("trigger-{place}"),
                trigger_type: word.to_owned(),
                name,
                function_slug: function.to_owned(),
                function_path: path.to_owned(),
                enabled,
                inherited,
                cron: storage.is_none().then(|| cron.to_owned()),
                prefix: storage.as_ref().and_then(|(_, prefix)| prefix.map(str::to_owned)),
                bucket_name: storage.map(|(bucket, _)| bucket),
                ..TriggerSeed::default()
            }
        };
        found.into_iter().enumerate().map(seed).collect()
    })
}

fn domains() -> impl Strategy<Value = Vec<DomainSeed>> {
    let entity = prop_oneof![
        12 => select(SLUGS.to_vec()).prop_map(|slug| ("function", slug)),
        2 => Just(("function", "gone")),
        1 => Just(("deployment", "7")),
    ];
    btree_map(select(HOSTS.to_vec()), entity, 0..3).prop_map(|found| {
        let seed = |(host, (kind, id)): (&str, (&str, &str))| DomainSeed {
            domain: host.to_owned(),
            entity_type: kind.to_owned(),
            entity_id: id.to_owned(),
            cname_target: format!("{host}.domains.example.net"),
            ..DomainSeed::default()
        };
        found.into_iter().map(seed).collect()
    })
}

/// Settings in the API's names; some say nothing of them, some hold what this version does not know.
fn data_api() -> impl Strategy<Value = DataApiSeed> {
    let settings = of((policy::settings(), any::<bool>()));
    settings.prop_map(|settings| DataApiSeed {
        url: "https://rest.example.com".to_owned(),
        settings: settings.map(|(settings, newer)| {
            let known = settings.as_object().into_iter().flatten();
            let mut snake: Map<String, Json> =
                known.map(|(key, value)| (snake(key), value.clone())).collect();
            if newer {
                snake.insert("db_max_rows".to_owned(), Json::Null);
            }
            Json::Object(snake)
        }),
        ..DataApiSeed::default()
    })
}

fn snake(key: &str) -> String {
    key.chars().fold(String::new(), |name, letter| match letter {
        'A'..='Z' => name + "_" + &letter.to_ascii_lowercase().to_string(),
        _ => name + &letter.to_string(),
    })
}

/// Any platform.
pub(crate) fn state() -> impl Strategy<Value = State> {
    let databases = select(vec![vec!["neondb"], vec!["app"], vec!["app", "neondb"], vec!["b", "a"]]);
    let services =
        (any::<bool>(), option::weighted(0.5, (data_api(), any::<prop::sample::Index>())), databases);
    (branch(), services, buckets(), functions(), triggers(), domains()).prop_map(
        |(branch, (auth, data_api, databases), buckets, functions, triggers, domains)| {
            let target = if branch.is_child { CHILD } else { MAIN };
            let id = || target.to_owned();
            let database = |name: &&str| DatabaseSeed {
                branch_id: id(),
                name: (*name).to_owned(),
                owner_name: "neondb_owner".to_owned(),
            };
            let data_api = data_api.map(|(data_api, database)| DataApiSeed {
                branch_id: id(),
                database_name: (*database.get(&databases)).to_owned(),
                ..data_api
            });
            let auth = auth.then(|| AuthSeed { branch_id: id(), ..AuthSeed::default() });
            let mut seed = Seed {
                databases: databases.iter().map(database).collect(),
                auth: auth.into_iter().collect(),
                data_api: data_api.into_iter().collect(),
                buckets: buckets.into_iter().map(|bucket| BucketSeed { branch_id: id(), ..bucket }).collect(),
                functions: functions
                    .into_iter()
                    .map(|function| FunctionSeed { branch_id: id(), ..function })
                    .collect(),
                triggers: triggers
                    .into_iter()
                    .map(|trigger| {
                        // Only a child has triggers from its parent, and gets them disabled.
                        let inherited = trigger.inherited && branch.is_child;
                        let enabled = trigger.enabled && !inherited;
                        TriggerSeed { branch_id: id(), inherited, enabled, ..trigger }
                    })
                    .collect(),
                domains: domains.into_iter().map(|domain| DomainSeed { branch_id: id(), ..domain }).collect(),
                now: Some(NOW),
                ..Seed::default()
            };
            add_branches(&mut seed, &branch, target);
            State { seed, target }
        },
    )
}

fn add_branches(seed: &mut Seed, target: &Branch, id: &str) {
    seed.projects = vec![ProjectSeed {
        id: PROJECT.to_owned(),
        name: "storefront".to_owned(),
        region_id: "aws-us-east-2".to_owned(),
        pg_version: 17,
        default_min_cu: Some(0.25),
        default_max_cu: Some(2.0),
        ..ProjectSeed::default()
    }];
    let main = BranchSeed {
        id: MAIN.to_owned(),
        project_id: PROJECT.to_owned(),
        name: "main".to_owned(),
        default: true,
        ..BranchSeed::default()
    };
    let settings = |branch: BranchSeed| BranchSeed {
        protected: target.protected,
        expires_at: target.expires_at.filter(|_| target.is_child).map(str::to_owned),
        created_at: target.created_at.map(str::to_owned),
        ..branch
    };
    let child = BranchSeed {
        id: CHILD.to_owned(),
        name: "preview/one".to_owned(),
        parent_id: Some(MAIN.to_owned()),
        default: false,
        ..main.clone()
    };
    seed.branches = if target.is_child { vec![main, settings(child)] } else { vec![settings(main)] };
    let endpoint = |endpoint: &EndpointSeed| EndpointSeed {
        id: "ep-cool-forest-a1b2c3d4".to_owned(),
        branch_id: id.to_owned(),
        ..endpoint.clone()
    };
    seed.endpoints = target.endpoint.iter().map(endpoint).collect();
}

/// The platform that has nothing but its branches.
pub(crate) fn plain(is_child: bool) -> State {
    let endpoint_type = "read_write".to_owned();
    let endpoint = Some(EndpointSeed { endpoint_type, min_cu: 0.25, max_cu: 2.0, ..EndpointSeed::default() });
    let branch = Branch { is_child, protected: false, expires_at: None, created_at: None, endpoint };
    let target = if is_child { CHILD } else { MAIN };
    let database =
        DatabaseSeed { branch_id: target.to_owned(), name: "neondb".to_owned(), owner_name: "me".to_owned() };
    let mut seed = Seed { databases: vec![database], now: Some(NOW), ..Seed::default() };
    add_branches(&mut seed, &branch, target);
    State { seed, target }
}

/// A policy and a platform that it can be applied to: the platform refuses lifetimes of protected and
/// default branches, and a policy cannot end a lifetime.
pub(crate) fn case() -> impl Strategy<Value = (Policy, State)> {
    (policy::policy(), state()).prop_map(|(policy, state)| fit(policy, state))
}

fn fit(mut policy: Policy, mut state: State) -> (Policy, State) {
    let target = state.seed.branches.iter_mut().find(|branch| branch.id == state.target).unwrap();
    let protected = policy.tuning["protected"].as_bool().unwrap_or(target.protected);
    if protected || target.default {
        policy.tuning.as_object_mut().unwrap().shift_remove("ttl");
    }
    if protected || target.protected {
        target.expires_at = None;
    }
    (policy, state)
}

/// Names of the target's resources by kind, as addresses.
pub(crate) fn by_kind(addresses: impl Iterator<Item = String>) -> BTreeMap<String, Vec<String>> {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for address in addresses {
        let kind = address.split_once('.').map_or(address.as_str(), |(kind, _)| kind).to_owned();
        kinds.entry(kind).or_default().push(address);
    }
    kinds
}
