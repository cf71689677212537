//! One request, as a handler sees it, and the answer it gives.
//!
//! A handler is a plain function from `Call` to `Reply`, run inside one transaction: it reads
//! parameters, query and body, asks the world, and either returns an answer (committed) or an
//! error (rolled back). It knows nothing of sockets, keys, faults or the log; see `dispatch.rs`.

use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use serde_json::Value;

use crate::body::Fields;
use crate::clock::Moment;
use crate::error::ApiError;
use crate::ids;
use crate::pins::Pins;
use crate::upload::Upload;

/// What a handler is.
pub(crate) type Handler = fn(&Call<'_>) -> Result<Reply, ApiError>;

/// How long things take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    pub(crate) operation_ms: i64,
    pub(crate) deployment_ms: i64,
}

/// The state as one transaction sees it.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) at: Moment,
    pub(crate) pace: Pace,
    pub(crate) pins: &'a Mutex<Pins>,
}

impl World<'_> {
    /// The id for the next branch: the pinned one, once, or a random one.
    pub(crate) fn new_branch_id(&self) -> String {
        let pinned = self.with_pins(|pins| pins.created_branch_id.take());
        pinned.unwrap_or_else(|| format!("br-{}", ids::stem()))
    }

    /// The id for the next compute of a new branch: the pinned one, once, or the branch's words
    /// for its first compute, or a random one.
    pub(crate) fn new_endpoint_id(&self, first_of: Option<&str>) -> String {
        let pinned = self.with_pins(|pins| pins.created_endpoint_id.take());
        pinned.unwrap_or_else(|| match first_of {
            Some(branch_id) => ids::endpoint_of(branch_id),
            None => format!("ep-{}", ids::stem()),
        })
    }

    /// Whether the expiration rules are switched off.
    pub(crate) fn lenient_expiration(&self) -> bool {
        self.with_pins(|pins| pins.lenient_expiration)
    }

    pub(crate) fn with_pins<T>(&self, read: impl FnOnce(&mut Pins) -> T) -> T {
        read(&mut self.pins.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A request's body.
#[derive(Debug)]
pub(crate) enum Body {
    /// JSON; null when the body is empty.
    Json(Value),
    /// A function deployment.
    Upload(Box<Upload>),
}

/// One request.
pub(crate) struct Call<'a> {
    pub(crate) world: World<'a>,
    pub(crate) params: &'a [(String, String)],
    pub(crate) queries: &'a [(String, String)],
    pub(crate) body: &'a Body,
}

impl Call<'_> {
    /// A parameter of the path, decoded; empty if the route has none of that name.
    pub(crate) fn param(&self, name: &str) -> &str {
        find(self.params, name).unwrap_or_default()
    }

    /// A parameter of the query; the first of its name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        find(self.queries, name)
    }

    /// A parameter of the query that must be there.
    pub(crate) fn required_query(&self, name: &str) -> Result<&str, ApiError> {
        self.query(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| ApiError::invalid(format!("query parameter \"{name}\" is required")))
    }

    /// A parameter of the query that is `true` or `false`.
    pub(crate) fn bool_query(&self, name: &str) -> Result<bool, ApiError> {
        match self.query(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ApiError::invalid(format!("query parameter \"{name}\" must be true or false"))),
        }
    }

    /// The JSON body, to be read field by field.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, ApiError> {
        match self.body {
            Body::Json(value) => Fields::of(value),
            Body::Upload(_) => Err(ApiError::invalid("the request body must be JSON")),
        }
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `None` is an empty body.
    pub(crate) body: Option<Value>,
}

impl Reply {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Result<Self, ApiError> {
        Ok(Self { status: 200, body: Some(body) })
    }

    /// 201 with a body.
    pub(crate) fn created(body: Value) -> Result<Self, ApiError> {
        Ok(Self { status: 201, body: Some(body) })
    }

    /// 204: done, or there was nothing to do.
    pub(crate) fn nothing() -> Result<Self, ApiError> {
        Ok(Self { status: 204, body: None })
    }
}

/// Sets an optional field of an answer: what is not there is left out, never null.
pub(crate) fn set<T: Into<Value>>(object: &mut Value, name: &str, value: Option<T>) {
    if let (Value::Object(map), Some(value)) = (object, value) {
        map.insert(name.to_owned(), value.into());
    }
}

/// A number the way JavaScript writes it: whole ones without a fraction.
pub(crate) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return Value::from(value as i64);
    }
    Value::from(value)
}
