//! Injected failures.

use neonform_local::Fault;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Api, MAIN, PROJECT};

fn fault(operation: &str) -> Fault {
    Fault { operation: operation.to_owned(), status: 503, message: "down".to_owned(), ..Fault::default() }
}

#[tokio::test]
async fn a_fault_answers_in_place_of_the_route() {
    let api = Api::new().await;
    api.server.inject(vec![Fault {
        code: "OUT".to_owned(),
        request_id: Some("req-77".to_owned()),
        retry_after: Some(2),
        times: Some(1),
        ..fault("createBranch")
    }]);
    let path = format!("{PROJECT}/branches");
    let body = json!({ "branch": { "name": "a" } });
    let response = api.request(Method::POST, &path).json(&body).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(response.headers()["x-request-id"], "req-77");
    let answer = crate::harness::answer(response).await.expect(503);
    assert_eq!(answer, json!({ "request_id": "req-77", "code": "OUT", "message": "down" }));
    api.post(&path, body).await.expect(201);
}

#[tokio::test]
async fn a_fault_waits_for_its_text() {
    let api = Api::new().await;
    let matching =
        |text: &str| Fault { matching: Some(text.to_owned()), times: Some(1), ..fault("createBranchBucket") };
    api.server.inject(vec![matching("\"name\":\"b\""), matching("no-such-branch")]);
    let path = format!("{MAIN}/buckets");
    api.post(&path, json!({ "name": "a" })).await.expect(201);
    api.post(&path, json!({ "name": "b" })).await.refused(503);
    api.post(&path, json!({ "name": "b" })).await.expect(201);
    api.post(&format!("{PROJECT}/branches/no-such-branch/buckets"), json!({ "name": "x" }))
        .await
        .refused(503);
}

#[tokio::test]
async fn a_request_can_take_effect_without_its_answer() {
    let api = Api::new().await;
    api.server.inject(vec![Fault { times: Some(1), after_effect: true, ..fault("createBranchBucket") }]);
    let path = format!("{MAIN}/buckets");
    api.post(&path, json!({ "name": "a" })).await.refused(503);
    api.post(&path, json!({ "name": "a" })).await.refused(409);
}

#[tokio::test]
async fn a_connection_can_be_closed_without_an_answer() {
    let api = Api::new().await;
    let hang_up =
        |after_effect| Fault { times: Some(1), hang_up: true, after_effect, ..fault("createBranchBucket") };
    let path = format!("{MAIN}/buckets");
    let send = |name: &str| api.request(Method::POST, &path).json(&json!({ "name": name })).send();
    api.server.inject(vec![hang_up(false)]);
    assert!(send("a").await.is_err());
    assert_eq!(api.server.log().pop().unwrap().status, 0);
    api.post(&path, json!({ "name": "a" })).await.expect(201);
    api.server.inject(vec![hang_up(true)]);
    assert!(send("b").await.is_err());
    api.post(&path, json!({ "name": "b" })).await.refused(409);
}

#[tokio::test]
async fn a_proxy_can_answer_with_a_page() {
    let api = Api::new().await;
    api.server.inject(vec![Fault {
        status: 502,
        plain_text: Some("<h1>Bad Gateway</h1>".to_owned()),
        times: Some(1),
        ..fault("getProject")
    }]);
    let response = api.request(Method::GET, PROJECT).send().await.unwrap();
    assert_eq!(response.status(), 502);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(response.text().await.unwrap(), "<h1>Bad Gateway</h1>");
}

#[tokio::test]
async fn without_a_limit_a_fault_stays() {
    let api = Api::new().await;
    api.server.inject(vec![fault("getProject")]);
    for _ in 0..3 {
        api.get(PROJECT).await.refused(503);
    }
    let wrong_key = api.client.get(format!("{}{PROJECT}", api.server.url())).send();
    assert_eq!(wrong_key.await.unwrap().status(), 401, "the key is looked at first");
}
