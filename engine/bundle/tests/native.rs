//! Warnings about bundled packages that need a native library (spec 6.6): one test per sign of one.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Repository, repository};

const PACKAGE: &str = "node_modules/fast/package.json";

/// A function with the package `fast`, and these files.
fn with(files: &[(&str, &str)]) -> Repository {
    let own = [
        ("f.ts", "import fast from 'fast';\nexport default fast"),
        ("node_modules/fast/index.js", "module.exports = process.pid"),
    ];
    repository(&[&own, files].concat())
}

/// What is told of `fast`.
async fn evidence(files: &[(&str, &str)]) -> Option<String> {
    let warnings = with(files).function("f.ts", &[]).await.warnings;
    assert!(warnings.len() <= 1, "{warnings:?}");
    let told = warnings.into_iter().next()?;
    let rest = told.strip_prefix("the package \"fast\" is bundled, but a native library cannot be: ");
    let (evidence, fix) = rest.and_then(|rest| rest.split_once("; ")).expect("a sentence");
    assert_eq!(fix, "to ship the package with its files, declare externalPackages: [\"fast\"]");
    Some(evidence.to_owned())
}

#[tokio::test]
async fn a_library_in_the_package() {
    let found = evidence(&[("node_modules/fast/build/Release/fast.node", "")]).await;
    assert_eq!(found.as_deref(), Some("it contains build/Release/fast.node"));
    let found = evidence(&[("node_modules/fast/a/b/c/d/lib.so", "")]).await;
    assert_eq!(found.as_deref(), Some("it contains a/b/c/d/lib.so"));
}

#[tokio::test]
async fn a_library_that_is_too_deep_or_of_another_package_does_not_count() {
    assert_eq!(evidence(&[("node_modules/fast/a/b/c/d/e/lib.so", "")]).await, None);
    assert_eq!(evidence(&[("node_modules/fast/node_modules/x/x.node", "")]).await, None);
    assert_eq!(evidence(&[("node_modules/other/x.node", "")]).await, None);
}

#[tokio::test]
async fn a_library_in_an_optional_package_for_one_platform() {
    let manifest =
        (PACKAGE, r#"{"optionalDependencies": {"fast-any": "1", "@fast/gone": "1", "@fast/linux": "1"}}"#);
    let any = [("node_modules/fast-any/package.json", "{}"), ("node_modules/fast-any/any.node", "")];
    assert_eq!(evidence(&[&[manifest], &any[..]].concat()).await, None);
    let linux = [
        ("node_modules/@fast/linux/package.json", r#"{"os": ["linux"], "cpu": ["x64"]}"#),
        ("node_modules/@fast/linux/fast.node", ""),
    ];
    let found = evidence(&[&[manifest], &any[..], &linux].concat()).await;
    assert_eq!(found.as_deref(), Some("its optional dependency \"@fast/linux\" contains fast.node"));
}

#[tokio::test]
async fn a_script_that_builds_a_library() {
    let found = evidence(&[(PACKAGE, r#"{"scripts": {"install": "node-gyp-build || exit 0"}}"#)]).await;
    assert_eq!(found.as_deref(), Some("its \"install\" script is `node-gyp-build || exit 0`"));
    let other = r#"{"scripts": {"postinstall": "node thanks.js", "build": "node-gyp rebuild"}}"#;
    assert_eq!(evidence(&[(PACKAGE, other)]).await, None);
}

#[tokio::test]
async fn a_place_to_download_a_library_from() {
    let found = evidence(&[(PACKAGE, r#"{"binary": {"host": "https://example.com"}}"#)]).await;
    assert_eq!(found.as_deref(), Some("its package.json has a \"binary\" field"));
}

#[tokio::test]
async fn the_first_sign_in_order_is_told() {
    let manifest = (PACKAGE, r#"{"binary": {}, "scripts": {"install": "node-gyp rebuild"}}"#);
    let found = evidence(&[manifest]).await;
    assert!(found.is_some_and(|found| found.starts_with("its \"install\" script")));
    let found = evidence(&[manifest, ("node_modules/fast/fast.node", "")]).await;
    assert_eq!(found.as_deref(), Some("it contains fast.node"));
}

#[tokio::test]
async fn a_package_that_is_declared_or_not_for_the_platform_or_dropped_is_not_told_about() {
    let library = ("node_modules/fast/fast.node", "");
    assert_eq!(with(&[library]).function("f.ts", &["fast"]).await.warnings, Vec::<String>::new());
    assert_eq!(evidence(&[library, (PACKAGE, r#"{"os": ["darwin"]}"#)]).await, None);
    assert_eq!(evidence(&[library, ("f.ts", "import type x from 'fast'; export default 1")]).await, None);
}

#[tokio::test]
async fn what_is_looked_at_for_a_warning_is_no_input() {
    let files = [
        (PACKAGE, r#"{"optionalDependencies": {"extra": "1"}}"#),
        ("node_modules/extra/package.json", r#"{"os": "linux"}"#),
        ("node_modules/extra/x.node", ""),
    ];
    let module = with(&files).function("f.ts", &[]).await;
    assert_eq!(module.warnings.len(), 1);
    let paths: Vec<_> = module.basis.inputs.iter().map(|input| input.path.as_str()).collect();
    assert_eq!(paths, ["f.ts", "node_modules/fast/index.js", PACKAGE]);
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_outside_the_repository_is_looked_at() {
    let repository = with(&[
        (PACKAGE, r#"{"optionalDependencies": {"extra": "1"}}"#),
        ("../outside/package.json", r#"{"os": "linux"}"#),
        ("../outside/x.node", ""),
    ]);
    repository.link("node_modules/extra", "../../outside");
    repository.link("node_modules/fast/build", "../../../outside");
    assert_eq!(repository.function("f.ts", &[]).await.warnings, Vec::<String>::new());
}

#[cfg(unix)]
#[tokio::test]
async fn a_package_is_inspected_where_it_really_is() {
    let repository = repository(&[
        ("f.ts", "import '@s/fast';\nexport default 1"),
        ("node_modules/.store/fast@1/node_modules/@s/fast/index.js", "console.log(1)"),
        ("node_modules/.store/fast@1/node_modules/@s/fast/fast.node", ""),
    ]);
    repository.link("node_modules/@s/fast", "../.store/fast@1/node_modules/@s/fast");
    let warnings = repository.function("f.ts", &[]).await.warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("externalPackages: [\"@s/fast\"]"), "{warnings:?}");
}
