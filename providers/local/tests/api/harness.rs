//! A server and a client to talk to it with.

use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::Once;

use neonform_local::{Options, Server, start};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response};
use serde_json::{Value, json};

pub(crate) const PROJECT: &str = "/projects/local-project-00000001";
pub(crate) const MAIN: &str = "/projects/local-project-00000001/branches/br-local-main-00000001";

/// A running server, and shorthand for requests to it.
pub(crate) struct Api {
    pub(crate) server: Server,
    pub(crate) client: reqwest::Client,
}

/// The answer to one request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

pub(crate) fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Api {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn at(file: &Path) -> Self {
        Self::with(Options { file: Some(file.to_owned()), ..Options::default() }).await
    }

    /// Without the project a new database starts with.
    pub(crate) async fn bare() -> Self {
        Self::with(Options { seed_default_project: false, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self { server: start(options).await.unwrap(), client: client() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.server.url())).bearer_auth("key")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        answer(self.request(Method::DELETE, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.request(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        answer(self.request(Method::PATCH, path).json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn deploy(&self, function: &str, form: Form) -> Answer {
        let path = format!("{function}/deployments");
        let request = self.request(Method::POST, &path).multipart(form);
        answer(request.send().await.unwrap()).await
    }

    /// Deploys a fresh bundle with an environment.
    pub(crate) async fn deploy_bundle(&self, function: &str, environment: Value) -> Answer {
        let form = form(Some(bundle("index.mjs", b"export default 1")), Some(environment));
        self.deploy(function, form).await
    }

    /// Creates a branch of `main` with a compute; returns its path.
    pub(crate) async fn branch(&self, name: &str) -> String {
        let body = json!({
            "branch": { "name": name }, "endpoints": [{ "type": "read_write" }],
        });
        let created = self.post(&format!("{PROJECT}/branches"), body).await;
        let id = created.expect(201)["branch"]["id"].clone();
        format!("{PROJECT}/branches/{}", id.as_str().unwrap())
    }
}

impl Answer {
    /// The body, if the status is the expected one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The message of an error with this status.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> String {
        let body = self.expect(status);
        assert!(body["request_id"].is_string(), "{body}");
        assert!(body["code"].is_string(), "{body}");
        body["message"].as_str().unwrap().to_owned()
    }
}

pub(crate) async fn answer(response: Response) -> Answer {
    let status = response.status().as_u16();
    let json = response.headers().get("content-type").is_some_and(|kind| kind == "application/json");
    let text = response.text().await.unwrap();
    let body = match (json, text.is_empty()) {
        (true, _) => serde_json::from_str(&text).unwrap(),
        (false, true) => Value::Null,
        (false, false) => Value::String(text),
    };
    Answer { status, body }
}

/// An archive with one file.
pub(crate) fn bundle(name: &str, content: &[u8]) -> Vec<u8> {
    archive(&[(name.to_owned(), content)])
}

pub(crate) fn archive(files: &[(String, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // The fastest level: some archives are large, and tests are not optimized.
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    for (name, content) in files {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A deployment with the given parts and the usual runtime.
pub(crate) fn form(zip: Option<Vec<u8>>, environment: Option<Value>) -> Form {
    let mut form = Form::new().text("runtime", "nodejs24");
    if let Some(zip) = zip {
        form = form.part("zip", zip_part(zip));
    }
    if let Some(environment) = environment {
        form = form.text("environment", environment.to_string());
    }
    form
}

pub(crate) fn zip_part(zip: Vec<u8>) -> Part {
    Part::bytes(zip).file_name("bundle.zip").mime_str("application/zip").unwrap()
}

/// The strings at `key` of every object in a list.
pub(crate) fn each<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|item| item[key].as_str().unwrap()).collect()
}
