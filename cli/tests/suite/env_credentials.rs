//! Secrets: revealed, kept, minted once, and revoked when nothing needs them any more.

use neonform_engine::value::Secret;
use neonform_local::{
    BranchSeed, BucketSeed, CredentialSeed, DatabaseSeed, EndpointSeed, Fault, ProjectSeed, RoleSeed, Seed,
};
use neonform_neon::client::{ApiPath, Client, Request};
use serde_json::{Value as Json, json};

use super::env::World;

const BRANCH: &str = "br-old-region-00000001";
const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const KEY: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "NEON_AI_GATEWAY_TOKEN";
const PULL: [&str; 4] = ["env", "pull", "-o", "json"];

/// A branch with a bucket and without the platform's own credentials, and a policy that uses both services.
fn without_defaults() -> World {
    let world = World { project: "old-project", ..World::new() };
    let branch_id = || BRANCH.to_owned();
    let seed = Seed {
        projects: vec![ProjectSeed {
            id: world.project.to_owned(),
            name: "old".to_owned(),
            region_id: "aws-us-east-2".to_owned(),
            pg_version: 17,
            ..ProjectSeed::default()
        }],
        branches: vec![BranchSeed {
            id: branch_id(),
            project_id: world.project.to_owned(),
            name: "main".to_owned(),
            default: true,
            ..BranchSeed::default()
        }],
        endpoints: vec![EndpointSeed {
            id: "ep-old-region-1".to_owned(),
            branch_id: branch_id(),
            endpoint_type: "read_write".to_owned(),
            min_cu: 0.25,
            max_cu: 2.0,
            suspend_timeout_seconds: None,
        }],
        roles: vec![RoleSeed { branch_id: branch_id(), name: "me".to_owned(), password: None }],
        databases: vec![DatabaseSeed {
            branch_id: branch_id(),
            name: "app".to_owned(),
            owner_name: "me".to_owned(),
        }],
        buckets: vec![BucketSeed {
            branch_id: branch_id(),
            name: "uploads".to_owned(),
            access_level: "private".to_owned(),
            ..BucketSeed::default()
        }],
        ..Seed::default()
    };
    world.platform.server.seed(&seed).unwrap();
    world.scratch.write("neon.ts", "export default { buckets: { uploads: {} }, aiGateway: true };");
    world
}

/// Gives the branch the platform's own credential for storage, as if its region got one.
fn add_storage_default(world: &World) {
    let client = Client::new(world.platform.server.url(), &Secret::new("key")).unwrap();
    let path = ApiPath::new(&["projects", world.project, "branches", BRANCH, "credentials"]);
    let body = json!({
        "name": "Default object storage credential",
        "principal_type": "user",
        "scopes": ["storage:read", "storage:write"],
    });
    let request = Request::post("createCredential", path).json(body);
    world.platform.runtime.block_on(client.send::<Json>(request)).unwrap();
    world.platform.server.clear_log();
}

fn pulled(world: &World, words: &[&str]) -> Json {
    serde_json::from_str(&world.run(&[&PULL, words].concat()).done()).unwrap()
}

/// What the log says was minted, as what was asked for.
fn minted(world: &World) -> Vec<Json> {
    let log = world.platform.server.log();
    let created = log.into_iter().filter(|exchange| exchange.operation == "createCredential");
    created.map(|exchange| exchange.body["scopes"].clone()).collect()
}

#[test]
fn the_platforms_own_are_revealed_once_and_then_kept() {
    let world = World::with_policy("export default { buckets: { uploads: {} }, aiGateway: true };");
    world.run(&["apply"]).done();
    assert_eq!(pulled(&world, &[])["credentials"]["issued"], json!([KEY_ID, KEY, TOKEN]));
    assert_eq!(world.asked("revealCredential"), 2);
    let before = world.read(".env.local");
    assert_eq!(pulled(&world, &[])["credentials"]["issued"], json!([]));
    assert_eq!((world.asked("revealCredential"), world.asked("createCredential")), (2, 0));
    // A placeholder, or what names another credential, is replaced; it was never ours to revoke.
    let text = before.replace(&world.value(".env.local", TOKEN), "changeme");
    world.scratch.write(".env.local", &text.replace("nak_live_", "nak_test_"));
    assert_eq!(
        pulled(&world, &[])["credentials"],
        json!({ "issued": [KEY_ID, KEY, TOKEN], "revoked": [], "left": [] })
    );
    assert_eq!(world.read(".env.local"), before);
    assert_eq!(world.asked("revokeCredential"), 0);
    world.end();
}

#[test]
fn where_the_platform_has_none_one_is_minted_once_with_the_scopes_that_are_needed() {
    let world = without_defaults();
    assert_eq!(pulled(&world, &["--file", ".env.a"])["credentials"]["issued"], json!([KEY_ID, KEY, TOKEN]));
    assert_eq!(minted(&world), [json!(["storage:read", "storage:write", "ai_gateway:invoke"])]);
    assert_eq!(pulled(&world, &["--file", ".env.a"])["changed"], json!([]));
    // Another file, and a run that keeps nothing, have the same one.
    pulled(&world, &["--file", ".env.b"]);
    assert_eq!(world.read(".env.a"), world.read(".env.b"));
    for _ in 0..2 {
        let exported = world.run(&["env", "export"]).done();
        assert!(exported.contains(&format!("{TOKEN}={}", world.value(".env.a", TOKEN))));
    }
    assert_eq!(minted(&world).len(), 1);
    world.end();
}

