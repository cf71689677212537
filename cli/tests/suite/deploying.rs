//! When functions are deployed, why, and what they are made of.

use super::support::{Scratch, golden};

const EXAMPLE: &str = "examples/todo-api";
const ONE: &str = r#"export default { functions: { f: { name: "f", source: "./src", bundler: "none" } } };"#;

fn applied() -> Scratch {
    let scratch = Scratch::of(EXAMPLE);
    scratch.local(&["apply", "--update-existing"]).done();
    scratch
}

fn edit(scratch: &Scratch) {
    let path = scratch.path().join("lib/format.ts");
    let edited = std::fs::read_to_string(&path).unwrap().replace("Todo list", "To-do list");
    std::fs::write(path, edited).unwrap();
}

#[test]
fn a_bundle_is_explained_by_its_modules() {
    let scratch = Scratch::of(EXAMPLE);
    golden("deploying", "explain", &scratch.run(&["explain", "function.api"]).text());
    golden(
        "deploying",
        "explain-json",
        &scratch.run(&["explain", "function.health", "--output", "json"]).text(),
    );
    golden("deploying", "explain-unknown", &scratch.run(&["explain", "api"]).text());
}

#[test]
fn without_the_cache_the_cause_is_not_known_and_said_so() {
    let scratch = applied();
    edit(&scratch);
    assert!(scratch.local(&["plan"]).done().contains("because lib/format.ts changed"));
    std::fs::remove_dir_all(scratch.path().join(".cache")).unwrap();
    assert!(scratch.local(&["plan"]).done().contains("which modules changed is not known here"));
}

#[test]
fn functions_are_deployed_again_when_asked_for() {
    let scratch = applied();
    golden("deploying", "redeploy-one", &scratch.local(&["plan", "--redeploy=health"]).text());
    assert!(scratch.local(&["plan", "--redeploy"]).done().contains("Plan: 3 to update"));
    golden("deploying", "redeploy-unknown", &scratch.local(&["plan", "--redeploy=health,nope"]).text());
    scratch.local(&["apply", "--redeploy=health"]).done();
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
}

#[test]
fn without_a_marker_nothing_can_be_compared() {
    let scratch = Scratch::of(EXAMPLE);
    scratch.local(&["apply", "--update-existing", "--no-marker"]).done();
    let planned = scratch.local(&["plan"]).done();
    assert!(planned.contains("Plan: 3 to update") && planned.contains("carries no marker"), "{planned}");
    scratch.local(&["apply"]).done();
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
}

#[test]
fn a_directory_is_deployed_as_it_is() {
    let scratch = Scratch::with_policy(ONE);
    scratch.write("src/index.mjs", "export default { fetch: () => new Response('hello') };");
    scratch.write("src/data/words.txt", "a b c");
    golden("deploying", "as-it-is", &scratch.run(&["explain", "function.f"]).text());
    scratch.local(&["apply"]).done();
    scratch.write("src/data/words.txt", "a b c d");
    assert!(scratch.local(&["plan"]).done().contains("because data/words.txt changed"));
    std::fs::rename(scratch.path().join("src/index.mjs"), scratch.path().join("src/index.ts")).unwrap();
    golden("deploying", "as-it-is-typescript", &scratch.local(&["plan"]).text());
}

#[test]
fn an_external_package_has_to_be_installed() {
    let policy = r#"export default { functions: { f: { name: "f", source: "./f.ts", externalPackages: ["sharp"] } } };"#;
    let scratch = Scratch::with_policy(policy);
    scratch.write("f.ts", "import sharp from 'sharp'; export default () => new Response(sharp.name);");
    golden("deploying", "not-installed", &scratch.local(&["plan"]).text());
    scratch.write("neon.ts", &policy.replace(r#""sharp""#, r#"{ name: "sharp", includeFiles: false }"#));
    assert!(scratch.local(&["plan"]).done().contains("+ function.f"));
}

const IMPORTS: &str = r#"export default { functions: { f: { name: "f", source: "./f.ts" } } };"#;

/// A function whose import leads to `lib.js`, applied and kept.
fn kept() -> Scratch {
    let scratch = Scratch::with_policy(IMPORTS);
    scratch.write("f.ts", "import { text } from './lib'; export default () => new Response(text);");
    scratch.write("lib.js", "export const text = 'one';");
    scratch.local(&["apply"]).done();
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
    scratch
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_kept_bundle_is_taken_only_while_everything_is_the_same() {
    let scratch = kept();
    let text = std::fs::read_to_string(scratch.path().join("lib.js")).unwrap();
    scratch.write("lib.js", "export const text = 'two';");
    assert!(scratch.local(&["plan"]).done().contains("because lib.js changed"));
    scratch.write("lib.js", &text);
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
    // No file that was read is another one now, but the import leads elsewhere.
    scratch.write("lib.ts", "export const text: string = 'three';");
    assert!(scratch.local(&["plan"]).done().contains("lib.ts was added"));
}

#[test]
fn a_damaged_or_missing_cache_is_made_anew() {
    let scratch = kept();
    let files = files_below(&scratch.path().join(".cache"));
    assert!(files.len() >= 3, "{files:?}");
    for file in &files {
        std::fs::write(file, "{").unwrap();
    }
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
    std::fs::remove_dir_all(scratch.path().join(".cache")).unwrap();
    std::fs::write(scratch.path().join(".cache"), "a file where the folder was").unwrap();
    assert!(scratch.local(&["plan"]).done().starts_with("No changes"));
}

#[test]
fn runs_at_the_same_time_share_the_cache() {
    let scratch = kept();
    std::fs::remove_dir_all(scratch.path().join(".cache")).unwrap();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| scratch.local(&["plan"]).done())).collect();
        for run in runs {
            assert!(run.join().unwrap().starts_with("No changes"));
        }
    });
}

