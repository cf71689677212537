//! Bundling policies: one test per behaviour (spec 2.2).

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{assert_in_order, code_of, repository, source_of, told};
use neonform_engine::diagnostic::codes;

/// A policy without content.
const EMPTY: (&str, &str) = ("neon.ts", "export default {}");

#[tokio::test]
async fn typescript_becomes_javascript() {
    let code = code_of(
        "enum Color { Red = 'r' }\n\
         const enum Size { S = 1, M = S << 2 }\n\
         namespace Names { export const x = 3 }\n\
         class Point { constructor(private readonly a: number, public b = 2) {} }\n\
         const cast = <number>(<unknown>4);\n\
         export default { s: Size.M, x: Names.x, p: new Point(1), cast } satisfies object as any",
    )
    .await;
    for part in ["[\"Red\"] = \"r\"", "[\"M\"] = 4", "x = 3", "this.a = a", "cast = 4", "s: 4"] {
        assert!(code.contains(part), "{part:?} is missing in\n{code}");
    }
    for part in ["satisfies", "readonly", "<number>", "as any"] {
        assert!(!code.contains(part), "{part:?} is in\n{code}");
    }
}

#[tokio::test]
async fn legacy_decorators_are_lowered() {
    let code = code_of("function d(t: any, k: string) {}\nclass A { @d m() {} }\nexport default { A }").await;
    assert!(code.contains("__decorate([d], A.prototype, \"m\", null)"), "{code}");
}

#[tokio::test]
async fn an_import_used_only_as_a_type_or_not_at_all_is_dropped() {
    let code = code_of(
        "import { Shape } from './no-such-file';\nimport Unused from 'no-such-package';\n\
         import type { T } from './nor-this';\nimport { type U } from './nor-that';\n\
         const a: Shape = {} as U & T;\nexport default { a }",
    )
    .await;
    assert!(!code.contains("no-such") && !code.contains("nor-"), "{code}");
}

#[tokio::test]
async fn a_type_may_be_passed_on_without_saying_that_it_is_one() {
    let module = repository(&[
        ("neon.ts", "export { T } from './b';\nimport { w, type T } from './b';\nexport default { w } as T"),
        ("b.ts", "import { T, v } from './c';\nexport { T, v as w };\nexport { T as U } from './c'"),
        ("c.ts", "export interface T {}\nexport const v = 1"),
    ])
    .policy()
    .await;
    assert!(module.code.contains("export { neon_default as default }"), "{}", module.code);
}

