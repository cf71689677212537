//! `--output sarif`: SARIF 2.1.0, one result a change and one a problem, for code scanning.
//!
//! Places are relative to the repository's root, percent-encoded. A result without a place of its own is about the
//! policy file as a whole, because code scanning takes none without a place. In texts, brackets would make links.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};

use neonform_engine::node::Position;

use super::remarks::{Level, Remark, Rule};

/// What is left as it is in a path: the unreserved characters of RFC 3986, and the slash between its parts.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A log of one run. `policy` is the policy file, relative to the repository; `succeeded` whether the command did what it
/// was asked for.
pub fn log(remarks: &[Remark], policy: &str, succeeded: bool) -> Json {
    let mut rules: Vec<&Rule> = Vec::new();
    for remark in remarks {
        if !rules.iter().any(|known| known.id == remark.rule.id) {
            rules.push(&remark.rule);
        }
    }
    let results: Vec<Json> = remarks.iter().map(|remark| result(remark, &rules, policy)).collect();
    let rules: Vec<Json> = rules.iter().map(|known| rule(known)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "neonform", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "invocations": [{ "executionSuccessful": succeeded }],
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    })
}

fn rule(rule: &Rule) -> Json {
    json!({ "id": rule.id, "shortDescription": { "text": rule.summary } })
}

fn result(remark: &Remark, rules: &[&Rule], policy: &str) -> Json {
    let level = match remark.level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    let text = std::iter::once(&remark.title).chain(&remark.lines).map(|line| plain(line));
    let mut fields = Map::new();
    fields.insert("ruleId".to_owned(), remark.rule.id.as_str().into());
    fields.insert("ruleIndex".to_owned(), rules.iter().position(|known| known.id == remark.rule.id).into());
    fields.insert("level".to_owned(), level.into());
    fields.insert("message".to_owned(), json!({ "text": text.collect::<Vec<_>>().join("\n") }));
    let place = remark.at.as_ref().map_or_else(|| artifact(policy), physical);
    fields.insert("locations".to_owned(), json!([{ "physicalLocation": place }]));
    if !remark.related.is_empty() {
        let related = remark.related.iter().map(
            |(at, text)| json!({ "physicalLocation": physical(at), "message": { "text": plain(text) } }),
        );
        fields.insert("relatedLocations".to_owned(), related.collect());
    }
    Json::Object(fields)
}

fn physical(at: &Position) -> Json {
    let mut place = artifact(&at.file);
    place["region"] = json!({ "startLine": at.line, "startColumn": at.column });
    place
}

/// A file: within the repository relative to its root, elsewhere as an address of its own.
fn artifact(file: &str) -> Json {
    let encoded = utf8_percent_encode(file, KEPT);
    let location = if file.starts_with('/') {
        json!({ "uri": format!("file://{encoded}") })
    } else {
        json!({ "uri": encoded.to_string(), "uriBaseId": "%SRCROOT%" })
    };
    json!({ "artifactLocation": location })
}

/// Brackets without the meaning that SARIF gives them in `[text](address)` (3.11.6); others stay readable.
fn plain(text: &str) -> String {
    if !text.contains("](") {
        return text.to_owned();
    }
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_addresses_whatever_their_names() {
        let uri = |file: &str| artifact(file)["artifactLocation"]["uri"].as_str().map(str::to_owned);
        assert_eq!(uri("lib/a b#c%.ts").as_deref(), Some("lib/a%20b%23c%25.ts"));
        assert_eq!(uri("c:x.ts").as_deref(), Some("c%3Ax.ts"));
        assert_eq!(uri("/ü/neon.ts").as_deref(), Some("file:///%C3%BC/neon.ts"));
    }

    #[test]
    fn a_name_makes_no_link() {
        assert_eq!(plain(r"[x](https://example.com) \[y]"), r"\[x\](https://example.com) \\\[y\]");
    }
}
