//! What exists on a branch, in three formats (spec 4.9).
//!
//! In: the branch's facts and what every kind exported, in the shape of a policy. The formats differ in where
//! things sit: ours has the policy's own homes, the reference's has functions, buckets and credentials under
//! `preview`, and knows neither triggers nor hosts. People get a line a resource, a group a home.

use std::io::{self, Write};

use anstyle::Style;
use neonform_engine::path::Path;
use neonform_engine::value::Value;
use serde_json::{Map, Value as Json, json};

use super::json::masked;
use super::page::{Page, padded, width, wrapped};
use super::text::printable;

const BOLD: Style = Style::new().bold();

/// Where what no policy can say is exported to.
const CREDENTIALS: &str = "credentials";
/// Columns that are left for what is said of a name.
const LEAST: usize = 20;

/// The home of the branch's own settings.
const BRANCH: &str = "branch";
/// Homes that the reference has under `preview`, and which of a resource's fields it shows; all where none
/// is named.
const PREVIEW: [(&str, &[&str]); 3] = [("functions", &["name"]), ("buckets", &[]), (CREDENTIALS, &[])];
/// Homes that the reference's status does not have.
const UNKNOWN_TO_REFERENCE: [&str; 1] = ["triggers"];

/// What exists on a branch.
pub struct Status {
    /// `project` and `branch`, in the words of the reference.
    pub facts: Json,
    /// What every kind exported.
    pub found: Value,
}

impl Status {
    /// What a policy would say.
    pub fn config(&self) -> Value {
        let entries = self.entries().iter().filter(|(key, _)| key != CREDENTIALS);
        Value::Map(entries.cloned().collect())
    }

    /// What a policy would say, in the shape of the reference.
    pub fn neon_config(&self) -> Json {
        let moved = PREVIEW.iter().filter_map(|(home, fields)| {
            let shown = only(fields, masked(self.home(home)?));
            (!is_empty(&shown)).then_some(((*home).to_owned(), shown))
        });
        let moved: Map<String, Json> = moved.collect();
        let elsewhere = |key: &str| {
            key == BRANCH
                || UNKNOWN_TO_REFERENCE.contains(&key)
                || PREVIEW.iter().any(|(home, _)| *home == key)
        };
        let kept = self.entries().iter().filter(|(key, _)| !elsewhere(key));
        let mut config: Map<String, Json> = kept.map(|(key, value)| (key.clone(), masked(value))).collect();
        if !moved.is_empty() {
            config.insert("preview".to_owned(), moved.into());
        }
        config.extend(self.home(BRANCH).map(|branch| (BRANCH.to_owned(), masked(branch))));
        config.into()
    }

    /// Versioned JSON.
    pub fn json(&self) -> Json {
        json!({
            "version": 1,
            "project": self.facts["project"],
            "branch": self.facts["branch"],
            "config": masked(&self.config()),
            "credentials": self.home(CREDENTIALS).map_or_else(|| json!([]), masked),
        })
    }

    /// The JSON of the reference.
    pub fn neon_json(&self) -> Json {
        json!({
            "project": self.facts["project"],
            "branch": self.facts["branch"],
            "config": self.neon_config(),
        })
    }

    /// For people.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn human(&self, out: &mut dyn Write, page: Page) -> io::Result<()> {
        let mut rows = |heading: &str, found: &[Row]| rows(out, page, heading, found);
        rows("Project", &self.about("project"))?;
        let mut branch = self.about("branch");
        if let Some(settings) = self.home(BRANCH) {
            leaves(settings, &Path::root(), &mut branch);
        }
        rows("Branch", &branch)?;
        let on = self.entries().iter().filter(|(_, value)| *value == Value::Bool(true));
        let on: Vec<Row> = on.map(|(key, _)| (key.clone(), "on".to_owned())).collect();
        rows("Services", &on)?;
        for (key, value) in self.entries().iter().filter(|(key, _)| key != BRANCH) {
            rows(&capitalised(key), &resources(value))?;
        }
        Ok(())
    }

    fn about(&self, what: &str) -> Vec<Row> {
        let fields = self.facts[what].as_object().into_iter().flatten();
        fields.map(|(name, value)| (name.clone(), plain(value))).collect()
    }

    fn home(&self, key: &str) -> Option<&Value> {
        self.found.at(&Path::root().key(key))
    }

    fn entries(&self) -> &[(String, Value)] {
        if let Value::Map(entries) = &self.found { entries } else { &[] }
    }
}

/// The named fields of every resource of a home, and of its resources those that have any of them.
fn only(fields: &[&str], home: Json) -> Json {
    let Json::Object(resources) = home else { return home };
    let keep = |(name, mut resource): (String, Json)| {
        if let Some(known) = resource.as_object_mut().filter(|_| !fields.is_empty()) {
            known.retain(|field, _| fields.contains(&field.as_str()));
        }
        (!is_empty(&resource)).then_some((name, resource))
    };
    resources.into_iter().filter_map(keep).collect()
}

fn is_empty(json: &Json) -> bool {
    json.as_object().is_some_and(Map::is_empty) || json.as_array().is_some_and(Vec::is_empty)
}

/// A name, and what is said of it.
type Row = (String, String);

