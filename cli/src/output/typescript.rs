//! A policy in TypeScript that says what exists on a branch.
//!
//! Invariants: planning it right away changes nothing on that branch and tunes no other; a name from the
//! platform, whatever is in it, stays a key or a string. What a policy cannot say without more than a branch
//! knows, functions and what hangs off them, is written as comments that are TypeScript once uncommented. They
//! are line comments, and strings hold no line ends, so that nothing in them ends a comment.

use std::fmt::Write;

use neonform_engine::kind::Kind;
use neonform_engine::path::Path;
use neonform_engine::value::Value;
use neonform_neon::auth::Auth;

use super::text::printable;

/// The home of what needs a source file.
const FUNCTIONS: &str = "functions";
/// The home of what needs a function.
const TRIGGERS: &str = "triggers";
/// The home of the branch's own settings; its `parent` matters at creation only.
const BRANCH: &str = "branch";
/// What a provider has to be named for unless Neon Auth is on.
const DATA_API: &str = "dataApi";
/// What is no policy's.
const CREDENTIALS: &str = "credentials";
const HOSTS: &str = "customDomains";

/// A branch, and what every kind exported of it.
pub struct Imported<'a> {
    /// Project id.
    pub project: &'a str,
    /// The branch's name.
    pub branch: &'a str,
    /// Whether it is the project's default branch: only there, static hosts are in force.
    pub is_default: bool,
    /// When it expires.
    pub expires_at: Option<&'a str>,
    /// What every kind exported.
    pub found: &'a Value,
}

/// The policy.
pub fn policy(imported: &Imported<'_>) -> String {
    let mut text = String::from("import { defineConfig } from \"@neon/config/v1\";\n\n");
    lines(&mut text, &header(imported), "// ");
    text.push_str("export default defineConfig({\n");
    for (key, value) in entries(Some(imported.found)) {
        match key.as_str() {
            FUNCTIONS | TRIGGERS | BRANCH | CREDENTIALS => {}
            DATA_API if !is_on(imported.found, Auth::NAME) => lines(&mut text, &EXTERNAL, "  // "),
            _ => lines(&mut text, &home(key, value), "  "),
        }
    }
    lines(&mut text, &functions(imported), "  // ");
    lines(&mut text, &closure(imported), "  ");
    text.push_str("});\n");
    text
}

/// The home of a provider that the platform does not report.
const EXTERNAL: [&str; 3] = [
    "The Data API is on without Neon Auth, so with a provider of its own, which the platform does not report.",
    "To declare it, fill in the address of the provider's keys and uncomment:",
    "dataApi: { authProvider: \"external\", jwksUrl: \"https://example.com/.well-known/jwks.json\" },",
];

fn header(imported: &Imported<'_>) -> Vec<String> {
    let (branch, project) = (string(imported.branch), string(imported.project));
    let mut header = vec![
        format!("What exists on branch {branch} of project {project}, as `neonform import` found it."),
        "Whether a policy turns the AI Gateway on is not recorded: add aiGateway: true to use it.".to_owned(),
    ];
    header.extend(imported.expires_at.map(|at| {
        format!("The branch expires at {}; for branches to expire, let the closure return a ttl.", string(at))
    }));
    header
}

/// A toggle on one line; a record with one line a resource.
fn home(name: &str, value: &Value) -> Vec<String> {
    let resources = entries(Some(value));
    if resources.is_empty() {
        return vec![format!("{}: {},", key(name), literal(value))];
    }
    let line = |(name, value): &(String, Value)| format!("  {}: {},", key(name), literal(value));
    let opening = format!("{}: {{", key(name));
    std::iter::once(opening).chain(resources.iter().map(line)).chain(["},".to_owned()]).collect()
}

/// Functions and triggers, with what it takes to declare them.
fn functions(imported: &Imported<'_>) -> Vec<String> {
    let found = entries(imported.found.at(&Path::root().key(FUNCTIONS)));
    let triggers = imported.found.at(&Path::root().key(TRIGGERS));
    if found.is_empty() && triggers.is_none() {
        return Vec::new();
    }
    let declared =
        found.iter().map(|(slug, fields)| (slug.clone(), function(slug, fields, imported.is_default)));
    let mut block = vec![
        "The functions that are deployed; the platform knows neither their sources nor the values of their"
            .to_owned(),
        "variables. Correct each source, add env (variables that are left out are removed), and uncomment:"
            .to_owned(),
    ];
    if !imported.is_default && entries(triggers).iter().any(|(_, trigger)| is_off(trigger)) {
        block.push(
            "A branch starts with its parent's triggers disabled: enabled: false would reach the parent too."
                .to_owned(),
        );
    }
    block.extend(home(FUNCTIONS, &Value::Map(declared.collect())));
    block.extend(triggers.map(|triggers| home(TRIGGERS, triggers)).unwrap_or_default());
    block
}

