//! How an answer is written: status, headers, body.
//!
//! Every answer carries its request id. Errors have the platform's shape, but for the route that
//! does not exist, which the platform answers in plain text, and for a fault that wants a page. What
//! a fault does to an answer's body is in `dispatch/torn.rs`.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use serde_json::Value;

use super::torn;
use crate::call::Reply;
use crate::error::ApiError;
use crate::fault::{Delivery, Fault, Hook};
use crate::wire::Line;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One answer, ready to be written.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) request_id: String,
    retry_after: Option<u64>,
    content: Content,
    /// The fault that the request met, unless it lets the answer through.
    fault: Option<Fault>,
    /// What a test does once this is out.
    hook: Option<Hook>,
}

enum Content {
    Nothing,
    Json(Value),
    Text(&'static str),
    Page(String),
}

impl Answer {
    fn new(status: u16, request_id: String, content: Content) -> Self {
        Self { status, request_id, retry_after: None, content, fault: None, hook: None }
    }

    /// What a request is answered with that met a fault or none, and that was performed or not.
    pub(super) fn to(
        fault: Option<&Fault>,
        result: Option<Result<Reply, ApiError>>,
        request_id: String,
    ) -> Self {
        match (fault, result) {
            (Some(fault), Some(result)) if fault.delivery.is_some() => {
                Self { fault: Some(fault.clone()), ..Self::of(result, request_id) }
            }
            (Some(fault), _) => Self::fault(fault.clone(), request_id),
            (None, Some(result)) => Self::of(result, request_id),
            (None, None) => Self::refusal(&ApiError::new(500, "internal error"), request_id),
        }
    }

    /// With what a test does once it is out.
    pub(super) fn then(self, hook: Option<Hook>) -> Self {
        Self { hook, ..self }
    }

    fn of(result: Result<Reply, ApiError>, request_id: String) -> Self {
        match result {
            Ok(reply) => {
                let content = reply.body.map_or(Content::Nothing, Content::Json);
                Self::new(reply.status, request_id, content)
            }
            Err(error) => Self::refusal(&error, request_id),
        }
    }

    pub(super) fn refusal(error: &ApiError, request_id: String) -> Self {
        let content = Content::Json(error.body(&request_id));
        Self { retry_after: error.retry_after, ..Self::new(error.status, request_id, content) }
    }

    fn fault(fault: Fault, request_id: String) -> Self {
        let request_id = fault.request_id.clone().unwrap_or(request_id);
        let error = ApiError {
            // What is no status of an answer would only confuse the test that asked for it.
            status: if (200..=999).contains(&fault.status) { fault.status } else { 500 },
            code: fault.code.clone(),
            message: fault.message.clone(),
            retry_after: fault.retry_after,
        };
        let mut answer = Self::refusal(&error, request_id);
        if let Some(page) = &fault.plain_text {
            answer.content = Content::Page(page.clone());
        }
        answer.fault = Some(fault);
        answer
    }

    /// Whether the client hears nothing.
    pub(super) fn is_unanswered(&self) -> bool {
        self.fault.as_ref().is_some_and(Fault::is_unanswered)
    }

    /// Does to the connection what the fault says, before the answer is written.
    pub(super) async fn play(&self, line: &Line) {
        if let Some(fault) = &self.fault {
            if let Some(lasts) = fault.silence {
                tokio::time::sleep(lasts).await;
            }
            match fault.refuse {
                Some(lasts) => line.refuse(lasts).await,
                None if fault.is_unanswered() => line.cut(),
                None => {}
            }
        }
        if let Some(hook) = &self.hook {
            line.once_answered(hook.clone());
        }
    }

    pub(super) fn unknown_route(request_id: String) -> Self {
        let text = "this route does not exist";
        Self::new(404, request_id, Content::Text(text))
    }

    pub(super) fn into_response(mut self) -> Response<Body> {
        let delivery = self.fault.and_then(|fault| fault.delivery);
        if let (Content::Json(value), Some(Delivery::Edited(edit))) = (&mut self.content, &delivery) {
            edit.apply(value);
        }
        let (kind, text) = match self.content {
            Content::Nothing => (None, String::new()),
            Content::Json(value) => (Some("application/json"), value.to_string()),
            Content::Text(text) => (Some("text/plain; charset=utf-8"), text.to_owned()),
            Content::Page(page) => (Some("text/html; charset=utf-8"), page),
        };
        let mut response = torn::response(text, delivery.as_ref());
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