#[test]
fn source_maps_are_written_beside_and_change_nothing() {
    let scratch = kept();
    assert!(scratch.local(&["plan", "--source-maps"]).done().starts_with("No changes"));
    let maps = files_below(&scratch.path().join(".neonform/source-maps"));
    let [map] = maps.as_slice() else { panic!("{maps:?}") };
    let name = map.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with("f-") && name.ends_with(".mjs.map"), "{name}");
    let text = std::fs::read_to_string(map).unwrap();
    // The constant of lib.js is written out in its place, so that nothing of that file is left.
    assert!(
        text.contains(r#""sources":["f.ts"]"#) && text.contains("import { text } from './lib'"),
        "{text}"
    );
    assert!(!text.contains(&*scratch.path().to_string_lossy()), "{text}");
}

#[test]
fn every_function_can_be_bundled_without_a_branch() {
    let scratch = Scratch::of(EXAMPLE);
    golden("deploying", "bundle", &scratch.run(&["bundle", "--out", "archives"]).text());
    let names: Vec<String> = files_below(&scratch.path().join("archives"))
        .iter()
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

/// Needs npm and its registry: ships a package beside the bundle and lets Node run what is in the archive.
#[test]
fn a_package_that_ships_is_found_when_the_function_runs() {
    let npm = |arguments: &[&str]| std::process::Command::new("npm").args(arguments).output();
    let answers = npm(&["view", "ms@2.1.3", "version", "--fetch-timeout=15000", "--fetch-retries=0"]);
    if !answers.is_ok_and(|said| said.status.success()) {
        eprintln!("skipped: npm or its registry does not answer");
        return;
    }
    let policy =
        r#"export default { functions: { f: { name: "f", source: "./f.ts", externalPackages: ["ms"] } } };"#;
    let scratch = Scratch::with_policy(policy);
    scratch.write("f.ts", "import ms from 'ms'; export default () => new Response(String(ms('2 days')));");
    scratch.write("node_modules/ms/package.json", r#"{ "name": "ms", "version": "2.1.3" }"#);
    let (path, home) = (std::env::var("PATH").unwrap(), std::env::var("HOME").unwrap_or_default());
    let ran = scratch.run_with(&["bundle", "--out", "out"], &[("PATH", &path), ("HOME", &home)]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let archive = std::fs::File::open(scratch.path().join("out/f.zip")).unwrap();
    zip::ZipArchive::new(archive).unwrap().extract(scratch.path().join("unpacked")).unwrap();
    let call = "const { default: f } = await import('./index.mjs'); console.log(await (await f()).text());";
    let mut node = std::process::Command::new("node");
    let said =
        node.args(["--input-type=module", "--eval", call]).current_dir(scratch.path().join("unpacked"));
    let said = said.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "172800000", "{said:?}");
}

#[test]
fn rotating_one_secret_deploys_one_function_without_its_code() {
    let policy = r#"
const source = "./f.js";
export default {
  functions: {
    a: { name: "a", source, env: { TOKEN: process.env.A_TOKEN! } },
    b: { name: "b", source, env: { TOKEN: process.env.B_TOKEN! } },
  },
};"#;
    let scratch = Scratch::with_policy(policy);
    scratch.write("f.js", "export default () => new Response('hello');");
    let run = |command: &str, a: &str| {
        scratch
            .run_with(&[command, "--backend", "local:state.sqlite"], &[("A_TOKEN", a), ("B_TOKEN", "same")])
            .done()
    };
    run("apply", "before-rotation");
    assert!(run("plan", "before-rotation").starts_with("No changes"));
    let planned = run("plan", "after-rotation");
    assert!(planned.contains("~ function.a") && !planned.contains("function.b"), "{planned}");
    assert!(planned.contains("env  digest ") && !planned.contains("bundle"), "{planned}");
    assert!(!planned.contains("rotation"), "{planned}");
    run("apply", "after-rotation");
    assert!(run("plan", "after-rotation").starts_with("No changes"));
}
