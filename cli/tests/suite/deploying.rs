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
