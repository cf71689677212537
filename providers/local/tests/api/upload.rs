//! The multipart body of a deployment and its limits.

use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::harness::{Api, MAIN, answer, archive, bundle, form, zip_part};

fn path() -> String {
    format!("{MAIN}/functions/api")
}

#[tokio::test]
async fn parts_are_strict() {
    let api = Api::new().await;
    let zip = || bundle("index.mjs", b"1");
    for (form, named) in [
        (Form::new(), "multipart"),
        (form(Some(zip()), None).text("region", "ohio"), "unexpected field \"region\""),
        (form(Some(zip()), None).text("runtime", "nodejs24"), "only once"),
        (form(Some(zip()), None).part("zip", zip_part(zip())), "only once"),
        (Form::new().part("zip", zip_part(zip())).text("runtime", "nodejs22"), "runtime"),
        (Form::new().part("zip", zip_part(zip())).text("environment", "{"), "environment"),
        (form(Some(zip()), Some(json!([]))), "environment"),
        (form(Some(zip()), Some(json!({ "A": 1 }))), "environment.A"),
        (form(Some(zip()), Some(json!({ "": "x" }))), "environment"),
    ] {
        let message = api.deploy(&path(), form).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
    let slug = format!("{MAIN}/functions/Not-A-Slug");
    api.deploy_bundle(&slug, json!({})).await.refused(400);
    let json = api.post(&format!("{}/deployments", path()), json!({})).await;
    json.refused(400);
    api.get(&path()).await.refused(404);
}

#[tokio::test]
async fn an_empty_or_torn_body_is_refused() {
    let api = Api::new().await;
    let part = "--X\r\nContent-Disposition: form-data; name=\"zip\"\r\n\r\nabc";
    for (body, named) in [("--X--\r\n", "at least one"), (part, "not valid multipart")] {
        let request = api
            .request(reqwest::Method::POST, &format!("{}/deployments", path()))
            .header("content-type", "multipart/form-data; boundary=X")
            .body(body);
        let message = answer(request.send().await.unwrap()).await.refused(400);
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn an_archive_has_limits() {
    let api = Api::new().await;
    let big = vec![0_u8; 10 * 1024 * 1024 + 1];
    let message = api.deploy(&path(), form(Some(big), None)).await.refused(400);
    assert!(message.contains("10 MiB"), "{message}");
    let allowed = vec![0_u8; 10 * 1024 * 1024];
    api.deploy(&path(), form(Some(allowed), None)).await.expect(201);

    let bomb = bundle("index.mjs", &vec![0_u8; 64 * 1024 * 1024 + 1]);
    assert!(bomb.len() < 1024 * 1024);
    let message = api.deploy(&path(), form(Some(bomb), None)).await.refused(400);
    assert!(message.contains("64 MiB"), "{message}");

    let files: Vec<(String, &[u8])> = (0..4097).map(|index| (format!("{index}"), &b""[..])).collect();
    let message = api.deploy(&path(), form(Some(archive(&files)), None)).await.refused(400);
    assert!(message.contains("4096"), "{message}");
}

#[tokio::test]
async fn the_environment_has_limits() {
    let api = Api::new().await;
    let path = path();
    let deploy = |environment: Value| api.deploy_bundle(&path, environment);
    let many: serde_json::Map<String, Value> =
        (0..1001).map(|index| (format!("N{index}"), json!("x"))).collect();
    deploy(Value::Object(many)).await.refused(400);
    deploy(json!({ "A": "x".repeat(64 * 1024) })).await.refused(400);
    deploy(json!({ "A": "x".repeat(60 * 1024) })).await.expect(201);
    deploy(json!({ "NEON_RESERVED": "x" })).await.expect(201);
}

#[tokio::test]
async fn neither_values_nor_code_reach_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let api = Api::at(&file).await;
    let zip = bundle("index.mjs", b"export const marker = 'c0de-c0de';");
    let form = form(Some(zip), Some(json!({ "TOKEN": "s3cr3t-value" })));
    api.deploy(&path(), form).await.expect(201);
    let logged = api.server.log().pop().unwrap();
    assert_eq!(logged.operation, "deployBranchFunction");
    assert_eq!(logged.body["environment"], json!({ "TOKEN": "s3cr3t-value" }));
    assert_eq!(logged.body["zip"]["entries"], json!(["index.mjs"]));
    assert_eq!(logged.body["zip"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(logged.body["runtime"], "nodejs24");
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("s3cr3t-value"));
        assert!(!text.contains("c0de-c0de"));
    }
}
