//! What a function cannot import: one test per reason, each told with the import, its place and a way out (spec 6.2).

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{repository, told};
use neonform_engine::diagnostic::codes;

#[tokio::test]
async fn problems_have_their_places() {
    let repository = repository(&[
        ("f.ts", "import './broken';\nimport x from 'gone';\nimport '../out';\nexport default x"),
        ("broken.ts", "let a = ;"),
        ("../out.ts", ""),
    ]);
    let all: Vec<_> =
        repository.try_function("f.ts", &[]).await.expect_err("refused").0.iter().map(told).collect();
    assert_eq!(
        all,
        [
            "syntax-error broken.ts:1:9 Unexpected token",
            "module-not-found f.ts:2:15 \"gone\" in f.ts",
            "outside-repository f.ts:3:8 \"../out\" in f.ts",
        ]
    );
}

#[tokio::test]
async fn an_entry_outside_the_repository_is_refused() {
    let repository = repository(&[("../f.ts", "export default 1")]);
    let failure = repository.try_function("../f.ts", &[]).await.expect_err("refused");
    assert_eq!(failure.0[0].code, codes::OUTSIDE_REPOSITORY);
}

#[tokio::test]
async fn files_without_a_loader_fail_by_name() {
    let repository = repository(&[
        (
            "f.ts",
            "import w from './w.wasm';\nimport './logo.png'\nexport { default as font } from './font.woff2';\n\
             export default [w, () => import('./page.html')]",
        ),
        ("w.wasm", ""),
        ("logo.png", ""),
        ("font.woff2", ""),
        ("page.html", ""),
    ]);
    let problems = repository.try_function("f.ts", &[]).await.expect_err("refused").0;
    assert_eq!(
        problems.iter().map(told).collect::<Vec<_>>(),
        [
            "unreadable-file f.ts:1:15 \"./w.wasm\" in f.ts, which is w.wasm",
            "unreadable-file f.ts:2:8 \"./logo.png\" in f.ts, which is logo.png",
            "unreadable-file f.ts:3:33 \"./font.woff2\" in f.ts, which is font.woff2",
            "unreadable-file f.ts:4:33 \"./page.html\" in f.ts, which is page.html",
        ]
    );
    for problem in problems {
        let fix = problem.fix.expect("a way out");
        assert!(fix.contains("from a bucket") && fix.contains("base64"), "{fix}");
    }
}

#[tokio::test]
async fn a_native_library_fails_with_the_way_to_ship_it_even_inside_try() {
    let repository = repository(&[
        ("f.ts", "import fast from 'fast';\nexport default fast"),
        (
            "node_modules/fast/index.js",
            "let n;\ntry { n = require('./build/fast.node') } catch {}\nmodule.exports = n",
        ),
        ("node_modules/fast/build/fast.node", ""),
    ]);
    let problems = repository.try_function("f.ts", &[]).await.expect_err("refused").0;
    assert_eq!(
        problems.iter().map(told).collect::<Vec<_>>(),
        [
            "unreadable-file node_modules/fast/index.js:2:19 \"./build/fast.node\" in node_modules/fast/index.js, \
          which is node_modules/fast/build/fast.node"
        ]
    );
    assert!(problems[0].fix.as_deref().is_some_and(|fix| fix.contains("externalPackages")));
    assert!(repository.try_function("f.ts", &["fast"]).await.is_ok());
}

#[tokio::test]
async fn a_name_that_is_kept_in_a_constant_is_looked_up_when_the_function_runs() {
    let repository = repository(&[
        (
            "f.ts",
            "import old from 'old';\nconst name = 'hidden-from-bundlers';\n\
             export default [old, () => import(name)]",
        ),
        (
            "node_modules/old/index.js",
            "const name = 'also-hidden';\nconst file = './x.node';\n\
             module.exports = () => [require(name), require(file)]",
        ),
        ("node_modules/old/x.node", ""),
    ]);
    let code = repository.code("f.ts", &[]).await;
    for name in ["hidden-from-bundlers", "also-hidden", "./x.node"] {
        assert!(code.contains(name), "{name} is missing in\n{code}");
    }
}

#[tokio::test]
async fn what_jsx_imports_is_not_hidden() {
    let repository = repository(&[("f.tsx", "export default () => <p>text</p>")]);
    let problems = repository.try_function("f.tsx", &[]).await.expect_err("not installed").0;
    assert_eq!(told(&problems[0]), "module-not-found nowhere \"react/jsx-runtime\" in f.tsx");
}

#[cfg(unix)]
#[tokio::test]
async fn a_workspace_package_outside_the_repository_is_refused_with_its_place() {
    let repository = repository(&[
        ("f.ts", "import { a } from 'shared';\nexport default a"),
        ("../elsewhere/shared/index.js", "exports.a = 1"),
    ]);
    repository.link("node_modules/shared", "../../elsewhere/shared");
    let problems = repository.try_function("f.ts", &[]).await.expect_err("refused").0;
    assert_eq!(
        problems.iter().map(told).collect::<Vec<_>>(),
        ["outside-repository f.ts:1:19 \"shared\" in f.ts"]
    );
    let (_, leads_to) = problems[0].facts.iter().find(|(name, _)| *name == "leads to").expect("a place");
    assert!(leads_to.ends_with("elsewhere/shared"), "{leads_to}");
    assert!(problems[0].fix.as_deref().is_some_and(|fix| fix.contains("into the repository")));
}

#[tokio::test]
async fn a_package_that_is_not_installed_may_be_left_out() {
    let repository = repository(&[("f.ts", "import sharp from 'sharp';\nexport default sharp")]);
    let failure = repository.try_function("f.ts", &[]).await.expect_err("not installed");
    assert_eq!(failure.0[0].code, codes::MODULE_NOT_FOUND);
    assert!(failure.0[0].fix.as_deref().is_some_and(|fix| fix.contains("externalPackages")));
    assert!(repository.try_function("f.ts", &["sharp"]).await.is_ok());
}