/// Names and what is said of them side by side; below each other where the names leave too little of the page.
fn rows(out: &mut dyn Write, page: Page, heading: &str, rows: &[Row]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "{BOLD}{}{BOLD:#}", printable(heading))?;
    let rows: Vec<Row> = rows.iter().map(|(name, text)| (printable(name), printable(text))).collect();
    let names = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let fits = names + 4 + LEAST <= page.width;
    for (name, text) in &rows {
        if fits {
            writeln!(out, "{}", format!("  {}  {text}", padded(name, names)).trim_end())?;
            continue;
        }
        writeln!(out, "  {name}")?;
        for line in wrapped(&format!("    {text}"), page.width, 4).iter().filter(|_| !text.is_empty()) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The resources of a home: a record by name, or a list of what has an id and perhaps a name.
fn resources(home: &Value) -> Vec<Row> {
    match home {
        Value::Map(entries) => {
            entries.iter().map(|(name, resource)| (name.clone(), described(resource))).collect()
        }
        Value::List(items) => items.iter().filter_map(identified).collect(),
        _ => Vec::new(),
    }
}

/// By its name, which says more than the id that it begins with.
fn identified(item: &Value) -> Option<Row> {
    let Value::Map(fields) = item else { return None };
    let (id, rest) = fields.split_first()?;
    let (named, rest): (Vec<_>, Vec<_>) = rest.iter().cloned().partition(|(field, _)| field == "name");
    let (_, called) = named.first().unwrap_or(id);
    Some((called.to_string(), described(&Value::Map(rest))))
}

/// What a resource is first, and the rest by name: `schedule, function: digest, enabled: true`.
fn described(resource: &Value) -> String {
    let Value::Map(fields) = resource else { return resource.to_string() };
    let text = |value: &Value| match value {
        Value::List(items) => items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    let field = |(position, (name, value)): (usize, &(String, Value))| match position {
        0 => text(value),
        _ => format!("{name}: {}", text(value)),
    };
    fields.iter().enumerate().map(field).collect::<Vec<_>>().join(", ")
}

/// Settings by their path in what the closure returns; those that the facts have already are left out.
fn leaves(value: &Value, path: &Path, rows: &mut Vec<Row>) {
    if let Value::Map(entries) = value {
        entries.iter().for_each(|(key, value)| leaves(value, &path.key(key), rows));
        return;
    }
    let name = path.to_string();
    if rows.iter().all(|(known, _)| *known != name) {
        rows.push((name, value.to_string()));
    }
}

fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// `dataApi` as a heading: `DataApi`.
fn capitalised(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        text.into()
    }

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }

    fn status() -> Status {
        let host = Value::List(vec![text("a.example.com")]);
        let found = map(&[
            ("branch", map(&[("parent", text("main")), ("protected", true.into())])),
            ("auth", true.into()),
            ("buckets", map(&[("logs", map(&[("access", text("private"))]))])),
            (
                "functions",
                map(&[
                    ("api", map(&[("name", text("Api")), ("customDomains", host.clone())])),
                    ("gone", map(&[("customDomains", host)])),
                ]),
            ),
            ("triggers", map(&[("t", map(&[("type", text("schedule")), ("enabled", false.into())]))])),
            ("credentials", Value::List(vec![map(&[("id", text("4f2a")), ("name", text("x\u{1b}[2J"))])])),
        ]);
        let branch = json!({ "id": "br-1", "name": "dev", "parent": "main", "protected": true });
        Status { facts: json!({ "project": { "id": "p" }, "branch": branch }), found }
    }

    #[test]
    fn the_reference_has_other_homes_and_fewer_fields() {
        let expected = json!({
            "auth": true,
            "preview": {
                "functions": { "api": { "name": "Api" } },
                "buckets": { "logs": { "access": "private" } },
                "credentials": [{ "id": "4f2a", "name": "x\u{1b}[2J" }],
            },
            "branch": { "parent": "main", "protected": true },
        });
        assert_eq!(status().neon_config().to_string(), expected.to_string());
    }

    #[test]
    fn a_branch_with_nothing_on_it_has_no_empty_parts() {
        let bare = Status { found: map(&[]), ..status() };
        assert_eq!(bare.neon_config(), json!({}));
        assert_eq!((&bare.json()["config"], &bare.json()["credentials"]), (&json!({}), &json!([])));
    }

    #[test]
    fn credentials_stand_beside_what_a_policy_can_say() {
        let json = status().json();
        assert_eq!(json["credentials"][0]["id"], "4f2a");
        assert!(json["config"].get("credentials").is_none() && json["config"].get("triggers").is_some());
    }

    #[test]
    fn people_get_a_line_a_resource_and_no_control_characters() {
        let mut out = Vec::new();
        status().human(&mut out, Page::default()).ok();
        let shown = String::from_utf8_lossy(&out).into_owned();
        assert!(shown.contains("  api   Api, customDomains: a.example.com\n"), "{shown}");
        assert!(shown.contains("  t  schedule, enabled: false\n"), "{shown}");
        assert!(shown.contains("  x\\u{1b}[2J\n") && !shown.contains("4f2a"), "{shown}");
        assert_eq!(shown.matches("parent").count(), 1, "{shown}");
    }
}
