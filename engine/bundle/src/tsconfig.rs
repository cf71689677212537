//! What of `tsconfig.json` counts for a function: path aliases and how JSX is written.
//!
//! The reference's bundler honours it for functions (esbuild does) and nothing honours it for policies (spec 2.2).
//! The nearest file above an importer counts, with what it extends; none inside `node_modules`. Comments and
//! trailing commas are allowed, as TypeScript allows them.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::root::{Reach, Root, normalise};

/// How long a chain of `extends` may be.
const LONGEST_CHAIN: usize = 16;

/// The part of a `tsconfig.json` that counts, with what it extends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tsconfig {
    /// Patterns and where they lead, as absolute paths.
    paths: Vec<(String, Vec<PathBuf>)>,
    base_url: Option<PathBuf>,
    /// `compilerOptions.jsx`.
    pub(crate) jsx: Option<String>,
    /// `compilerOptions.jsxImportSource`.
    pub(crate) jsx_import_source: Option<String>,
    /// `compilerOptions.jsxFactory`.
    pub(crate) jsx_factory: Option<String>,
    /// `compilerOptions.jsxFragmentFactory`.
    pub(crate) jsx_fragment_factory: Option<String>,
}

impl Tsconfig {
    /// Reads the file of `directory`, if there is one.
    pub(crate) fn read(root: &Root, directory: &Path) -> Option<serde_json::Result<Self>> {
        match root.reach(&directory.join("tsconfig.json")) {
            Reach::File(file) => Some(read(root, &file, LONGEST_CHAIN)),
            _ => None,
        }
    }

    /// The places where an aliased specifier may be found, best first.
    pub(crate) fn candidates(&self, specifier: &str) -> Vec<PathBuf> {
        let exact = self.paths.iter().find(|(pattern, _)| pattern == specifier);
        let wild = || {
            let matching = self.paths.iter().filter_map(|(pattern, places)| {
                let (before, after) = pattern.split_once('*')?;
                let middle = specifier.strip_prefix(before)?.strip_suffix(after)?;
                Some((before.len(), middle, places))
            });
            matching.max_by_key(|(before, ..)| *before)
        };
        let mut candidates = match exact {
            Some((_, places)) => places.clone(),
            None => wild().map_or_else(Vec::new, |(_, middle, places)| {
                let filled = |place: &PathBuf| PathBuf::from(place.to_string_lossy().replace('*', middle));
                places.iter().map(filled).collect()
            }),
        };
        candidates.extend(self.base_url.as_ref().map(|base| base.join(specifier)));
        candidates
    }

    fn take(&mut self, options: &Map<String, Value>, directory: &Path) {
        let text = |key: &str| options.get(key).and_then(Value::as_str).map(str::to_owned);
        if let Some(base) = text("baseUrl") {
            self.base_url = Some(normalise(&directory.join(base)));
        }
        if let Some(Value::Object(paths)) = options.get("paths") {
            let base = self.base_url.clone().unwrap_or_else(|| directory.to_owned());
            let places = |value: &Value| {
                let places = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                places.map(|place| normalise(&base.join(place))).collect()
            };
            self.paths = paths.iter().map(|(pattern, value)| (pattern.clone(), places(value))).collect();
        }
        for (field, key) in [
            (&mut self.jsx, "jsx"),
            (&mut self.jsx_import_source, "jsxImportSource"),
            (&mut self.jsx_factory, "jsxFactory"),
            (&mut self.jsx_fragment_factory, "jsxFragmentFactory"),
        ] {
            if let Some(value) = text(key) {
                *field = Some(value);
            }
        }
    }
}

fn read(root: &Root, file: &Path, chain: usize) -> serde_json::Result<Tsconfig> {
    let text = root.read(file).map_err(serde_json::Error::io)?;
    let fields: Map<String, Value> = serde_json::from_slice(&plain(&text))?;
    let directory = file.parent().unwrap_or(root.path());
    let mut config = Tsconfig::default();
    let bases = match fields.get("extends") {
        Some(Value::Array(bases)) => bases.iter().collect(),
        Some(base) => vec![base],
        None => Vec::new(),
    };
    for base in bases.into_iter().filter_map(Value::as_str) {
        if chain > 0
            && let Some(base) = extended(root, directory, base)
        {
            let base = read(root, &base, chain - 1)?;
            config = Tsconfig {
                paths: if base.paths.is_empty() { config.paths } else { base.paths },
                base_url: base.base_url.or(config.base_url),
                jsx: base.jsx.or(config.jsx),
                jsx_import_source: base.jsx_import_source.or(config.jsx_import_source),
                jsx_factory: base.jsx_factory.or(config.jsx_factory),
                jsx_fragment_factory: base.jsx_fragment_factory.or(config.jsx_fragment_factory),
            };
        }
    }
    if let Some(Value::Object(options)) = fields.get("compilerOptions") {
        config.take(options, directory);
    }
    Ok(config)
}

