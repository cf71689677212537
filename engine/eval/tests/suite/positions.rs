//! Where the parts of a policy were written.

use neonform_engine::node::{Node, Shape};
use serde_json::json;

use super::Project;
use super::support::{block_on, compare};

/// Each node on a line: its path, its key's place and its own.
fn places(node: &Node) -> String {
    fn walk(node: &Node, path: &str, key: Option<String>, lines: &mut Vec<String>) {
        let at = node.at.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        lines.push(format!("{path} {}{at}", key.map(|key| format!("{key} ")).unwrap_or_default()));
        match &node.shape {
            Shape::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{path}[{index}]"), None, lines);
                }
            }
            Shape::Object(entries) => {
                for entry in entries {
                    let key = entry.key_at.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
                    walk(&entry.node, &format!("{path}.{}", entry.key), Some(key), lines);
                }
            }
            _ => {}
        }
    }
    let mut lines = Vec::new();
    walk(node, "", None, &mut lines);
    lines.join("\n").replace("neon.ts:", "")
}

#[track_caller]
fn check(policy: &str, expected: &str) {
    let project = Project::new(&[("neon.ts", policy)]);
    compare(&places(&project.load().unwrap().policy), expected);
}

#[test]
fn literals_have_the_places_of_their_parts() {
    check(
        "export default {\n  auth: true,\n  'functions': { api: { name: 'a' } },\n  list: [1, [2]], branch() {}\n};",
        "1:16
        .auth 2:3 2:9
        .functions 3:3 3:16
        .functions.api 3:18 3:23
        .functions.api.name 3:25 3:31
        .list 4:3 4:9
        .list[0] 4:10
        .list[1] 4:13
        .list[1][0] 4:14
        .branch 4:19 4:19",
    );
}

#[test]
fn define_config_keeps_the_places() {
    check(
        "import { defineConfig } from \"@neon/config/v1\";\nexport default defineConfig(defineConfig({ ttl: 1 }));",
        " 2:42\n.ttl 2:44 2:49",
    );
}

#[test]
fn variables_lead_to_where_the_value_is_written() {
    check(
        "const api = { name: 'a' };\nconst name = 'x';\nexport default { api, other: api, name, ['comp' + 'uted']: 1, same: name };",
        " 3:16
        .api 3:18 1:13
        .api.name 1:15 1:21
        .other 3:23 1:13
        .other.name 1:15 1:21
        .name 3:35 3:35
        .computed 3:16 3:16
        .same 3:63 3:69",
    );
}

#[test]
fn spreads_and_assignments_fall_back_to_the_object() {
    check(
        "const base = { a: { x: 1 }, b: 2 };\nconst made = { ...base, c: 3, c: 4 };\nmade.d = [5];\nexport default made;",
        " 2:14
        .a 2:14 1:19
        .a.x 1:21 1:24
        .b 2:14 2:14
        .c 2:31 2:34
        .d 2:14 3:10
        .d[0] 3:11",
    );
}

#[test]
fn built_values_have_the_place_of_what_names_them() {
    check(
        "export default {\n  parsed: JSON.parse('{\"a\":[1,{\"b\":2}]}'),\n  made: Object.fromEntries([['k', { v: 1 }]]),\n  mapped: ['x', 'y'].map((n) => ({ n })),\n  spread: [1, ...[2]],\n};",
        " 1:16
        .parsed 2:3 2:11
        .parsed.a 2:11 2:11
        .parsed.a[0] 2:11
        .parsed.a[1] 2:11
        .parsed.a[1].b 2:11 2:11
        .made 3:3 3:9
        .made.k 3:9 3:35
        .made.k.v 3:37 3:40
        .mapped 4:3 4:11
        .mapped[0] 4:34
        .mapped[0].n 4:36 4:36
        .mapped[1] 4:34
        .mapped[1].n 4:36 4:36
        .spread 5:3 5:11
        .spread[0] 5:12
        .spread[1] 5:11",
    );
}

#[test]
fn columns_count_utf16_units() {
    check("export default { /* é😀 */ a: '😀', b: [2] };", " 1:16\n.a 1:28 1:31\n.b 1:37 1:40\n.b[0] 1:41");
}

#[test]
fn what_the_closure_returns_has_places_too() {
    let project = Project::new(&[(
        "neon.ts",
        "const tune = (b) => ({\n  ttl: b.name,\n  postgres: { computeSettings: {} },\n});\nexport default { branch: tune };",
    )]);
    let mut loaded = project.load().unwrap();
    let tuned = block_on(loaded.tune(&json!({"name": "x"}))).unwrap().unwrap();
    compare(&places(&tuned), " 1:22\n.ttl 2:3 2:8\n.postgres 3:3 3:13\n.postgres.computeSettings 3:15 3:32");
}

