//! Values, addresses and states in the files that we write and read again: snapshots and saved plans.
//!
//! A file is JSON that says what it is and of which version. Whatever is wrong with one is a problem that names the
//! file and the place in it; nothing of a file is trusted.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use neonform_engine::address::Address;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::kind::ErasedKind;
use neonform_engine::state::{Attributes, Observed, State};
use neonform_engine::value::{Secret, Value};
use neonform_neon::{Scope, kinds};
use serde_json::{Map, Value as Json};

use crate::output::json::masked;

/// The largest file that is read: far more than the largest branch needs.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A file that was read, for saying what is wrong with it.
pub struct Stored {
    /// As named by the user.
    name: String,
    /// What it holds.
    pub json: Json,
    kinds: Vec<Box<dyn ErasedKind<Scope>>>,
}

impl Stored {
    /// The same file where it says of itself that it is a `format` of this version.
    ///
    /// # Errors
    /// When it is something else.
    pub fn of(self, format: &str, version: u64) -> Result<Self, Failure> {
        let found = self.format().unwrap_or("another kind of file").to_owned();
        if found != format {
            let problem = self.problem(format!("the file is not a {format}"));
            return Err(problem.found(found).expected(format!("a {format} that neonform wrote")).into());
        }
        match self.json["version"].as_u64() {
            Some(found) if found == version => Ok(self),
            found => {
                let found = found.map_or_else(|| "no version".to_owned(), |found| format!("version {found}"));
                let problem = self.problem(format!("the {format} is of another version")).found(found);
                let fix = "write it again with this neonform, or use the neonform that wrote it";
                Err(problem.expected(format!("version {version}")).fix(fix).into())
            }
        }
    }

    /// Reads a file of any format.
    ///
    /// # Errors
    /// When it cannot be read or is not JSON.
    pub fn open(path: &FilePath) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let unreadable = |cause: String| {
            Failure::from(
                Diagnostic::error(codes::UNREADABLE_FILE, "the file cannot be read")
                    .found(format!("{name}: {cause}")),
            )
        };
        let size = std::fs::metadata(path).map_err(|cause| unreadable(cause.to_string()))?.len();
        if size > MOST_BYTES {
            return Err(unreadable(format!("it has {size} bytes, and at most {MOST_BYTES} are read")));
        }
        let text = std::fs::read(path).map_err(|cause| unreadable(cause.to_string()))?;
        let json = serde_json::from_slice(&text).map_err(|cause| {
            let ends = if cause.is_eof() { "the file ends in the middle" } else { "the file is not JSON" };
            Failure::from(
                Diagnostic::error(codes::INVALID_FILE, ends)
                    .found(format!("{name}, line {}, column {}", cause.line(), cause.column()))
                    .expected("the whole of a file that neonform wrote")
                    .fix("write it again"),
            )
        })?;
        Ok(Self { name, json, kinds: kinds() })
    }

    /// What the file says that it is.
    pub fn format(&self) -> Option<&str> {
        self.json["format"].as_str()
    }

    /// A problem with this file.
    pub fn problem(&self, summary: impl Into<String>) -> Diagnostic {
        Diagnostic::error(codes::INVALID_FILE, summary).fact("file", self.name.clone())
    }

    /// A problem with one place in this file.
    pub fn misplaced(&self, place: &str, expected: &str) -> Failure {
        self.problem("a part of the file is missing or is not what it should be")
            .found(place)
            .expected(expected)
            .fix("write the file again; it is not meant to be edited")
            .into()
    }

    /// The text at a JSON pointer.
    ///
    /// # Errors
    /// When there is none.
    pub fn text(&self, place: &str) -> Result<&str, Failure> {
        let found = self.json.pointer(place).and_then(Json::as_str);
        found.ok_or_else(|| self.misplaced(place, "a text"))
    }

    /// The texts by name at a JSON pointer.
    ///
    /// # Errors
    /// When there are none, or one is something else.
    pub fn texts(&self, place: &str) -> Result<BTreeMap<String, String>, Failure> {
        let found = self.json.pointer(place).and_then(Json::as_object);
        let found = found.ok_or_else(|| self.misplaced(place, "texts by name"))?;
        let text = |(name, value): (&String, &Json)| {
            let text = value.as_str().ok_or_else(|| self.misplaced(&format!("{place}/{name}"), "a text"))?;
            Ok((name.clone(), text.to_owned()))
        };
        found.iter().map(text).collect()
    }

    /// The address that a text is, of a kind that there is.
    ///
    /// # Errors
    /// When there is no such kind.
    pub fn address(&self, text: &str) -> Result<Address, Failure> {
        let (kind, name) = text.split_once('.').unwrap_or((text, ""));
        let known = self.kinds.iter().find(|known| known.name() == kind);
        known.map(|known| Address::new(known.name(), name)).ok_or_else(|| {
            let known: Vec<&str> = self.kinds.iter().map(|known| known.name()).collect();
            self.problem("the file has a resource of a kind that this neonform does not know")
                .found(format!("{text:?}"))
                .expected(format!("one of {}", known.join(", ")))
                .into()
        })
    }

    /// Which kind of the registry an address is of.
    pub fn kind(&self, address: &Address) -> usize {
        self.kinds.iter().position(|kind| kind.name() == address.kind()).unwrap_or_default()
    }

    /// The state at a JSON pointer, with identities where they were written.
    ///
    /// # Errors
    /// When it is none.
    pub fn state(&self, place: &str) -> Result<State, Failure> {
        let resources = self.json.pointer(place).and_then(Json::as_object);
        let resources = resources.ok_or_else(|| self.misplaced(place, "resources by address"))?;
        let mut state = State::new();
        for (address, observed) in resources {
            let fields = observed
                .as_object()
                .ok_or_else(|| self.misplaced(&format!("{place}/{address}"), "attributes by name"))?;
            let (identity, attributes): (Vec<_>, Vec<_>) =
                fields.iter().partition(|(name, _)| name.starts_with(IDENTITY));
            let identity =
                identity.into_iter().map(|(name, found)| (name[IDENTITY.len()..].to_owned(), value(found)));
            let attributes = attributes.into_iter().map(|(name, found)| (name.clone(), value(found)));
            let observed = Observed { identity: identity.collect(), ..Observed::new(attributes.collect()) };
            state.insert(self.address(address)?, observed);
        }
        Ok(state)
    }
}

