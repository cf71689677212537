//! What an observer of the client hears, held against what the server was asked.

use std::sync::{Arc, Mutex};

use neonform_engine::value::Secret;
use neonform_local::{Fault, Options, Server};
use neonform_neon::client::{ApiPath, Client, Exchange, Heard, Request, Stage};
use serde_json::{Value as Json, json};

const KEY: &str = "napi_swordfish";
const PROJECT: &str = "local-project-00000001";

type Lines = Arc<Mutex<Vec<(String, String)>>>;

/// A server, an observed client, and what was heard: a line and the request id for each.
async fn observed(faults: Vec<Fault>) -> (Server, Client, Lines) {
    let options = Options { seed_default_project: true, ..Options::default() };
    let server = neonform_local::start(options).await.unwrap();
    server.inject(faults);
    let heard = Lines::default();
    let lines = Arc::clone(&heard);
    let client = Client::new(server.url(), &Secret::new(KEY)).unwrap().observed(Arc::new(move |exchange| {
        lines.lock().unwrap().push((line(exchange), exchange.request_id.to_owned()));
    }));
    (server, client, heard)
}

fn line(exchange: &Exchange<'_>) -> String {
    let Exchange { operation, method, route, attempt, .. } = exchange;
    let stage = match exchange.stage {
        Stage::Sending => "sending".to_owned(),
        Stage::Ended { heard, again_after, .. } => {
            let heard = match heard {
                Heard::Answer { status, request_id } => {
                    let own = if request_id == Some(exchange.request_id) { "own id" } else { "another id" };
                    format!("{status}, {own}")
                }
                Heard::Nothing(why) => why.to_owned(),
            };
            format!("{heard}, again {}", again_after.is_some())
        }
    };
    format!("{attempt} {operation} {method} {route}: {stage}")
}

#[tokio::test]
async fn every_attempt_is_heard_of_before_and_after() {
    let limited = Fault {
        operation: "listBranches".to_owned(),
        status: 429,
        times: Some(1),
        request_id: Some("theirs".to_owned()),
        ..Fault::default()
    };
    let (server, client, heard) = observed(vec![limited]).await;
    let path = ApiPath::new(&["projects", PROJECT, "branches"]);
    client
        .list::<Json>(Request::get("listBranches", path).query("search", "hidden"), "branches")
        .await
        .unwrap();
    let (lines, ids): (Vec<String>, Vec<String>) = heard.lock().unwrap().iter().cloned().unzip();
    let at = format!("listBranches GET /projects/{PROJECT}/branches");
    let expected = [
        format!("1 {at}: sending"),
        format!("1 {at}: 429, another id, again true"),
        format!("2 {at}: sending"),
        format!("2 {at}: 200, own id, again false"),
    ];
    assert_eq!(lines, expected);
    assert!(ids[0] == ids[1] && ids[2] == ids[3] && ids[0] != ids[2], "{ids:?}");
    let asked: Vec<String> = server.log().into_iter().map(|exchange| exchange.request_id).collect();
    assert_eq!(asked, ["theirs".to_owned(), ids[2].clone()], "the id is sent");
}

#[tokio::test]
async fn a_request_without_an_answer_is_known_by_the_id_that_it_was_sent_with() {
    let lost = Fault {
        operation: "createBranchBucket".to_owned(),
        after_effect: true,
        hang_up: true,
        times: Some(1),
        ..Fault::default()
    };
    let (_server, client, heard) = observed(vec![lost]).await;
    let path = ApiPath::new(&["projects", PROJECT, "branches", "br-local-main-00000001", "buckets"]);
    let request = Request::post("createBranchBucket", path).json(json!({ "name": "one", "note": "hidden" }));
    let failure = client.send::<Json>(request).await.unwrap_err();
    let heard = heard.lock().unwrap();
    let [(_, id), (ended, _)] = &heard[..] else { panic!("{heard:?}") };
    assert!(ended.contains(": the connection broke") && ended.ends_with(", again false"), "{ended}");
    let facts = &failure.0[0].facts;
    assert!(facts.contains(&("request id", id.clone())), "{facts:?}");
    let all = format!("{heard:?}");
    assert!(!all.contains("hidden") && !all.contains(KEY), "{all}");
}