/// The file that `extends` names: a path, or a file of an installed package.
fn extended(root: &Root, directory: &Path, name: &str) -> Option<PathBuf> {
    let at = |place: PathBuf| {
        let mut with_extension = place.clone().into_os_string();
        with_extension.push(".json");
        [place.clone(), PathBuf::from(with_extension), place.join("tsconfig.json")].into_iter().find_map(
            |place| match root.reach(&place) {
                Reach::File(file) => Some(file),
                _ => None,
            },
        )
    };
    if name.starts_with('.') || Path::new(name).is_absolute() {
        return at(directory.join(name));
    }
    directory.ancestors().find_map(|place| at(place.join("node_modules").join(name)))
}

/// JSON without the comments and trailing commas that TypeScript allows, line by line as before.
fn plain(text: &[u8]) -> Vec<u8> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let end = match (byte, text.get(at + 1)) {
            (b'"', _) => {
                let end = end_of_string(text, at);
                out.extend_from_slice(&text[at..end]);
                end
            }
            (b'/', Some(b'/')) => {
                at + text[at..].iter().position(|&byte| byte == b'\n').unwrap_or(text.len() - at)
            }
            (b'/', Some(b'*')) => {
                let inside = &text[at + 2..];
                let length =
                    inside.windows(2).position(|two| two == b"*/").map_or(inside.len(), |length| length + 2);
                out.extend(inside[..length].iter().filter(|&&byte| byte == b'\n'));
                at + 2 + length
            }
            (b'}' | b']', _) => {
                let last = out.iter().rposition(|byte| !byte.is_ascii_whitespace());
                if let Some(comma) = last.filter(|&last| out[last] == b',') {
                    out[comma] = b' ';
                }
                out.push(byte);
                at + 1
            }
            _ => {
                out.push(byte);
                at + 1
            }
        };
        at = end;
    }
    out
}

fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
        let directory = tempfile::tempdir().expect("a directory");
        for (name, text) in files {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(path, text).expect("a file");
        }
        let root = Root::open(directory.path(), crate::reads::Reads::All).expect("a repository");
        (directory, root)
    }

    fn config(files: &[(&str, &str)]) -> (PathBuf, Tsconfig) {
        let (_directory, root) = repository(files);
        let config = Tsconfig::read(&root, root.path()).expect("there").expect("parses");
        (root.path().to_owned(), config)
    }

    #[test]
    fn comments_and_trailing_commas_go_and_strings_stay() {
        let text = b"{ // one\n \"a//b\": \"/* \\\" */\", /* two\n */ \"c\": [1, 2,], }";
        let value: Value = serde_json::from_slice(&plain(text)).expect("JSON");
        assert_eq!(value, serde_json::json!({ "a//b": "/* \" */", "c": [1, 2] }));
        assert_eq!(plain(text).iter().filter(|&&byte| byte == b'\n').count(), 2);
        assert!(plain(b"\"unclosed \\").len() <= 11 && plain(b"/* unclosed").is_empty());
    }

    #[test]
    fn an_exact_pattern_beats_the_longest_which_beats_the_rest() {
        let (root, config) = config(&[(
            "tsconfig.json",
            r#"{"compilerOptions": {"paths": {"@/*": ["./src/*"], "@/lib/*": ["./lib/*", "./old/*"], "@/x": ["./x.ts"]}}}"#,
        )]);
        assert_eq!(config.candidates("@/x"), [root.join("x.ts")]);
        assert_eq!(config.candidates("@/lib/a"), [root.join("lib/a"), root.join("old/a")]);
        assert_eq!(config.candidates("@/a"), [root.join("src/a")]);
        assert!(config.candidates("other").is_empty());
    }

    #[test]
    fn what_is_extended_comes_first_and_keeps_its_own_directory() {
        let (root, config) = config(&[
            (
                "tsconfig.json",
                r#"{"extends": ["./shared/base", "pkg"], "compilerOptions": {"jsx": "react"}}"#,
            ),
            (
                "shared/base.json",
                r#"{"compilerOptions": {"baseUrl": ".", "paths": {"~/*": ["src/*"]}, "jsx": "preserve"}}"#,
            ),
            ("node_modules/pkg/tsconfig.json", r#"{"compilerOptions": {"jsxFactory": "h"}}"#),
        ]);
        assert_eq!(config.candidates("~/a"), [root.join("shared/src/a"), root.join("shared/~/a")]);
        assert_eq!((config.jsx.as_deref(), config.jsx_factory.as_deref()), (Some("react"), Some("h")));
    }

    #[test]
    fn a_circle_ends_and_nothing_outside_is_read() {
        let (_, config) = config(&[(
            "tsconfig.json",
            r#"{"extends": ["./tsconfig.json", "../../outside.json"], "compilerOptions": {"baseUrl": "."}}"#,
        )]);
        assert!(config.base_url.is_some());
    }
}
