//! What can go wrong, and what is said about it.
//!
//! `ApiError` is a refusal in the platform's shape: status, code, message. `StartError` is for
//! whoever starts the server, in complete sentences; `StoreError` for whoever seeds it.
//! Invariant: every storage failure has a status and a sentence here, so none of them ends the
//! server. The request id is added by `dispatch.rs`, which alone knows it.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use serde_json::{Value, json};

/// A request that is refused.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    /// Seconds for the `Retry-After` header.
    pub(crate) retry_after: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, code: String::new(), message: message.into(), retry_after: None }
    }

    /// 400: malformed or out of range.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 404, with the platform's wording.
    pub(crate) fn absent(what: &str) -> Self {
        Self::new(404, format!("{what} not found"))
    }

    /// 409: already exists.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    /// The same with a code, for the few refusals that have one.
    pub(crate) fn with_code(self, code: &str) -> Self {
        Self { code: code.to_owned(), ..self }
    }

    /// 422: understood but refused.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(422, message)
    }

    /// The body the platform sends with this error.
    pub(crate) fn body(&self, request_id: &str) -> Value {
        json!({ "request_id": request_id, "code": self.code, "message": self.message })
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the local database failed");
        let nothing_changed = "Nothing was changed by this request.";
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::new(
                500,
                format!("the local database could not be written: the disk is full. {nothing_changed}"),
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::new(
                500,
                format!("the local database could not be written: it is read-only. {nothing_changed}"),
            ),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self {
                retry_after: Some(1),
                ..Self::new(
                    503,
                    format!("the local database is in use by another process. {nothing_changed}"),
                )
            },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::new(
                500,
                format!("the local database is damaged: {error}. Delete its file to start afresh."),
            ),
            _ => Self::new(500, format!("the local database failed: {error}. {nothing_changed}")),
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file could not be created or opened at all.
    #[error("the local backend could not open its database {}: {source}. Give a file in an existing folder you may write to.", path.display())]
    Open {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder was given where a file was expected.
    #[error("the local backend could not open its database {}: it is a directory. Give a file, for example one inside it.", path.display())]
    IsDirectory {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file opens, but it or its folder cannot be written to.
    #[error("the local backend could not write its database {}: {detail}. It needs to write the file and, beside it, two journal files ending in -wal and -shm.", path.display())]
    NotWritable {
        /// The file asked for.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The file belongs to something else.
    #[error("{} is not a database of the local backend: {found}. It was not touched; give another file.", path.display())]
    NotOurs {
        /// The file asked for.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// The file was written by a newer program.
    #[error("{} was written by a newer neonform: its schema is version {found}, this program knows versions up to {supported}. Upgrade neonform or give another file.", path.display())]
    NewerSchema {
        /// The file asked for.
        path: PathBuf,
        /// The schema version in the file.
        found: i64,
        /// The newest version this program knows.
        supported: i64,
    },
    /// Another process holds the file.
    #[error("{} is locked by another process. Stop that process or give another file.", path.display())]
    Locked {
        /// The file asked for.
        path: PathBuf,
    },
    /// There is no room to create or migrate the database.
    #[error("the local backend could not write its database {}: the disk is full. Free some space or give a file on another disk.", path.display())]
    DiskFull {
        /// The file asked for.
        path: PathBuf,
    },
    /// The database is one of ours but cannot be read.
    #[error("the database {} of the local backend is damaged: {detail}. Delete it to start afresh.", path.display())]
    Damaged {
        /// The file asked for.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The list of requests cannot be written.
    #[error("the local backend could not write its log {}: {source}. Give a file in an existing folder you may write to.", path.display())]
    Log {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else listens on the port.
    #[error(
        "the local backend could not listen on 127.0.0.1:{port}: the port is in use. Choose another, or 0 for any free one."
    )]
    PortInUse {
        /// The port asked for.
        port: u16,
    },
    /// The port cannot be listened on for another reason.
    #[error(
        "the local backend could not listen on 127.0.0.1:{port}: {source}. Choose another port, or 0 for any free one."
    )]
    Bind {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The first project could not be written, or a task failed.
    #[error("the local backend could not start: {detail}.")]
    Internal {
        /// What failed.
        detail: String,
    },
}

impl StartError {
    /// Sorts a failure of SQLite while the database at `path` is opened.
    pub(crate) fn from_sqlite(path: PathBuf, error: &rusqlite::Error) -> Self {
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::NotADatabase) => {
                Self::NotOurs { path, found: "it is not an SQLite database".to_owned() }
            }
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable { path, detail }
            }
            _ => Self::Damaged { path, detail },
        }
    }
}

/// Why state could not be seeded.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused it, for example because an id exists already.
    #[error("the local backend could not take the seed: {0}")]
    Refused(String),
    /// A field of the seed cannot be stored.
    #[error("the local backend could not take the seed: {0} is out of range")]
    OutOfRange(&'static str),
}
