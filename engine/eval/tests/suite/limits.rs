//! What becomes of policies that take too much: each in a process of its own, which has to end in order.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use neonform_eval::Limits;
use serde_json::json;

use super::Project;
use super::support::tune;

const POLICY: &str = "NEONFORM_TEST_POLICY";
const HEAP_MIB: &str = "NEONFORM_TEST_HEAP_MIB";
const MILLISECONDS: &str = "NEONFORM_TEST_MILLISECONDS";

/// Not a test by itself: what [`run`] starts in a process of its own.
#[test]
#[ignore = "run by the other tests in a process of its own"]
fn child() {
    let Ok(policy) = std::env::var(POLICY) else { return };
    let policy = policy
        .strip_prefix('@')
        .map_or_else(|| policy.clone(), |path| std::fs::read_to_string(path).unwrap());
    let number = |name: &str| std::env::var(name).unwrap().parse::<usize>().unwrap();
    let mut project = Project::new(&[("neon.ts", &policy)]);
    let time = Duration::from_millis(number(MILLISECONDS) as u64);
    project.limits = Limits { heap_bytes: number(HEAP_MIB) << 20, time, ..Limits::default() };
    let text = project.run(&["one", "two"]);
    #[allow(clippy::print_stdout, reason = "how the parent learns of it")]
    {
        println!("RESULT {}", text.trim().replace('\n', " / "));
    }
}

/// Runs a policy in a process of its own and gives what came of it.
#[track_caller]
fn run(policy: &str, heap_mib: usize, milliseconds: u64) -> String {
    let started = Instant::now();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["limits::child", "--exact", "--ignored", "--nocapture"])
        .env(POLICY, policy)
        .env(HEAP_MIB, heap_mib.to_string())
        .env(MILLISECONDS, milliseconds.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let result =
        stdout.lines().find_map(|line| line.split_once("RESULT ").map(|(_, result)| result.to_owned()));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{policy}\n{}\n{stdout}\n{stderr}", output.status);
    assert!(started.elapsed() < Duration::from_secs(60), "{policy} took {:?}", started.elapsed());
    result.unwrap_or_default()
}

/// Runs a policy that is too long for an environment variable.
#[track_caller]
fn run_file(policy: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy");
    std::fs::write(&path, policy).unwrap();
    run(&format!("@{}", path.display()), 256, 5_000)
}

/// Policies that end at the heap limit, or in the error that the engine has for what is larger than anything.
#[track_caller]
fn heap(policies: &[&str]) {
    for policy in policies {
        let result = run(&format!("{policy}\nexport default {{}};"), 32, 20_000);
        let ordinary = result.starts_with("error[heap-limit]")
            || result.contains("RangeError: ")
            || result.contains("string too long");
        // What fits after all is no excess.
        assert!(ordinary || result.starts_with("{}"), "{policy}\n{result}");
    }
}

/// Policies that run until they are stopped.
#[track_caller]
fn time(policies: &[&str]) {
    for policy in policies {
        let result = run(&format!("{policy}\nexport default {{}};"), 256, 300);
        // An engine may need more memory than time for the same thing.
        let ordinary = result.starts_with("error[time-limit]") || result.starts_with("error[heap-limit]");
        assert!(ordinary, "{policy}\n{result}");
    }
}

/// Policies that fail, or not, but in any case by themselves.
#[track_caller]
fn anything(policies: &[&str]) {
    for policy in policies {
        let result = run(&format!("{policy}\nexport default {{}};"), 64, 1_000);
        assert!(result.starts_with("error[") || result.starts_with("{}"), "{policy}\n{result}");
    }
}

#[test]
fn the_caps_are_named() {
    let result =
        run("const a = []; for (;;) a.push('x'.repeat(1e5) + a.length); export default 1;", 24, 20_000);
    assert_eq!(
        result,
        "error[heap-limit] the policy needs more memory than it may use / expect at most 24 MiB of memory / fix use less, or raise the limit with --max-heap MIB"
    );
    let result = run("for (;;) {} export default 1;", 256, 250);
    assert_eq!(
        result,
        "error[time-limit] the policy ran for longer than it may / expect at most 0.25 s / fix do less, or raise the limit with --timeout SECONDS"
    );
}

#[test]
fn loops_end() {
    time(&[
        "while (true) {}",
        "label: for (;;) { try { for (;;) {} } finally { continue label; } }",
        "for (;;) { try { (function f() { f(); })(); } catch {} }",
        "const f = () => { try { f(); } finally { f(); } }; f();",
        "for (;;) eval('1');",
        "for (;;) { try { for (;;) {} } catch {} }",
    ]);
}

#[test]
fn floods_are_cut() {
    let result = run("for (;;) console.log('x'.repeat(1e5)); export default 1;", 256, 2_000);
    assert!(result.len() < 2_000_000, "{}", result.len());
    assert!(
        result.contains("the rest is left out) / error[time-limit]"),
        "{}",
        &result[result.len() - 300..]
    );
}

