//! A platform that is far away, and the file that says what was asked.

use std::time::{Duration, Instant};

use neonform_local::{Options, StartError, start};
use serde_json::json;

use crate::harness::{Api, MAIN, PROJECT};

#[tokio::test]
async fn requests_wait_at_the_same_time() {
    let latency = Duration::from_millis(300);
    let api = Api::with(Options { latency, ..Options::default() }).await;
    let started = Instant::now();
    let path = format!("{MAIN}/buckets");
    let get = || api.get(&path);
    let answers = tokio::join!(get(), get(), get(), get(), get(), get(), get(), get());
    let took = started.elapsed();
    assert_eq!((answers.0.status, answers.7.status), (200, 200));
    assert!(took >= latency && took < latency * 6, "{took:?}: one after the other takes eight");
}

#[tokio::test]
async fn the_log_file_has_a_line_for_each_request_and_neither_body_nor_query() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("requests.log");
    let api = Api::with(Options { log: Some(file.clone()), ..Options::default() }).await;
    api.get(PROJECT).await.expect(200);
    api.deploy_bundle(&format!("{MAIN}/functions/api"), json!({ "TOKEN": "swordfish" })).await;
    api.get("/nothing?secret=swordfish").await.expect(404);
    let named = api.request(reqwest::Method::GET, PROJECT).header("user-agent", "client/1.2 (of a test)");
    named.send().await.unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    let expected = format!(
        "getProject GET {PROJECT} 200 -\ndeployBranchFunction POST {MAIN}/functions/api/deployments 201 -\n\
         - GET /nothing 404 -\ngetProject GET {PROJECT} 200 client/1.2 (of a test)\n"
    );
    assert_eq!(written, expected);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_no_start() {
    let log = std::env::temp_dir().join("no-such-folder/at-all/requests.log");
    let refused = start(Options { log: Some(log), ..Options::default() }).await;
    assert!(matches!(refused, Err(StartError::Log { .. })));
}