#[tokio::test]
async fn a_side_effect_import_stays_whatever_the_package_says() {
    let module = repository(&[
        ("neon.ts", "import 'dotenv/config';\nexport default {}"),
        ("node_modules/dotenv/package.json", r#"{"sideEffects": false, "exports": {"./config": "./c.mjs"}}"#),
        ("node_modules/dotenv/c.mjs", "export const pure = 1"),
    ])
    .policy()
    .await;
    assert!(module.code.contains("pure = 1"), "{}", module.code);
}

#[tokio::test]
async fn what_may_throw_at_the_top_stays() {
    let code = code_of(
        "if (!process.env.NEEDED) throw new Error('NEEDED is required');\nprocess.env.OTHER!.length;\n\
         /* @__PURE__ */ check();\nexport default {}",
    )
    .await;
    assert_in_order(
        &code,
        &["throw new Error(\"NEEDED is required\")", "process.env.OTHER.length", "check()"],
    );
}

#[tokio::test]
async fn modules_run_in_the_order_of_their_imports_across_module_systems() {
    let module = repository(&[
        ("neon.ts", "import 'setup';\nimport { region } from './settings';\nexport default { region }"),
        ("settings.ts", "export const region = process.env.REGION"),
        ("node_modules/setup/index.js", "process.env.REGION = 'r'; module.exports = {}"),
    ])
    .policy()
    .await;
    assert_in_order(&module.code, &["function init_neon()", "require_setup()", "init_settings()", "region"]);
}

#[tokio::test]
async fn a_dynamic_import_with_a_fixed_specifier_is_inlined() {
    let module = repository(&[
        (
            "neon.ts",
            "const { a } = await import('./a');\nconst b = await import(`./b.js`);\nexport default { a, b }",
        ),
        ("a.ts", "export const a = 'from a'"),
        ("b.ts", "export const b = 'from b'"),
    ])
    .policy()
    .await;
    assert!(module.code.contains("from a") && module.code.contains("from b"), "{}", module.code);
    assert!(!module.code.contains("import("), "{}", module.code);
}

#[tokio::test]
async fn a_dynamic_import_with_a_computed_specifier_names_its_importer() {
    let module = repository(&[
        ("neon.ts", "import { load } from './lib/load';\nexport default { load }"),
        (
            "lib/load.ts",
            "export const load = (name: string) => import(`./${name}.ts`, { with: { type: name } })",
        ),
    ])
    .policy()
    .await;
    let expected = "globalThis.__neonform_import(\"lib/load.ts\", `./${name}.ts`, { with: { type: name } })";
    assert!(module.code.contains(expected), "{}", module.code);
}

#[tokio::test]
async fn relative_specifiers_find_files_in_every_spelling() {
    let files = [
        ("lib/a.ts", "export const v = 'found'"),
        ("lib/m.mts", "export const v = 'found'"),
        ("lib/c.cts", "export const v = 'found'"),
        ("lib/dir/index.ts", "export const v = 'found'"),
        ("lib/pkg/package.json", r#"{"main": "./src/start"}"#),
        ("lib/pkg/src/start.js", "exports.v = 'found'"),
        ("lib/both.ts", "export const v = 'found'"),
        ("lib/both/index.ts", "export const v = 'directory'"),
        ("lib/dotted.config.ts", "export const v = 'found'"),
    ];
    for specifier in [
        "./lib/a",
        "./lib/a.ts",
        "./lib/a.js",
        "./lib/../lib/a",
        "./lib/m.mjs",
        "./lib/m.mts",
        "./lib/c.cjs",
        "./lib/dir",
        "./lib/dir/",
        "./lib/dir/index.js",
        "./lib/pkg",
        "./lib/both",
        "./lib/dotted.config",
    ] {
        let policy = format!("import {{ v }} from '{specifier}';\nexport default {{ v }}");
        let repository = repository(&files);
        repository.write("neon.ts", policy.as_bytes());
        let code = repository.policy().await.code;
        assert!(code.contains("found") && !code.contains("directory"), "{specifier}: {code}");
    }
}

#[tokio::test]
async fn subpath_imports_go_through_the_nearest_manifest() {
    let module = repository(&[
        ("neon.ts", "import '#setup';\nimport { a } from '#lib/a.js';\nimport { join } from '#path';\nexport default { a, join }"),
        (
            "package.json",
            r##"{"imports": {"#setup": {"import": "./setup.ts"}, "#lib/*.js": "./lib/*.ts", "#path": "node:path"}}"##,
        ),
        ("setup.ts", "globalThis.ready = true"),
        ("lib/a.ts", "export const a = 'from a'"),
    ])
    .policy()
    .await;
    assert_in_order(&module.code, &["from \"node:path\"", "ready = true", "from a"]);
}

#[tokio::test]
async fn packages_are_found_upward_but_never_above_the_repository() {
    let repository = repository(&[
        ("neon.ts", "import { v } from './deep/down/x';\nexport default { v }"),
        ("deep/down/x.ts", "export { v } from 'pkg'"),
        (
            "node_modules/pkg/package.json",
            r#"{"exports": {"types": "./t.d.ts", "import": "./i.mjs", "require": "./r.cjs"}}"#,
        ),
        ("node_modules/pkg/i.mjs", "export const v = 'import condition'"),
        ("node_modules/pkg/r.cjs", "exports.v = 'require condition'"),
        ("../node_modules/above/index.js", "module.exports = 'above'"),
    ]);
    let code = repository.policy().await.code;
    assert!(code.contains("import condition") && !code.contains("require condition"), "{code}");
    repository.write("neon.ts", b"import a from 'above';\nexport default a");
    let problems = repository.problems().await;
    assert_eq!(told(&problems[0]), "module-not-found neon.ts:1:15 \"above\" in neon.ts");
    assert_eq!(problems[0].fix.as_deref(), Some("install the package with npm install above"));
}

#[tokio::test]
async fn commonjs_gives_default_named_and_namespace_bindings() {
    let module = repository(&[
        ("neon.ts", "import all, { named } from 'old';\nimport * as space from 'old';\nexport default { all, named, space }"),
        ("node_modules/old/package.json", r#"{"main": "lib"}"#),
        ("node_modules/old/lib/index.js", "exports.named = require('./other')"),
        ("node_modules/old/lib/other.js", "module.exports = 'other'"),
    ])
    .policy()
    .await;
    assert_in_order(
        &module.code,
        &["require_lib())", "import_lib.default", "import_lib.named", "import_lib"],
    );
}

#[tokio::test]
async fn json_is_imported_by_default_by_name_with_an_attribute_and_required() {
    let files = [("data.json", "\u{feff}{\"version\": \"1.2.3\"}")];
    for import in [
        "import d from './data.json';\nexport default { v: d.version }",
        "import { version } from './data.json';\nexport default { version }",
        "import d from './data.json' with { type: 'json' };\nexport default d",
        "export default require('./data.json')",
        "import d from './data';\nexport default d",
    ] {
        let repository = repository(&files);
        repository.write("neon.ts", import.as_bytes());
        let code = repository.policy().await.code;
        assert!(code.contains("1.2.3"), "{import}: {code}");
    }
}

#[tokio::test]
async fn circular_imports_and_top_level_await_work() {
    let module = repository(&[
        ("neon.ts", "import { b } from './b';\nexport const a = () => 'a';\nexport default { v: await b() }"),
        ("b.ts", "import { a } from './neon';\nexport const b = async () => a() + 'b'"),
    ])
    .policy()
    .await;
    assert!(module.code.contains("await init_neon()"), "{}", module.code);
}

#[tokio::test]
async fn the_configuration_module_is_always_left_to_the_evaluator() {
    for specifier in ["@neon/config/v1", "@neon/config", "@neondatabase/config/v1", "@neondatabase/config"] {
        let repository =
            repository(&[("node_modules/@neon/config/index.js", "module.exports = 'installed'")]);
        repository.write(
            "neon.ts",
            format!("import {{ defineConfig }} from '{specifier}';\nexport default defineConfig({{}})")
                .as_bytes(),
        );
        let code = repository.policy().await.code;
        assert!(code.contains("import { defineConfig } from \"neonform:config\""), "{code}");
        repository.write(
            "neon.ts",
            format!(
                "const {{ defineConfig }} = require('{specifier}');\nmodule.exports = defineConfig({{}})"
            )
            .as_bytes(),
        );
        let code = repository.policy().await.code;
        assert!(code.contains("import * as it from \"neonform:config\""), "{code}");
        assert!(!code.contains("__require") && !code.contains("installed"), "{code}");
    }
}

#[tokio::test]
async fn builtin_modules_are_imported_with_their_prefix() {
    let code = code_of(
        "import path from 'path';\nimport { readFileSync } from 'node:fs';\n\
         export default { path, readFileSync, later: () => import('os') }",
    )
    .await;
    for part in ["import path from \"node:path\"", "from \"node:fs\"", "import(\"node:os\")"] {
        assert!(code.contains(part), "{part:?} is missing in\n{code}");
    }
}

#[tokio::test]
async fn a_required_builtin_module_is_imported() {
    let module = repository(&[
        ("neon.ts", "import old from 'old';\nexport default { old, url: require('url') }"),
        (
            "node_modules/old/index.js",
            "const { join } = require('path'); module.exports = [join, require('node:path')]",
        ),
    ])
    .policy()
    .await;
    for part in ["from \"node:path\"", "from \"node:url\""] {
        assert!(module.code.contains(part), "{part:?} is missing in\n{}", module.code);
    }
    assert!(!module.code.contains("__require") && !module.code.contains("require(\""), "{}", module.code);
}

#[tokio::test]
async fn every_module_knows_its_own_place() {
    let repository = repository(&[
        (
            "neon.ts",
            "import { b } from './sub dir/b.js';\nimport { c } from './c.cjs';\nexport default { a: [import.meta.url, __dirname], b, c }",
        ),
        (
            "sub dir/b.js",
            "const { dirname } = import.meta;\nexport const b = { f: import.meta.filename, __filename, dirname }",
        ),
        ("c.cjs", "exports.c = __dirname + __filename"),
    ]);
    let code = repository.policy().await.code;
    let root = repository.root().canonicalize().expect("there");
    let root = root.to_str().expect("text");
    for part in [
        format!("a: [\"file://{root}/neon.ts\", \"{root}\"]"),
        format!("f: \"{root}/sub dir/b.js\""),
        format!("__filename: \"{root}/sub dir/b.js\""),
        format!("url: \"file://{root}/sub%20dir/b.js\""),
        format!("exports.c = \"{root}\" + \"{root}/c.cjs\""),
    ] {
        assert!(code.contains(&part), "{part:?} is missing in\n{code}");
    }
}

#[tokio::test]
async fn a_declared_dirname_is_left_alone() {
    let code = code_of(
        "import { dirname } from 'path';\nconst __dirname = dirname('x');\n\
         export default { __dirname, f: (__filename: string) => __filename }",
    )
    .await;
    assert_in_order(&code, &["__dirname = dirname(\"x\")", "(__filename) => __filename"]);
}

#[tokio::test]
async fn tsconfig_changes_nothing() {
    let policy = "import { T } from './types';\nexport default { t: null as T | null }";
    let plain = repository(&[("neon.ts", policy)]).policy().await.code;
    let config = r#"{"compilerOptions": {"verbatimModuleSyntax": true, "paths": {"@/*": ["./src/*"]}, "target": "es5"}}"#;
    let repository =
        repository(&[("neon.ts", policy), ("tsconfig.json", config), ("src/a.ts", "export const a = 1")]);
    let module = repository.policy().await;
    assert_eq!(module.code, plain);
    assert!(module.inputs.iter().all(|input| input.path != "tsconfig.json"));
    repository.write("neon.ts", b"import { a } from '@/a';\nimport 'src/a';\nexport default { a }");
    let problems = repository.problems().await;
    let all: Vec<_> = problems.iter().map(told).collect();
    assert_eq!(
        all,
        [
            "module-not-found neon.ts:1:19 \"@/a\" in neon.ts",
            "module-not-found neon.ts:2:8 \"src/a\" in neon.ts"
        ]
    );
    for problem in problems {
        assert!(problem.fix.is_some_and(|fix| fix.contains("tsconfig.json are not supported")));
    }
}

#[tokio::test]
async fn files_of_other_kinds_are_refused_by_name() {
    let repository = repository(&[
        (
            "neon.ts",
            "import './a.wasm';\nimport b from './b.png';\nconst c = require('./c.node');\nexport default { b, c }",
        ),
        ("a.wasm", ""),
        ("b.png", ""),
        ("c.node", ""),
    ]);
    let problems = repository.problems().await;
    let all: Vec<_> = problems.iter().map(told).collect();
    assert_eq!(
        all,
        [
            "unreadable-file neon.ts:1:8 \"./a.wasm\" in neon.ts, which is a.wasm",
            "unreadable-file neon.ts:2:15 \"./b.png\" in neon.ts, which is b.png",
            "unreadable-file neon.ts:3:19 \"./c.node\" in neon.ts, which is c.node",
        ]
    );
}

#[tokio::test]
async fn nothing_outside_the_repository_is_read() {
    let repository = repository(&[("../secret.ts", "export const s = 'secret'")]);
    let absolute = repository.root().join("../secret.ts").canonicalize().expect("there");
    for specifier in ["../secret", "./x/../../secret.ts", absolute.to_str().expect("text")] {
        repository.write(
            "neon.ts",
            format!("import {{ s }} from '{specifier}';\nexport default {{ s }}").as_bytes(),
        );
        let problem = repository.problems().await.remove(0);
        assert_eq!(problem.code, codes::OUTSIDE_REPOSITORY);
        assert_eq!(problem.at.map(|at| at.to_string()).as_deref(), Some("neon.ts:1:19"));
        assert!(problem.found.is_some_and(|found| found.contains(specifier)));
        assert!(problem.facts.iter().any(|(label, text)| *label == "leads to" && text.contains("secret")));
        assert!(problem.facts.contains(&("importer", "neon.ts".to_owned())));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_inside_the_repository_only() {
    let repository = repository(&[
        ("../outside/index.ts", "export const s = 'secret'"),
        ("store/pkg/index.js", "exports.v = __dirname"),
    ]);
    repository.link("out", "../outside");
    repository.link("node_modules/linked", "../../outside");
    repository.link("node_modules/pkg", "../store/pkg");
    for specifier in ["./out", "./out/index.ts", "linked"] {
        repository.write("neon.ts", format!("export * from '{specifier}';\nexport default {{}}").as_bytes());
        let problem = repository.problems().await.remove(0);
        assert_eq!(problem.code, codes::OUTSIDE_REPOSITORY, "{specifier}");
    }
    repository.write("neon.ts", b"try { require('./out') } catch {}\nexport default {}");
    assert_eq!(repository.problems().await[0].code, codes::OUTSIDE_REPOSITORY);
    repository.write("neon.ts", b"import { v } from 'pkg';\nexport default { v }");
    let module = repository.policy().await;
    assert!(module.code.contains("repo/store/pkg\""), "{}", module.code);
    assert!(module.inputs.iter().any(|input| input.path == "store/pkg/index.js"));
}

#[tokio::test]
async fn all_problems_are_told_at_once_in_order() {
    let repository = repository(&[
        (
            "neon.ts",
            "import { z } from './z';\nimport a from './gone';\nimport './broken';\nimport './bad.json';\nexport default { a, z }",
        ),
        ("z.ts", "export { z } from 'not-installed/sub'"),
        ("broken.ts", "const \u{1f600} = 1;"),
        ("bad.json", "{\n  \"a\": 1,,\n}"),
    ]);
    let all: Vec<_> = repository.problems().await.iter().map(told).collect();
    assert_eq!(
        all,
        [
            "syntax-error bad.json:2:10 key must be a string at line 2 column 10",
            "syntax-error broken.ts:1:7 Invalid Character `\u{1f600}`",
            "module-not-found neon.ts:2:15 \"./gone\" in neon.ts",
            "module-not-found z.ts:1:19 \"not-installed/sub\" in z.ts",
        ]
    );
}

#[tokio::test]
async fn a_missing_module_is_told_with_what_would_help() {
    for (specifier, fix) in [
        ("./gone", "check the path and its upper and lower case"),
        ("left-pad/x", "install the package with npm install left-pad"),
        ("@scope/pkg/x", "install the package with npm install @scope/pkg"),
        ("~/x", "path aliases of tsconfig.json are not supported"),
        ("#gone", "add the entry"),
        ("node:gone", "check the name"),
        ("https://example.com/x.ts", "not fetched over the network"),
        ("present/gone", "exports"),
    ] {
        let repository =
            repository(&[("node_modules/present/package.json", r#"{"exports": {".": "./i.js"}}"#)]);
        repository.write("neon.ts", format!("import x from '{specifier}';\nexport default x").as_bytes());
        let problem = repository.problems().await.remove(0);
        assert_eq!(problem.code, codes::MODULE_NOT_FOUND, "{specifier}");
        assert_eq!(problem.found.as_deref(), Some(format!("\"{specifier}\" in neon.ts").as_str()));
        assert!(
            problem.fix.as_deref().is_some_and(|text| text.contains(fix)),
            "{specifier}: {:?}",
            problem.fix
        );
    }
}

#[tokio::test]
async fn a_missing_package_that_is_reckoned_with_is_no_problem() {
    let policy = "let a; try { a = require('optional') } catch {}\n\
        const b = await import('other').catch(() => null);\nexport default { a, b }";
    let module = repository(&[("neon.ts", policy)]).policy().await;
    assert_in_order(&module.code, &["Cannot find module", "MODULE_NOT_FOUND", "Cannot find module"]);
    assert_eq!(source_of(&module, "Cannot find module"), None);
}

#[tokio::test]
async fn a_name_that_is_not_exported_is_told_with_its_place() {
    let repository = repository(&[
        ("neon.ts", "import { a } from './a';\nimport { nope } from './a';\nexport default { a, nope }"),
        ("a.ts", "export const a = 1"),
    ]);
    let problems = repository.problems().await;
    assert_eq!(problems.len(), 1);
    assert_eq!(
        told(&problems[0]),
        "syntax-error neon.ts:2:10 \"nope\" is not exported by \"a.ts\", imported by \"neon.ts\"."
    );
}

#[tokio::test]
async fn a_re_export_of_itself_and_a_bad_data_url_are_no_bugs_of_ours() {
    for policy in
        ["export { default } from './neon'", "import 'data:text/javascript;base64,%%'; export default 1"]
    {
        let problems = repository(&[("neon.ts", policy)]).problems().await;
        assert_eq!(problems[0].code, codes::SYNTAX_ERROR);
        assert!(problems[0].found.as_ref().is_some_and(|found| !found.contains("backtrace")));
    }
}

#[tokio::test]
async fn a_broken_manifest_is_told_with_its_place() {
    let repository = repository(&[EMPTY, ("package.json", "{\n\"name\": \"x\",\n}")]);
    let all: Vec<_> = repository.problems().await.iter().map(told).collect();
    assert_eq!(all, ["syntax-error package.json:3:1 trailing comma at line 3 column 1"]);
}

#[tokio::test]
async fn an_entry_that_is_no_file_of_the_repository_is_refused() {
    let repository = repository(&[("../neon.ts", "export default {}"), ("dir/x.ts", "")]);
    let problem = async |entry: &str| {
        let failure =
            neonform_bundle::policy(std::path::Path::new(entry), &repository.root(), Default::default())
                .await;
        failure.expect_err("refused").0.remove(0).code
    };
    assert_eq!(problem("neon.ts").await, codes::UNREADABLE_FILE);
    assert_eq!(problem("dir").await, codes::UNREADABLE_FILE);
    assert_eq!(problem("../neon.ts").await, codes::OUTSIDE_REPOSITORY);
    repository.write("neon.ts", b"export default \xff");
    assert_eq!(problem("neon.ts").await, codes::UNREADABLE_FILE);
}

#[tokio::test]
async fn a_policy_may_have_any_name() {
    let repository = repository(&[("policy.neon", "export default { a: 1 as number }")]);
    let module =
        neonform_bundle::policy(std::path::Path::new("policy.neon"), &repository.root(), Default::default())
            .await;
    assert!(module.expect("bundles").code.contains("a: 1"));
}

#[tokio::test]
async fn a_commonjs_policy_exports_its_exports_or_their_default() {
    let repository = repository(&[("neon.ts", "exports.default = { a: 1 }")]);
    let code = repository.policy().await.code;
    assert_in_order(
        &code,
        &["exports.default = { a: 1 }", "module.exports = module.exports?.default", "export default"],
    );
    repository.write("neon.ts", b"module.exports = { a: 1 }");
    assert!(repository.policy().await.code.contains("export default require_neon()"));
}

#[tokio::test]
async fn a_place_in_the_bundle_leads_back_to_its_source() {
    let module = repository(&[
        ("neon.ts", "import { limits } from './lib/limits';\n/* \u{1f600} */ export default { limits, mark: \"here\" }"),
        ("lib/limits.ts", "export * from '../index';\n\nexport const limits: L = {\n  a: fail(),\n}"),
        ("index.ts", "export const mark = atTheTop()"),
    ])
    .policy()
    .await;
    let source = |text: &str| source_of(&module, text);
    assert_eq!(source("fail()").as_deref(), Some("lib/limits.ts:4:6"));
    assert_eq!(source("atTheTop()").as_deref(), Some("index.ts:1:21"));
    assert_eq!(source("\"here\"").as_deref(), Some("neon.ts:2:41"));
    assert_eq!(source("var __esmMin"), None);
}

#[tokio::test]
async fn what_was_read_is_listed_by_name_with_its_digest() {
    let module = repository(&[
        ("neon.ts", "import 'b';\nimport { a } from './lib/a';\nexport default { a }"),
        ("lib/a.ts", "export const a = 1"),
        ("lib/unused.ts", "export const a = 1"),
        ("package.json", "{}"),
        ("node_modules/b/package.json", "{}"),
        ("node_modules/b/index.js", "a"),
    ])
    .policy()
    .await;
    let paths: Vec<_> = module.inputs.iter().map(|input| input.path.as_str()).collect();
    assert_eq!(
        paths,
        ["lib/a.ts", "neon.ts", "node_modules/b/index.js", "node_modules/b/package.json", "package.json"]
    );
    assert_eq!(module.inputs[2].sha256[..4], [0xca, 0x97, 0x81, 0x12]);
}

#[tokio::test]
async fn a_policy_that_would_overflow_the_stack_is_refused() {
    let deep = format!("export default {}{}", "[".repeat(3000), "]".repeat(3000));
    let problems = repository(&[("neon.ts", &deep)]).problems().await;
    assert_eq!(problems[0].code, codes::SYNTAX_ERROR);
    assert!(problems[0].summary.contains("too deeply"));
}
