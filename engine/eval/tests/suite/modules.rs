//! What a policy may import, and what it may read.

use super::support::compare;
use super::{Project, check, check_files};

#[test]
fn define_config_freezes_a_shallow_copy() {
    check_files(
        &[(
            "neon.ts",
            "import { defineConfig } from \"@neon/config/v1\";
            const inner = { a: 1 }; const input = { inner, get computed() { return 2; }, [Symbol('s')]: 3 };
            const made = defineConfig(input); const again = defineConfig(made);
            inner.a = 9;
            export default { made, frozen: Object.isFrozen(made), shallow: made.inner === inner, other: made !== input, same: again.inner === inner,
                rest: [defineConfig(undefined), defineConfig('x'), defineConfig(1), typeof defineConfig(() => {}), Array.isArray(defineConfig([]))], map: defineConfig(new Map()) };",
        )],
        "{made: {inner: {a: 9}, computed: 2}, frozen: true, shallow: true, other: true, same: true, rest: [undefined, \"x\", 1, \"function\", true], map: <a Map>}",
    );
}

#[test]
fn every_name_of_the_config_module_links() {
    check_files(
        &[(
            "neon.ts",
            "import { resolveConfig, schemas, errors, DATA_API_AUTH_PROVIDERS, ErrorCode, PlatformError, isPlatformError, notEvenThere } from \"@neon/config\";
            import * as all from \"@neon/config\";
            const message = (f) => { try { f(); } catch (e) { return e.message; } };
            const e = new PlatformError('PLATFORM_LOCKED', 'm');
            export default { providers: DATA_API_AUTH_PROVIDERS, code: ErrorCode.INVALID_CONFIG, is: isPlatformError(e), error: e instanceof Error,
                absent: message(resolveConfig), unknown: message(notEvenThere), names: Object.keys(all).length, schemas, group: Object.keys(errors) };",
        )],
        "{providers: [\"neon\", \"external\"], code: \"PLATFORM_INVALID_CONFIG\", is: true, error: true, absent: \"resolveConfig is not available while neonform evaluates a policy\", unknown: \"notEvenThere of neonform:config is not available to a policy\", names: 28, schemas: {}, group: [\"PlatformError\", \"isPlatformError\"]}",
    );
}

#[test]
fn paths_work_as_in_node() {
    check(
        "import path, { join, posix } from 'node:path';
        export default [join('/a', '..', 'b', './c/'), path.resolve('/x', 'y', '../z'), path.resolve('q'), path.dirname('/a/b/'), path.dirname('a'), path.basename('/a/b.ts', '.ts'), path.extname('a.b.c'), path.extname('.rc'), path.extname('a.'),
            path.relative('/a/b/c', '/a/d'), path.normalize('a//./b/../../..'), path.isAbsolute('/a'), path.parse('/home/x.tar.gz'), path.format({ dir: '/d', name: 'n', ext: '.e' }), posix === path, path.sep, path.join(), path.join('a', '')];",
        r#"["/b/c/", "/x/z", "ROOT/q", "/a", ".", "b", ".c", "", ".", "../../d", "..", true, {root: "/", dir: "/home", base: "x.tar.gz", ext: ".gz", name: "x.tar"}, "/d/n.e", true, "/", ".", "a"]"#,
    );
}

#[test]
fn urls_and_paths_convert() {
    check(
        "import { fileURLToPath, pathToFileURL, URL as U } from 'node:url';
        export default [fileURLToPath('file:///a%20b/c'), pathToFileURL('/a b/c#d%').href, U === URL, fileURLToPath(new URL('./x', 'file:///a/b'))];",
        r#"["/a b/c", "file:///a%20b/c%23d%25", true, "/a/x"]"#,
    );
}

