//! Reading a function deployment: a multipart body with `zip`, `runtime` and `environment`.
//!
//! In: the body as it arrives. Out: an `Upload`, its archive already looked through.
//! Invariant: the body is always read to its end, so that the client has sent everything when the
//! refusal arrives, and never more of a part is kept than may be in it. Archive bytes and values
//! go no further than this and the in-memory log.
//! What a deployment does with an upload is in `routes/function/deploy.rs`.

use std::io::{Cursor, Read};

use axum::extract::multipart::{Field, Multipart, MultipartError};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::error::ApiError;
use crate::ids;

const ZIP_LIMIT: usize = 10 * 1024 * 1024;
const UNPACKED_LIMIT: u64 = 64 * 1024 * 1024;
const ENTRY_LIMIT: usize = 4096;
/// More than any allowed environment takes, escaped or not.
const TEXT_LIMIT: usize = 1024 * 1024;
const ENTRY_POINTS: [&str; 2] = ["index.mjs", "index.js"];

/// The parts as they came; what is absent was not sent.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    zip: Option<Vec<u8>>,
    runtime: Option<String>,
    environment: Option<String>,
}

/// What was uploaded, checked as far as that needs no state.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    pub(crate) bundle: Option<Bundle>,
    pub(crate) runtime: Option<String>,
    /// Names and values to merge; an empty value deletes.
    pub(crate) environment: Option<Vec<(String, String)>>,
}

/// An uploaded archive.
#[derive(Debug)]
pub(crate) struct Bundle {
    pub(crate) sha256: String,
    pub(crate) size: usize,
    entries: Vec<String>,
    /// Why it cannot be built, if it cannot.
    pub(crate) problem: Option<String>,
}

impl Parts {
    /// Reads the body to its end; the first problem found is what is reported.
    pub(crate) async fn read(mut multipart: Multipart) -> Result<Self, ApiError> {
        let mut parts = Self::default();
        let mut problem = None;
        while let Some(mut field) = multipart.next_field().await.map_err(malformed)? {
            let name = field.name().unwrap_or_default().to_owned();
            let limit = if name == "zip" { ZIP_LIMIT } else { TEXT_LIMIT };
            let content = drain(&mut field, limit).await?;
            if let Err(error) = parts.keep(&name, content) {
                problem.get_or_insert(error);
            }
        }
        problem.map_or(Ok(parts), Err)
    }

    fn keep(&mut self, name: &str, content: Option<Vec<u8>>) -> Result<(), ApiError> {
        let known = ["zip", "runtime", "environment"];
        if !known.contains(&name) {
            return Err(ApiError::invalid(format!("unexpected field \"{name}\"")));
        }
        let Some(content) = content else {
            return Err(ApiError::invalid(match name {
                "zip" => "the archive in field \"zip\" is larger than 10 MiB".to_owned(),
                _ => format!("field \"{name}\" is too large"),
            }));
        };
        let duplicate = if name == "zip" {
            self.zip.replace(content).is_some()
        } else {
            let text = String::from_utf8(content)
                .map_err(|_| ApiError::invalid(format!("field \"{name}\" must be UTF-8 text")))?;
            match name {
                "runtime" => self.runtime.replace(text).is_some(),
                _ => self.environment.replace(text).is_some(),
            }
        };
        if duplicate {
            return Err(ApiError::invalid(format!("field \"{name}\" may be sent only once")));
        }
        Ok(())
    }

    /// Looks through the parts; takes time for a large archive.
    pub(crate) fn inspect(self) -> Result<Upload, ApiError> {
        if self.zip.is_none() && self.runtime.is_none() && self.environment.is_none() {
            return Err(ApiError::invalid(
                "a deployment needs at least one of the fields \"zip\", \"runtime\" and \"environment\"",
            ));
        }
        if let Some(runtime) = self.runtime.as_deref().filter(|name| *name != "nodejs24") {
            return Err(ApiError::invalid(format!("field \"runtime\" must be nodejs24, found {runtime:?}")));
        }
        Ok(Upload {
            environment: self.environment.as_deref().map(environment).transpose()?,
            runtime: self.runtime,
            bundle: self.zip.map(|bytes| Bundle::inspect(&bytes)).transpose()?,
        })
    }
}

