//! Faults that change the platform before a request is looked at.

use neonform_local::{BucketSeed, DomainSeed, Fault, FunctionSeed, Replacement, TriggerSeed};
use serde_json::json;

use crate::harness::{Api, MAIN, each};

const BRANCH: &str = "br-local-main-00000001";

fn domain(entity_id: &str) -> DomainSeed {
    DomainSeed {
        branch_id: BRANCH.into(),
        domain: "shop.example.com".into(),
        entity_type: "function".into(),
        entity_id: entity_id.into(),
        cname_target: "edge.example.com".into(),
    }
}

fn replacing(operation: &str, replacement: Replacement) -> Fault {
    Fault {
        operation: operation.into(),
        times: Some(1),
        replace: Some(Box::new(replacement)),
        ..Fault::default()
    }
}

#[tokio::test]
async fn a_silent_replacement_lets_the_request_through() {
    let api = Api::new().await;
    let bucket = |name: &str| BucketSeed {
        branch_id: BRANCH.into(),
        name: name.into(),
        access_level: "private".into(),
        ..BucketSeed::default()
    };
    api.post(&format!("{MAIN}/buckets"), json!({ "name": "mine" })).await.expect(201);
    api.deploy_bundle(&format!("{MAIN}/functions/api"), json!({})).await.expect(201);
    let function = FunctionSeed { branch_id: BRANCH.into(), slug: "web".into(), ..FunctionSeed::default() };
    let trigger = TriggerSeed {
        branch_id: BRANCH.into(),
        id: "trigger-1".into(),
        trigger_type: "schedule".into(),
        ..TriggerSeed::default()
    };
    api.server.inject(vec![replacing(
        "listBranchBuckets",
        Replacement {
            domains: Some(vec![domain("web")]),
            functions: Some(vec![function]),
            triggers: Some(vec![trigger]),
            buckets: Some(vec![bucket("theirs")]),
        },
    )]);
    let buckets = api.get(&format!("{MAIN}/buckets")).await.expect(200);
    assert_eq!(each(&buckets["buckets"], "name"), ["theirs"]);
    let domains = api.get(&format!("{MAIN}/custom-domains")).await.expect(200);
    assert_eq!(each(&domains["custom_domains"], "entity_id"), ["web"]);
    let functions = api.get(&format!("{MAIN}/functions")).await.expect(200);
    assert_eq!(each(&functions["functions"], "slug"), ["web"]);
    let triggers = api.get(&format!("{MAIN}/triggers")).await.expect(200);
    assert_eq!(each(&triggers["triggers"], "trigger_id"), ["trigger-1"]);
}

#[tokio::test]
async fn a_replacement_can_come_with_a_failure() {
    let api = Api::new().await;
    let replacement = Replacement { domains: Some(vec![domain("web")]), ..Replacement::default() };
    let fault = replacing("listBranchCustomDomains", replacement);
    api.server.inject(vec![Fault { status: 503, message: "down".into(), ..fault }]);
    let path = format!("{MAIN}/custom-domains");
    assert_eq!(api.get(&path).await.refused(503), "down");
    let domains = api.get(&path).await.expect(200);
    assert_eq!(each(&domains["custom_domains"], "entity_id"), ["web"]);
}

#[tokio::test]
async fn a_replacement_that_cannot_be_stored_fails_its_request() {
    let api = Api::new().await;
    let twice = Replacement { domains: Some(vec![domain("a"), domain("b")]), ..Replacement::default() };
    api.server.inject(vec![replacing("getProject", twice)]);
    let path = "/projects/local-project-00000001";
    api.get(path).await.refused(500);
    api.get(path).await.expect(200);
}