#[test]
fn a_credential_whose_secrets_are_lost_is_minted_anew() {
    let world = without_defaults();
    pulled(&world, &["--file", ".env.a"]);
    let lost = |status: u16, message: &str| Fault {
        operation: "revealCredential".to_owned(),
        status,
        message: message.to_owned(),
        times: Some(1),
        ..Fault::default()
    };
    world.platform.server.inject(vec![lost(409, "issued before secrets were kept"), lost(409, "the same")]);
    pulled(&world, &["--file", ".env.b"]);
    assert_eq!(minted(&world).len(), 2);
    assert_ne!(world.value(".env.a", KEY_ID), world.value(".env.b", KEY_ID));
    // What is refused for another reason is an error, and mints nothing.
    world.platform.server.inject(vec![lost(403, "not for you")]);
    let refused = world.run(&["env", "pull", "--file", ".env.c"]);
    assert!(refused.code == 1 && !world.has(".env.c"), "{}", refused.text());
    assert_eq!(minted(&world).len(), 2);
    world.end();
}

#[test]
fn what_is_replaced_is_revoked_unless_something_still_needs_it() {
    let world = without_defaults();
    // One credential for both services; then storage gets one of its own, and the gateway goes on with the old one.
    pulled(&world, &[]);
    let old = world.value(".env.local", KEY_ID);
    let token = world.value(".env.local", TOKEN);
    add_storage_default(&world);
    let told = pulled(&world, &[]);
    assert_ne!(world.value(".env.local", KEY_ID), old);
    assert_eq!(world.value(".env.local", TOKEN), token);
    assert_eq!(told["credentials"], json!({ "issued": [KEY_ID, KEY], "revoked": [], "left": [] }));
    world.end();

    // Used for storage alone, it goes.
    let world = without_defaults();
    world.scratch.write("neon.ts", "export default { buckets: { uploads: {} } };");
    pulled(&world, &[]);
    assert_eq!(minted(&world), [json!(["storage:read", "storage:write"])]);
    let old = world.value(".env.local", KEY_ID);
    add_storage_default(&world);
    // A pull that is told what to pull leaves it, and says so.
    let copy = world.read(".env.local");
    world.scratch.write(".env.scoped", &copy);
    let told = pulled(&world, &["--file", ".env.scoped", "-s", "object-storage"]);
    assert_eq!(told["credentials"], json!({ "issued": [KEY_ID, KEY], "revoked": [], "left": [old] }));
    // One that keeps nothing has not replaced anything.
    world.run(&["env", "run", "--", "/bin/true"]).done();
    assert_eq!(world.asked("revokeCredential"), 0);
    let told = pulled(&world, &[]);
    assert_eq!(told["credentials"], json!({ "issued": [KEY_ID, KEY], "revoked": [old], "left": [] }));
    assert_eq!(world.asked("revokeCredential"), 1);
    world.end();
}

#[test]
fn nothing_is_revoked_before_the_file_holds_what_replaces_it() {
    let world = without_defaults();
    world.scratch.write("neon.ts", "export default { buckets: { uploads: {} } };");
    pulled(&world, &[]);
    add_storage_default(&world);
    let refused = Fault { operation: "revokeCredential".to_owned(), status: 500, ..Fault::default() };
    world.platform.server.inject(vec![refused]);
    let old = world.value(".env.local", KEY_ID);
    let told = world.run(&["env", "pull"]);
    assert!(told.code == 0 && told.err.contains("warning[server-error]"), "{}", told.text());
    assert_ne!(world.value(".env.local", KEY_ID), old);
    // It is ours no more, so who pulls is told.
    assert!(
        told.err.contains(&format!("Left what they replace, since others may use it: {old}")),
        "{}",
        told.text()
    );
    world.end();
}

#[test]
fn a_credential_of_the_platform_without_secrets_has_to_be_rotated() {
    let world = without_defaults();
    let credential = CredentialSeed {
        branch_id: BRANCH.to_owned(),
        token_id: format!("nak_live_{}", "d".repeat(32)),
        name: Some("Default AI gateway credential".to_owned()),
        scopes: vec!["ai_gateway:invoke".to_owned()],
        ..CredentialSeed::default()
    };
    world.platform.server.seed(&Seed { credentials: vec![credential], ..Seed::default() }).unwrap();
    let ran = world.run(&["env", "pull"]);
    assert!(ran.code == 1 && ran.err.contains("rotate the credential"), "{}", ran.text());
    assert!(!world.has(".env.local") && minted(&world).is_empty());
    world.end();
}

#[test]
fn the_environments_secret_does_not_go_with_a_files_key() {
    let world = without_defaults();
    pulled(&world, &[]);
    let id = world.value(".env.local", KEY_ID);
    let secret = world.value(".env.local", KEY);
    world.scratch.write(".env.local", &format!("{KEY_ID}={id}\n"));
    let ran = world.run_with(&["env", "pull"], &[(KEY, "of-another-account")]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(world.value(".env.local", KEY), secret);
    // A pair of the environment is one.
    world.scratch.write(".env.local", "");
    world.run_with(&["env", "pull"], &[(KEY_ID, &id), (KEY, &secret)]).done();
    assert_eq!(world.value(".env.local", KEY), secret);
    assert_eq!(minted(&world).len(), 1);
    world.end();
}
