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
const MIGRATIONS: &[&str] = &[
    "
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
",
    "
CREATE TABLE data_api (
    branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    database_name TEXT NOT NULL, url TEXT NOT NULL, auth_provider TEXT,
    settings TEXT, verbatim INTEGER NOT NULL,
    PRIMARY KEY (branch_id, database_name)
);
CREATE TABLE function_trigger (
    branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, function_slug TEXT NOT NULL,
    function_path TEXT NOT NULL, enabled INTEGER NOT NULL, inherited INTEGER NOT NULL,
    cron TEXT, bucket_name TEXT, prefix TEXT, version INTEGER NOT NULL,
    PRIMARY KEY (branch_id, id)
);
CREATE TABLE custom_domain (
    domain TEXT PRIMARY KEY, branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, cname_target TEXT NOT NULL
);
CREATE INDEX custom_domain_branch ON custom_domain (branch_id);
CREATE TABLE credential (
    branch_id TEXT NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    token_id TEXT NOT NULL, token_id_short TEXT, name TEXT, scopes TEXT NOT NULL,
    principal_type TEXT NOT NULL, api_secret TEXT, s3_secret TEXT, created_at TEXT NOT NULL,
    last_used_at TEXT, revoked_at TEXT,
    PRIMARY KEY (branch_id, token_id)
);
CREATE TABLE bucket_object (
    branch_id TEXT NOT NULL, bucket_name TEXT NOT NULL, key TEXT NOT NULL,
    size INTEGER NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
    PRIMARY KEY (branch_id, bucket_name, key),
    FOREIGN KEY (branch_id, bucket_name) REFERENCES bucket (branch_id, name) ON DELETE CASCADE
);
ALTER TABLE branch ADD COLUMN last_reset_at TEXT;
WITH platform (name, scopes) AS (VALUES
    ('Default object storage credential', '[\"storage:read\",\"storage:write\"]'),
    ('Default AI gateway credential', '[\"ai_gateway:invoke\"]'))
INSERT INTO credential (branch_id, token_id, name, scopes, principal_type, api_secret, s3_secret,
    created_at)
SELECT branch.id, 'nak_live_' || lower(hex(randomblob(16))), platform.name, platform.scopes, 'user',
    lower(hex(randomblob(24))), lower(hex(randomblob(32))), strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
FROM branch CROSS JOIN platform;
",
];

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
