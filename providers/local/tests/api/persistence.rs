//! State over restarts, kills and damage.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use neonform_local::{Options, start};
use serde_json::json;

use crate::harness::{Api, MAIN, PROJECT, answer, client, each};

const CHILD_FILE: &str = "NEONFORM_LOCAL_TEST_FILE";

#[tokio::test]
async fn state_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let api = Api::at(&file).await;
    let branch = api.branch("kept").await;
    api.post(&format!("{branch}/buckets"), json!({ "name": "b" })).await.expect(201);
    let before = api.get(&branch).await.expect(200);
    api.server.shutdown().await;

    let api = Api::at(&file).await;
    assert_eq!(api.get(&branch).await.expect(200), before);
    let buckets = api.get(&format!("{branch}/buckets")).await.expect(200);
    assert_eq!(each(&buckets["buckets"], "name"), ["b"]);
    let projects = api.get("/projects").await.expect(200);
    assert_eq!(projects["projects"].as_array().unwrap().len(), 1, "not seeded twice");
}

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    Api::at(&file).await.server.shutdown().await;
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "DROP TABLE data_api; DROP TABLE function_trigger; DROP TABLE custom_domain;
             DROP TABLE credential; DROP TABLE bucket_object;
             ALTER TABLE branch DROP COLUMN last_reset_at;
             PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(connection);
    let api = Api::at(&file).await;
    let credentials = api.get(&format!("{MAIN}/credentials")).await.expect(200)["credentials"].clone();
    let names = ["Default object storage credential", "Default AI gateway credential"];
    assert_eq!(each(&credentials, "name"), names);
    let ids = each(&credentials, "token_id");
    assert!(ids[0] != ids[1] && ids[0].len() == "nak_live_".len() + 32, "{ids:?}");
    let reveal = api.post(&format!("{MAIN}/credentials/{}/reveal", ids[0]), json!({})).await.expect(200);
    assert_eq!(reveal["s3_secret_access_key"].as_str().unwrap().len(), "nsk_live_".len() + 64);
}

#[tokio::test]
async fn two_servers_may_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let (one, two) = (Api::at(&file).await, Api::at(&file).await);
    let branch = one.branch("shared").await;
    two.get(&branch).await.expect(200);
    let deploy = |api: &'static str| format!("{MAIN}/functions/{api}");
    let (path_one, path_two) = (deploy("api"), deploy("api"));
    for _ in 0..5 {
        let (a, b) =
            tokio::join!(one.deploy_bundle(&path_one, json!({})), two.deploy_bundle(&path_two, json!({})),);
        assert_ne!(a.expect(201)["deployment"]["id"], b.expect(201)["deployment"]["id"]);
    }
}

/// Not a test of its own: the process that `state_survives_a_kill` kills.
#[tokio::test]
async fn serve_until_killed() {
    let Some(file) = std::env::var_os(CHILD_FILE) else {
        return;
    };
    let options = Options { file: Some(file.into()), ..Options::default() };
    let server = start(options).await.unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nurl={}", server.url()).unwrap();
    out.flush().unwrap();
    drop(out);
    server.wait().await;
}

fn serve_in_a_process(file: &Path) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "persistence::serve_until_killed", "--nocapture"])
        .env(CHILD_FILE, file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url =
        lines.map(Result::unwrap).find_map(|line| line.strip_prefix("url=").map(str::to_owned)).unwrap();
    (child, url)
}

#[tokio::test]
async fn state_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let client = client();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let (mut child, url) = serve_in_a_process(&file);
        for index in 0..20 {
            let name = format!("b{round}-{index}");
            let request =
                client.post(format!("{url}{MAIN}/buckets")).bearer_auth("key").json(&json!({ "name": name }));
            answer(request.send().await.unwrap()).await.expect(201);
            acknowledged.push(name);
        }
        // SIGKILL on Unix, with a request under way.
        let under_way = tokio::spawn(
            client
                .post(format!("{url}{PROJECT}/branches"))
                .bearer_auth("key")
                .json(&json!({ "endpoints": [{ "type": "read_write" }] }))
                .send(),
        );
        tokio::task::yield_now().await;
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = under_way.await;
    }
    let api = Api::at(&file).await;
    let buckets = api.get(&format!("{MAIN}/buckets")).await.expect(200);
    assert_eq!(each(&buckets["buckets"], "name"), acknowledged);
    let branches = api.get(&format!("{PROJECT}/branches")).await.expect(200);
    for id in each(&branches["branches"], "id") {
        let path = format!("{PROJECT}/branches/{id}/endpoints");
        let endpoints = api.get(&path).await.expect(200);
        assert_eq!(endpoints["endpoints"].as_array().unwrap().len(), 1, "no half branch");
    }
}

#[tokio::test]
async fn a_damaged_row_fails_its_request_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let api = Api::at(&file).await;
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "UPDATE endpoint SET min_cu = 'lots', settings = 'no json';
             UPDATE branch SET expires_at = 'whenever', annotation = '[';
             INSERT INTO operation VALUES ('o', 'local-project-00000001', NULL, NULL, 'a', 'never',
                 9223372036854775807, 9223372036854775807);",
        )
        .unwrap();
    api.get(&format!("{PROJECT}/endpoints")).await.refused(500);
    api.get(MAIN).await.expect(200);
    api.get(&format!("{PROJECT}/operations")).await.expect(200);
    connection.execute_batch("DROP TABLE bucket").unwrap();
    api.get(&format!("{MAIN}/buckets")).await.refused(500);
    api.get(PROJECT).await.expect(200);
}
