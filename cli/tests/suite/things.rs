//! `neonform domains`, `triggers` and `buckets`: things of a branch without a policy, with what the server was told.

use neonform_local::{BucketSeed, Seed, TriggerSeed};
use serde_json::{Value, json};

use super::functions::{BRANCH, World, called_at};
use super::support::golden;

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn domains_are_added_listed_and_deleted() {
    let world = World::with(&called_at("https://api.example.com/"));
    golden("things", "domains-none", &world.run(&["domains", "list"]).text());
    golden(
        "things",
        "domain-add",
        &world.run(&["domains", "add", "Docs.Example.com.", "--slug", "api"]).text(),
    );
    golden("things", "domain-add-wrong", &world.run(&["domains", "add", "docs", "--slug", "A_b"]).text());
    golden(
        "things",
        "domain-add-nowhere",
        &world.run(&["domains", "add", "a.example.com", "--slug", "apo"]).text(),
    );
    let again = ["functions", "domains", "register", "docs.example.com", "--slug", "api", "-o"];
    golden("things", "domain-add-json", &world.run(&[&again[..], &["json"]].concat()).text());
    let raw = parsed(&world.run(&[&again[..], &["neon-json"]].concat()).done());
    assert_eq!(raw["entity_id"], "api");
    golden("things", "domains", &world.run(&["domain", "list"]).text());
    assert_eq!(parsed(&world.run(&["function", "domain", "list", "-o", "neon-json"]).done()), json!([raw]));
    golden("things", "domain-delete-refused", &world.run(&["domains", "delete", "docs.example.com"]).text());
    golden(
        "things",
        "domain-delete-unknown",
        &world.run(&["domains", "delete", "doc.example.com", "-y"]).text(),
    );
    assert!(world.told("deleteBranchCustomDomain").is_empty());
    let delete = ["functions", "domains", "delete", "docs.example.com", "--yes", "-o", "json"];
    golden("things", "domain-delete-json", &world.run(&delete).text());
    assert_eq!(world.told("deleteBranchCustomDomain").len(), 1);
}

#[test]
fn a_domain_that_leads_elsewhere_stays_there() {
    let mut seed = called_at("https://api.example.com/");
    seed.functions
        .push(neonform_local::FunctionSeed { slug: "mail".to_owned(), ..seed.functions[0].clone() });
    let world = World::with(&seed);
    world.run(&["domains", "add", "docs.example.com", "--slug", "api"]).done();
    golden(
        "things",
        "domain-taken",
        &world.run(&["domains", "add", "docs.example.com", "--slug", "mail"]).text(),
    );
}

fn trigger(id: &str, name: &str) -> TriggerSeed {
    TriggerSeed {
        branch_id: BRANCH.to_owned(),
        id: id.to_owned(),
        trigger_type: "schedule".to_owned(),
        name: name.to_owned(),
        function_slug: "api".to_owned(),
        enabled: true,
        cron: Some("0 3 * * *".to_owned()),
        ..TriggerSeed::default()
    }
}

/// A schedule, and one that waits for objects.
fn with_triggers() -> World {
    let uploads = TriggerSeed {
        trigger_type: "storage_object_created".to_owned(),
        cron: None,
        bucket_name: Some("uploads".to_owned()),
        prefix: Some("images/".to_owned()),
        ..trigger("trigger-1", "uploads")
    };
    let inherited = TriggerSeed { inherited: true, enabled: false, ..trigger("trigger-3", "hourly") };
    let triggers = vec![uploads, trigger("trigger-2", "nightly"), inherited];
    World::with(&Seed { triggers, ..called_at("https://api.example.com/") })
}

#[test]
fn triggers_are_listed_shown_and_deleted() {
    golden("things", "triggers-none", &World::new().run(&["triggers", "list"]).text());
    let world = with_triggers();
    golden("things", "triggers", &world.run(&["triggers", "list"]).text());
    golden("things", "triggers-json", &world.run(&["triggers", "list", "-o", "json"]).text());
    let raw = parsed(&world.run(&["trigger", "list", "-o", "neon-json"]).done());
    assert_eq!(raw[1], parsed(&world.run(&["triggers", "get", "trigger-2", "-o", "neon-json"]).done()));
    golden("things", "trigger-get-unknown", &world.run(&["triggers", "get", "nigthly"]).text());
    golden("things", "trigger-delete-refused", &world.run(&["triggers", "delete", "hourly"]).text());
    golden("things", "trigger-delete", &world.run(&["triggers", "delete", "hourly", "--yes"]).text());
    golden(
        "things",
        "trigger-delete-json",
        &world.run(&["triggers", "delete", "trigger-2", "-yo", "json"]).text(),
    );
    let left = parsed(&world.run(&["triggers", "list", "-o", "neon-json"]).done());
    assert_eq!(left, json!([raw[0]]));
}