fn function(slug: &str, found: &Value, with_hosts: bool) -> Value {
    let field = |name: &str| found.at(&Path::root().key(name)).cloned();
    let mut fields = vec![
        ("name".to_owned(), field("name").unwrap_or_else(|| slug.into())),
        ("source".to_owned(), format!("./src/{slug}.ts").into()),
    ];
    fields.extend(field(HOSTS).filter(|_| with_hosts).map(|hosts| (HOSTS.to_owned(), hosts)));
    Value::Map(fields)
}

/// The closure: settings for this branch, nothing for another.
fn closure(imported: &Imported<'_>) -> Vec<String> {
    let own = entries(imported.found.at(&Path::root().key(BRANCH)));
    let settings = own.iter().filter(|(name, _)| name != "parent");
    let mut inside: Vec<String> =
        settings.map(|(name, value)| format!("{}: {},", key(name), literal(value))).collect();
    inside.extend(hosts(imported));
    if inside.is_empty() {
        return Vec::new();
    }
    // The remark stands inside, so that uncommenting what is above does not take it along.
    let mut closure = vec![
        "branch: (branch) =>".to_owned(),
        "  // For this branch only: others, and what is not set here, stay as they are.".to_owned(),
        format!("  branch.name === {}", string(imported.branch)),
        "    ? {".to_owned(),
    ];
    closure.extend(inside.iter().map(|line| format!("        {line}")));
    closure.extend(["      }", "    : {},"].map(str::to_owned));
    closure
}

/// Hosts of a branch that is not the default one: they can only be said in its tuning, and only of
/// functions that are declared.
fn hosts(imported: &Imported<'_>) -> Option<String> {
    let of = |(slug, fields): &(String, Value)| {
        let hosts = fields.at(&Path::root().key(HOSTS))?.clone();
        Some((slug.clone(), Value::Map(vec![(HOSTS.to_owned(), hosts)])))
    };
    let functions = entries(imported.found.at(&Path::root().key(FUNCTIONS)));
    let tuned: Vec<_> = functions.iter().filter_map(of).collect();
    (!imported.is_default && !tuned.is_empty())
        .then(|| format!("// {FUNCTIONS}: {},", literal(&Value::Map(tuned))))
}

fn lines<Line: AsRef<str>>(text: &mut String, lines: &[Line], before: &str) {
    for line in lines {
        let _ = writeln!(text, "{before}{}", line.as_ref());
    }
}

fn entries(value: Option<&Value>) -> &[(String, Value)] {
    if let Some(Value::Map(entries)) = value { entries } else { &[] }
}

fn is_on(found: &Value, home: &str) -> bool {
    found.at(&Path::root().key(home)) == Some(&Value::Bool(true))
}

fn is_off(trigger: &Value) -> bool {
    trigger.at(&Path::root().key("enabled")) == Some(&Value::Bool(false))
}

