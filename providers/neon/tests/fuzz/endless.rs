//! Answers without end: lists whose every page names another one, and bodies that go on.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use neonform_engine::diagnostic::codes;
use neonform_engine::value::Secret;
use neonform_neon::client::{ApiPath, Client, Request};
use serde_json::Value as Json;

async fn client(router: Router) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Client::new(&url, &Secret::new("key")).unwrap().impatient()
}

fn answer(body: Body) -> Response {
    Response::builder().header("content-type", "application/json").body(body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_end_is_not_read_for_ever() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let page = move || async move {
        let number = count.fetch_add(1, Ordering::SeqCst);
        answer(Body::from(format!("{{\"items\":[{number}],\"pagination\":{{\"next\":\"{number}\"}}}}")))
    };
    let client = client(Router::new().fallback(page)).await;
    let listed = client.list::<Json>(Request::get("listItems", ApiPath::new(&["items"])), "items");
    let failure = tokio::time::timeout(Duration::from_secs(60), listed).await.unwrap().unwrap_err();
    assert_eq!(failure.0[0].code, codes::UNEXPECTED_ANSWER);
    assert!(asked.load(Ordering::SeqCst) <= 1_001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_cut_off() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let endless = move || async move {
        let chunk = Bytes::from(vec![b' '; 1 << 20]);
        let chunks = futures::stream::repeat_with(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(chunk.clone())
        });
        answer(Body::from_stream(chunks))
    };
    let client = client(Router::new().fallback(endless)).await;
    let failure = client.send::<Json>(Request::get("getItem", ApiPath::new(&["item"]))).await.unwrap_err();
    assert_eq!(failure.0[0].code, codes::UNEXPECTED_ANSWER);
    // What the sockets hold is sent as well.
    assert!(sent.load(Ordering::SeqCst) < 64, "{} MiB", sent.load(Ordering::SeqCst));
}
