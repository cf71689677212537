//! The requests that the comparison makes itself: create a branch, read what is there.
//!
//! Enough of HTTP for our own server on a loopback socket, so that xtask stays quick to build. What
//! the clients send is theirs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value as Json;

const LIMIT: Duration = Duration::from_secs(20);

/// The answer to `GET`, nothing where the thing does not exist.
pub fn get(root: &str, path: &str) -> Result<Option<Json>, String> {
    match call(root, "GET", path, "")? {
        (200, body) => Ok(Some(body)),
        (404, _) => Ok(None),
        (status, body) => Err(format!("GET {path} answered {status}: {body}")),
    }
}

/// Sends a body that creates something.
pub fn post(root: &str, path: &str, body: &Json) -> Result<Json, String> {
    match call(root, "POST", path, &body.to_string())? {
        (201, body) => Ok(body),
        (status, body) => Err(format!("POST {path} answered {status}: {body}")),
    }
}

fn call(root: &str, method: &str, path: &str, body: &str) -> Result<(u16, Json), String> {
    let failed = |cause: &dyn std::fmt::Display| format!("{method} {root}{path}: {cause}");
    let address = root.strip_prefix("http://").ok_or_else(|| failed(&"no http URL"))?;
    let (host, base) = address.split_once('/').unwrap_or((address, ""));
    let mut stream = TcpStream::connect(host).map_err(|cause| failed(&cause))?;
    stream.set_read_timeout(Some(LIMIT)).map_err(|cause| failed(&cause))?;
    // HTTP/1.0: one answer, in one piece, then the end of the stream.
    let request = format!(
        "{method} /{base}{path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer x\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).map_err(|cause| failed(&cause))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(|cause| failed(&cause))?;
    let (head, content) = answer.split_once("\r\n\r\n").ok_or_else(|| failed(&"no HTTP answer"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| failed(&"no HTTP status"))?;
    let content = if content.is_empty() { "null" } else { content };
    Ok((status, serde_json::from_str(content).map_err(|cause| failed(&cause))?))
}
