//! Hosts, keys and databases that do not work.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::support::Scratch;

const POLICY: &str = "export default { buckets: { a: {} } };";

fn against(host: &str) -> super::support::Ran {
    let env = [("NEON_API_KEY", "swordfish"), ("NEON_API_HOST", host)];
    let ran = Scratch::with_policy(POLICY).run_with(&["plan", "--project-id", "p-1"], &env);
    assert!(!ran.text().contains("swordfish"), "the key shows: {}", ran.text());
    ran
}

/// A server that gives every request the same answer.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("http://{}/api/v2", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    host
}

#[test]
fn an_unreachable_host() {
    // Port 9 is discard: nothing listens there.
    let ran = against("http://127.0.0.1:9/api/v2");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[network]") && ran.err.contains("GET /projects/p-1"), "{}", ran.text());
}

#[test]
fn a_host_that_is_no_url() {
    let ran = against("console.neon.tech");
    assert!(ran.err.contains("the API host is not a URL"), "{}", ran.text());
}

#[test]
fn a_wrong_key() {
    let body =
        r#"{"request_id":"r-7","code":"","message":"supplied credentials do not pass authentication"}"#;
    let answer = format!(
        "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let ran = against(&answering(answer.leak()));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[unauthorized]") && ran.err.contains("r-7"), "{}", ran.text());
}

#[test]
fn a_server_that_answers_html() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\nconnection: close\r\n\r\n<html>hi</html>";
    let ran = against(&answering(answer));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[unexpected-answer]") && ran.err.contains("text/html"), "{}", ran.text());
}

#[test]
fn json_of_another_shape() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\nconnection: close\r\n\r\n[1,2,3]";
    let ran = against(&answering(answer));
    assert!(ran.err.contains("error[unexpected-answer]"), "{}", ran.text());
}

#[test]
fn a_database_that_cannot_be_one() {
    let scratch = Scratch::with_policy(POLICY);
    scratch.write(
        "text.sqlite",
        "this is not a database, and long enough to look at: 0123456789 0123456789 0123456789",
    );
    for file in ["text.sqlite", ".", "gone/state.sqlite", "neon.ts/state.sqlite"] {
        let ran = scratch.run(&["plan", "--backend", &format!("local:{file}")]);
        assert_eq!(ran.code, 1, "{file}");
        assert!(ran.err.contains("error[local-backend]") && ran.err.contains(file), "{}", ran.text());
    }
    let unknown = scratch.run(&["plan", "--backend", "remote"]);
    assert!(unknown.err.contains("there is no such backend"), "{}", unknown.text());
}
