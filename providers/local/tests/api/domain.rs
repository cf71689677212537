//! Custom domains.

use neonform_local::Seed;
use serde_json::{Value, json};

use crate::harness::{Api, MAIN, each};

fn body(domain: &str, function: &str) -> Value {
    json!({ "domain": domain, "entity_type": "function", "entity_id": function })
}

/// With two functions a domain can lead to.
async fn api() -> (Api, String) {
    let api = Api::new().await;
    for slug in ["api", "web"] {
        api.deploy_bundle(&format!("{MAIN}/functions/{slug}"), json!({})).await.expect(201);
    }
    (api, format!("{MAIN}/custom-domains"))
}

#[tokio::test]
async fn domains_come_and_go() {
    let (api, path) = api().await;
    let made = api.post(&path, body(" Shop.Example.COM.", "api")).await.expect(201);
    let expected = json!({
        "domain": "shop.example.com", "entity_type": "function", "entity_id": "api",
        "cname_target": "shop-example-com.domains.c-1.us-east-2.aws.neon.tech",
        "status": "pending",
    });
    assert_eq!(made, expected);
    assert_eq!(api.post(&path, body("shop.example.com", "api")).await.expect(201), expected);
    assert_eq!(api.get(&path).await.expect(200), json!({ "custom_domains": [expected] }));
    api.delete(&format!("{path}/shop.example.com")).await.expect(204);
    api.delete(&format!("{path}/shop.example.com")).await.refused(404);
}

#[tokio::test]
async fn a_domain_is_registered_once_everywhere() {
    let (api, path) = api().await;
    api.post(&path, body("shop.example.com", "api")).await.expect(201);
    let child = format!("{}/custom-domains", api.branch("child").await);
    assert_eq!(api.get(&child).await.expect(200)["custom_domains"], json!([]), "not inherited");
    for (path, function) in [(&path, "web"), (&child, "api")] {
        let message = api.post(path, body("shop.example.com", function)).await.refused(409);
        assert_eq!(message, "domain is already registered");
    }
    api.delete(&format!("{child}/shop.example.com")).await.refused(404);
}

#[tokio::test]
async fn what_a_domain_is_registered_for_is_checked() {
    let (api, path) = api().await;
    assert_eq!(api.post(&path, body("a.example.com", "none")).await.refused(404), "function not found");
    let other = json!({ "domain": "a.example.com", "entity_type": "bucket", "entity_id": "b" });
    assert_eq!(api.post(&path, other).await.expect(400)["code"], "invalid_entity_type");
    for domain in ["example", "-a.example.com", "a b.com", "a.example.com/x", ""] {
        api.post(&path, body(domain, "api")).await.refused(400);
    }
    let extra = json!({ "domain": "a.test", "entity_type": "function", "entity_id": "api", "tls": 1 });
    assert_eq!(api.post(&path, extra).await.refused(400), "unexpected field \"tls\"");
    api.post(&path, json!({ "domain": "a.test" })).await.refused(400);
}

#[tokio::test]
async fn a_domain_outlives_its_function_but_not_its_branch() {
    let (api, _) = api().await;
    let branch = api.branch("short").await;
    let path = format!("{branch}/custom-domains");
    api.post(&path, body("a.example.com", "api")).await.expect(201);
    api.delete(&format!("{branch}/functions/api")).await.expect(204);
    let list = api.get(&path).await.expect(200);
    assert_eq!(each(&list["custom_domains"], "domain"), ["a.example.com"]);
    api.delete(&branch).await.expect(200);
    api.post(&format!("{MAIN}/custom-domains"), body("a.example.com", "api")).await.expect(201);
}

#[tokio::test]
async fn domains_are_paged() {
    let (api, path) = api().await;
    for index in 0..3 {
        api.post(&path, body(&format!("d{index}.example.com"), "api")).await.expect(201);
    }
    let first = api.get(&format!("{path}?limit=2")).await.expect(200);
    assert_eq!(each(&first["custom_domains"], "domain"), ["d0.example.com", "d1.example.com"]);
    let next = first["pagination"]["next"].as_str().unwrap();
    let last = api.get(&format!("{path}?limit=2&cursor={next}")).await.expect(200);
    assert_eq!(each(&last["custom_domains"], "domain"), ["d2.example.com"]);
    assert!(last.get("pagination").is_none());
    api.get(&format!("{path}?limit=1001")).await.refused(400);
}

#[tokio::test]
async fn the_target_can_be_pinned() {
    let (api, path) = api().await;
    let target = "edge.c-1.us-east-2.aws.neon.tech";
    api.server.seed(&Seed { cname_target: Some(target.into()), ..Seed::default() }).unwrap();
    for domain in ["a.example.com", "b.example.com"] {
        let made = api.post(&path, body(domain, "api")).await.expect(201);
        assert_eq!(made["cname_target"], target);
    }
}
