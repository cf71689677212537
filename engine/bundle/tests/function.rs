//! Bundling functions: one test per behaviour (spec 6.2).

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{assert_in_order, repository, repository_called};
use neonform_bundle::archive::canonical_digest;

#[tokio::test]
async fn a_function_is_one_minified_module() {
    let repository = repository(&[
        (
            "api/index.ts",
            "import { greet } from '../lib/greet';\nexport default { fetch: (): Response => new Response(greet('x')) };",
        ),
        (
            "lib/greet.ts",
            "// a comment\nexport const greet = (longParameter: string) => `hello ${longParameter}`;\nexport const unused = 'unused';",
        ),
    ]);
    let module = repository.function("api/index.ts", &[]).await;
    assert_eq!(module.files.keys().collect::<Vec<_>>(), ["index.mjs"]);
    let code = repository.code("api/index.ts", &[]).await;
    assert!(code.contains("hello ${") && code.contains("as default}"), "{code}");
    for part in ["longParameter", "comment", "unused", "sourceMappingURL", "#region"] {
        assert!(!code.contains(part), "{part:?} is in\n{code}");
    }
    assert_eq!(module.warnings, Vec::<String>::new());
}

#[tokio::test]
async fn builtin_modules_stay_outside_with_their_prefix() {
    let code = repository(&[(
        "f.ts",
        "import { join } from 'path';\nimport fs from 'node:fs';\nexport default { join, fs }",
    )])
    .code("f.ts", &[])
    .await;
    assert!(code.contains("from\"node:path\"") && code.contains("from\"node:fs\""), "{code}");
}

#[tokio::test]
async fn dynamic_imports_are_part_of_the_file() {
    let repository = repository(&[
        ("f.ts", "export default { fetch: async () => (await import('./lazy')).lazy() }"),
        ("lazy.ts", "export const lazy = () => 'from lazy'"),
    ]);
    let code = repository.code("f.ts", &[]).await;
    assert!(code.contains("from lazy") && !code.contains("import("), "{code}");
}

#[tokio::test]
async fn declared_packages_and_their_subpaths_stay_outside() {
    let repository = repository(&[
        (
            "f.ts",
            "import sharp from 'sharp';\nimport sub from 'sharp/lib/sub';\nimport other from 'sharper';\n\
             import old from 'old';\nimport w from '@aws/wild-card';\nexport default { sharp, sub, other, old, w }",
        ),
        ("node_modules/sharp/index.js", "module.exports = 'bundled sharp'"),
        ("node_modules/sharper/index.js", "module.exports = 'bundled sharper'"),
        ("node_modules/old/index.js", "module.exports = require('sharp')"),
    ]);
    let code = repository.code("f.ts", &["sharp", "@aws/*"]).await;
    for part in [
        "from\"sharp\"",
        "from\"sharp/lib/sub\"",
        "require(\"sharp\")",
        "from\"@aws/wild-card\"",
        "bundled sharper",
    ] {
        assert!(code.contains(part), "{part:?} is missing in\n{code}");
    }
    assert!(!code.contains("`bundled sharp`"), "{code}");
}

#[tokio::test]
async fn bundled_commonjs_finds_require_filename_and_dirname() {
    let repository = repository(&[
        ("f.ts", "import { place } from 'old';\nexport default place"),
        ("node_modules/old/index.js", "exports.place = [require('os').EOL, __dirname, __filename]"),
    ]);
    let code = repository.code("f.ts", &[]).await;
    let (banner, rest) = code.split_once('\n').expect("two lines");
    assert_in_order(
        banner,
        &["\"node:module\"", "const require=", "(import.meta.url)", "__filename=", "__dirname="],
    );
    for part in ["require(\"node:os\")", "__dirname", "__filename"] {
        assert!(rest.contains(part), "{part:?} is missing in\n{rest}");
    }
}