/// A value as TypeScript on one line.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Bytes(size) => size.to_string(),
        Value::String(text) => string(text),
        Value::Secret(secret) => string(&secret.to_string()),
        Value::Unknown => string(&value.to_string()),
        Value::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Map(entries) => {
            let field = |(name, value): &(String, Value)| format!("{}: {}", key(name), literal(value));
            format!("{{ {} }}", entries.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A key of an object: bare where it is an identifier. `__proto__` is no key unless it is computed.
fn key(name: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    match name {
        "__proto__" => format!("[{}]", string(name)),
        _ if name.starts_with(|c: char| is_word(c) && !c.is_ascii_digit()) && name.chars().all(is_word) => {
            name.to_owned()
        }
        _ => string(name),
    }
}

/// A string of one line in which every character shows: what would not is escaped as TypeScript has it.
fn string(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\u{2028}' | '\u{2029}' => quoted.extend(c.escape_unicode()),
            c => quoted.push_str(&printable(c.encode_utf8(&mut [0; 4]))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }

    fn written(branch: &str, is_default: bool, found: &Value) -> String {
        policy(&Imported { project: "p-1", branch, is_default, expires_at: None, found })
    }

    const HOSTILE: &str = "a\"; */ `${x}` \\ //\n\u{2028}\r\u{1b}[2J\u{202e}}";
    const TAMED: &str = r#""a\"; */ `${x}` \\ //\n\u{2028}\r\u{1b}[2J\u{202e}}""#;

    #[test]
    fn keys_and_strings_hold_what_they_are_given() {
        let cases = [
            ("logs", "logs"),
            ("_a$1", "_a$1"),
            ("a-b", "\"a-b\""),
            ("1a", "\"1a\""),
            ("", "\"\""),
            ("schön", "\"schön\""),
            ("__proto__", "[\"__proto__\"]"),
            (HOSTILE, TAMED),
        ];
        for (name, expected) in cases {
            assert_eq!(key(name), expected);
        }
        assert_eq!(string(HOSTILE), TAMED);
    }

    #[test]
    fn hostile_names_end_neither_a_string_nor_a_comment() {
        let named = |value: &Value| map(&[(HOSTILE, value.clone())]);
        let host = map(&[("name", HOSTILE.into()), (HOSTS, Value::List(vec![HOSTILE.into()]))]);
        let found = map(&[
            ("branch", map(&[("protected", true.into())])),
            ("buckets", named(&map(&[("access", HOSTILE.into())]))),
            (FUNCTIONS, named(&host)),
            (TRIGGERS, named(&map(&[("type", HOSTILE.into())]))),
        ]);
        let text = written(HOSTILE, false, &found);
        assert!(!text.contains(['\r', '\u{2028}', '\u{1b}', '\u{202e}']), "{text}");
        let known = ["import ", "export ", "//", "  ", "}", ""];
        for line in text.lines() {
            assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
            // Every quote that is not escaped opens or closes a string: they come in pairs.
            let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
            assert_eq!(quotes % 2, 0, "{line}");
        }
        assert_eq!(text.lines().count(), written("b", false, &found).lines().count());
    }

    #[test]
    fn a_data_api_without_neon_auth_waits_for_its_provider() {
        let alone = written("main", true, &map(&[(DATA_API, true.into())]));
        assert!(
            alone.contains("  // dataApi: { authProvider: \"external\"") && !alone.contains("\n  dataApi")
        );
        let both = written("main", true, &map(&[(Auth::NAME, true.into()), (DATA_API, true.into())]));
        assert!(both.contains("\n  auth: true,\n  dataApi: true,\n"), "{both}");
    }

    #[test]
    fn hosts_are_static_on_the_default_branch_and_tuned_elsewhere() {
        let hosts = Value::List(vec!["a.example.com".into()]);
        let api = map(&[("name", "Api".into()), (HOSTS, hosts)]);
        let found = map(&[(FUNCTIONS, map(&[("api", api)]))]);
        let main = written("main", true, &found);
        let line =
            "  //   api: { name: \"Api\", source: \"./src/api.ts\", customDomains: [\"a.example.com\"] },\n";
        assert!(main.contains(line) && !main.contains("branch:"), "{main}");
        let dev = written("dev", false, &found);
        assert!(dev.contains("  //   api: { name: \"Api\", source: \"./src/api.ts\" },\n"), "{dev}");
        let tuned = "          // functions: { api: { customDomains: [\"a.example.com\"] } },\n";
        assert!(dev.contains(tuned), "{dev}");
    }

    #[test]
    fn disabled_triggers_of_a_child_come_with_a_warning() {
        let off = map(&[("type", "schedule".into()), ("enabled", false.into())]);
        let found = map(&[(TRIGGERS, map(&[("nightly", off)]))]);
        assert!(!written("main", true, &found).contains("parent's triggers"));
        let dev = written("dev", false, &found);
        assert!(
            dev.contains("  // A branch starts with its parent's triggers disabled")
                && dev.contains("nightly")
        );
    }

    #[test]
    fn tuning_is_for_this_branch_and_names_no_parent() {
        let sizes = map(&[("autoscalingLimitMaxCu", 0.25.into()), ("suspendTimeout", false.into())]);
        let own = [("parent", "main".into()), ("postgres", map(&[("computeSettings", sizes)]))];
        let text = written("dev", false, &map(&[(BRANCH, map(&own))]));
        let settings =
            "postgres: { computeSettings: { autoscalingLimitMaxCu: 0.25, suspendTimeout: false } },\n";
        assert!(text.contains(settings) && text.contains("branch.name === \"dev\"\n"), "{text}");
        assert!(!text.contains("parent"), "{text}");
        assert!(!written("dev", false, &map(&[("branch", map(&own[..1]))])).contains("branch:"));
    }
}