#[test]
fn files_of_the_repository_can_be_read() {
    let files: &[(&str, &str)] = &[
        (
            "neon.ts",
            "import fs, { readFileSync, existsSync } from 'node:fs'; import { readFile } from 'node:fs/promises'; import { promisify } from 'node:util';
            const code = (f) => { try { f(); } catch (e) { return [e.code, e.message]; } };
            export default { text: readFileSync('data/a.txt', 'utf8'), buffer: readFileSync(new URL('file://' + process.cwd() + '/data/a.txt')).length,
                later: await readFile('data/a.txt', { encoding: 'utf8' }), callback: await promisify(fs.readFile)('data/a.txt', 'latin1'),
                exists: [existsSync('data'), existsSync('nope'), existsSync('/etc/passwd')], stat: [fs.statSync('data').isDirectory(), fs.statSync('data/a.txt').size, fs.statSync('x', { throwIfNoEntry: false })],
                list: fs.readdirSync('data'), deep: fs.readdirSync('.', { recursive: true }), types: fs.readdirSync('data', { withFileTypes: true }).map((e) => [e.name, e.isFile()]),
                real: fs.realpathSync('data/../data'), missing: code(() => readFileSync('nope')), folder: code(() => readFileSync('data')), outside: code(() => readFileSync('../x')), absolute: code(() => fs.statSync('/etc/passwd')),
                write: code(() => fs.writeFileSync('a', 'b')), promise: await fs.promises.writeFile('a').catch((e) => e.code), access: fs.accessSync('data'), stream: code(() => fs.createReadStream('x')) };",
        ),
        ("data/a.txt", "h\u{e9}"),
        ("data/b/c.txt", ""),
    ];
    check_files(
        files,
        r#"{text: "hé", buffer: 3, later: "hé", callback: "hÃ©", exists: [true, false, false], stat: [true, 3, undefined], list: ["a.txt", "b"], deep: ["data", "data/a.txt", "data/b", "data/b/c.txt", "neon.ts"], types: [["a.txt", true], ["b", false]], real: "ROOT/data", missing: ["ENOENT", "ENOENT: no such file or directory, open 'nope'"], folder: ["EISDIR", "EISDIR: illegal operation on a directory, read"], outside: ["ERR_NEONFORM_OUTSIDE", "../x is outside the repository, and a policy may read only inside"], absolute: ["ERR_NEONFORM_OUTSIDE", "/etc/passwd is outside the repository, and a policy may read only inside"], write: ["ERR_NEONFORM_SANDBOX", "fs.writeFile is not available: the file system is read-only for a policy"], promise: "ERR_NEONFORM_SANDBOX", access: undefined, stream: ["ERR_NEONFORM_SANDBOX", "fs.createReadStream is not available to a policy"]}"#,
    );
}

