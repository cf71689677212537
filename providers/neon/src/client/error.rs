//! What a failed request means, and how it is told (API spec 2, 8).
//!
//! The platform's own text is shown as found; bodies that are not the platform's are described and
//! not shown. Every diagnostic names operation, method, route and request id (the answer's, else the one that
//! was sent), and the status when there was an answer.

use std::time::{Duration, SystemTime};

use neonform_engine::diagnostic::{Code, Diagnostic, Failure, codes};
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::observe::Heard;
use super::request::{Method, Request};

/// Characters that are told of somebody else's words.
const LONGEST_TOLD: usize = 500;

/// A request that failed.
#[derive(Debug)]
pub(super) struct ApiError {
    operation: &'static str,
    pub(super) method: Method,
    route: String,
    feature: Option<&'static str>,
    /// The id that it was sent with.
    sent_as: Option<String>,
    pub(super) cause: Cause,
}

/// Why it failed.
#[derive(Debug)]
pub(super) enum Cause {
    /// The API said no.
    Refused {
        status: u16,
        code: String,
        message: String,
        request_id: Option<String>,
        retry_after: Option<Duration>,
        /// The project or region lacks the feature.
        unavailable: bool,
    },
    /// There was no connection: nothing was sent.
    Unreachable(String),
    /// There was no answer within the time for it.
    TimedOut(String),
    /// There was no answer, or not all of it.
    Network(String),
    /// The answer claims to be JSON and is not, or not all of it.
    Garbled(String),
    /// Something answered that is not the API.
    NotTheApi { status: u16, content_type: String },
    /// The answer is JSON of another shape.
    Shape(String),
    /// It was not sent: its URL would be another resource's.
    Unaddressable,
    /// It was not sent, or not again after an answer of this status: the run was stopped.
    Stopped(Option<u16>),
}

impl Cause {
    /// How JSON is not what was asked for. What is found is part of it, and may be of any length.
    pub(super) fn shape(cause: &serde_json::Error) -> Self {
        Self::Shape(cause.to_string().chars().take(LONGEST_TOLD).collect())
    }
}

/// What the headers of an answer say.
pub(super) struct Answered {
    pub(super) is_json: bool,
    pub(super) content_type: String,
    pub(super) request_id: Option<String>,
    retry_after: Option<Duration>,
}

impl Answered {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let content_type = text("content-type").unwrap_or_default();
        Self {
            is_json: content_type.starts_with("application/json"),
            content_type,
            request_id: text("x-request-id").or_else(|| text("x-neon-ret-request-id")),
            retry_after: text("retry-after").and_then(|value| retry_after(&value)),
        }
    }
}

fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let now = jiff::Timestamp::try_from(SystemTime::now()).ok()?;
    Duration::try_from(at.duration_since(now)).ok()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    message: String,
    code: String,
    request_id: Option<String>,
    error: Option<Box<Refusal>>,
}

/// Reads an answer that is not a success. Bodies come nested under `error`, as plain text, or empty
/// as well (API spec 2).
pub(super) fn refusal(status: u16, answered: Answered, body: &[u8]) -> Cause {
    let Answered { is_json, content_type, request_id, retry_after } = answered;
    let is_text = content_type.starts_with("text/plain") || content_type.is_empty();
    if !is_json && !is_text {
        return Cause::NotTheApi { status, content_type };
    }
    let read: Refusal = serde_json::from_slice(body).unwrap_or_else(|_| Refusal {
        message: String::from_utf8_lossy(body).chars().take(LONGEST_TOLD).collect(),
        ..Refusal::default()
    });
    let read = read.error.map_or_else(
        || {
            Refusal { error: None, ..Refusal::default() }.or(
                &read.message,
                &read.code,
                read.request_id.clone(),
            )
        },
        |inner| *inner,
    );
    let lower = read.message.to_lowercase();
    let lacks = ["not available", "does not exist", "not enabled"].iter().any(|text| lower.contains(text));
    Cause::Refused {
        status,
        unavailable: read.code == "capability_requires_claim" || matches!(status, 404 | 501 | 503) && lacks,
        code: read.code,
        message: read.message.chars().take(LONGEST_TOLD).collect(),
        request_id: read.request_id.or(request_id),
        retry_after,
    }
}

impl Refusal {
    fn or(self, message: &str, code: &str, request_id: Option<String>) -> Self {
        Self { message: message.to_owned(), code: code.to_owned(), request_id, ..self }
    }
}

/// A transport failure in words, without URL and without key.
pub(super) fn broken(error: &reqwest::Error, limit: Duration) -> Cause {
    // Connecting has a shorter limit of its own.
    if error.is_timeout() && !error.is_connect() {
        return Cause::TimedOut(format!("no answer within {} seconds", limit.as_secs_f64()));
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if error.is_connect() {
        return Cause::Unreachable(format!("no connection: {deepest}"));
    }
    Cause::Network(format!("the connection broke: {deepest}"))
}

impl ApiError {
    /// Boxed: every request's result would carry its size otherwise.
    pub(super) fn new(request: &Request, cause: Cause) -> Box<Self> {
        Box::new(Self {
            operation: request.operation,
            method: request.method,
            route: request.path.as_str().to_owned(),
            feature: request.feature,
            sent_as: None,
            cause,
        })
    }

    /// With the id that the request was sent with.
    pub(super) fn sent_as(mut self: Box<Self>, request_id: &str) -> Box<Self> {
        self.sent_as = Some(request_id.to_owned());
        self
    }

    /// What an observer hears of it.
    pub(super) fn heard(&self) -> Heard<'_> {
        match &self.cause {
            Cause::Refused { status, request_id, .. } => {
                Heard::Answer { status: *status, request_id: request_id.as_deref() }
            }
            Cause::NotTheApi { status, .. } => Heard::Answer { status: *status, request_id: None },
            Cause::Unreachable(why)
            | Cause::TimedOut(why)
            | Cause::Network(why)
            | Cause::Garbled(why)
            | Cause::Shape(why) => Heard::Nothing(why),
            Cause::Unaddressable | Cause::Stopped(_) => Heard::Nothing("it was not sent"),
        }
    }

    /// The status of a refusal.
    pub(super) fn status(&self) -> Option<u16> {
        match self.cause {
            Cause::Refused { status, .. } => Some(status),
            _ => None,
        }
    }
}

