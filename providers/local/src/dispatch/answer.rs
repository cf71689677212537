//! How an answer is written: status, headers, body.
//!
//! Every answer carries its request id. Errors have the platform's shape, but for the route that
//! does not exist, which the platform answers in plain text, and for a fault that wants a page.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use serde_json::Value;

use crate::call::Reply;
use crate::error::ApiError;
use crate::fault::Fault;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One answer, ready to be written.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) request_id: String,
    pub(super) hang_up: bool,
    retry_after: Option<u64>,
    content: Content,
}

enum Content {
    Nothing,
    Json(Value),
    Text(&'static str),
    Page(String),
}

impl Answer {
    fn new(status: u16, request_id: String, content: Content) -> Self {
        Self { status, request_id, hang_up: false, retry_after: None, content }
    }

    pub(super) fn success(reply: Reply, request_id: String) -> Self {
        let content = reply.body.map_or(Content::Nothing, Content::Json);
        Self::new(reply.status, request_id, content)
    }

    pub(super) fn refusal(error: &ApiError, request_id: String) -> Self {
        let content = Content::Json(error.body(&request_id));
        Self { retry_after: error.retry_after, ..Self::new(error.status, request_id, content) }
    }

    pub(super) fn fault(fault: Fault, request_id: String) -> Self {
        let request_id = fault.request_id.unwrap_or(request_id);
        let error = ApiError {
            // What is no status of an answer would only confuse the test that asked for it.
            status: if (200..=999).contains(&fault.status) { fault.status } else { 500 },
            code: fault.code,
            message: fault.message,
            retry_after: fault.retry_after,
        };
        let mut answer = Self::refusal(&error, request_id);
        if let Some(page) = fault.plain_text {
            answer.content = Content::Page(page);
        }
        answer.hang_up = fault.hang_up;
        answer
    }

    pub(super) fn unknown_route(request_id: String) -> Self {
        let text = "this route does not exist";
        Self::new(404, request_id, Content::Text(text))
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let (kind, body) = match self.content {
            Content::Nothing => (None, Body::empty()),
            Content::Json(value) => (Some("application/json"), Body::from(value.to_string())),
            Content::Text(text) => (Some("text/plain; charset=utf-8"), Body::from(text)),
            Content::Page(page) => (Some("text/html; charset=utf-8"), Body::from(page)),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Ok(value) = HeaderValue::from_str(&self.request_id) {
            headers.insert(REQUEST_ID, value);
        }
        response
    }
}