impl Upload {
    /// How the log shows it.
    pub(crate) fn logged(&self) -> Value {
        let mut shown = Map::new();
        if let Some(runtime) = &self.runtime {
            shown.insert("runtime".to_owned(), json!(runtime));
        }
        if let Some(environment) = &self.environment {
            let pairs = environment.iter().map(|(name, value)| (name.clone(), json!(value)));
            shown.insert("environment".to_owned(), Value::Object(pairs.collect()));
        }
        if let Some(bundle) = &self.bundle {
            let zip = json!({
                "sha256": bundle.sha256, "size": bundle.size, "entries": bundle.entries,
            });
            shown.insert("zip".to_owned(), zip);
        }
        Value::Object(shown)
    }
}

impl Bundle {
    /// Over a limit it is refused; unreadable or without an entry point it cannot be built.
    fn inspect(bytes: &[u8]) -> Result<Self, ApiError> {
        let mut bundle = Self {
            sha256: ids::hex(&Sha256::digest(bytes)),
            size: bytes.len(),
            entries: Vec::new(),
            problem: None,
        };
        match zip::ZipArchive::new(Cursor::new(bytes)) {
            Ok(mut archive) => bundle.unpack(&mut archive)?,
            Err(error) => bundle.problem = Some(unreadable(&error)),
        }
        let has_entry_point = bundle.entries.iter().any(|name| ENTRY_POINTS.contains(&name.as_str()));
        if bundle.problem.is_none() && !has_entry_point {
            bundle.problem = Some("the bundle has no index.mjs or index.js at its root".to_owned());
        }
        Ok(bundle)
    }

    fn unpack(&mut self, archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Result<(), ApiError> {
        if archive.len() > ENTRY_LIMIT {
            return Err(ApiError::invalid(format!(
                "the archive in field \"zip\" has {} entries; at most {ENTRY_LIMIT} are allowed",
                archive.len()
            )));
        }
        let mut unpacked = 0;
        for index in 0..archive.len() {
            match read_entry(archive, index, UNPACKED_LIMIT - unpacked) {
                Ok((name, size)) => {
                    self.entries.push(name);
                    unpacked += size;
                }
                Err(detail) => {
                    self.problem = Some(detail);
                    break;
                }
            }
            if unpacked > UNPACKED_LIMIT {
                return Err(ApiError::invalid("the archive in field \"zip\" unpacks to more than 64 MiB"));
            }
        }
        Ok(())
    }
}

/// Unpacks one entry, so that damage shows; counts one byte more than allowed at most.
fn read_entry(
    archive: &mut zip::ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
) -> Result<(String, u64), String> {
    let entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
    let name = entry.name().map_err(|error| unreadable(&error))?.into_owned();
    let size =
        std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(|error| unreadable(&error))?;
    Ok((name, size))
}

fn unreadable(error: &dyn std::fmt::Display) -> String {
    format!("the bundle is not a readable zip archive: {error}")
}

/// One JSON object, string to string.
fn environment(text: &str) -> Result<Vec<(String, String)>, ApiError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ApiError::invalid(format!("field \"environment\" is not valid JSON: {error}")))?;
    let Value::Object(map) = value else {
        return Err(ApiError::invalid("field \"environment\" must be a JSON object of strings"));
    };
    map.into_iter()
        .map(|(name, value)| match value {
            Value::String(value) if is_variable(&name) => Ok((name, value)),
            Value::String(_) => {
                Err(ApiError::invalid(format!("field \"environment\" has an invalid variable name {name:?}")))
            }
            _ => Err(ApiError::invalid(format!("field \"environment.{name}\" must be a string"))),
        })
        .collect()
}

/// The names a process can be given. The reserved prefix `NEON_` is let through: the platform's
/// own documents contradict each other about it.
fn is_variable(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

/// The part's content, or nothing when it is over the limit; read to its end in any case.
async fn drain(field: &mut Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, ApiError> {
    let mut content = Some(Vec::new());
    while let Some(chunk) = field.chunk().await.map_err(malformed)? {
        content = content.filter(|kept: &Vec<u8>| kept.len() + chunk.len() <= limit);
        if let Some(kept) = &mut content {
            kept.extend_from_slice(&chunk);
        }
    }
    Ok(content)
}

fn malformed(error: MultipartError) -> ApiError {
    ApiError::invalid(format!("the request body is not valid multipart/form-data: {}", error.body_text()))
}