#[cfg(unix)]
#[test]
fn symbolic_links_do_not_lead_out() {
    let project = Project::new(&[
        (
            "neon.ts",
            "import fs from 'node:fs'; export default [fs.readFileSync('in', 'utf8'), fs.lstatSync('out').isSymbolicLink(), fs.readFileSync('out')];",
        ),
        ("a.txt", "a"),
    ]);
    std::os::unix::fs::symlink("a.txt", project.path().join("in")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", project.path().join("out")).unwrap();
    compare(
        &project.run(&[]),
        "error[outside-repository] the policy reads outside the repository
        at neon.ts:1:115
        found out is outside the repository, and a policy may read only inside
        stack: at neon.ts:1:115",
    );
}

#[test]
fn what_was_read_is_listed() {
    let project = Project::new(&[
        (
            "neon.ts",
            "import { readFileSync } from 'node:fs'; export default { a: readFileSync('a.json', 'utf8'), branch: () => ({ b: readFileSync('b.json', 'utf8') }) };",
        ),
        ("a.json", "1"),
        ("b.json", "2"),
    ]);
    let names =
        |inputs: &[neonform_eval::Input]| inputs.iter().map(|input| input.path.clone()).collect::<Vec<_>>();
    let mut loaded = project.load().unwrap();
    assert_eq!(names(&loaded.read.inputs), ["a.json", "neon.ts"]);
    super::support::tune(&mut loaded, &serde_json::json!({"name": "x"}));
    assert_eq!(names(&loaded.read.inputs), ["a.json", "b.json", "neon.ts"]);
    assert_eq!(loaded.read.inputs[0].sha256[..2], [0x6b, 0x86]);
}

#[test]
fn the_other_small_modules_are_there() {
    check(
        "import { EOL, platform } from 'node:os'; import os from 'node:os'; import assert from 'node:assert'; import { strict } from 'node:assert/strict'; import util, { format, inspect } from 'node:util';
        import { Buffer as B } from 'node:buffer'; import proc, { env } from 'node:process'; import EventEmitter, { once } from 'node:events'; import { createRequire } from 'node:module';
        import { randomUUID, createHash } from 'node:crypto'; import { setTimeout as sleep } from 'node:timers/promises'; import { posix } from 'node:path/posix'; import { isDate } from 'node:util/types';
        const message = (f) => { try { f(); } catch (e) { return e.message; } };
        const e = new EventEmitter(); const seen = []; e.on('a', (x) => seen.push(x)); e.once('a', (x) => seen.push(-x)); e.emit('a', 1); e.emit('a', 2); const soon = once(e, 'b'); e.emit('b', 5);
        assert.deepStrictEqual({ a: [1, new Date(0)] }, { a: [1, new Date(0)] }); assert(true); assert.throws(() => { throw new TypeError('t') }, TypeError);
        export default { EOL, os: [platform(), message(os.homedir)], failed: message(() => assert.strictEqual(1, 2)), thrown: message(() => assert.equal(1, 2, 'mine')), format: format('%s-%d', 'a', 1), inspect: inspect({ a: { b: {} } }),
            same: B === Buffer, env: env === process.env && proc === process, seen, soon: await soon, req: createRequire(process.cwd() + '/x.js')('./data.json'), builtin: createRequire('/x')('path').sep, no: message(() => createRequire('/x')('left-pad')),
            uuid: randomUUID().length, hash: message(createHash), slept: await sleep(5, 'ok'), isDate: isDate(new Date()), util: util.isDeepStrictEqual(new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])) };"
            .replace("process.cwd() + '/x.js')('./data.json')", "process.cwd() + '/x.js').resolve('./data.json')")
            .as_str(),
        r#"{EOL: "\n", os: ["linux", "os.homedir is not available to a policy"], failed: "1 === 2", thrown: "mine", format: "a-1", inspect: "{ a: { b: {} } }", same: true, env: true, seen: [1, -1, 2], soon: [5], req: "ROOT/data.json", builtin: "/", no: "require(\"left-pad\") through createRequire is not available to a policy; import it instead", uuid: 36, hash: "crypto.createHash is not available to a policy", slept: "ok", isDate: true, util: true}"#,
    );
}

#[test]
fn other_modules_are_refused_where_they_are_imported() {
    let expected = "error[sandbox] the policy imports a module that the sandbox does not give
        at neon.ts:2:22
        found node:child_process
        expect one of node:assert, node:events, node:fs, node:module, node:path, node:url, node:util, node:process, node:buffer, node:os, node:crypto, node:timers, node:timers/promises, node:path/posix, node:fs/promises, node:util/types, node:assert/strict, files of the repository or packages
        fix leave the import out, or do that work outside of the policy and pass the result in the environment";
    check(
        "import 'node:path';\nimport { exec } from \"node:child_process\";\nexport default exec;",
        expected,
    );
    check(
        "export default { a: await import('node:net').catch((e) => [e.code, e.message]) };",
        r#"{a: ["ERR_NEONFORM_SANDBOX", "node:net is not a module of the sandbox"]}"#,
    );
}

#[test]
fn names_that_a_module_lacks_fail_only_when_they_are_called() {
    check(
        "import { createReadStream, openSync } from 'node:fs'; import { tmpdir, nonsense } from 'node:os';
        const message = (f) => { try { f(); } catch (e) { return e.message; } };
        export default [message(openSync), message(tmpdir), message(nonsense)];",
        r#"["fs.open is not available: the file system is read-only for a policy", "os.tmpdir is not available to a policy", "nonsense of node:os is not available to a policy"]"#,
    );
}

