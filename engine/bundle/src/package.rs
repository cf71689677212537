//! What a `package.json` says about its package: entry points and subpath imports.
//!
//! The `exports` and `imports` maps follow Node's algorithm: conditions in the order they are written, the
//! pattern with the longest text before its `*`, `null` for what is withheld. Nothing here touches a disk.

use std::path::PathBuf;

use serde_json::{Map, Value};

/// A package.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its directory, by real path.
    pub(crate) directory: PathBuf,
    /// Its `package.json`, by real path.
    pub(crate) manifest: PathBuf,
    fields: Map<String, Value>,
}

impl Package {
    /// A package from the text of its manifest.
    pub(crate) fn parse(directory: PathBuf, manifest: PathBuf, text: &[u8]) -> serde_json::Result<Self> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let fields = serde_json::from_slice(text)?;
        Ok(Self { directory, manifest, fields })
    }

    /// The package's own name.
    pub(crate) fn name(&self) -> Option<&str> {
        self.fields.get("name")?.as_str()
    }

    /// A field of the manifest.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// A field that is a text.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        self.fields.get(field)?.as_str().map(str::to_owned)
    }

    /// A field that is a list of texts, or one text.
    pub(crate) fn texts(&self, field: &str) -> Vec<String> {
        match self.fields.get(field) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(items)) => {
                items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The names of everything that it says it needs or may use when it runs, sorted.
    pub(crate) fn dependencies(&self) -> Vec<String> {
        let fields = ["dependencies", "optionalDependencies", "peerDependencies"];
        let maps = fields.iter().filter_map(|field| self.fields.get(*field)?.as_object());
        let mut names: Vec<String> = maps.flat_map(|map| map.keys().cloned()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The files to enter by where there is no `exports`, best first.
    pub(crate) fn mains(&self) -> impl Iterator<Item = &str> {
        ["main", "module"].into_iter().filter_map(|field| self.fields.get(field)?.as_str())
    }

    /// Whether the package decides itself what can be imported from it.
    pub(crate) fn has_exports(&self) -> bool {
        self.fields.get("exports").is_some_and(|exports| !exports.is_null())
    }

    /// Where `exports` leads for a subpath (`.` or `./name`), best first.
    pub(crate) fn export(&self, subpath: &str, conditions: &[&str]) -> Vec<String> {
        match self.fields.get("exports") {
            Some(Value::Object(map)) if map.keys().any(|key| key.starts_with('.')) => {
                in_map(map, subpath, conditions)
            }
            Some(target) if subpath == "." => targets(target, None, conditions).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Where `imports` leads for `#name`, best first.
    pub(crate) fn import(&self, name: &str, conditions: &[&str]) -> Vec<String> {
        match self.fields.get("imports") {
            Some(Value::Object(map)) => in_map(map, name, conditions),
            _ => Vec::new(),
        }
    }
}

fn in_map(map: &Map<String, Value>, key: &str, conditions: &[&str]) -> Vec<String> {
    if !key.contains('*')
        && let Some(target) = map.get(key)
    {
        return targets(target, None, conditions).unwrap_or_default();
    }
    let best = map
        .iter()
        .filter_map(|(pattern, target)| {
            let (before, after) = pattern.split_once('*')?;
            let middle = key.strip_prefix(before)?.strip_suffix(after)?;
            (!middle.is_empty()).then_some((before.len(), pattern.len(), middle, target))
        })
        .max_by_key(|(before, whole, ..)| (*before, *whole));
    match best {
        Some((_, _, middle, target)) => targets(target, Some(middle), conditions).unwrap_or_default(),
        None => Vec::new(),
    }
}

/// `None` when no condition matches, so that the caller looks at its next one; an empty list when the
/// package says no.
fn targets(target: &Value, middle: Option<&str>, conditions: &[&str]) -> Option<Vec<String>> {
    match target {
        Value::String(path) => Some(vec![match middle {
            Some(middle) => path.replace('*', middle),
            None => path.clone(),
        }]),
        Value::Array(choices) => {
            Some(choices.iter().filter_map(|choice| targets(choice, middle, conditions)).flatten().collect())
        }
        Value::Object(map) => map
            .iter()
            .filter(|(condition, _)| {
                condition.as_str() == "default" || conditions.contains(&condition.as_str())
            })
            .find_map(|(_, choice)| targets(choice, middle, conditions)),
        Value::Null => Some(Vec::new()),
        Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(text: &str) -> Package {
        Package::parse(PathBuf::new(), PathBuf::new(), text.as_bytes()).expect("JSON")
    }

    #[test]
    fn conditions_apply_in_the_order_they_are_written() {
        let found = package(
            r#"{"exports": {".": {"types": "./t.d.ts", "require": "./c.cjs", "import": {"browser": "./b.js"}, "default": "./d.js"}}}"#,
        );
        assert_eq!(found.export(".", &["require"]), ["./c.cjs"]);
        assert_eq!(found.export(".", &["import"]), ["./d.js"]);
    }

    #[test]
    fn the_longest_pattern_wins_and_null_withholds() {
        let found = package(
            r#"{"exports": {"./*": "./src/*.js", "./deep/*": "./deep/*/index.js", "./deep/secret/*": null, "./x": "./y.js"}}"#,
        );
        assert_eq!(found.export("./a/b", &[]), ["./src/a/b.js"]);
        assert_eq!(found.export("./deep/a", &[]), ["./deep/a/index.js"]);
        assert!(found.export("./deep/secret/a", &[]).is_empty());
        assert_eq!(found.export("./x", &[]), ["./y.js"]);
        assert!(found.export(".", &[]).is_empty());
    }

    #[test]
    fn exports_may_be_a_string_a_list_or_conditions_alone() {
        assert_eq!(package(r#"{"exports": "./a.js"}"#).export(".", &[]), ["./a.js"]);
        assert_eq!(package(r#"{"exports": ["./a.js", "./b.js"]}"#).export(".", &[]), ["./a.js", "./b.js"]);
        let found = package(r#"{"exports": {"import": "./a.mjs", "default": "./a.cjs"}}"#);
        assert_eq!(found.export(".", &["import"]), ["./a.mjs"]);
        assert!(found.export("./a.mjs", &["import"]).is_empty());
    }

    #[test]
    fn subpath_imports_have_patterns_too() {
        let found = package(
            r##"{"imports": {"#lib/*": "./lib/*.ts", "#dep": {"node": "dep", "default": "./dep.js"}}}"##,
        );
        assert_eq!(found.import("#lib/a", &["node"]), ["./lib/a.ts"]);
        assert_eq!(found.import("#dep", &["node"]), ["dep"]);
        assert!(found.import("#other", &["node"]).is_empty());
    }
}
