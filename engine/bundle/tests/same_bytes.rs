//! The same sources give the same bytes: other places, dates, modes, orders, languages and numbers of threads.
//!
//! The environment of a running process is not to be changed, so every build is a process of its own: this test
//! program again, with only [`build`], which does nothing unless it is told what to bundle.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use neonform_bundle::archive::{archive, canonical_digest};
use neonform_bundle::{FunctionOptions, function};

/// The repository to build, and the directory for what comes out.
const ROOT: &str = "NEONFORM_TEST_ROOT";
const OUTPUT: &str = "NEONFORM_TEST_OUTPUT";

const RUNS: usize = 20;

/// Enough modules to keep several threads busy, of all the kinds that there are.
fn project() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = [
        ("package.json", "{\"type\": \"module\", \"sideEffects\": [\"*.css\"]}"),
        ("data.json", "{\"n\": 1, \"list\": [1, 2]}"),
        ("text.txt", "text"),
        ("style/b.css", "b {}\n"),
        ("style/a.css", "a {}\n"),
        ("mod.ts", "export const lazy = () => __dirname"),
        ("packages/shared/package.json", "{\"name\": \"shared\", \"exports\": {\"import\": \"./m.mjs\"}}"),
        ("packages/shared/m.mjs", "export const shared = [import.meta.url]; export const unused = 1;"),
        ("node_modules/cjs/index.js", "module.exports = [require('./other'), __filename, eval('1')]"),
        ("node_modules/cjs/other.js", "try { module.exports = require('gone') } catch {}"),
        ("node_modules/cjs/build/cjs.node", ""),
        ("node_modules/cjs/build/another.node", ""),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .collect();
    let mut index =
        "import cjs from 'cjs';\nimport { shared } from 'shared';\nimport data from './data.json';\n\
                     import text from './text.txt';\nimport './style/b.css';\nimport './style/a.css';\n"
            .to_owned();
    let mut names = Vec::new();
    for number in 0..60 {
        index.push_str(&format!("import {{ value as v{number} }} from './lib/m{number}';\n"));
        names.push(format!("v{number}"));
        let next = (number * 7 + 1) % 60;
        files.insert(
            format!("lib/m{number}.ts"),
            format!("import {{ value as next }} from './m{next}';\nconsole.log('{number}');\nexport const value = (count: number): unknown => count ? next(count - 1) : {number};"),
        );
    }
    let all = names.join(", ");
    index.push_str(&format!(
        "export default {{ cjs, shared, data, text, all: [{all}], lazy: () => import('./mod') }};"
    ));
    files.insert("index.ts".to_owned(), index);
    files
}

/// A copy of the project, made in its own way.
struct Checkout {
    root: PathBuf,
    backwards: bool,
    mode: u32,
    age: Duration,
}

impl Checkout {
    fn make(&self) {
        let mut files: Vec<_> = project().into_iter().collect();
        if self.backwards {
            files.reverse();
        }
        for (path, text) in files {
            let file = self.root.join(path);
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
            std::fs::write(&file, text).expect("a file");
            let opened = std::fs::File::options().write(true).open(&file).expect("a file");
            opened.set_modified(SystemTime::UNIX_EPOCH + self.age).expect("a date");
            std::fs::set_permissions(&file, PermissionsExt::from_mode(self.mode)).expect("a mode");
        }
        symlink("../packages/shared", self.root.join("node_modules/shared")).expect("a link");
    }
}

/// In a process of its own: bundles what the environment says.
#[tokio::test(flavor = "multi_thread")]
async fn build() {
    let (Some(root), Some(output)) = (std::env::var_os(ROOT), std::env::var_os(OUTPUT)) else { return };
    let (root, output) = (Path::new(&root), Path::new(&output));
    let options = FunctionOptions { source_map: true, ..FunctionOptions::default() };
    let module = function(Path::new("index.ts"), root, &options).await;
    let module = module.unwrap_or_else(|failure| panic!("{:#?}", failure.0));
    let about = format!("{:#?}\n{:#?}\n{:#?}", module.basis, module.modules, module.warnings);
    for (name, content) in [
        ("archive", archive(&module.files).expect("small")),
        ("digest", canonical_digest(&module.files).to_vec()),
        ("map", module.source_map.unwrap_or_default().into_bytes()),
        ("about", about.into_bytes()),
    ] {
        std::fs::write(output.join(name), content).expect("a file");
    }
}

/// Builds in a process of its own.
fn built(root: &Path, run: usize) -> BTreeMap<&'static str, Vec<u8>> {
    let pick = |from: &[&'static str]| from[run % from.len()];
    let output = tempfile::tempdir().expect("a directory");
    let ended = Command::new("sh")
        .args(["-c", "umask $1; exec \"$0\" --exact build"])
        .args([
            std::env::current_exe().expect("this program").as_os_str(),
            pick(&["022", "077", "000"]).as_ref(),
        ])
        .current_dir(if run.is_multiple_of(2) { root } else { output.path() })
        .env(ROOT, root)
        .env(OUTPUT, output.path())
        .env("TZ", pick(&["UTC", "Asia/Kathmandu", "America/St_Johns"]))
        .env("LANG", pick(&["C", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.eucJP"]))
        .env("LC_ALL", pick(&["C", "tr_TR.UTF-8"]))
        .env("HOME", output.path())
        .env("NODE_ENV", pick(&["production", "development", "test"]))
        .env("RAYON_NUM_THREADS", pick(&["1", "2", "7"]))
        .env("TOKIO_WORKER_THREADS", pick(&["1", "8", "3", "2"]))
        .output()
        .expect("it starts");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    let read = |name| (name, std::fs::read(output.path().join(name)).expect("it was built"));
    ["archive", "digest", "map", "about"].map(read).into()
}

#[test]
fn every_checkout_and_every_setting_gives_the_same_bytes() {
    let scratch = tempfile::tempdir().expect("a directory");
    let place = |name: &str| scratch.path().join(name);
    let checkouts = [
        ("r", false, 0o644, 0),
        ("a longer name, with spaces/and/several levels/below it", true, 0o600, 1_000_000_000),
        ("sch\u{f6}n \u{2603} \u{1f600}", false, 0o755, 86_400),
        ("index", true, 0o444, 2_000_000_000),
    ];
    let mut roots = Vec::new();
    for (name, backwards, mode, seconds) in checkouts {
        let root = place(name);
        Checkout { root: root.clone(), backwards, mode, age: Duration::from_secs(seconds) }.make();
        roots.push(root);
    }
    symlink("r", place("a link")).expect("a link");
    roots.push(place("a link"));
    let first = built(&roots[0], 0);
    for run in 1..RUNS {
        let root = &roots[run % roots.len()];
        let again = built(root, run);
        for (name, content) in &first {
            assert!(&again[name] == content, "{name} of run {run} in {} is another", root.display());
        }
    }
    let words = String::from_utf8_lossy(&first["map"]) + String::from_utf8_lossy(&first["about"]);
    assert!(!words.contains(scratch.path().to_str().expect("text")), "{words}");
}