impl From<Box<ApiError>> for Failure {
    fn from(error: Box<ApiError>) -> Self {
        let (method, feature) = (error.method, error.feature);
        let mut sent_as = error.sent_as;
        let diagnostic = match error.cause {
            Cause::Unreachable(found) => network(Method::Get, found),
            Cause::TimedOut(found) | Cause::Network(found) => network(method, found),
            Cause::NotTheApi { status, content_type } => Diagnostic::error(
                codes::UNEXPECTED_ANSWER,
                "something answered that is not the Neon API",
            )
            .found(format!("content of type {content_type:?} with status {status}"))
            .expected("JSON")
            .fix("check --api-host and NEON_API_HOST (the path ends in /api/v2), and any proxy in between")
            .fact("status", status.to_string()),
            Cause::Garbled(found) | Cause::Shape(found) => {
                Diagnostic::error(codes::UNEXPECTED_ANSWER, "the API's answer has an unexpected shape")
                    .found(found)
                    .fix("check --api-host; if it is right, this is a bug in neonform or the API")
            }
            Cause::Unaddressable => Diagnostic::error(
                codes::PLATFORM_LIMIT,
                "a name of one or two dots cannot be written in a URL; nothing was sent",
            )
            .found(error.route.clone())
            .fix("delete or rename it in the console"),
            Cause::Stopped(None) => interrupted("no request is sent any more"),
            Cause::Stopped(Some(status)) => {
                interrupted("the request was refused for now, and not sent again")
                    .fact("status", status.to_string())
            }
            Cause::Refused { status, code, message, request_id, unavailable, .. } => {
                sent_as = request_id.or(sent_as);
                refused(status, &code, message, feature.filter(|_| unavailable), unavailable)
                    .fact("status", status.to_string())
            }
        };
        let diagnostic = match sent_as {
            Some(id) => diagnostic.fact("request id", id),
            None => diagnostic,
        };
        diagnostic.fact("request", format!("{} {} ({})", error.method, error.route, error.operation)).into()
    }
}

/// Says that something was not done because the run was stopped.
pub(super) fn interrupted(found: &str) -> Diagnostic {
    Diagnostic::error(codes::INTERRUPTED, "the run was ended before this was done")
        .found(found)
        .fix("run the command again: it reads before it writes")
}

fn network(method: Method, found: String) -> Diagnostic {
    let fix = if method == Method::Get {
        "check the network and --api-host, then run the command again"
    } else {
        "the change may or may not have been made; run the command again: it reads before it writes"
    };
    Diagnostic::error(codes::NETWORK, "the API did not answer").found(found).fix(fix)
}

fn refused(status: u16, code: &str, message: String, feature: Option<&str>, unavailable: bool) -> Diagnostic {
    let message = if message.is_empty() { format!("status {status} without a message") } else { message };
    if code == "capability_requires_claim" {
        return Diagnostic::error(codes::FEATURE_UNAVAILABLE, "the project is an unclaimed trial project")
            .found(message)
            .fix("claim the project first");
    }
    if let Some(feature) = feature.filter(|_| unavailable) {
        return Diagnostic::error(
            codes::FEATURE_UNAVAILABLE,
            format!("{feature} are not available for this project"),
        )
        .found(message)
        .fix("use a project in us-east-2, us-east-1, eu-central-1 or ap-southeast-1 on AWS");
    }
    let (code, summary, fix) = meaning(status);
    Diagnostic::error(code, summary).found(message).fix(fix)
}

fn meaning(status: u16) -> (Code, &'static str, &'static str) {
    match status {
        401 => (
            codes::UNAUTHORIZED,
            "the API does not accept the key",
            "check NEON_API_KEY or --api-key; the key may have expired",
        ),
        403 => (codes::FORBIDDEN, "the key may not do this", "use a key with access to the project"),
        404 => (
            codes::NOT_FOUND,
            "the API does not find it",
            "check the project and branch, and that the key can see them",
        ),
        409 => (codes::ALREADY_EXISTS, "the name is taken", "run the command again to see what is there now"),
        423 => (
            codes::LOCKED,
            "another change is still running on the project",
            "run the command again in a moment",
        ),
        429 => (codes::RATE_LIMITED, "the API's rate limit is used up", "run the command again in a minute"),
        400 | 422 => (codes::SERVER_ERROR, "the API refuses the request", "correct what the message names"),
        _ => (codes::SERVER_ERROR, "the API failed", "run the command again: what was done stays done"),
    }
}
