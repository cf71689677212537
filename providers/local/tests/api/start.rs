//! Every way not to start.

use neonform_local::{Options, StartError, start};

use crate::harness::Api;

async fn failure(options: Options) -> StartError {
    let error = start(options).await.unwrap_err();
    let message = error.to_string();
    assert!(message.ends_with('.'), "{message}");
    error
}

fn file(path: std::path::PathBuf) -> Options {
    Options { file: Some(path), ..Options::default() }
}

#[tokio::test]
async fn a_file_that_cannot_be_one_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let error = failure(file(folder.path().to_owned())).await;
    assert!(matches!(error, StartError::IsDirectory { .. }), "{error}");
    let error = failure(file(folder.path().join("no/such/folder.db"))).await;
    assert!(matches!(error, StartError::Open { .. }), "{error}");
}

#[tokio::test]
async fn the_files_of_others_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be mistaken for one? ".repeat(40)).unwrap();
    let before = std::fs::read(&text).unwrap();
    let error = failure(file(text.clone())).await;
    assert!(matches!(error, StartError::NotOurs { .. }), "{error}");
    assert_eq!(std::fs::read(&text).unwrap(), before);

    let other = folder.path().join("other.db");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(connection);
    let before = std::fs::read(&other).unwrap();
    let error = failure(file(other.clone())).await;
    assert!(matches!(error, StartError::NotOurs { .. }), "{error}");
    assert_eq!(std::fs::read(&other).unwrap(), before);
}

#[tokio::test]
async fn a_newer_schema_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    Api::at(&path).await.server.shutdown().await;
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = failure(file(path)).await;
    assert!(matches!(error, StartError::NewerSchema { found: 99, .. }), "{error}");
}

#[tokio::test]
async fn a_locked_database_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = failure(file(path)).await;
    assert!(matches!(error, StartError::Locked { .. }), "{error}");
}

#[tokio::test]
async fn a_damaged_database_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    Api::at(&path).await.server.shutdown().await;
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(100) {
        *byte = 0xff;
    }
    std::fs::write(&path, bytes).unwrap();
    let error = failure(file(path)).await;
    assert!(matches!(error, StartError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let api = Api::new().await;
    let port = api.server.url().split(':').nth(2).unwrap().split('/').next().unwrap();
    let port: u16 = port.parse().unwrap();
    let error = failure(Options { port, ..Options::default() }).await;
    assert!(matches!(error, StartError::PortInUse { port: named } if named == port), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_cannot_be_written_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(folder.path(), mode(0o500)).unwrap();
    let allowed_anyway = std::fs::write(folder.path().join("probe"), "").is_ok();
    if !allowed_anyway {
        let error = failure(file(path)).await;
        assert!(matches!(error, StartError::Open { .. }), "{error}");
    }
    std::fs::set_permissions(folder.path(), mode(0o700)).unwrap();
}
