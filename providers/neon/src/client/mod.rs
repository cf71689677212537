//! The API client: requests are values, answers are typed, failures are diagnostics.
//!
//! One place for the key, the base URL, time limits and connections. `pace.rs` says how fast requests
//! follow each other, `retry.rs` what is tried again, `make.rs` what happens to something new of which
//! nobody knows whether it was made, `error.rs` what a failure means, `request.rs` what can be asked,
//! `observe.rs` who hears of it, `stop.rs` how it is ended early. The key is a header and nothing else: it
//! is in no error and no log (API spec 1).

mod host;
mod request;
mod pace;
mod retry;
mod make;
mod error;
mod observe;
mod stop;
mod tally;
pub(crate) mod plain;

pub use observe::{Exchange, Heard, Observer, Stage};
pub use pace::Limits;
pub use request::{ApiPath, Method, Part, Request};
pub use retry::Patience;
pub use stop::{Stop, Stopped};

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value as Json;
use tracing::Instrument;

use error::{ApiError, Cause};
use pace::Pace;
use request::Body;
use tally::Tally;

/// The header that carries an id of our own for each attempt (API spec 1).
const REQUEST_ID: &str = "x-request-id";
/// Items asked for on one page of a list.
const PAGE: &str = "100";
/// A list of more pages than this does not end.
const MOST_PAGES: usize = 1_000;
/// An answer, or all pages of a list, longer than this is not the API's. Read, it takes many times as much memory.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// A connection to one API host with one key.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: reqwest::Url,
    patient: bool,
    patience: Patience,
    /// Shared by all clones, as is the tally.
    pace: Arc<Pace>,
    tally: Arc<Tally>,
    observer: Option<Arc<Observer>>,
    /// Nothing is sent once this is set; shared by all clones.
    stop: Stop,
}

/// A success.
struct Answer {
    status: u16,
    body: Vec<u8>,
    request_id: String,
}

impl Client {
    /// A client for the API at `base` (the full root, `/api/v2` included).
    ///
    /// # Errors
    /// When the URL or the key cannot be one, or the URL holds more than where the API is.
    pub fn new(base: &str, key: &Secret) -> Result<Self, Failure> {
        let url = host::root(base)?;
        let http = connector(&url, headers(key)?).map_err(|_| bug("the HTTP client could not be built"))?;
        // A server on this machine has no limits to keep.
        let limits = (!is_loopback(&url)).then(Limits::default);
        let pace = Arc::new(Pace::new(limits, None));
        Ok(Self {
            http,
            base: url,
            patient: true,
            patience: Patience::default(),
            pace,
            tally: Arc::default(),
            observer: None,
            stop: Stop::default(),
        })
    }

    /// The same client within these limits, wherever the server is: counted in `file` together with other
    /// processes, in this process alone where there is none. No limits send everything at once.
    #[must_use]
    pub fn paced(self, limits: Option<Limits>, file: Option<PathBuf>) -> Self {
        Self { pace: Arc::new(Pace::new(limits, file)), ..self }
    }