#[test]
fn computed_imports_are_bundled_on_demand() {
    check_files(
        &[
            (
                "neon.ts",
                "const load = (name) => globalThis.__neonform_import('neon.ts', name);
                const one = await load('./parts/one'); const again = await load('./parts/one.js'); if (one !== again) throw new Error('twice');
                const message = (name) => load(name).catch((e) => e.message);
                export default { one: one.default, again: again.name, builtin: (await load('node:path')).sep, config: typeof (await load('@neon/config')).defineConfig,
                    missing: await message('./nope'), out: await message('../x'), bare: await message('left-pad'), net: await message('node:net') };",
            ),
            ("parts/one.js", "export const name = 'one'; export default { made: [name] };"),
        ],
        r#"{one: {made: ["one"]}, again: "one", builtin: "/", config: "function", missing: "a computed import leads nowhere; found ./nope; expected the path of a file in the repository, beginning with ./ or ../", out: "a computed import leaves the repository; found ../x; expected the path of a file in the repository, beginning with ./ or ../", bare: "a computed import names a package; found left-pad; expected the path of a file in the repository, beginning with ./ or ../", net: "node:net is not a module of the sandbox"}"#,
    );
    check_files(
        &[
            (
                "neon.ts",
                "export default (await globalThis.__neonform_import('neon.ts', './bad.js')).default;",
            ),
            ("bad.js", "\nthrow new Error('in the part'); export default 1;"),
        ],
        "error[evaluation-failed] the policy threw while it was evaluated
        at bad.js:2:1
        found in the part
        stack: at bad.js:2:7 | at neon.ts:1:34",
    );
    check(
        "export default (await globalThis.__neonform_import('neon.ts', './gone')).default;",
        "error[module-not-found] a computed import leads nowhere
        found ./gone
        expect the path of a file in the repository, beginning with ./ or ../
        importer: neon.ts",
    );
}

#[test]
fn typescript_json_commonjs_and_packages_come_bundled() {
    check_files(
        &[
            (
                "neon.ts",
                "import { defineConfig, type Config } from '@neon/config/v1';
import { Size } from './sizes.js';
import data from './data.json';
import cjs from './legacy.cjs';
import { pick } from 'left';
import { readFileSync } from 'fs';
import type { Nothing } from 'not-installed';
enum Kind { A = 'a' }
const here: string = __dirname;
export default defineConfig({ size: Size.big, data, cjs: cjs.answer, picked: pick<number>(2)!, kind: Kind.A, url: import.meta.url, here, self: readFileSync(__filename, 'utf8').length > 10, branch(b) { return { n: b.name satisfies string }; } } as Config);
",
            ),
            ("sizes.ts", "export const Size = { big: { cu: 2 as const } };"),
            ("data.json", "{ \"a\": [1] }"),
            ("legacy.cjs", "const path = require('path');\nexports.answer = path.join('a', 'b');"),
            ("node_modules/left/package.json", "{ \"name\": \"left\", \"main\": \"index.js\" }"),
            ("node_modules/left/index.js", "exports.pick = (x) => [x];"),
        ],
        r#"{size: {cu: 2}, data: {a: [1]}, cjs: "a/b", picked: [2], kind: "a", url: "file://ROOT/neon.ts", here: "ROOT", self: true, branch: function}"#,
    );
}

#[test]
fn dynamic_imports_of_all_kinds_work() {
    check_files(
        &[
            (
                "neon.ts",
                "const name = process.env.NONE ?? 'one';\nconst { value } = await import(`./parts/${name}.ts`);\nconst two = await import('./parts/two');\nconst { sep } = await import('node:path');\nexport default { value, two: two.default, sep };",
            ),
            ("parts/one.ts", "export const value: { n: number } = { n: 1 };"),
            ("parts/two.ts", "export default 2 as number;"),
        ],
        r#"{value: {n: 1}, two: 2, sep: "/"}"#,
    );
}
