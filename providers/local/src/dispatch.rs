//! From a request on the socket to an answer, for every route alike.
//!
//! In order: request id, body, key, fault, the route's handler in one transaction, log. All that
//! touches state runs on a blocking thread and to its end, so that a client that goes away neither
//! tears a request apart nor hides it from the log.
//! It knows no route and no kind; those are in `routes.rs`. How an answer is written is in
//! `dispatch/answer.rs`.

mod answer;
mod torn;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{
    ConnectInfo, DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Query, RawPathParams, Request,
};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use serde_json::Value;

use self::answer::{Answer, REQUEST_ID};
use crate::app::App;
use crate::auth;
use crate::call::{Body, Call, Reply};
use crate::error::ApiError;
use crate::fault::{At, Delivery, Fault};
use crate::ids;
use crate::log::Exchange;
use crate::routes::{self, Route};
use crate::upload::Parts;
use crate::wire::Line;

/// Where the API begins.
pub(crate) const ROOT: &str = "/api/v2";
const JSON_LIMIT: usize = 16 * 1024 * 1024;
/// Characters of a client's name that are kept.
const LONGEST_NAME: usize = 200;

/// All routes, and the answer for what is none; each answer comes after `latency` at the earliest.
pub(crate) fn router(app: &Arc<App>, latency: Duration) -> Router {
    let mut router = Router::new();
    for route in routes::all() {
        let Ok(filter) = MethodFilter::try_from(route.method.clone()) else {
            continue;
        };
        let app = Arc::clone(app);
        let handler = move |request: Request| handle(Arc::clone(&app), route, request);
        router = router.route(&format!("{ROOT}{}", route.path), on(filter, handler));
    }
    let app = Arc::clone(app);
    let unknown = move |request: Request| unknown(Arc::clone(&app), request);
    let router = router
        .fallback(unknown.clone())
        .method_not_allowed_fallback(unknown)
        // The limits are ours to check and to word; see `upload.rs`.
        .layer(DefaultBodyLimit::disable());
    if latency.is_zero() {
        return router;
    }
    router.layer(from_fn(move |request: Request, next: Next| async move {
        tokio::time::sleep(latency).await;
        next.run(request).await
    }))
}

/// A request as it arrived, before any state was looked at.
struct Incoming {
    request_id: String,
    client: String,
    method: Method,
    path: String,
    query: String,
    params: Vec<(String, String)>,
    queries: Vec<(String, String)>,
}

/// A body as it arrived.
enum Arrived {
    Json(Bytes),
    Parts(Parts),
}

async fn handle(app: Arc<App>, route: &'static Route, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    let line = head.extensions.get::<ConnectInfo<Line>>().cloned();
    let authorized = auth::check(&head.headers, app.api_key.as_deref());
    let incoming = Incoming::of(&mut head).await;
    let request_id = request_id_of(&incoming, &head.headers);
    let arrived = read(route, Request::from_parts(head, body)).await;
    let work = move || match incoming {
        Ok(incoming) => answer(&app, route, &incoming, authorized, arrived),
        Err(error) => Answer::refusal(&error, ids::uuid()),
    };
    let answer = match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        // A bug of ours: the transaction was rolled back, and the server goes on.
        Err(error) => {
            let message = format!("internal error: {error}");
            Answer::refusal(&ApiError::new(500, message), request_id)
        }
    };
    if let Some(ConnectInfo(line)) = line {
        answer.play(&line).await;
    }
    answer.into_response()
}

fn request_id_of(incoming: &Result<Incoming, ApiError>, headers: &HeaderMap) -> String {
    match incoming {
        Ok(incoming) => incoming.request_id.clone(),
        Err(_) => request_id(headers),
    }
}

/// Runs on a blocking thread.
fn answer(
    app: &App,
    route: &Route,
    incoming: &Incoming,
    authorized: Result<(), ApiError>,
    arrived: Result<Arrived, ApiError>,
) -> Answer {
    let (body, logged) = parse(arrived);
    let request_id = incoming.request_id.clone();
    let fault = match &authorized {
        Ok(()) => {
            let target = format!("{}?{}", incoming.path, incoming.query);
            app.faults.take(route.operation, &target, &logged.to_string())
        }
        Err(_) => None,
    };
    let replacement = fault.as_ref().and_then(|fault| fault.replace.as_deref());
    let replaced = replacement.map_or(Ok(()), |replacement| app.replace(replacement));
    let hook = |at| fault.as_ref().and_then(|fault| fault.hook.clone()).filter(|hook| hook.at == at);
    if let Some(hook) = hook(At::Arrived) {
        hook.run();
    }
    let body = authorized.and(replaced).and(body);
    let perform = || match &body {
        Ok(body) => run(app, route, incoming, body),
        Err(error) => Err(error.clone()),
    };
    let fault_met = fault.as_ref().filter(|fault| !fault.lets_through());
    let result = match fault_met {
        Some(fault) if !fault.takes_effect() => None,
        met => Some(twice(met, perform)),
    };
    if let Some(hook) = hook(At::Committed) {
        hook.run();
    }
    let answer = Answer::to(fault_met, result, request_id).then(hook(At::Answered));
    app.log.push(Exchange {
        operation: route.operation,
        method: incoming.method.to_string(),
        path: incoming.path.clone(),
        query: incoming.query.clone(),
        body: logged,
        status: if answer.is_unanswered() { 0 } else { answer.status },
        request_id: answer.request_id.clone(),
        client: incoming.client.clone(),
    });
    answer
}

