//! Rules of the code as tests: what a reader is promised, checked on every run.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file below the workspace's source folders, with its text.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&workspace().join(folder), &mut found);
    }
    found.sort();
    assert!(!found.is_empty(), "no sources below {folders:?}");
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(workspace()).unwrap().display().to_string();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

const ALL: [&str; 4] = ["engine", "providers", "cli", "xtask"];

fn complain(offences: &[String], rule: &str) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

#[test]
fn every_module_says_what_it_is_for() {
    let is_test = |name: &str| name.contains("/tests/") || name.ends_with("_tests.rs");
    let offences: Vec<String> = sources(&ALL)
        .into_iter()
        .filter(|(name, text)| !is_test(name) && !text.starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    complain(&offences, "a file begins with a module doc");
}

#[test]
fn module_docs_are_short_and_files_say_one_thing() {
    let mut offences = Vec::new();
    for (name, text) in sources(&ALL) {
        let lines = text.lines().count();
        if lines > 600 {
            offences.push(format!("{name}: {lines} lines"));
        }
    }
    complain(&offences, "a file has at most 600 lines");
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = ["todo!(", "unimplemented!(", concat!("FIX", "ME"), concat!("XX", "X"), "#[ignore]"];
    let own = file!();
    let mut offences = Vec::new();
    for (name, text) in sources(&ALL) {
        for mark in marks.iter().filter(|mark| text.contains(**mark) && !own.ends_with(&name)) {
            offences.push(format!("{name}: {mark}"));
        }
    }
    complain(&offences, "no unfinished marks");
}

#[test]
fn the_engine_knows_no_kind() {
    let kinds = kind_folders();
    let mut offences = Vec::new();
    let is_test = |(name, _): &(String, String)| name.ends_with("_tests.rs");
    for (name, text) in sources(&["engine/src", "cli/src"]).into_iter().filter(|file| !is_test(file)) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for kind in &kinds {
            if code.contains(&format!("\"{kind}\"")) && kind != "branch" {
                offences.push(format!("{name}: {kind:?}"));
            }
        }
    }
    complain(&offences, "no kind's name outside providers/");
}

#[test]
fn every_kind_folder_is_registered() {
    let registry = fs::read_to_string(workspace().join("providers/neon/src/lib.rs")).unwrap();
    let list = registry.split("pub fn kinds()").nth(1).unwrap();
    let offences: Vec<String> =
        kind_folders().into_iter().filter(|kind| !list.contains(&format!("({kind}::"))).collect();
    complain(&offences, "a kind's folder has its line in the registry");
}

fn kind_folders() -> Vec<String> {
    let folder = workspace().join("providers/neon/src");
    let mut kinds: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| {
            entry.path().is_dir() && entry.file_name() != "client" && entry.file_name() != "environment"
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    kinds.sort();
    assert!(kinds.len() > 3, "the kinds moved");
    kinds
}

#[test]
fn the_pure_core_depends_on_nothing_that_acts() {
    let manifest = fs::read_to_string(workspace().join("engine/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let forbidden = ["tokio", "reqwest", "deno_core", "rolldown", "rusqlite", "serde", "rand", "tracing"];
    let offences: Vec<String> = forbidden
        .iter()
        .filter(|name| dependencies.lines().any(|line| line.starts_with(&format!("{name}."))))
        .map(ToString::to_string)
        .collect();
    complain(&offences, "the engine is pure");
}

#[test]
fn backend_and_client_share_no_code() {
    for (one, other) in [("providers/local", "neonform-neon"), ("providers/neon", "neonform-eval")] {
        let manifest = fs::read_to_string(workspace().join(one).join("Cargo.toml")).unwrap();
        let dependencies =
            manifest.split("[dependencies]").nth(1).unwrap().split("[dev-dependencies]").next().unwrap();
        assert!(!dependencies.contains(other), "{one} depends on {other}");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let table = manifest.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let mut offences = Vec::new();
    let mut explained = false;
    for line in table.lines() {
        if line.starts_with('#') {
            explained = true;
        } else if line.trim().is_empty() {
            explained = false;
        } else if !explained && !line.starts_with("neonform") {
            offences.push(line.to_owned());
        }
    }
    complain(&offences, "a dependency has a line that says why it is there");
}

#[test]
fn every_code_is_used() {
    let texts: Vec<String> =
        sources(&["engine", "providers/neon", "cli"]).into_iter().map(|(_, text)| text).collect();
    let definitions = fs::read_to_string(workspace().join("engine/src/diagnostic.rs")).unwrap();
    let names = definitions.lines().filter_map(|line| {
        let line = line.trim();
        let (name, rest) = line.split_once(" = \"")?;
        (rest.ends_with("\";") && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
            .then(|| name.to_owned())
    });
    let offences: Vec<String> =
        names.filter(|name| !texts.iter().any(|text| text.contains(&format!("codes::{name}")))).collect();
    complain(&offences, "a code is used");
}
