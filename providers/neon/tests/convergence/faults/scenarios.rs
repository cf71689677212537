//! What is applied while something goes wrong: plans in which every kind has something to do.

use neonform_engine::prune::{Kinds, Prune};
use neonform_local::{BranchSeed, DatabaseSeed, EndpointSeed, ProjectSeed, RoleSeed, Seed};
use serde_json::{Value as Json, json};

use crate::policy::Policy;
use crate::state::{MAIN, NOW, PROJECT};

/// The name of a branch that is created.
pub(super) const NEW: &str = "preview/two";

const PRUNED: [&str; 4] = ["functions", "buckets", "triggers", "domains"];

/// One plan to disturb.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// Name or id of the branch.
    pub(super) branch: &'static str,
    /// What was applied before, undisturbed.
    pub(super) before: Option<Policy>,
    pub(super) policy: Policy,
    pub(super) prune: Prune,
}

pub(super) fn all() -> Vec<Scenario> {
    let none = Prune::default;
    vec![
        Scenario { name: "first", branch: MAIN, before: None, policy: everything("main"), prune: none() },
        Scenario { name: "creation", branch: NEW, before: None, policy: new_branch(), prune: none() },
        Scenario {
            name: "update",
            branch: MAIN,
            before: Some(everything("main")),
            policy: changed(),
            // By name: after a failure half way, what is left of a kind may be only what nobody declares.
            prune: Prune { kinds: Kinds::Named(PRUNED.map(str::to_owned).to_vec()), with_data: true },
        },
    ]
}

/// A project with one branch that has a database, a role and a compute.
pub(super) fn platform() -> Seed {
    Seed {
        projects: vec![ProjectSeed { id: PROJECT.to_owned(), ..ProjectSeed::default() }],
        branches: vec![BranchSeed {
            id: MAIN.to_owned(),
            project_id: PROJECT.to_owned(),
            name: "main".to_owned(),
            default: true,
            ..BranchSeed::default()
        }],
        endpoints: vec![EndpointSeed {
            id: "ep-cool-forest-a1b2c3d4".to_owned(),
            branch_id: MAIN.to_owned(),
            endpoint_type: "read_write".to_owned(),
            min_cu: 0.25,
            max_cu: 2.0,
            ..EndpointSeed::default()
        }],
        roles: vec![RoleSeed { branch_id: MAIN.to_owned(), name: "owner".to_owned(), ..RoleSeed::default() }],
        databases: vec![DatabaseSeed {
            branch_id: MAIN.to_owned(),
            name: "neondb".to_owned(),
            owner_name: "owner".to_owned(),
        }],
        created_branch_id: Some("br-new-brook-11112222".to_owned()),
        created_endpoint_id: Some("ep-new-brook-11112222".to_owned()),
        now: Some(NOW),
        ..Seed::default()
    }
}

fn everything(place: &str) -> Policy {
    let domains = json!([format!("a.{place}.example.com"), format!("b.{place}.example.com")]);
    Policy {
        file: json!({
            "auth": true,
            "dataApi": { "settings": { "dbMaxRows": 10 } },
            "buckets": { "uploads": {}, "public": { "access": "public_read" } },
            "functions": {
                // Without variables: digests of them are slow on purpose, and every run makes them.
                "api": { "name": "Api", "source": "./a.ts" },
                "jobs": { "name": "jobs", "source": "./b.ts" },
            },
            "triggers": {
                "nightly": { "type": "schedule", "cron": "0 3 * * *", "function": "api" },
                "ingest": { "type": "storage_object_created", "bucket": "uploads", "function": "jobs" },
            },
        }),
        tuning: json!({
            "protected": true,
            "postgres": { "computeSettings": { "autoscalingLimitMaxCu": 4, "suspendTimeout": "5m" } },
            "functions": { "api": { "customDomains": domains } },
        }),
    }
}

/// The same for a branch of its own, which ends by itself.
fn new_branch() -> Policy {
    let mut policy = everything("preview");
    policy.tuning["protected"] = json!(false);
    policy.tuning["ttl"] = json!("7d");
    policy
}

/// Something of each kind changed, something gone.
fn changed() -> Policy {
    let mut policy = everything("main");
    let file = &mut policy.file;
    file["dataApi"]["settings"]["dbMaxRows"] = json!(20);
    file["buckets"] = json!({ "uploads": {}, "archive": {} });
    file["functions"] = json!({
        "api": { "name": "The Api", "source": "./changed.ts", "env": { "KEY": "other" } },
        "mail": { "name": "mail", "source": "./b.ts" },
    });
    file["triggers"] = json!({
        "nightly": { "type": "schedule", "cron": "0 4 * * *", "function": "mail" },
    });
    let tuning: &mut Json = &mut policy.tuning;
    tuning["protected"] = json!(false);
    tuning["postgres"]["computeSettings"]["autoscalingLimitMaxCu"] = json!(2);
    tuning["functions"] =
        json!({ "api": { "customDomains": [] }, "mail": { "customDomains": ["a.main.example.com"] } });
    policy
}