/// Performs a request, and again where a fault delivers it twice.
fn twice(fault: Option<&Fault>, perform: impl Fn() -> Result<Reply, ApiError>) -> Result<Reply, ApiError> {
    let first = perform();
    match fault.and_then(|fault| fault.delivery.as_ref()) {
        Some(Delivery::TwiceFirst) => {
            drop(perform());
            first
        }
        Some(Delivery::TwiceSecond) => perform(),
        _ => first,
    }
}

fn run(app: &App, route: &Route, incoming: &Incoming, body: &Body) -> Result<Reply, ApiError> {
    app.sweep()?;
    let work = |sql: &rusqlite::Connection| {
        (route.run)(&Call {
            world: app.world(sql),
            params: &incoming.params,
            queries: &incoming.queries,
            body,
        })
    };
    if incoming.method == Method::GET { app.store.read(work) } else { app.store.write(work) }
}

impl Incoming {
    async fn of(head: &mut Head) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(head, &())
            .await
            .map_err(|error| ApiError::invalid(format!("invalid path: {error}")))?;
        let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let Query(queries) = Query::try_from_uri(&head.uri)
            .map_err(|error| ApiError::invalid(format!("invalid query: {error}")))?;
        let path = head.uri.path();
        Ok(Self {
            request_id: request_id(&head.headers),
            client: client(&head.headers),
            method: head.method.clone(),
            path: path.strip_prefix(ROOT).unwrap_or(path).to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            params,
            queries,
        })
    }
}

/// The client's, if it sent one that can be sent back.
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|value| (1..=200).contains(&value.len()))
        .map_or_else(ids::uuid, str::to_owned)
}

/// What the client calls itself.
fn client(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    said.unwrap_or_default().chars().take(LONGEST_NAME).collect()
}

async fn read(route: &Route, request: Request) -> Result<Arrived, ApiError> {
    if route.upload {
        let multipart = Multipart::from_request(request, &())
            .await
            .map_err(|error| ApiError::invalid(error.body_text()))?;
        return Ok(Arrived::Parts(Parts::read(multipart).await?));
    }
    to_bytes(request.into_body(), JSON_LIMIT)
        .await
        .map(Arrived::Json)
        .map_err(|error| ApiError::new(413, format!("the request body cannot be read: {error}")))
}

/// The body, and how the log shows it.
fn parse(arrived: Result<Arrived, ApiError>) -> (Result<Body, ApiError>, Value) {
    match arrived {
        Err(error) => (Err(error), Value::Null),
        Ok(Arrived::Json(bytes)) if bytes.is_empty() => (Ok(Body::Json(Value::Null)), Value::Null),
        Ok(Arrived::Json(bytes)) => match serde_json::from_slice::<Value>(&bytes) {
            Ok(value) => (Ok(Body::Json(value.clone())), value),
            Err(error) => {
                let message = format!("the request body is not valid JSON: {error}");
                let shown = String::from_utf8_lossy(&bytes).into_owned();
                (Err(ApiError::invalid(message)), Value::String(shown))
            }
        },
        Ok(Arrived::Parts(parts)) => match parts.inspect() {
            Ok(upload) => {
                let logged = upload.logged();
                (Ok(Body::Upload(Box::new(upload))), logged)
            }
            Err(error) => (Err(error), Value::Null),
        },
    }
}

async fn unknown(app: Arc<App>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let request_id = request_id(&head.headers);
    let body = to_bytes(body, JSON_LIMIT).await.unwrap_or_default();
    let path = head.uri.path();
    let answer = Answer::unknown_route(request_id);
    app.log.push(Exchange {
        operation: "",
        method: head.method.to_string(),
        path: path.strip_prefix(ROOT).unwrap_or(path).to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        status: answer.status,
        request_id: answer.request_id.clone(),
        client: client(&head.headers),
    });
    answer.into_response()
}
