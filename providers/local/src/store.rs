//! The database: one SQLite connection, one transaction per request.
//!
//! Invariant: `write` either commits everything its closure did or nothing, and what it committed
//! survives the process being killed (write-ahead log). Two processes may share a file; each
//! waits a moment for the other's transaction.
//! What the tables look like is in `store/schema.rs`; what they mean is each route file's affair.

mod schema;

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::{ApiError, StartError};

/// How long a transaction waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many prepared statements are kept: more than there are.
const STATEMENTS: usize = 64;

/// The open database.
pub(crate) struct Store(Mutex<Connection>);

impl Store {
    /// Opens `file`, creating it if need be; without one, state lives in memory.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, StartError> {
        let path = file.unwrap_or(Path::new(":memory:"));
        let failed = |error: rusqlite::Error| StartError::from_sqlite(path.to_owned(), &error);
        let mut connection = match file {
            Some(file) => open_file(file)?,
            None => Connection::open_in_memory().map_err(failed)?,
        };
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        schema::prepare(&mut connection, path)?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Runs `work` in a transaction that may write.
    pub(crate) fn write<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.within(TransactionBehavior::Immediate, work)
    }

    /// Runs `work` in a transaction that only reads.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.within(TransactionBehavior::Deferred, work)
    }

    fn within<T, E: From<rusqlite::Error>>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        // A poisoned lock only says that some handler ended badly; its transaction was rolled
        // back when it unwound, so the connection is fit for use.
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(behavior)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

fn open_file(file: &Path) -> Result<Connection, StartError> {
    let path = file.to_owned();
    if file.is_dir() {
        return Err(StartError::IsDirectory { path });
    }
    // SQLite says only that it cannot open a file; opening it here first tells why. It holds the
    // secrets of made-up roles and credentials, hence the mode.
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let real =
        options.open(file).and_then(|_| file.canonicalize()).map_err(|source| match source.kind() {
            io::ErrorKind::StorageFull => StartError::DiskFull { path: path.clone() },
            _ => StartError::Open { path: path.clone(), source },
        })?;
    // Without the URI flag a file may be called whatever it likes, even `file:x`.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(real, flags).map_err(|error| StartError::from_sqlite(path, &error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn limit_pages(store: &Store, pages: i64) {
        let connection = store.0.lock().unwrap();
        connection.pragma_update(None, "max_page_count", pages).unwrap();
    }

    fn grow(store: &Store) -> Result<(), ApiError> {
        store.write(|sql| {
            for index in 0..500 {
                sql.execute(
                    "INSERT INTO project VALUES (?1, 'n', 'r', 17, NULL, NULL, NULL, NULL, NULL,
                     NULL, 1, 0, ?2, 't', 't')",
                    (format!("p{index}"), "x".repeat(1000)),
                )?;
            }
            Ok(())
        })
    }

    fn projects(store: &Store) -> i64 {
        store.read(|sql| Ok(sql.query_row("SELECT count(*) FROM project", [], |row| row.get(0))?)).unwrap()
    }

    #[test]
    fn a_full_disk_fails_the_request_and_nothing_else() {
        let store = Store::open(None).unwrap();
        limit_pages(&store, 60);
        let error = grow(&store).unwrap_err();
        assert_eq!(error.status, 500);
        assert!(error.message.contains("the disk is full"), "{error:?}");
        assert_eq!(projects(&store), 0);
        limit_pages(&store, 100_000);
        grow(&store).unwrap();
        assert_eq!(projects(&store), 500);
    }

    #[test]
    fn a_handler_that_unwinds_leaves_no_trace() {
        let store = Store::open(None).unwrap();
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = store.write(|sql| -> Result<(), ApiError> {
                sql.execute("DELETE FROM project", [])?;
                std::panic::resume_unwind(Box::new("gone"))
            });
        }));
        assert!(unwound.is_err());
        grow(&store).unwrap();
        assert_eq!(projects(&store), 500);
    }
}
