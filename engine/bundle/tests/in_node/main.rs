//! Whether bundles run: each project under `testdata/bundles` is bundled, unpacked where nothing else is, and
//! served by Node.
//!
//! The packages come from the npm registry, once; later runs find them in the target directory. Where Node or the
//! registry is not to be had, the tests pass and one line says so. `install.rs` is about the packages, `server.rs`
//! about Node; the handler is found as the platform finds it by `driver.mjs`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod install;
mod project;
mod server;
mod web_socket;

use project::prepared;
use serde_json::{Value, json};
use server::Server;

/// The function of a project, running; `None` where that is not possible.
async fn running(name: &str) -> Option<Server> {
    Some(Server::start(&prepared(name)?.unpacked().await, &[]))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

#[tokio::test]
async fn a_fetch_method_with_what_typescript_and_modules_have() {
    let Some(project) = prepared("plain") else { return };
    let server = Server::start(&project.unpacked().await, &[("REGION", "eu")]);
    let expected = json!([42, "some text", "waited", "MODULE_NOT_FOUND", "eu", "red", "answer", "function"]);
    assert_eq!(json(&server.text("/")), expected);
    assert_eq!(server.ask("POST", "/echo", "sent").told(), "201 sent");
    assert_eq!(server.text("/stream"), "one two three");
    // The module that is imported late runs once.
    assert_eq!((server.text("/lazy"), server.text("/lazy")), ("lazy 1".to_owned(), "lazy 2".to_owned()));
}

#[tokio::test]
async fn a_default_export_that_is_a_function() {
    let Some(server) = running("default-function").await else { return };
    assert_eq!(server.ask("PUT", "/a", "body").told(), "200 PUT /a: body");
}

#[tokio::test]
async fn an_entry_that_is_commonjs() {
    let Some(server) = running("commonjs-entry").await else { return };
    let answer = json(&server.text("/"));
    assert_eq!(answer, json!(["GET", "\n", "text", [1, 2], "late", true, "undefined"]));
}

#[tokio::test]
async fn hono() {
    let Some(server) = running("hono").await else { return };
    assert_eq!(json(&server.text("/greet/neon")), json!({"hello": "neon"}));
    assert_eq!(server.ask("POST", "/sum", "[1, 2, 3]").told(), "200 6");
    assert_eq!(server.ask("GET", "/refused", "").told(), "418 no coffee");
    assert_eq!(server.ask("GET", "/nowhere", "").status, 404);
}

#[tokio::test]
async fn pg_loads_and_fails_to_connect_only() {
    let Some(server) = running("pg").await else { return };
    let expected = json!({"pool": "ECONNREFUSED", "client": "ECONNREFUSED", "types": 23});
    assert_eq!(json(&server.text("/")), expected);
}

#[tokio::test]
async fn drizzle_builds_statements() {
    let Some(server) = running("drizzle").await else { return };
    let answer = json(&server.text("/"));
    assert_eq!(
        answer["sql"],
        "select \"id\", upper(\"name\") from \"users\" where (\"users\".\"name\" = $1 and \"users\".\"age\" > $2) \
         order by \"users\".\"joined\" desc limit $3"
    );
    assert_eq!(answer["params"], json!(["Ada", 30, 3]));
}

#[tokio::test]
async fn zod_checks_what_is_sent() {
    let Some(server) = running("zod").await else { return };
    let good = server.ask("POST", "/", r#"{"name": "Ada", "age": "36"}"#);
    assert_eq!((good.status, json(&good.body)), (200, json!({"name": "Ada", "age": 36})));
    let bad = server.ask("POST", "/", r#"{"name": "A", "age": 1.5, "mail": "x"}"#);
    assert_eq!((bad.status, json(&bad.body)), (422, json!(["name", "age", "mail"])));
}

#[tokio::test]
async fn ws_upgrades_and_echoes() {
    let Some(server) = running("ws").await else { return };
    assert_eq!(server.ask("GET", "/", "").told(), "426 upgrade, please");
    assert_eq!(web_socket::echo(server.port, "/chat", "hello"), "/chat said hello");
}

#[tokio::test]
async fn jose_signs_and_verifies() {
    let Some(server) = running("jose").await else { return };
    let expected = json!(["ada", "admin", "ES256", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"]);
    assert_eq!(json(&server.text("/")), expected);
}

#[tokio::test]
async fn commonjs_packages() {
    let Some(server) = running("commonjs").await else { return };
    let answer = json(&server.text("/"));
    assert_eq!((&answer["chunks"], &answer["ms"]), (&json!([[1, 2], [3]]), &json!(172_800_000)));
    assert_eq!(answer["named"], "other, before 0 names");
    assert_eq!(answer["keys"], json!(["named", "place"]));
    // Every module is where the bundle is (spec 6.2).
    let place = json!({
        "filename": "index.mjs", "isInDirname": true, "computed": "function", "resolve": "function",
        "json": "1.0.0", "this": true, "main": false,
    });
    assert_eq!(answer["place"], place);
}

#[tokio::test]
async fn conditional_exports_take_node_and_import_or_require() {
    let Some(server) = running("conditions").await else { return };
    let expected = json!({"id": 7, "taken": "node import", "sub": "import", "required": "require"});
    assert_eq!(json(&server.text("/")), expected);
}

#[tokio::test]
async fn the_kind_of_environment_is_looked_up_when_the_function_runs() {
    let Some(project) = prepared("environment") else { return };
    let unpacked = project.unpacked().await;
    for (set, build, is_development) in
        [("production", "production build", false), ("test", "development build", true)]
    {
        let server = Server::start(&unpacked, &[("NODE_ENV", set)]);
        let expected =
            json!({"set": set, "build": build, "react": "string", "isDevelopment": is_development});
        assert_eq!(json(&server.text("/")), expected);
    }
}

#[tokio::test]
async fn react_renders() {
    let Some(server) = running("server-side-react").await else { return };
    assert_eq!(server.text("/"), "<p id=\"counter\">3<!-- --> clicks</p>");
}

#[tokio::test]
async fn database_clients() {
    let Some(server) = running("clients").await else { return };
    let expected = json!({
        "sql": "select \"name\" from \"pets\" where \"age\" > $1",
        "refused": "ECONNREFUSED", "http": "function", "pool": "function",
    });
    assert_eq!(json(&server.text("/")), expected);
}

#[tokio::test]
async fn a_client_of_buckets() {
    let Some(server) = running("s3").await else { return };
    assert_eq!(server.text("/"), "ECONNREFUSED");
}

#[tokio::test]
async fn graphql_yoga_hides_a_package_from_bundlers() {
    let Some(server) = running("graphql-yoga").await else { return };
    let answer = server.ask_json("/graphql", r#"{"query": "{ sum(numbers: [1, 2, 3]) }"}"#);
    assert_eq!((answer.status, json(&answer.body)), (200, json!({"data": {"sum": 6}})));
}

/// Only code is bundled. A file that a package reads from beside itself is looked for beside the bundle and is not
/// there, as with the reference; such a package belongs into `externalPackages`.
#[tokio::test]
async fn a_file_that_a_package_reads_from_its_directory_is_missed() {
    let Some(project) = prepared("own-files") else { return };
    let unpacked = project.unpacked().await;
    let told = Server::start(&unpacked, &[]).ask("GET", "/", "").told();
    assert_eq!(told, format!("500 ENOENT {}", unpacked.path().join("greeting.txt").display()));
}

#[tokio::test]
async fn a_stack_leads_back_to_the_sources_with_the_map() {
    let Some(project) = prepared("throws") else { return };
    let module = project.bundled().await;
    let unpacked = project.unpacked().await;
    let without = Server::start(&unpacked, &[]).ask("GET", "/too-long", "");
    assert!(without.status == 500 && without.body.contains("index.mjs:2:"), "{}", without.body);
    let map = module.source_map.expect("asked for");
    std::fs::write(unpacked.path().join("index.mjs.map"), &map).expect("writable");
    let code = String::from_utf8(module.files["index.mjs"].clone()).expect("text");
    let told = format!("{code}\n//# sourceMappingURL=index.mjs.map\n");
    std::fs::write(unpacked.path().join("index.mjs"), told).expect("writable");
    let with =
        Server::start(&unpacked, &[("NODE_OPTIONS", "--enable-source-maps")]).ask("GET", "/too-long", "");
    let place = |file: &str| project.name_of(file);
    for expected in [format!("{}:8:", place("lib/check.ts")), format!("{}:10:5", place("index.ts"))] {
        assert!(with.body.contains(&expected), "{expected} is missing in\n{}", with.body);
    }
}

#[tokio::test]
async fn packages_give_the_same_bytes_for_differently_named_copies() {
    for name in ["commonjs", "hono"] {
        let (Some(one), Some(other)) = (prepared(name), prepared(name)) else { return };
        assert!(one.bundled().await.files == other.bundled().await.files, "{name}");
    }
}