/// What the names of identities begin with in a file.
const IDENTITY: &str = "$";

/// A state as JSON: by address and name, each in one order; identities only where asked for.
pub fn state(state: &State, identities: bool) -> Json {
    let mut resources: Vec<(String, Json)> = state
        .iter()
        .map(|(address, observed)| {
            let named = |name: &str, value: &Value| (name.to_owned(), masked(value));
            let mut fields: Vec<(String, Json)> =
                observed.attributes.iter().map(|(name, value)| named(name, value)).collect();
            if identities {
                let prefixed = |(name, value): &(String, Value)| named(&format!("{IDENTITY}{name}"), value);
                fields.extend(observed.identity.iter().map(prefixed));
            }
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            (address.to_string(), Json::Object(fields.into_iter().collect()))
        })
        .collect();
    resources.sort_by(|(a, _), (b, _)| a.cmp(b));
    Json::Object(resources.into_iter().collect())
}

/// A value as it was written: what was masked is masked again.
pub fn value(found: &Json) -> Value {
    match found {
        Json::Null => Value::Null,
        Json::Bool(found) => Value::Bool(*found),
        Json::Number(found) => Value::Number(found.as_f64().unwrap_or_default()),
        Json::String(found) => Value::String(found.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(fields) if fields.len() == 1 && fields.get("secret") == Some(&Json::Bool(true)) => {
            Value::Secret(Secret::new(""))
        }
        Json::Object(fields) if fields.len() == 1 && fields.get("unknown") == Some(&Json::Bool(true)) => {
            Value::Unknown
        }
        Json::Object(fields) if fields.len() == 1 && fields.get("bytes").is_some_and(Json::is_u64) => {
            Value::Bytes(fields["bytes"].as_u64().unwrap_or_default())
        }
        Json::Object(fields) => Value::Map(attributes(fields)),
    }
}

/// Named values as they were written.
pub fn attributes(fields: &Map<String, Json>) -> Attributes {
    fields.iter().map(|(name, found)| (name.clone(), value(found))).collect()
}
