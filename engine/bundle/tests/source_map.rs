//! The source map of a function: back from the minified bundle to the lines that were written.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::Path;

use common::{Repository, repository};
use neonform_bundle::{FunctionModule, FunctionOptions, function};
use rolldown_sourcemap::SourceMap;

const FILES: &[(&str, &str)] = &[
    (
        "index.ts",
        "import { check } from './lib/check';\nimport old from 'old';\n\nexport default {\n  fetch: () => old(check(4)),\n};",
    ),
    (
        "lib/check.ts",
        "/** Not in the bundle. */\nexport type Amount = number;\n\nexport function check(amount: Amount) {\n  if (amount > 3) {\n    throw new RangeError(`${amount} is too much`);\n  }\n  return amount;\n}",
    ),
    ("node_modules/old/index.js", "// old\nmodule.exports = (x) => {\n  return 'an old ' + x;\n};"),
];

async fn mapped(repository: &Repository, entry: &str) -> FunctionModule {
    let options = FunctionOptions { source_map: true, ..FunctionOptions::default() };
    let module = function(Path::new(entry), &repository.root(), &options).await;
    module.unwrap_or_else(|failure| panic!("{:#?}", failure.0))
}

fn map_of(module: &FunctionModule) -> &str {
    module.source_map.as_deref().expect("it was asked for")
}

/// File and line, from 1, of the place where `text` stands in the bundle.
fn source_of(module: &FunctionModule, text: &str) -> String {
    let map =
        SourceMap::from_json(serde_json::from_str(map_of(module)).expect("JSON")).expect("a source map");
    let code = std::str::from_utf8(&module.files["index.mjs"]).expect("text");
    let mut lines = code.lines().enumerate();
    let (line, column) =
        lines.find_map(|(line, content)| Some((line, content.find(text)?))).expect("in the bundle");
    let number = |number: usize| u32::try_from(number).expect("small");
    let table = map.generate_lookup_table();
    let token = map.lookup_token(&table, number(line), number(column)).expect("a mapping");
    let file = token.get_source_id().and_then(|id| map.get_source(id)).expect("a source");
    format!("{file}:{}", token.get_src_line() + 1)
}

#[tokio::test]
async fn places_of_the_bundle_lead_to_the_lines_that_were_written() {
    let repository = repository(FILES);
    let module = mapped(&repository, "index.ts").await;
    assert_eq!(source_of(&module, "throw RangeError"), "lib/check.ts:6");
    assert_eq!(source_of(&module, "an old"), "node_modules/old/index.js:3");
    assert_eq!(source_of(&module, "fetch:"), "index.ts:5");
}

#[tokio::test]
async fn the_first_line_of_a_command_makes_no_difference() {
    let repository =
        repository(&[("f.js", "#!/usr/bin/env node\n\nconsole.log('here');\nexport default () => {}")]);
    assert_eq!(source_of(&mapped(&repository, "f.js").await, "console"), "f.js:3");
}

#[tokio::test]
async fn a_map_has_the_sources_and_nothing_of_this_machine() {
    let repository = repository(FILES);
    let module = mapped(&repository, "index.ts").await;
    let map: serde_json::Value = serde_json::from_str(map_of(&module)).expect("JSON");
    assert_eq!((&map["version"], &map["file"]), (&3.into(), &"index.mjs".into()));
    let sources: Vec<_> = map["sources"].as_array().expect("a list").iter().collect();
    for (path, text) in FILES {
        let at = sources.iter().position(|source| *source == path).expect("its path in the repository");
        assert_eq!(map["sourcesContent"][at], *text);
    }
    assert_eq!(sources.len(), FILES.len(), "{sources:?}");
    assert!(!map_of(&module).contains(repository.root().to_str().expect("text")));
}

#[tokio::test]
async fn a_map_changes_nothing_in_the_bundle() {
    let repository = repository(FILES);
    let with = mapped(&repository, "index.ts").await;
    let without = repository.function("index.ts", &[]).await;
    assert_eq!((&with.files, &with.modules), (&without.files, &without.modules));
    assert_eq!(without.source_map, None);
}
