//! Which JavaScript engine this machine can have (`design.md`, "Two commands on a fresh machine").
//!
//! V8 where its library is: in `RUSTY_V8_ARCHIVE`, in `../shared/v8`, or downloadable; else QuickJS,
//! which needs only crates and a C compiler.

use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use crate::cargo::workspace;

/// The host that the `v8` crate downloads its library from when it is built.
const DOWNLOADS: &str = "github.com:443";

/// A JavaScript engine and how to build with it.
#[derive(Clone)]
pub struct Engine {
    /// The cargo feature: `v8` or `quickjs`.
    pub feature: &'static str,
    /// The archive of V8, where the crate shall not download one.
    pub archive: Option<PathBuf>,
    /// Why it was chosen.
    pub why: String,
}

impl Engine {
    /// QuickJS.
    pub fn quickjs(why: &str) -> Self {
        Self { feature: "quickjs", archive: None, why: why.to_owned() }
    }

    fn v8(archive: Option<PathBuf>, why: &str) -> Self {
        Self { feature: "v8", archive, why: why.to_owned() }
    }
}

/// Takes `--engine NAME` out of the words of a command.
pub fn take_flag(words: &mut Vec<String>) -> Result<Option<String>, String> {
    let Some(place) = words.iter().position(|word| word == "--engine" || word.starts_with("--engine="))
    else {
        return Ok(None);
    };
    let word = words.remove(place);
    let name = match word.split_once('=') {
        Some((_, name)) => name.to_owned(),
        None if place < words.len() => words.remove(place),
        None => return Err("--engine needs v8 or quickjs".to_owned()),
    };
    Ok(Some(name))
}

/// Chooses, and says in one line which and why.
pub fn choose(named: Option<String>) -> Result<Engine, String> {
    let engine = match named.as_deref() {
        None => best(),
        Some("quickjs") => Engine::quickjs("as asked"),
        Some("v8") => with_v8().unwrap_or_else(|| Engine::v8(None, "as asked; its crate has to download it")),
        Some(other) => return Err(format!("there is no engine {other:?}; there are v8 and quickjs")),
    };
    let name = if engine.feature == "v8" { "V8" } else { "QuickJS" };
    eprintln!("engine: {name} ({})", engine.why);
    Ok(engine)
}

fn best() -> Engine {
    with_v8().unwrap_or_else(|| {
        Engine::quickjs(
            "no RUSTY_V8_ARCHIVE, no archive in ../shared/v8, and the download host does not answer",
        )
    })
}

fn with_v8() -> Option<Engine> {
    if let Some(archive) = std::env::var_os("RUSTY_V8_ARCHIVE").filter(|archive| !archive.is_empty()) {
        return Some(Engine::v8(Some(archive.into()), "RUSTY_V8_ARCHIVE is set"));
    }
    let shared = workspace().join("../shared/v8").join(archive_name());
    if let Ok(archive) = shared.canonicalize() {
        return Some(Engine::v8(Some(archive), "an archive is in ../shared/v8"));
    }
    downloads_answer().then(|| Engine::v8(None, "its download host answers"))
}

fn archive_name() -> String {
    let (arch, os) = (std::env::consts::ARCH, std::env::consts::OS);
    let target = match os {
        "linux" => format!("{arch}-unknown-linux-gnu"),
        "macos" => format!("{arch}-apple-darwin"),
        other => format!("{arch}-{other}"),
    };
    format!("librusty_v8_release_{target}.a.gz")
}

fn downloads_answer() -> bool {
    let addresses = DOWNLOADS.to_socket_addrs();
    let limit = Duration::from_secs(3);
    addresses.is_ok_and(|mut found| found.any(|address| TcpStream::connect_timeout(&address, limit).is_ok()))
}