#[tokio::test]
async fn names_of_the_banner_may_be_declared_even_next_to_eval() {
    let source = "const __dirname = 'mine';\nconst require = (x: string) => x;\nexport default { v: eval(require('1')), __dirname }";
    let module = repository(&[("f.ts", source)]).function("f.ts", &[]).await;
    let code = String::from_utf8_lossy(&module.files["index.mjs"]);
    let (banner, rest) = code.split_once('\n').expect("two lines");
    assert!(
        !banner.contains("require=_") && !banner.contains("__dirname=_") && banner.contains("__filename=_")
    );
    assert!(rest.contains("__dirname=`mine`"), "{rest}");
    assert!(
        module.warnings[0].starts_with("f.ts:3:") && module.warnings[0].contains("eval"),
        "{:?}",
        module.warnings
    );
}

#[tokio::test]
async fn modules_run_in_the_order_of_their_imports() {
    let repository = repository(&[
        ("f.ts", "import 'setup';\nimport { region } from './settings';\nexport default { region }"),
        ("settings.ts", "export const region = process.env.REGION"),
        ("node_modules/setup/index.js", "process.env.REGION = 'set'; module.exports = {}"),
    ]);
    let code = repository.code("f.ts", &[]).await;
    // The module with the settings is a function that runs when it is its turn.
    assert!(code.contains("{=process.env.REGION") || code.contains("=process.env.REGION}"), "{code}");
}

const PROJECT: &[(&str, &str)] = &[
    (
        "index.ts",
        "import cjs from 'cjs';\nimport { a } from './lib';\nimport data from './data.json';\n\
         export default { cjs, a, data, lazy: () => import('./mod'), e: (x: string) => eval(x), u: import.meta.url }",
    ),
    ("mod.ts", "export const lazy = __dirname"),
    ("lib/index.ts", "export * from './one';\nexport * from './two'"),
    ("lib/one.ts", "export const a = 1"),
    ("lib/two.ts", "export const b = 2; console.log(b)"),
    ("data.json", "{\"n\": 1}"),
    ("package.json", "{\"type\": \"module\"}"),
    ("node_modules/cjs/index.js", "module.exports = [require('./index2'), __filename]"),
    ("node_modules/cjs/index2.js", "try { module.exports = require('gone') } catch {}"),
];

#[tokio::test]
async fn the_same_sources_give_the_same_bytes_wherever_they_are() {
    let mut seen = Vec::new();
    for name in ["r", "a-checkout-with-a-much-longer-name/and/several/levels", "index", "node"] {
        let repository = repository_called(name, PROJECT);
        for _ in 0..5 {
            let module = repository.function("index.ts", &[]).await;
            let code = String::from_utf8_lossy(&module.files["index.mjs"]).into_owned();
            let root = repository.root();
            assert!(!code.contains(root.to_str().expect("text")) && !code.contains("checkout"), "{code}");
            seen.push((canonical_digest(&module.files), code));
        }
    }
    for (digest, code) in &seen {
        assert_eq!(code, &seen[0].1);
        assert_eq!(digest, &seen[0].0);
    }
}

#[tokio::test]
async fn styles_go_into_a_file_of_their_own_in_the_order_of_their_imports() {
    let repository = repository(&[
        ("f.ts", "import './b';\nimport styles from './a.css';\nexport default { styles }"),
        ("b.ts", "import './z.css'"),
        ("a.css", "a { color: red }\n"),
        ("z.css", "z { color: blue }\n"),
    ]);
    let module = repository.function("f.ts", &[]).await;
    assert_eq!(module.files.keys().collect::<Vec<_>>(), ["index.css", "index.mjs"]);
    assert_eq!(module.files["index.css"], b"z { color: blue }\na { color: red }\n");
}

#[tokio::test]
async fn text_files_are_strings() {
    let repository =
        repository(&[("f.ts", "import t from './t.txt';\nexport default t"), ("t.txt", "some text")]);
    assert!(repository.code("f.ts", &[]).await.contains("`some text`"));
}

