//! Answers that get lost, torn or changed on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use neonform_local::{Delivery, Edit, Fault, Hook};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Api, MAIN, PROJECT};

fn once(operation: &str) -> Fault {
    Fault { operation: operation.to_owned(), times: Some(1), ..Fault::default() }
}

fn delivered(delivery: Delivery) -> Fault {
    Fault { delivery: Some(delivery), ..once("createBranchBucket") }
}

async fn create(api: &Api, name: &str) -> reqwest::Result<reqwest::Response> {
    api.request(Method::POST, &format!("{MAIN}/buckets")).json(&json!({ "name": name })).send().await
}

async fn buckets(api: &Api) -> usize {
    api.get(&format!("{MAIN}/buckets")).await.expect(200)["buckets"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_nth_request_of_any_operation_can_be_met() {
    let api = Api::new().await;
    let third = Fault { skip: 2, status: 503, ..once("") };
    api.server.inject(vec![third]);
    api.get(PROJECT).await.expect(200);
    create(&api, "a").await.unwrap();
    api.get(MAIN).await.refused(503);
    api.get(MAIN).await.expect(200);
}

#[tokio::test]
async fn a_fault_can_last_for_a_time() {
    let api = Api::new().await;
    let lasts = Some(Duration::from_millis(300));
    api.server.inject(vec![Fault { times: None, lasts, status: 423, ..once("getProject") }]);
    api.get(PROJECT).await.refused(423);
    api.get(PROJECT).await.refused(423);
    tokio::time::sleep(Duration::from_millis(350)).await;
    api.get(PROJECT).await.expect(200);
}

#[tokio::test]
async fn nobody_listens_for_a_while() {
    let api = Api::new().await;
    api.get(PROJECT).await.expect(200);
    let refuse = Some(Duration::from_millis(400));
    api.server.inject(vec![Fault { refuse, ..once("createBranchBucket") }]);
    assert!(create(&api, "a").await.is_err());
    let refused = create(&api, "a").await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(buckets(&api).await, 0);
}

#[tokio::test]
async fn silence_ends_without_an_answer() {
    let api = Api::new().await;
    let silence = Some(Duration::from_millis(200));
    api.server.inject(vec![Fault { silence, after_effect: true, ..once("createBranchBucket") }]);
    let started = Instant::now();
    assert!(create(&api, "a").await.is_err());
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert_eq!(buckets(&api).await, 1);
}

#[tokio::test]
async fn an_answer_can_be_slow_or_torn() {
    let api = Api::new().await;
    api.server.inject(vec![
        delivered(Delivery::Slowly(Duration::from_millis(200))),
        delivered(Delivery::CutOff),
        delivered(Delivery::Garbled),
    ]);
    let started = Instant::now();
    let slow = create(&api, "a").await.unwrap();
    assert_eq!(slow.json::<Value>().await.unwrap()["bucket"]["name"], "a");
    assert!(started.elapsed() >= Duration::from_millis(200));
    let cut_off = create(&api, "b").await.unwrap();
    assert_eq!(cut_off.status(), 201);
    assert!(cut_off.bytes().await.is_err());
    let garbled = create(&api, "c").await.unwrap().bytes().await.unwrap();
    assert!(!garbled.is_empty() && serde_json::from_slice::<Value>(&garbled).is_err());
    assert_eq!(buckets(&api).await, 3, "each took effect");
}

#[tokio::test]
async fn an_answer_can_be_made_another() {
    let api = Api::new().await;
    api.server.inject(vec![delivered(Delivery::Edited(Edit::new(|answer| {
        answer["bucket"].as_object_mut().unwrap().remove("name");
    })))]);
    let edited: Value = create(&api, "a").await.unwrap().json().await.unwrap();
    assert!(edited["bucket"].get("name").is_none() && edited["bucket"]["access_level"] == "private");
}

#[tokio::test]
async fn a_request_can_be_delivered_twice() {
    let api = Api::new().await;
    api.server.inject(vec![delivered(Delivery::TwiceFirst), delivered(Delivery::TwiceSecond)]);
    assert_eq!(create(&api, "a").await.unwrap().status(), 201);
    assert_eq!(create(&api, "b").await.unwrap().status(), 409);
    assert_eq!(buckets(&api).await, 2);
}

#[tokio::test]
async fn a_test_can_step_in() {
    let api = Api::new().await;
    let seen = Arc::new(AtomicU32::new(0));
    let count = |weight: u32| {
        let seen = Arc::clone(&seen);
        move || {
            seen.fetch_add(weight, Ordering::Relaxed);
        }
    };
    let hooks = [Hook::on_arrival(count(1)), Hook::on_commit(count(10)), Hook::on_answer(count(100))];
    api.server.inject(hooks.map(|hook| Fault { hook: Some(hook), ..once("createBranchBucket") }).to_vec());
    for (name, expected) in [("a", 1), ("b", 11), ("c", 111)] {
        assert_eq!(create(&api, name).await.unwrap().status(), 201, "it lets the request through");
        assert_eq!(seen.load(Ordering::Relaxed), expected);
    }
}
