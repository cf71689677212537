//! `status`: what exists on a branch, in each format.

use serde_json::Value as Json;

use super::support::{Ran, Scratch, golden};

/// Everything that a policy can say, with names that are hard to write down again.
const RICH: &str = r#"export default {
  auth: true,
  dataApi: true,
  buckets: { uploads: {}, "public-files": { access: "public_read" }, __proto: {}, ["__proto__"]: {} },
  functions: {
    api: { name: "Todo \"API\"", source: "./functions/api.ts", customDomains: ["todo.example.com", "api.example.com"] },
    digest: { name: "Daily digest", source: "./functions/digest.ts" },
    "2fa": { name: "Second factor", source: "./functions/health.ts" },
  },
  triggers: {
    nightly: { type: "schedule", function: "digest", cron: "0 3 * * *", functionPath: "/run" },
    "on upload: */\n\"x\"": { type: "storage_object_created", function: "api", bucket: "uploads", prefix: "in/", enabled: false },
  },
  branch: () => ({
    protected: true,
    postgres: { computeSettings: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 4, suspendTimeout: "10m" } },
  }),
};
"#;

/// A branch with everything on it that a policy can say.
pub fn rich() -> Scratch {
    let scratch = Scratch::of("examples/todo-api");
    scratch.write("neon.ts", RICH);
    scratch.local(&["apply", "--update-existing"]).done();
    scratch
}

/// The text with the credentials' ids, which are random, in a fixed form.
fn without_ids(ran: &Ran) -> String {
    let is_id = |word: &str| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let text = ran.text();
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let mask = |word: &str| {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if is_id(bare) { word.replace(bare, "[short id]") } else { word.to_owned() }
    };
    words.map(mask).collect()
}

fn check(scratch: &Scratch, arguments: &[&str], name: &str) {
    golden("status", name, &without_ids(&scratch.local(arguments)));
}

#[test]
fn a_rich_branch_in_each_format() {
    let scratch = rich();
    check(&scratch, &["status"], "human");
    check(&scratch, &["status", "--output", "json"], "json");
    check(&scratch, &["config", "status", "--output", "neon-json"], "neon-json");
    check(&scratch, &["status", "--config-json"], "config-json");
    check(&scratch, &["status", "--config-json", "-o", "json"], "config-json-ours");
}

#[test]
fn a_child_branch_has_a_parent_and_an_expiry() {
    let scratch = rich();
    scratch.write(
        "neon.ts",
        "export default { buckets: { extra: {} }, branch: () => ({ ttl: \"7d\", postgres: { computeSettings: { suspendTimeout: 300 } } }) };",
    );
    scratch.local(&["apply", "--create", "--branch", "preview/x"]).done();
    let ran = scratch.local(&["status", "--branch", "preview/x", "-o", "json"]);
    let status: Json = serde_json::from_str(&ran.done()).unwrap();
    assert_eq!(status["version"], 1);
    assert_eq!(
        (&status["branch"]["parent"], &status["branch"]["isDefault"]),
        (&"main".into(), &false.into())
    );
    assert!(status["branch"]["expiresAt"].as_str().unwrap().ends_with('Z'), "{status:#}");
    assert_eq!(status["config"]["branch"]["parent"], "main");
    assert_eq!(status["config"]["branch"]["postgres"]["computeSettings"]["suspendTimeout"], "5m");
    assert_eq!(status["config"]["triggers"]["nightly"]["enabled"], false);
    let shown = scratch.local(&["status", "--branch", "preview/x"]).done();
    assert!(shown.contains("expiresAt") && shown.contains("nightly"), "{shown}");
}

#[test]
fn credentials_are_listed_without_their_secrets() {
    let ran = rich().local(&["status", "-o", "json"]).done();
    let status: Json = serde_json::from_str(&ran).unwrap();
    let listed = status["credentials"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    for secret in ["nak_live_", "nt_live_", "nsk_live_"] {
        assert!(!ran.contains(secret), "{ran}");
    }
}

#[test]
fn config_json_says_nothing_else() {
    let ran = Scratch::new().local(&["status", "--config-json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let config: Json = serde_json::from_str(&ran.out).unwrap();
    assert!(config["preview"]["credentials"].is_array() && config.get("credentials").is_none(), "{config:#}");
}