#[test]
fn triggers_are_created() {
    let world = World::with(&called_at("https://api.example.com/"));
    let create = |name: &str, flags: &[&str]| {
        world.run(&[&["triggers", "create", "--name", name, "--function-slug", "api"], flags].concat())
    };
    create("nightly", &["--cron", "0 3 * * *", "--function-path", "/jobs"]).done();
    create("uploads", &["--bucket", "uploads", "--prefix", "images/", "--no-enabled"]).done();
    create("all", &["--bucket", "uploads", "--enabled=false"]).done();
    let bodies: Vec<Value> = world.told("createBranchTrigger").into_iter().map(|told| told.body).collect();
    let body = |sort: &str, name: &str, path: &str, enabled: bool, source: Value| {
        json!({
            "type": sort, "name": name, "function_slug": "api", "function_path": path, "enabled": enabled, sort: source,
        })
    };
    let stored = "storage_object_created";
    assert_eq!(
        bodies,
        [
            body("schedule", "nightly", "/jobs", true, json!({ "cron": "0 3 * * *" })),
            body(stored, "uploads", "/", false, json!({ "bucket_name": "uploads", "prefix": "images/" })),
            body(stored, "all", "/", false, json!({ "bucket_name": "uploads" })),
        ]
    );
    golden("things", "trigger-cron", &create("x", &["--cron", "0 3 * *"]).text());
    let ran = create("nightly", &["--cron", "0 4 * * *"]);
    assert!(ran.code == 1 && ran.err.contains("error[already-exists]"), "{}", ran.text());
    let nowhere = ["triggers", "create", "--name", "x", "--function-slug", "apo", "--cron", "* * * * *"];
    golden("things", "trigger-nowhere", &world.run(&nowhere).text());
    for usage in [&[][..], &["--cron", "* * * * *", "--bucket", "b"], &["--prefix", "a"]] {
        assert_eq!(create("x", usage).code, 1, "{usage:?}");
    }
    assert_eq!(world.told("createBranchTrigger").len(), 5);
}

#[test]
fn triggers_are_changed_and_what_is_not_named_stays() {
    let world = with_triggers();
    golden("things", "trigger-disable", &world.run(&["triggers", "disable", "nightly"]).text());
    golden("things", "trigger-enable-inherited", &world.run(&["triggers", "enable", "trigger-3"]).text());
    world.run(&["triggers", "update", "uploads", "--bucket", "other"]).done();
    world.run(&["triggers", "update", "uploads", "--prefix", "", "--name", "everything"]).done();
    world.run(&["triggers", "update", "nightly", "--cron", "0 4 * * *", "--enabled"]).done();
    let bodies: Vec<Value> = world.told("updateBranchTrigger").into_iter().map(|told| told.body).collect();
    let stored = "storage_object_created";
    assert_eq!(
        bodies,
        [
            json!({ "type": "schedule", "enabled": false }),
            json!({ "type": "schedule", "enabled": true }),
            json!({ "type": stored, stored: { "bucket_name": "other", "prefix": "images/" } }),
            json!({ "type": stored, "name": "everything", stored: { "bucket_name": "other" } }),
            json!({ "type": "schedule", "enabled": true, "schedule": { "cron": "0 4 * * *" } }),
        ]
    );
    golden(
        "things",
        "trigger-update-wrong",
        &world.run(&["triggers", "update", "everything", "--cron", "*"]).text(),
    );
    golden("things", "trigger-update-nothing", &world.run(&["triggers", "update", "nightly"]).text());
    let nowhere = ["triggers", "update", "nightly", "--function-slug", "apo"];
    assert!(world.run(&nowhere).err.contains("did you mean api?"));
}

#[test]
fn buckets_are_created_listed_and_deleted() {
    let full = BucketSeed {
        branch_id: BRANCH.to_owned(),
        name: "full".to_owned(),
        access_level: "private".to_owned(),
        objects: vec!["a".to_owned(), "b/c".to_owned()],
    };
    let world = World::with(&Seed { buckets: vec![full], ..Seed::default() });
    let create = ["buckets", "create", "uploads", "--access-level", "public_read"];
    golden("things", "bucket-create", &world.run(&create).text());
    golden("things", "bucket-create-again", &world.run(&create).text());
    golden("things", "bucket-create-json", &world.run(&["bucket", "create", "x", "-o", "json"]).text());
    assert_eq!(world.run(&["bucket", "create", "y", "-o", "neon-json"]).done(), "");
    golden("things", "buckets", &world.run(&["buckets", "ls"]).text());
    let raw = parsed(&world.run(&["buckets", "list", "-o", "neon-json"]).done());
    assert_eq!(raw[1]["access_level"], "public_read");
    golden("things", "bucket-delete-refused", &world.run(&["buckets", "delete", "uploads"]).text());
    golden("things", "bucket-delete-full", &world.run(&["buckets", "delete", "full", "--yes"]).text());
    golden("things", "bucket-delete-unknown", &world.run(&["buckets", "rm", "upload", "--yes"]).text());
    assert!(world.told("deleteBranchBucket").is_empty());
    golden("things", "bucket-delete", &world.run(&["buckets", "delete", "uploads", "--yes"]).text());
    let all = ["buckets", "delete", "full", "--with-objects", "--yes", "-o", "json"];
    golden("things", "bucket-delete-json", &world.run(&all).text());
    let left = parsed(&world.run(&["buckets", "list", "-o", "neon-json"]).done());
    assert_eq!(left.as_array().unwrap().len(), 2);
}

#[test]
fn everything_fits_a_narrow_terminal() {
    let world = with_triggers();
    let at = [("NEON_API_KEY", "k"), ("NEON_API_HOST", world.platform.server.url()), ("COLUMNS", "40")];
    world.run(&["functions", "deploy", "api", "--src", "f.ts", "--env", "A=1"]).done();
    world.run(&["functions", "deploy", "api", "--env", "B=1"]).done();
    world.run(&["buckets", "create", "uploads"]).done();
    for command in [&["functions", "get", "api"][..], &["triggers", "list"], &["buckets", "list"]] {
        let out = world.scratch.run_with(command, &at).done();
        assert!(out.lines().all(|line| line.chars().count() <= 40), "{out}");
    }
}
