//! A proxy that passes requests on, and changes the answers that it was told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use neonform_fuzz::{Edit, edited, torn};

/// What becomes of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Lie {
    /// Its JSON is changed.
    Edited(Vec<Edit>),
    /// Its bytes are.
    Torn(Vec<(u16, u8)>),
    /// It is not UTF-8.
    InvalidText,
    /// It has no body.
    Empty,
    /// It is a page.
    Html,
    /// It has another status.
    Status(u16),
}

/// A running proxy.
pub(crate) struct Proxy {
    url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// In front of an API; each lie is told of the answer of its number.
    pub(crate) async fn start(api: &str, lies: Vec<(u8, Lie)>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (api, http) = (api.to_owned(), reqwest::Client::builder().no_proxy().build().unwrap());
        let (answered, lies) = (Arc::new(AtomicUsize::new(0)), Arc::new(lies));
        let handle = move |request: Request| {
            let (api, http) = (api.clone(), http.clone());
            let (answered, lies) = (Arc::clone(&answered), Arc::clone(&lies));
            async move {
                let number = answered.fetch_add(1, Ordering::SeqCst);
                let told = lies.iter().filter(|(of, _)| usize::from(*of) == number).map(|(_, lie)| lie);
                told.fold(pass_on(&api, &http, request).await, change).build()
            }
        };
        let router = Router::new().fallback(handle);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, task }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Answer {
    status: u16,
    kind: String,
    body: Vec<u8>,
}

impl Answer {
    fn build(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap();
        let response = Response::builder().status(status).header("content-type", self.kind);
        response.body(Body::from(self.body)).unwrap()
    }
}

async fn pass_on(api: &str, http: &reqwest::Client, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let url = format!("{api}{}", head.uri.path_and_query().unwrap().as_str());
    let mut call = http.request(head.method, url).body(to_bytes(body, usize::MAX).await.unwrap());
    for name in ["authorization", "content-type"] {
        if let Some(value) = head.headers.get(name) {
            call = call.header(name, value);
        }
    }
    let answer = call.send().await.unwrap();
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
    Answer { status, kind, body: answer.bytes().await.unwrap().to_vec() }
}

fn change(answer: Answer, lie: &Lie) -> Answer {
    match lie {
        Lie::Edited(edits) => Answer { body: edited(&answer.body, edits), ..answer },
        Lie::Torn(tears) => Answer { body: torn(&answer.body, tears), ..answer },
        Lie::InvalidText => Answer { body: [&answer.body, &b"\xff\xfe\xc3\x28"[..]].concat(), ..answer },
        Lie::Empty => Answer { body: Vec::new(), ..answer },
        Lie::Html => Answer { kind: "text/html".to_owned(), body: b"<html>no</html>".to_vec(), ..answer },
        // What HTTP gives no body has none.
        Lie::Status(status @ (204 | 304)) => Answer { status: *status, body: Vec::new(), ..answer },
        Lie::Status(status) => Answer { status: *status, ..answer },
    }
}