#[test]
fn native_loops_that_do_not_listen_end() {
    time(&[
        "Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);",
        "Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1);",
        "Array.prototype.reverse.call({ length: 2 ** 53 - 1 });",
        "new Array(2 ** 28).concat(new Array(2 ** 28)).sort();",
        "let o = {}; for (let i = 0; i < 60; i++) o = { a: o, b: o }; JSON.stringify(o);",
    ]);
}

#[test]
fn regular_expressions_end() {
    time(&[
        "/^(a+)+$/.test('a'.repeat(40) + 'b');",
        "/(x+x+)+y/.exec('x'.repeat(50));",
        "'a'.repeat(1e5).replace(/(a*)*b/g, '');",
    ]);
    anything(&[
        "new RegExp('('.repeat(1e5) + ')'.repeat(1e5));",
        "new RegExp('(?:a{1000}){1000}'.repeat(50)).test('a');",
        "new RegExp('[' + '\\\\u{1F600}-\\\\u{1F64F}'.repeat(1e5) + ']', 'u');",
    ]);
}

#[test]
fn promises_and_timers_end() {
    time(&[
        "const p = () => Promise.resolve().then(p); await p();",
        "await (async () => { for (;;) await null; })();",
        "const t = () => { queueMicrotask(t); queueMicrotask(t); }; t(); await new Promise(() => {});",
        "setInterval(() => {}, 0); await new Promise(() => {});",
        "const t = () => setTimeout(t, 1e9); t(); await new Promise(() => {});",
        "for (;;) Promise.reject(new Error('x'));",
        "Object.defineProperty(Object.prototype, 'then', { get() { for (;;) {} } });",
        "for (;;) await import('node:fs');",
    ]);
}

#[test]
fn buffers_are_counted() {
    heap(&[
        "const a = []; for (;;) a.push(new Uint8Array(1e8));",
        "const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1));",
        "new ArrayBuffer(8e9);",
        "Buffer.alloc(1e10);",
        "for (;;) { try { const a = []; for (;;) a.push(new Uint8Array(1e6)); } catch {} throw new RangeError('Array buffer allocation failed'); }",
        "let b = new Uint8Array(2 ** 24); for (;;) b = Buffer.concat([b, b]);",
        "const b = new Uint8Array(3e7); b.sort((x, y) => 0); structuredClone(b);",
    ]);
}

#[test]
fn strings_are_counted() {
    heap(&[
        "let s = 'x'; for (;;) s += s;",
        "let s = 'x'.repeat(2 ** 29 - 24); s.charCodeAt(7);",
        "const a = []; for (;;) { const s = 'ab'.repeat(1e6); /y/.test(s); a.push(s); }",
        "'x'.repeat(2 ** 28).split('');",
        "[...'x'.repeat(2 ** 28)];",
        "'x'.repeat(2 ** 27).replace(/x/g, 'yyyyyyyyyyyyyyyy');",
        "new Array(2 ** 32 - 1).join('ab');",
        "Object.keys('x'.repeat(2 ** 28));",
        "const e = new Error('x'.repeat(1e8)); throw e;",
        "const a = []; for (;;) a.push(Symbol('x'.repeat(1000) + a.length));",
    ]);
}

#[test]
fn arrays_are_counted() {
    heap(&[
        "const a = []; for (;;) a.push(1);",
        "const a = []; for (;;) a.push({});",
        "const a = []; for (;;) a.push(() => a);",
        "new Array(1e9).fill(0);",
        "Array.from({ length: 1e9 });",
        "function* g() { for (;;) yield 1; } [...g()];",
        "const a = []; for (let i = 0;; i += 7919) a[i] = i;",
        "new Array(2 ** 24).fill(0).map(() => ({}));",
        "for (;;) { try { const a = []; for (;;) a.push('x'.repeat(1e5) + a.length); } catch {} }",
    ]);
}

#[test]
fn collections_are_counted() {
    heap(&[
        "const m = new Map(); for (let i = 0;; i++) m.set(i, i);",
        "const m = new Set(); for (let i = 0;; i++) m.add({});",
        "const o = {}; for (let i = 0;; i++) o['k' + i] = i;",
        "const w = new WeakMap(), keep = []; for (;;) { const k = {}; keep.push(k); w.set(k, {}); }",
        "const a = []; for (;;) a.push(new Promise(() => {}));",
        "let p = {}; for (let i = 0; i < 1e7; i++) p = new Proxy(p, {}); p.x;",
        "let o = {}; for (let i = 0; i < 1e7; i++) o = Object.create(o); o.x;",
    ]);
}