    /// Whether the server is on this machine.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.base)
    }

    /// The server's name and port, in characters that a file name can have.
    pub fn host_name(&self) -> String {
        let name = self.base.host_str().unwrap_or_default();
        let port = self.base.port_or_known_default().unwrap_or_default();
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
        format!("{name}-{port}").chars().map(plain).collect()
    }

    /// How many requests were sent so far, repeated ones included.
    pub fn sent(&self) -> usize {
        self.tally.sent()
    }

    /// About how long this many requests will take, `rounds` of them one after the other: as fast as those before
    /// them, and as the limits allow.
    pub async fn time_for(&self, requests: usize, rounds: usize) -> Duration {
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        self.pace.time_for(requests).await.max(self.tally.usual().saturating_mul(rounds))
    }

    /// The same client, which tries nothing twice.
    #[must_use]
    pub fn impatient(self) -> Self {
        Self { patient: false, ..self }
    }

    /// The same client, which waits as long as this.
    #[must_use]
    pub fn with(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// The same client, of whose requests an observer hears.
    #[must_use]
    pub fn observed(self, observer: Arc<Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// The same client, of whose requests nobody hears.
    #[must_use]
    pub fn unobserved(self) -> Self {
        Self { observer: None, ..self }
    }

    /// The same client, which sends nothing once this is set.
    #[must_use]
    pub fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// Whether nothing is sent any more.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_set()
    }

    /// Waits before something is looked at again.
    ///
    /// # Errors
    /// When nothing is to be sent any more.
    pub async fn pause(&self, time: Duration) -> Result<(), Failure> {
        self.stop.sleep(time).await.map_err(|Stopped| error::interrupted("waiting for it ended").into())
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// What the API or the network said, with operation, method, route, status and request id.
    pub async fn send<T: DeserializeOwned>(&self, request: Request) -> Result<T, Failure> {
        let answer = self.exchange(&request).await.map_err(Failure::from)?;
        decode(&request, answer).map_err(Failure::from)
    }

    /// Like [`Client::send`], but 404 means absent.
    ///
    /// # Errors
    /// As [`Client::send`], 404 excepted.
    pub async fn find<T: DeserializeOwned>(&self, request: Request) -> Result<Option<T>, Failure> {
        match self.exchange(&request).await {
            Ok(answer) => decode(&request, answer).map(Some).map_err(Failure::from),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Like [`Client::send`] for something that may be there already: 409 is success.
    ///
    /// # Errors
    /// As [`Client::send`], 409 excepted.
    pub async fn send_unless_exists(&self, request: Request) -> Result<(), Failure> {
        let request = Request { repeatable: true, ..request };
        match self.exchange(&request).await {
            Err(error) if error.status() != Some(409) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Sends a request that takes something away: 404 means that it is gone already, which is success.
    ///
    /// # Errors
    /// As [`Client::send`], 404 excepted.
    pub async fn delete(&self, request: Request) -> Result<(), Failure> {
        self.find::<Json>(request).await.map(drop)
    }

    /// Reads every page of a list; `field` holds the items (API spec 4).
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn list<T: DeserializeOwned>(&self, request: Request, field: &str) -> Result<Vec<T>, Failure> {
        let request = request.query("limit", PAGE);
        let fail = |cause| ApiError::new(&request, cause);
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        let mut read = 0;
        for _ in 0..MOST_PAGES {
            let page = match &cursor {
                Some(cursor) => request.clone().query("cursor", cursor),
                None => request.clone(),
            };
            let answer = self.exchange(&page).await?;
            read += answer.body.len();
            if read > LONGEST_ANSWER {
                return Err(fail(Cause::Shape(format!("a list of more than {LONGEST_ANSWER} bytes"))).into());
            }
            let mut answer: Json = decode(&page, answer)?;
            let next = next_cursor(&answer).filter(|next| Some(next) != cursor.as_ref());
            let found = answer.get_mut(field).map(Json::take).unwrap_or_default();
            let found: Vec<T> = serde_json::from_value(found).map_err(|cause| fail(Cause::shape(&cause)))?;
            let empty = found.is_empty();
            items.extend(found);
            cursor = next;
            if cursor.is_none() || empty {
                return Ok(items);
            }
        }
        Err(fail(Cause::Shape(format!("a list of more than {MOST_PAGES} pages"))).into())
    }

    async fn exchange(&self, request: &Request) -> Result<Answer, Box<ApiError>> {
        if request.path.is_resolved_away() {
            return Err(ApiError::new(request, Cause::Unaddressable));
        }
        let mut attempt = 1;
        loop {
            let turn = self.pace.turn(request.operation);
            self.stop.or(turn).await.map_err(|Stopped| ApiError::new(request, Cause::Stopped(None)))?;
            let id = observe::request_id();
            let tell = |stage| self.tell(request, &id, attempt, stage);
            tell(Stage::Sending);
            let started = Instant::now();
            let timed = tracing::debug_span!(target: "neonform::timing", "request", request.operation);
            let result = self.attempt(request, &id).instrument(timed).await;
            let result = result.map_err(|error| error.sent_as(&id));
            self.tally.count(started.elapsed());
            let wait = match &result {
                Ok(_) => None,
                Err(error) => self.wait(request, error, attempt - 1),
            };
            let heard = match &result {
                Ok(answer) => Heard::Answer { status: answer.status, request_id: Some(&answer.request_id) },
                Err(error) => error.heard(),
            };
            tell(Stage::Ended { heard, duration: started.elapsed(), again_after: wait });
            if result.as_ref().is_err_and(|error| error.status() == Some(429)) {
                self.pace.limited(request.operation, wait.unwrap_or_default()).await;
            }
            let (Some(wait), Err(error)) = (wait, &result) else { return result };
            if self.stop.sleep(wait).await == Err(Stopped) {
                if !retry::is_without_effect(error) {
                    return result;
                }
                return Err(ApiError::new(request, Cause::Stopped(error.status())).sent_as(&id));
            }
            attempt += 1;
        }
    }

    /// How long to wait before the next attempt, where there is one.
    fn wait(&self, request: &Request, error: &ApiError, attempt: u32) -> Option<Duration> {
        retry::wait(request, error, attempt, &self.patience).filter(|_| self.patient)
    }

    /// Tells the observer and the log of an attempt.
    fn tell(&self, request: &Request, request_id: &str, attempt: u32, stage: Stage<'_>) {
        let Request { operation, method, .. } = *request;
        let route = request.path.as_str();
        match stage {
            Stage::Sending => {
                tracing::debug!(operation, %method, path = route, request_id, attempt, "sending")
            }
            Stage::Ended { heard, duration, again_after } => {
                let (status, found) = match heard {
                    Heard::Answer { status, .. } => (Some(status), None),
                    Heard::Nothing(why) => (None, Some(why)),
                };
                let again_after = again_after.map(tracing::field::debug);
                let what = if found.is_none() { "answered" } else { "not answered" };
                tracing::info!(%method, path = route, status, found, ?duration, request_id, again_after, "{what}");
            }
        }
        if let Some(observer) = &self.observer {
            observer(&Exchange { operation, method, route, request_id, attempt, stage });
        }
    }

    async fn attempt(&self, request: &Request, id: &str) -> Result<Answer, Box<ApiError>> {
        let fail = |cause| ApiError::new(request, cause);
        let Patience { read_limit, write_limit, .. } = self.patience;
        let limit = if request.method == Method::Get { read_limit } else { write_limit };
        let url = format!("{}{}", self.base.as_str().trim_end_matches('/'), request.path.as_str());
        let mut call = self.http.request(request.method.into(), url).query(&request.query).timeout(limit);
        call = call.header(REQUEST_ID, id);
        match &request.body {
            Body::None => {}
            Body::Json(body) => call = call.json(body),
            Body::Parts(parts) => call = call.multipart(request::form(parts)),
        }
        let response = call.send().await.map_err(|error| fail(error::broken(&error, limit)))?;
        let status = response.status().as_u16();
        let answered = error::Answered::of(response.headers());
        let body = read_body(response, limit).await.map_err(fail)?;
        if !(200..300).contains(&status) {
            return Err(fail(error::refusal(status, answered, &body)));
        }
        if !body.is_empty() && !answered.is_json {
            return Err(fail(Cause::NotTheApi { status, content_type: answered.content_type }));
        }
        if !body.is_empty() {
            serde_json::from_slice::<IgnoredAny>(&body)
                .map_err(|cause| fail(Cause::Garbled(cause.to_string())))?;
        }
        let request_id = answered.request_id.unwrap_or_else(|| id.to_owned());
        Ok(Answer { status, body, request_id })
    }
}

async fn read_body(mut response: reqwest::Response, limit: Duration) -> Result<Vec<u8>, Cause> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error::broken(&error, limit))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Cause::Shape(format!("an answer of more than {LONGEST_ANSWER} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn decode<T: DeserializeOwned>(request: &Request, answer: Answer) -> Result<T, Box<ApiError>> {
    // An empty body reads as an empty object (API spec 1).
    let body: &[u8] = if answer.body.is_empty() { b"{}" } else { &answer.body };
    serde_json::from_slice(body)
        .map_err(|cause| ApiError::new(request, Cause::shape(&cause)).sent_as(&answer.request_id))
}

fn next_cursor(answer: &Json) -> Option<String> {
    // Lists of projects say the last item's, on the last page too (API spec 4).
    let pagination = answer.get("pagination")?;
    let next = pagination.get("next").or_else(|| pagination.get("cursor"))?.as_str()?;
    (!next.is_empty()).then(|| next.to_owned())
}

fn headers(key: &Secret) -> Result<HeaderMap, Failure> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose().trim())).map_err(|_| {
        Diagnostic::error(codes::MISSING_API_KEY, "the API key holds characters that no key has")
            .fix("copy the key again, without line breaks")
    })?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

fn connector(url: &reqwest::Url, headers: HeaderMap) -> reqwest::Result<reqwest::Client> {
    // Fails only when another provider was installed first, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .default_headers(headers)
        .user_agent(concat!("neonform/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        // The key goes to the host that it was given for, and nowhere else.
        .redirect(reqwest::redirect::Policy::none());
    if is_loopback(url) {
        builder = builder.no_proxy();
        if url.scheme() == "http" {
            // Nothing on the way speaks TLS: the system's certificates are not read.
            builder = builder.tls_certs_only([]);
        }
    }
    builder.build()
}

fn is_loopback(url: &reqwest::Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// A diagnostic for what cannot happen.
pub(crate) fn bug(what: &str) -> Failure {
    Diagnostic::error(codes::INTERNAL, format!("{what}; this is a bug in neonform")).into()
}
