//! The JavaScript that makes the sandbox, as text. `prelude/` holds one file per concern.
//!
//! Each file is a function that takes `kit`, which the files build together, and `host`, whose functions are Rust's.
//! Neither is reachable from a policy. The function is written in parentheses because V8 then compiles it where it
//! stands, instead of reading it twice: parsing is the largest part of making a sandbox.

/// What makes the sandbox, in order: the earlier ones are used by the later ones.
#[cfg(any(test, not(snapshot)))]
pub(crate) const STARTUP: &[&str] = &[
    "primordials",
    "record",
    "kinds",
    "inspect",
    "console",
    "events",
    "encoding",
    "timers",
    "url",
    "clone",
    "random",
    "clock",
    "environment",
    "process",
    "buffer",
    "modules",
    "extract",
    "globals",
    "settle",
];

/// The text of one file, by its name.
pub(crate) fn source(name: &str) -> Option<&'static str> {
    let found = SOURCES.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text)
}

macro_rules! sources {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../prelude/", $name, ".js"))),)*]
    };
}

const SOURCES: &[(&str, &str)] = sources!(
    "primordials" "record" "kinds" "inspect" "console" "events" "encoding" "timers" "url" "clone" "random" "clock"
    "environment" "process" "buffer" "modules" "extract" "globals" "settle" "config"
    "node/assert" "node/events" "node/fs" "node/module" "node/path" "node/small" "node/url" "node/util"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_is_run_is_there_and_says_what_it_is() {
        for name in STARTUP {
            assert!(source(name).is_some(), "{name}");
        }
        for (name, text) in SOURCES {
            assert!(text.starts_with("// "), "{name} has no comment");
            assert!(text.is_ascii(), "{name} is not ASCII");
            assert!(text.contains("\n(function (kit"), "{name} is no function");
        }
    }
}