#[tokio::test]
async fn what_is_in_the_bundle_is_listed_with_its_imports() {
    let repository = repository(&[
        ("api/f.ts", "import { a } from '../lib';\nimport './z.css';\nexport default () => a('x')"),
        ("api/z.css", "z {}"),
        ("lib/index.ts", "export * from './a';\nexport * from './unused'"),
        (
            "lib/a.ts",
            "import old from 'old';\nimport type { T } from './types';\nexport const a = (x: T) => old(x, process.pid)",
        ),
        ("lib/types.ts", "export type T = string"),
        ("lib/unused.ts", "export const unused = () => 'unused'"),
        ("node_modules/old/index.js", "module.exports = (...all) => all.join(require('os').EOL)"),
    ]);
    let module = repository.function("api/f.ts", &[]).await;
    let listed: Vec<_> =
        module.modules.iter().map(|module| (module.path.as_str(), module.imports.join(" "))).collect();
    let expected = [
        ("api/f.ts", "api/z.css lib/index.ts"),
        ("api/z.css", ""),
        ("lib/a.ts", "node_modules/old/index.js"),
        ("lib/index.ts", "lib/a.ts"),
        ("node_modules/old/index.js", ""),
    ];
    assert_eq!(listed, expected.map(|(path, imports)| (path, imports.to_owned())));
    for part in &module.modules {
        assert!(part.bytes_in_bundle > 0);
        let input = module.basis.inputs.iter().find(|input| input.path == part.path).expect("it was read");
        assert_eq!(input.sha256, part.sha256);
    }
    assert!(module.basis.inputs.iter().any(|input| input.path == "lib/unused.ts"));
}

#[tokio::test]
async fn path_aliases_of_tsconfig_hold() {
    let repository = repository(&[
        (
            "apps/api/index.ts",
            "import { a } from '@/a';\nimport { b } from 'shared/b';\nexport default { a, b }",
        ),
        (
            "apps/api/tsconfig.json",
            r#"{"extends": "../../tsconfig.base.json", /* mine */ "compilerOptions": {"paths": {"@/*": ["../src/*"]},}}"#,
        ),
        ("tsconfig.base.json", r#"{"compilerOptions": {"baseUrl": "./libs"}}"#),
        ("src/a.ts", "export const a = 'from a'"),
        ("libs/shared/b.ts", "export const b = 'from b'"),
    ]);
    let code = repository.code("apps/api/index.ts", &[]).await;
    assert!(code.contains("from a") && code.contains("from b"), "{code}");
    let module = repository.function("apps/api/index.ts", &[]).await;
    assert!(module.basis.inputs.iter().any(|input| input.path == "tsconfig.base.json"));
}

#[tokio::test]
async fn jsx_is_written_as_tsconfig_has_it() {
    let repository = repository(&[
        ("f.tsx", "export default () => <p>text</p>"),
        ("tsconfig.json", r#"{"compilerOptions": {"jsx": "react-jsx", "jsxImportSource": "tiny"}}"#),
        ("node_modules/tiny/jsx-runtime.js", "export const jsx = (...all) => ['tiny runtime', all]"),
    ]);
    assert!(repository.code("f.tsx", &[]).await.contains("tiny runtime"));
    repository.write("tsconfig.json", br#"{"compilerOptions": {"jsx": "react", "jsxFactory": "h"}}"#);
    assert!(repository.code("f.tsx", &[]).await.contains("h(`p`,null,`text`)"));
}

#[tokio::test]
async fn what_was_read_is_listed() {
    let repository =
        repository(&[("api/f.ts", "import '../lib/a';\nexport default 1"), ("lib/a.ts", "console.log(1)")]);
    let module = repository.function("api/f.ts", &[]).await;
    let paths: Vec<_> = module.basis.inputs.iter().map(|input| input.path.as_str()).collect();
    assert_eq!(paths, ["api/f.ts", "lib/a.ts"]);
}

#[tokio::test]
async fn functions_may_be_bundled_at_the_same_time() {
    let repository = repository(PROJECT);
    let alone = repository.code("index.ts", &[]).await;
    let (a, b, c, d) = tokio::join!(
        repository.code("index.ts", &[]),
        repository.code("lib/index.ts", &[]),
        repository.code("index.ts", &[]),
        repository.code("mod.ts", &[]),
    );
    assert!(a == alone && c == alone && b != alone && d != alone);
}
