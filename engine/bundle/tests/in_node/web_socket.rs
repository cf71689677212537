//! As much of a WebSocket client as one message needs (RFC 6455).

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::server::PATIENCE;

/// The example of the RFC, section 1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const FINAL_TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;
const MASK: [u8; 4] = [1, 2, 3, 4];

/// Opens a connection, sends a short text and gives the text that comes back.
pub(crate) fn echo(port: u16, path: &str, text: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let head = head(&mut stream);
    assert!(head.starts_with("HTTP/1.1 101 ") && head.contains(ACCEPT), "{head}");
    stream.write_all(&frame(text)).expect("sent");
    let [kind, length] = bytes(&mut stream);
    assert!(kind == FINAL_TEXT && length < 126, "{kind} {length}");
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).expect("an answer");
    String::from_utf8(answer).expect("text")
}

/// A masked frame with all of a short text.
fn frame(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("short");
    let content = text.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    [FINAL_TEXT, MASKED | length].into_iter().chain(MASK).chain(content).collect()
}

/// The answer to the handshake, to its empty line and no further.
fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(bytes::<1>(stream));
    }
    String::from_utf8(head).expect("text")
}

fn bytes<const COUNT: usize>(stream: &mut TcpStream) -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    stream.read_exact(&mut bytes).expect("an answer");
    bytes
}
