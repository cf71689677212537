//! Packages that ship with a function instead of being bundled: which of their files, and whether they suit the
//! platform (spec 6.5).
//!
//! The packages are installed already, for the platform's operating system and processor, in a folder of their own
//! (see [`installed::manifest`] for what is to be installed there). [`stage`] follows what importing them reaches,
//! drops what is not for the platform and returns the rest under `node_modules/`. Nothing of them is run.

mod installed;
mod requests;
mod target;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::platform;
use crate::reads::Reads;
use crate::root::Root;

pub use installed::{Manifest, manifest};

/// Files to add to an archive.
#[derive(Debug, Default)]
pub struct Staged {
    /// Content by path: `node_modules/…`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Relative imports that lead nowhere, each told in one line.
    pub warnings: Vec<String>,
}

/// The files of a folder that importing `entries` needs when the function runs.
///
/// # Errors
/// When a package is not there, nothing of it suits the platform, or it holds a binary for another one.
pub fn stage(folder: &Path, entries: &[String]) -> Result<Staged, Failure> {
    let root = std::sync::Arc::new(Root::open(folder, Reads::All)?);
    let traced = trace::trace(&root, entries)?;
    let mut packages = traced.packages;
    let names: BTreeSet<String> = packages.keys().cloned().collect();
    packages.retain(|_, package| platform::admits(&package.manifest));
    target::drop_webassembly_twins(&mut packages);
    let mut problems = Vec::new();
    for entry in entries {
        let own = package_name(entry);
        if !packages.values().any(|package| package.name == own) {
            problems.push(nothing_left(own, names.iter().any(|place| place.ends_with(own))));
        }
    }
    let mut files = BTreeMap::new();
    for package in packages.into_values() {
        for path in package.files {
            let name = root.name(&path);
            match root.read(&path) {
                Ok(content) => {
                    problems.extend(target::wrong_binary(&name, &content));
                    files.insert(name, content);
                }
                Err(error) => problems.push(crate::faults::unreadable(&name, &error.to_string())),
            }
        }
    }
    if problems.is_empty() { Ok(Staged { files, warnings: traced.warnings }) } else { Err(Failure(problems)) }
}

/// The installable package of a specifier: its first segment, or two for a scope.
pub fn package_name(specifier: &str) -> &str {
    crate::resolve::split_package(specifier).0
}

fn nothing_left(package: &str, was_there: bool) -> Diagnostic {
    let told = Diagnostic::error(codes::BUNDLE_FAILED, "nothing of an external package is left to ship")
        .found(format!("{package:?}"))
        .expected("files for linux, arm64, glibc");
    if was_there {
        told.fix("choose a version of the package that supports the platform, or bundle it")
    } else {
        told.fix("check the name; the package manager did not install it for linux, arm64, glibc")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a directory");
        for (name, text) in files {
            let path = folder.path().join("node_modules").join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
            std::fs::write(path, text).expect("a file");
        }
        folder
    }

    fn staged(files: &[(&str, &str)], entries: &[&str]) -> Vec<String> {
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        let staged = stage(folder(files).path(), &entries).expect("it can be staged");
        staged.files.keys().map(|name| name.replace("node_modules/", "")).collect()
    }

    #[test]
    fn only_what_is_reached_is_taken() {
        let files = [
            ("a/package.json", r#"{"name": "a", "main": "lib/main.js"}"#),
            ("a/lib/main.js", "require('./used'); require('b/sub'); require('node:fs')"),
            ("a/lib/used.js", ""),
            ("a/lib/unused.js", ""),
            (
                "b/package.json",
                r#"{"name": "b", "exports": {"./sub": {"import": "./sub.mjs", "require": "./sub.cjs"}}}"#,
            ),
            ("b/sub.cjs", "exports.x = import('./lazy.mjs')"),
            ("b/sub.mjs", ""),
            ("b/lazy.mjs", "export { y } from './y.json' with { type: 'json' }"),
            ("b/y.json", "{}"),
            ("c/package.json", r#"{"name": "c"}"#),
        ];
        let expected = [
            "a/lib/main.js",
            "a/lib/used.js",
            "a/package.json",
            "b/lazy.mjs",
            "b/package.json",
            "b/sub.cjs",
            "b/y.json",
        ];
        assert_eq!(staged(&files, &["a"]), expected);
    }

    #[test]
    fn a_package_that_looks_for_its_files_is_taken_whole_with_what_it_depends_on() {
        let files = [
            (
                "a/package.json",
                r#"{"name": "a", "dependencies": {"b": "1"}, "optionalDependencies": {"gone": "1"}}"#,
            ),
            ("a/index.js", "require('fs').readFileSync(__dirname + '/data.bin')"),
            ("a/data.bin", "x"),
            ("a/index.d.ts", ""),
            ("a/README.md", ""),
            ("b/package.json", r#"{"name": "b"}"#),
            ("b/index.js", ""),
        ];
        let expected = ["a/data.bin", "a/index.js", "a/package.json", "b/index.js", "b/package.json"];
        assert_eq!(staged(&files, &["a"]), expected);
    }

    #[test]
    fn packages_for_other_platforms_are_dropped_and_wrong_binaries_refused() {
        let elf = |machine: u8| {
            let mut bytes = vec![0x7f, b'E', b'L', b'F', 2, 1];
            bytes.resize(18, 0);
            bytes.extend([machine, 0]);
            String::from_utf8(bytes).unwrap_or_default()
        };
        // 62 is x86-64; 183 is no UTF-8 text, so the right one is tested beside the rule.
        let wrong = elf(62);
        let files = [
            ("a/package.json", r#"{"name": "a", "optionalDependencies": {"a-mac": "1", "a-linux": "1"}}"#),
            ("a/index.js", "require(`a-${process.platform}`)"),
            ("a-mac/package.json", r#"{"name": "a-mac", "os": ["darwin"]}"#),
            ("a-mac/a.js", ""),
            (
                "a-linux/package.json",
                r#"{"name": "a-linux", "os": ["!win32"], "cpu": ["arm64"], "libc": ["glibc"]}"#,
            ),
            ("a-linux/a.js", ""),
        ];
        let expected = ["a-linux/a.js", "a-linux/package.json", "a/index.js", "a/package.json"];
        assert_eq!(staged(&files, &["a"]), expected);
        let native = [
            ("n/package.json", r#"{"name": "n"}"#),
            ("n/index.js", "require('./build/n.node')"),
            ("n/build/n.node", wrong.as_str()),
        ];
        let told =
            stage(folder(&native).path(), &["n".to_owned()]).expect_err("another processor").to_string();
        assert!(told.contains("n/build/n.node") && told.contains("machine 62"), "{told}");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let told = stage(folder(&[]).path(), &["gone/sub".to_owned()]).expect_err("not there").to_string();
        assert!(told.contains("\"gone\""), "{told}");
    }
}