#[test]
fn bombs_of_text_are_counted() {
    heap(&[
        "JSON.parse('[' + '{\"a\":[1,2,3]},'.repeat(3e6) + '1]');",
        "eval('var x = [' + '[1,2,3],'.repeat(1e6) + ']');",
        "let o = {}; for (let i = 0; i < 40; i++) o = structuredClone([o, o, o]);",
        "const x = 2n ** (2n ** 28n); const y = []; for (;;) y.push(x + BigInt(y.length));",
    ]);
    anything(&[
        "2n ** (2n ** 34n);",
        "let b = 3n; for (;;) b = b * b;",
        "(2n ** (2n ** 29n)).toString();",
        "let d = ''; for (let i = 0; i < 1e5; i++) d += 'function f' + i + '(){return ' + i + '}'; eval(d);",
        "eval('`' + '${1}'.repeat(1e5) + '`');",
    ]);
}

#[test]
fn recursion_ends() {
    anything(&[
        "const f = () => f() + 1; f();",
        "new Proxy({}, { get: (t, k, r) => r[k] }).x;",
        "JSON.parse('['.repeat(1e7));",
        "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o); structuredClone(o);",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity); String(a);",
        "eval('['.repeat(1e6));",
        "eval('!'.repeat(1e6) + '1');",
        "eval('1' + '+1'.repeat(1e6));",
        "eval('a=>'.repeat(1e5) + '1');",
        "new Function('return ' + '('.repeat(1e6) + '1' + ')'.repeat(1e6))();",
        "let f = () => 1; for (let i = 0; i < 1e6; i++) f = f.bind(null); f();",
        "Error.stackTraceLimit = 1e9; const f = () => { f() }; f();",
    ]);
}

#[test]
fn sources_that_are_nested_too_deeply_are_refused() {
    for (before, middle, after, count) in [
        ("[", "1", "]", 20_000),
        ("(", "1", ")", 20_000),
        ("!", "1", "", 100_000),
        ("1+", "1", "", 100_000),
        ("a=>", "1", "", 20_000),
        ("1?1:", "1", "", 20_000),
        ("{a:", "1", "}", 20_000),
        ("f(", "1", ")", 20_000),
        ("`${", "1", "}`", 20_000),
        ("", "a", ".b", 100_000),
        ("function(){return ", "1", "}", 10_000),
    ] {
        let policy =
            format!("export default () => ({}{middle}{});", before.repeat(count), after.repeat(count));
        let result = run_file(&policy);
        assert!(
            result.starts_with("error[") || result.starts_with("function"),
            "{before}\n{}",
            &result[..result.len().min(500)]
        );
    }
}

#[test]
fn values_that_do_not_let_themselves_be_read_end() {
    for policy in [
        "export default { get a() { for (;;) {} } };",
        "export default { a: Object.create(new Proxy({}, { ownKeys() { for (;;) {} }, get() { for (;;) {} } })) };",
        "throw { get message() { for (;;) {} } }; export default 1;",
        "throw { toString() { for (;;) {} } }; export default 1;",
        "throw Object.assign(new Error('x'), { get stack() { for (;;) {} } }); export default 1;",
    ] {
        let result = run(policy, 256, 300);
        assert!(result.starts_with("error[time-limit]"), "{policy}\n{result}");
    }
}

#[test]
fn closures_are_held_to_the_limits_each_time() {
    let result = run(
        "export default { branch: (b) => { for (;b.name === 'one';) {} return { ok: b.name }; } };",
        64,
        1_500,
    );
    assert_eq!(
        result,
        "{branch: function} / one: error[time-limit] the policy ran for longer than it may / expect at most 1.5 s / fix do less, or raise the limit with --timeout SECONDS / branch: one / two: {ok: \"two\"}"
    );
    let result = run(
        "let a = []; export default { branch: () => { for (;;) a.push('x'.repeat(1e5) + a.length); } };",
        24,
        20_000,
    );
    assert_eq!(result.matches("error[heap-limit]").count(), 2, "{result}");
    let result = run("export default { branch: () => ({ get ttl() { for (;;) {} } }) };", 64, 1_500);
    assert_eq!(result.matches("error[time-limit]").count(), 2, "{result}");
    let result = run(
        "export default { branch: () => Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1) };",
        64,
        1_500,
    );
    assert_eq!(result.matches("error[time-limit]").count(), 2, "{result}");
}

#[test]
fn a_stopped_policy_does_not_disturb_another() {
    let mut stuck = Project::new(&[("neon.ts", "export default { branch: () => { for (;;) {} } };")]);
    stuck.limits.time = Duration::from_millis(1_500);
    let mut stuck = stuck.load().unwrap();
    let calm = Project::new(&[("neon.ts", "export default { branch: (b) => ({ n: b.name }) };")]);
    let mut calm = calm.load().unwrap();
    let facts = json!({"name": "main"});
    for _ in 0..2 {
        assert!(tune(&mut stuck, &facts).starts_with("error[time-limit]"));
        assert_eq!(tune(&mut calm, &facts), "{n: \"main\"}");
    }
}
