//! Keys, request ids, unknown routes, malformed requests, the log.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use neonform_local::Options;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Api, MAIN, PROJECT, answer};

#[tokio::test]
async fn a_key_is_needed_on_every_route() {
    let api = Api::new().await;
    let url = format!("{}{PROJECT}", api.server.url());
    let none = answer(api.client.get(&url).send().await.unwrap()).await;
    none.refused(401);
    for header in ["Bearer", "Bearer  ", "Basic eDp5", "key"] {
        let request = api.client.get(&url).header("authorization", header);
        answer(request.send().await.unwrap()).await.refused(401);
    }
    let body = json!({ "name": "b" });
    let request = api.client.post(format!("{}{MAIN}/buckets", api.server.url())).json(&body);
    answer(request.send().await.unwrap()).await.refused(401);
    let buckets = api.get(&format!("{MAIN}/buckets")).await.expect(200);
    assert_eq!(buckets["buckets"], json!([]), "a refused request has no effect");
}

#[tokio::test]
async fn only_the_configured_key_passes() {
    let api = Api::with(Options { api_key: Some("right".to_owned()), ..Options::default() }).await;
    api.get(PROJECT).await.refused(401);
    let url = format!("{}{PROJECT}", api.server.url());
    let response = api.client.get(url).bearer_auth("right").send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn every_answer_carries_a_request_id() {
    let api = Api::new().await;
    let own = api.request(Method::GET, PROJECT).send().await.unwrap();
    assert_eq!(own.headers()["x-request-id"].len(), 36);
    assert_eq!(own.headers()["content-type"], "application/json");
    let request = api.request(Method::GET, "/projects/none").header("x-request-id", "mine-1");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "mine-1");
    let body = answer(response).await.expect(404);
    assert_eq!(body, json!({ "request_id": "mine-1", "code": "", "message": "project not found" }));
}

#[tokio::test]
async fn an_unknown_route_is_told_in_plain_text() {
    let api = Api::new().await;
    for (method, path) in [
        (Method::GET, format!("{MAIN}/nothing")),
        (Method::PUT, MAIN.to_owned()),
        (Method::GET, format!("{PROJECT}/branches/")),
    ] {
        let response = api.request(method, &path).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        let body = answer(response).await.expect(404);
        assert_eq!(body, "this route does not exist");
    }
    assert!(api.server.log().iter().all(|exchange| exchange.operation.is_empty()));
}

#[tokio::test]
async fn malformed_json_is_400() {
    let api = Api::new().await;
    for body in ["{", "{\"branch\": tru}", "\u{feff}{}", "{} {}"] {
        let request = api.request(Method::POST, &format!("{PROJECT}/branches"));
        let answer = answer(request.body(body.to_owned()).send().await.unwrap()).await;
        let message = answer.refused(400);
        assert!(message.contains("not valid JSON"), "{message}");
    }
}

#[tokio::test]
async fn the_log_tells_what_was_asked() {
    let api = Api::new().await;
    api.get(&format!("{PROJECT}/branches?limit=100")).await.expect(200);
    api.post(&format!("{MAIN}/buckets"), json!({ "name": "b" })).await.expect(201);
    let log = api.server.log();
    assert_eq!(log.len(), 2);
    assert_eq!((log[0].operation, log[0].query.as_str()), ("listBranches", "limit=100"));
    assert_eq!(log[1].operation, "createBranchBucket");
    assert_eq!(log[1].method, "POST");
    assert_eq!(log[1].path, format!("{MAIN}/buckets"));
    assert_eq!(log[1].body, json!({ "name": "b" }));
    assert_eq!(log[1].status, 201);
    api.server.clear_log();
    assert!(api.server.log().is_empty());
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let api = Api::new().await;
    let address = address(&api);
    let client = api.client.clone();
    let url = format!("{}{PROJECT}", api.server.url());
    drop(api);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(TcpStream::connect(address).is_err());
    assert!(client.get(url).send().await.is_err());
}

#[tokio::test]
async fn a_half_sent_request_does_not_hold_the_shutdown() {
    let api = Api::new().await;
    let mut stream = TcpStream::connect(address(&api)).unwrap();
    stream.write_all(b"POST /api/v2/projects HTTP/1.1\r\nhost: x\r\ncontent-le").unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    tokio::time::timeout(Duration::from_secs(5), api.server.shutdown()).await.unwrap();
}

fn address(api: &Api) -> SocketAddr {
    let rest = api.server.url().strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_requests_do_not_stop_the_server() {
    let api = Api::new().await;
    let address = address(&api);
    let rubbish: [&[u8]; 9] = [
        b"\0\xff\xfe rubbish\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /api/v2/projects HTTP/9.9\r\n\r\n",
        b"GET /api/v2/projects HTTP/1.1\r\nauthorization: Bearer \xff\xff\r\n\r\n",
        b"GET /api/v2/projects/%ff%fe HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\n\r\n",
        b"GET /api/v2/projects?limit=%ff%zz&cursor HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\n\r\n",
        b"POST /api/v2/projects HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /api/v2/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/v2/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\ncontent-length: 50\r\n\r\n{",
    ];
    for bytes in rubbish {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
    }
    api.get(PROJECT).await.expect(200);
}
