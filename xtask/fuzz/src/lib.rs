//! Valid JSON and text made invalid: what the fuzz tests of the other crates have in common.
//!
//! proptest rather than cargo-fuzz, which needs a nightly compiler: a case is a few edits of something valid, since
//! random bytes seldom come past the first check. Edits are values, so that a failing case shrinks to the fewest.
//!
//! `NEONFORM_FUZZ_CASES` multiplies the cases of each test (1 in a test run), and `NEONFORM_FUZZ_SEED` says where
//! they start (0): the same two numbers give the same cases. `cargo xtask fuzz` sets both.

#![allow(clippy::panic, clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::Value as Json;

/// Tries a property on so many cases, times what the environment says; a failing case is shrunk and shown.
pub fn holds<Case: std::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = Case>,
    property: impl Fn(Case) -> Result<(), String>,
) {
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(text.parse::<u64>().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
    };
    let times = number("NEONFORM_FUZZ_CASES").unwrap_or(1);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number("NEONFORM_FUZZ_SEED").unwrap_or_default().to_le_bytes());
    let cases = u32::try_from(u64::from(cases) * times).unwrap_or(u32::MAX);
    let config = Config { cases, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let tried = runner.run(&strategy, |case| property(case).map_err(TestCaseError::fail));
    if let Err(failed) = tried {
        panic!("{failed}");
    }
}

/// One edit of a JSON text: which of its values, and what becomes of it.
#[derive(Debug, Clone)]
pub struct Edit {
    place: u16,
    what: What,
}

/// What becomes of a value.
#[derive(Debug, Clone)]
enum What {
    /// It is taken out of its object or list.
    Remove,
    /// This JSON text, valid or not, is in its place.
    Replace(&'static str),
    /// It is inside so many lists.
    Deep(u32),
    /// So many of it are in a list.
    Many(u32),
    /// A text of so many characters is in its place.
    Long(u32),
    /// A text from nowhere is in its place.
    Text(String),
}

/// Bytes of an edited text, about: whether far larger ones are refused is tested where they are made on purpose.
const LARGEST: usize = 8 * 1024 * 1024;

/// What stands for a text that serde_json would not write.
const MARK: &str = "\u{1}fuzz:";

/// Values of another type, of another size, and what is no value at all.
const OTHERS: [&str; 19] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e308",
    "1e999",
    "-9223372036854775808",
    "18446744073709551616",
    "0.1",
    "\"\"",
    "[]",
    "{}",
    "[null]",
    "{\"a\":1,\"a\":{\"a\":2}}",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"../../x\"",
    "nul",
];

/// Some edits.
pub fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let what = prop_oneof![
        2 => Just(What::Remove),
        6 => select(OTHERS.to_vec()).prop_map(What::Replace),
        1 => select(vec![2, 127, 20_000]).prop_map(What::Deep),
        1 => select(vec![2, 5_000]).prop_map(What::Many),
        1 => select(vec![300, 100_000]).prop_map(What::Long),
        1 => any::<String>().prop_map(What::Text),
    ];
    let edit = (any::<u16>(), what).prop_map(|(place, what)| Edit { place, what });
    proptest::collection::vec(edit, 1..4)
}

/// A JSON text with edits made to it; a text that is none stays as it is.
pub fn edited(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let Ok(mut json) = serde_json::from_slice::<Json>(text) else { return text.to_vec() };
    for Edit { place, what } in edits {
        let mut left = usize::from(*place) % count(&json);
        edit(&mut json, &mut left, what);
    }
    let text = json.to_string();
    // What stands for raw text is a text of its own: its quotes go with it.
    let mark = format!("\"{}", Json::from(MARK).to_string().trim_matches('"'));
    let mut parts = text.split(mark.as_str());
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hex, rest) = part.split_once('"').unwrap_or((part, ""));
        let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
        out.push_str(&String::from_utf8_lossy(&bytes.collect::<Vec<_>>()));
        out.push_str(rest);
    }
    out.into_bytes()
}

fn count(json: &Json) -> usize {
    1 + match json {
        Json::Array(items) => items.iter().map(count).sum(),
        Json::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// Edits the value that is `left` further on. Says whether it is to be taken out of what holds it.
fn edit(json: &mut Json, left: &mut usize, what: &What) -> bool {
    if *left == 0 {
        *left = usize::MAX;
        match what {
            What::Remove => return true,
            What::Replace(text) => *json = raw(text),
            What::Deep(depth) => {
                let depth = usize::try_from(*depth).unwrap();
                *json = raw(&format!("{}{json}{}", "[".repeat(depth), "]".repeat(depth)));
            }
            What::Many(number) => {
                let most = LARGEST / json.to_string().len();
                *json = Json::Array(vec![json.clone(); usize::try_from(*number).unwrap().min(most)]);
            }
            What::Long(length) => *json = "x".repeat(usize::try_from(*length).unwrap()).into(),
            What::Text(text) => *json = text.as_str().into(),
        }
        return false;
    }
    *left -= 1;
    match json {
        Json::Array(items) => {
            for at in 0..items.len() {
                if *left != usize::MAX && edit(&mut items[at], left, what) {
                    items.remove(at);
                    break;
                }
            }
        }
        Json::Object(fields) => {
            let names: Vec<String> = fields.keys().cloned().collect();
            for name in names {
                let Some(value) = fields.get_mut(&name).filter(|_| *left != usize::MAX) else { break };
                if edit(value, left, what) {
                    fields.remove(&name);
                    break;
                }
            }
        }
        _ => {}
    }
    false
}

/// A text that goes into the result as it is.
fn raw(text: &str) -> Json {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{MARK}{hex}").into()
}

/// Bytes with a few of them changed, cut out, or doubled.
pub fn torn(text: &[u8], tears: &[(u16, u8)]) -> Vec<u8> {
    let mut out = text.to_vec();
    for (place, byte) in tears {
        let at = usize::from(*place) % (out.len() + 1);
        match byte % 4 {
            0 => out.truncate(at),
            1 => out.insert(at, *byte),
            2 => out.extend_from_within(at..),
            _ => out.splice(at..(at + 1).min(out.len()), [byte.wrapping_mul(67)]).for_each(drop),
        }
    }
    out
}

/// Some tears.
pub fn tears() -> impl Strategy<Value = Vec<(u16, u8)>> {
    proptest::collection::vec(any::<(u16, u8)>(), 1..6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_can_be_reached_and_raw_text_is_written_as_it_is() {
        let text = br#"{"a":[1,{"b":"c"}],"d":null}"#;
        let with = |place, what| String::from_utf8(edited(text, &[Edit { place, what }])).unwrap();
        assert_eq!(with(0, What::Replace("nul")), "nul");
        assert_eq!(with(2, What::Remove), r#"{"a":[{"b":"c"}],"d":null}"#);
        assert_eq!(with(4, What::Replace("\"\\ud800\"")), r#"{"a":[1,{"b":"\ud800"}],"d":null}"#);
        assert_eq!(with(5, What::Deep(2)), r#"{"a":[1,{"b":"c"}],"d":[[null]]}"#);
        assert_eq!(with(6, What::Many(2)).matches('a').count(), 2);
    }
}