#[test]
fn computed_imports_have_their_own_files() {
    let project = Project::new(&[
        (
            "neon.ts",
            "const { part } = await globalThis.__neonform_import('neon.ts', './part.js');\nexport default { part };",
        ),
        ("part.js", "export const part = {\n  a: [1] };"),
    ]);
    compare(
        &places(&project.load().unwrap().policy),
        " 2:16\n.part 2:18 part.js:1:21\n.part.a part.js:2:3 part.js:2:6\n.part.a[0] part.js:2:7",
    );
}

#[test]
fn wrapping_changes_no_meaning() {
    super::check(
        "const out = []; const o = { f() { return this === o; }, ['g']: () => [1][0] };
        class A { static x = [1]; y = { z: 2 }; [`m`]() { return { ...this.y, w: [...A.x] }; } }
        let a = 1, b = 2; [a, b] = [b, a]; ({ a, ...out.rest } = { a: 5, q: 6 });
        for (const [k, v] of Object.entries({ p: 1 })) out.push(k + v);
        for (const x in { i: 1 }) out.push(x);
        switch (true) { case [1].length === 1: out.push('case'); }
        const tagged = (s, ...v) => s.raw.length + v.length; out.push(tagged`${[1]}${{}}`);
        const g = function* () { yield [1]; yield* [2, 3]; }; out.push([...g()].length);
        const { d = [7], e: { f = { h: 8 } } = {} } = {}; out.push(d[0], f.h);
        out.push(((x = { y: [9] }) => x.y[0])(), new (class { constructor(v) { this.v = v; } })([10]).v[0], typeof [], void {}, [] instanceof Array, 'k' in { k: 1 }, [[1, 2], [3]][1][0], ({ a: 1 }).a, [1, 2].at?.(-1), (() => ({}))() && 1);
        out.push(await [11][0], (async () => [12])() instanceof Promise, new A().m().w[0], new [Date][0](0).getTime(), o.f(), o.g());
        label: { break label; } if (a) [13].forEach((n) => out.push(n)); else [14];
        export default { out, a, b };",
        r#"{out: ["p1", "i", "case", 5, 3, 7, 8, 9, 10, "object", undefined, true, true, 3, 1, 2, 1, 11, true, 1, 0, true, 1, 13], a: 5, b: 1}"#,
    );
}

#[test]
fn places_lead_through_bundles_to_the_sources() {
    let project = Project::new(&[
        (
            "neon.ts",
            "import { defineConfig } from '@neon/config/v1';\nimport { api } from './lib/api';\nimport data from './data.json';\n\nenum Kind { A = 'a' }\ninterface X { a: string }\nexport default defineConfig({\n  functions: { api: api({ name: 'Api' }) },\n  kind: Kind.A,\n  data,\n});\n",
        ),
        (
            "lib/api.ts",
            "type Options = { name: string };\n\nexport const api = (options: Options) => ({\n  ...options,\n  source: './src/api.ts' as string,\n  env: { KEY: process.env.KEY },\n});\n",
        ),
        ("data.json", "{\n  \"a\": [1, { \"b\": 2 }]\n}\n"),
    ]);
    compare(
        &places(&project.load().unwrap().policy),
        " 7:29
        .functions 8:3 8:14
        .functions.api 8:16 lib/api.ts:3:43
        .functions.api.name lib/api.ts:3:43 lib/api.ts:3:43
        .functions.api.source lib/api.ts:5:3 lib/api.ts:5:11
        .functions.api.env lib/api.ts:6:3 lib/api.ts:6:8
        .functions.api.env.KEY lib/api.ts:6:10 lib/api.ts:6:15
        .kind 9:3 9:3
        .data 10:3 10:3
        .data.a 10:3 10:3
        .data.a[0] 10:3
        .data.a[1] 10:3
        .data.a[1].b 10:3 10:3",
    );
}

#[test]
fn errors_lead_through_bundles_to_the_sources() {
    super::check_files(
        &[
            (
                "neon.ts",
                "import { need } from './lib/env';\n\nexport default { db: need('DATABASE_URL' as string) };\n",
            ),
            (
                "lib/env.ts",
                "export function need(name: string): string {\n  const value: string | undefined = process.env[name];\n  if (!value) {\n    throw new Error(`${name} is not set`);\n  }\n  return value;\n}\n",
            ),
        ],
        "error[evaluation-failed] the policy threw while it was evaluated
        at lib/env.ts:4:5
        found DATABASE_URL is not set
        stack: at need (lib/env.ts:4:11) | at neon.ts:3:22",
    );
}
