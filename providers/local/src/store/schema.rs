//! The tables, as a list of migrations.
//!
//! A file carries our application id and the number of migrations applied to it (`user_version`).
//! To change the schema, append a migration; never edit one that was released.
//! Invariant: a file that is not ours, or newer than we know, is left exactly as it was.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::StartError;

/// `nflb` in ASCII: marks the file as ours.
const APPLICATION_ID: i64 = 0x6e66_6c62;

/// Rows are listed in the order they were inserted unless a list says otherwise, so no table is
/// `WITHOUT ROWID`.
const MIGRATIONS: &[&str] = &["
CREATE TABLE project (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, region_id TEXT NOT NULL, pg_version INTEGER NOT NULL,
    org_id TEXT, min_cu REAL, max_cu REAL, suspend_timeout INTEGER,
    pg_settings TEXT, pgbouncer_settings TEXT,
    store_passwords INTEGER NOT NULL, history_retention INTEGER NOT NULL, settings TEXT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE branch (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name TEXT NOT NULL, parent_id TEXT, parent_lsn TEXT, parent_timestamp TEXT,
    is_default INTEGER NOT NULL, protected INTEGER NOT NULL, archived INTEGER NOT NULL,
    expires_at TEXT, ttl_seconds INTEGER, init_source TEXT, annotation TEXT,
    created_at TEXT, updated_at TEXT,
    UNIQUE (project_id, name)
);
CREATE INDEX branch_parent ON branch (parent_id);
CREATE TABLE endpoint (
    id TEXT PRIMARY KEY, branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    type TEXT NOT NULL, name TEXT, min_cu REAL NOT NULL, max_cu REAL NOT NULL,
    suspend_timeout INTEGER NOT NULL, disabled INTEGER NOT NULL, settings TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX endpoint_branch ON endpoint (branch_id);
CREATE TABLE database (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    name TEXT NOT NULL, owner_name TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    UNIQUE (branch_id, name)
);
CREATE TABLE role (
    branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    name TEXT NOT NULL, password TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    UNIQUE (branch_id, name)
);
CREATE TABLE neon_auth (
    branch_id TEXT PRIMARY KEY REFERENCES branch (id) ON DELETE CASCADE,
    provider TEXT NOT NULL, provider_project_id TEXT NOT NULL, db_name TEXT NOT NULL,
    jwks_url TEXT NOT NULL, base_url TEXT, created_at TEXT NOT NULL
);
CREATE TABLE bucket (
    branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    name TEXT NOT NULL, access_level TEXT NOT NULL, created_at TEXT NOT NULL,
    UNIQUE (branch_id, name)
);
CREATE TABLE function (
    branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    slug TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, invocation_url TEXT NOT NULL,
    inherited INTEGER NOT NULL, created_at TEXT NOT NULL,
    PRIMARY KEY (branch_id, slug)
);
CREATE TABLE deployment (
    branch_id TEXT NOT NULL, slug TEXT NOT NULL, id INTEGER NOT NULL,
    status TEXT NOT NULL, error TEXT, runtime TEXT NOT NULL, environment TEXT NOT NULL,
    zip_sha256 TEXT, zip_size INTEGER, created_at TEXT NOT NULL,
    started_ms INTEGER NOT NULL, build_ms INTEGER NOT NULL,
    PRIMARY KEY (branch_id, slug, id),
    FOREIGN KEY (branch_id, slug) REFERENCES function (branch_id, slug) ON DELETE CASCADE
);
CREATE TABLE operation (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    branch_id TEXT, endpoint_id TEXT, action TEXT NOT NULL,
    created_at TEXT NOT NULL, started_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL
);
CREATE INDEX operation_project ON operation (project_id);
"];

/// The version of a database all migrations were applied to.
const NEWEST: i64 = MIGRATIONS.len() as i64;

/// Makes sure the database is ours and up to date.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StartError> {
    let failed = |error: rusqlite::Error| StartError::from_sqlite(path.to_owned(), &error);
    recognise(connection, path)?;
    // Only now, since this already writes to the file.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).map_err(failed)?;
    // With a write-ahead log this loses nothing when the process is killed.
    connection.pragma_update(None, "synchronous", "normal").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    migrate(connection).map_err(failed)
}

fn recognise(connection: &Connection, path: &Path) -> Result<(), StartError> {
    let failed = |error: rusqlite::Error| StartError::from_sqlite(path.to_owned(), &error);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let application = number("PRAGMA application_id")?;
    let tables = number("SELECT count(*) FROM sqlite_master")?;
    if application != APPLICATION_ID && (application != 0 || tables > 0) {
        return Err(StartError::NotOurs {
            path: path.to_owned(),
            found: "it is an SQLite database of another program".to_owned(),
        });
    }
    match number("PRAGMA user_version")? {
        found if found > NEWEST => {
            Err(StartError::NewerSchema { path: path.to_owned(), found, supported: NEWEST })
        }
        found if found < 0 => Err(StartError::Damaged {
            path: path.to_owned(),
            detail: format!("its schema version is {found}"),
        }),
        _ => Ok(()),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    // Taken even when there is nothing to do: a file that cannot be written shows it here, not at
    // the first change; and two processes starting at once migrate one after the other.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (version, migration) in (1..).zip(MIGRATIONS) {
        if version > applied {
            transaction.execute_batch(migration)?;
        }
    }
    if applied < NEWEST {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", NEWEST)?;
    }
    transaction.commit()
}
