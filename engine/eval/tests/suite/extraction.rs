//! What becomes of each kind of value.

use super::check;

#[test]
fn plain_data_keeps_its_order() {
    check(
        "export default { b: 1, a: 'x', 10: true, 2: null, u: undefined, n: -0, l: [1, , 'é'], o: {} };",
        r#"{2: null, 10: true, b: 1, a: "x", u: undefined, n: -0, l: [1, undefined, "é"], o: {}}"#,
    );
}

#[test]
fn numbers_survive_exactly() {
    check(
        "export default [NaN, Infinity, -Infinity, 0.1 + 0.2, 5e-324, 2 ** 53, 1e21, 0.000001, -0, 1.7976931348623157e308];",
        &format!(
            "[NaN, inf, -inf, 0.30000000000000004, {}, 9007199254740992, 1000000000000000000000, 0.000001, -0, {}]",
            5e-324_f64,
            f64::MAX
        ),
    );
}

#[test]
fn strings_survive_but_for_lone_surrogates() {
    check(
        r#"export default ["\u2028\0\"\\\n", "a\ud800b\udc00", "😀", { "\ud83d": 1, "": 2, "__proto__": 3, ["__proto__"]: 4 }];"#,
        "[\"\\u{2028}\\0\\\"\\\\\\n\", \"a\u{fffd}b\u{fffd}\", \"😀\", {\u{fffd}: 1, : 2, __proto__: 4}]",
    );
}

#[test]
fn objects_count_by_their_own_enumerable_keys() {
    check(
        "class Point { x = 1; #y = 2; get z() { return 3; } m() {} }
        const hidden = Object.defineProperty({ a: 1 }, 'b', { value: 2 });
        const bare = Object.assign(Object.create(null), { q: 1 });
        const heir = Object.assign(Object.create({ inherited: 1 }), { own: 2 });
        let reads = 0;
        export default { point: new Point(), hidden, bare, heir, frozen: Object.freeze({ a: 1 }), symbols: { [Symbol('s')]: 1, k: 2 },
            get once() { return ++reads; }, get again() { return reads; } };",
        "{point: {x: 1}, hidden: {a: 1}, bare: {q: 1}, heir: {own: 2}, frozen: {a: 1}, symbols: {k: 2}, once: 1, again: 1}",
    );
}

#[test]
fn what_is_no_plain_data_is_named() {
    check(
        "class Getters { get a() { return 1; } } class Empty {}
        export default { f() {}, k: class {}, a: async () => {}, s: Symbol(), big: 1n, d: new Date(), r: /x/, m: new Map(), e: new Set(),
            w: new WeakMap(), v: new WeakSet(), p: Promise.resolve(), t: { then() {} }, err: new TypeError('x'), u: new URL('http://x'), b: Buffer.from('x'),
            ab: new ArrayBuffer(1), dv: new DataView(new ArrayBuffer(1)), x: new Proxy({}, {}), fx: new Proxy(() => {}, {}), g: (function* () {})(),
            i: [][Symbol.iterator](), st: new String('x'), n: new Number(1), inherited: Object.create({ a: 1 }), getters: new Getters(), empty: new Empty(), args: (function () { return arguments; })(1) };",
        "{f: function, k: function, a: function, s: <a symbol>, big: <a bigint>, d: <a Date>, r: <a RegExp>, m: <a Map>, e: <a Set>, w: <a WeakMap>, v: <a WeakSet>, p: <a promise>, t: <a promise>, err: <an Error>, u: <a URL>, b: <a typed array>, ab: <an ArrayBuffer>, dv: <a DataView>, x: <a Proxy>, fx: function, g: <a generator>, i: <an iterator>, st: <a String object>, n: <a Number object>, inherited: <an object whose fields are inherited>, getters: <an object whose fields are inherited>, empty: {}, args: {0: 1}}",
    );
    check("export default Promise.resolve({});", "<a promise>");
    check("export default () => ({});", "function");
    check("export default 'text';", "\"text\"");
    check("export default [1];", "[1]");
}

#[test]
fn what_contains_itself_ends() {
    check(
        "const a = { list: [] }; a.self = a; a.list.push(a, a.list); const shared = { s: 1 };
        export default { a, one: shared, two: shared };",
        "{a: {list: [<an object that contains itself>, <an object that contains itself>], self: <an object that contains itself>}, one: {s: 1}, two: {s: 1}}",
    );
}

#[test]
fn depth_and_size_are_bounded() {
    check(
        "let o = 1; for (let i = 0; i < 199; i++) o = [o]; export default { o };",
        &format!("{{o: {}1{}}}", "[".repeat(199), "]".repeat(199)),
    );
    check(
        "let o = {}; for (let i = 0; i < 300; i++) o = { o }; export default { deep: o };",
        &format!(
            "error[evaluation-failed] the policy is nested too deeply\npath deep{}\nfound more than 200 levels\nexpect at most 200 levels of objects and lists",
            ".o".repeat(200)
        ),
    );
    for policy in [
        "let o = ['x'.repeat(1000)]; for (let i = 0; i < 60; i++) o = [o, o]; export default o;",
        "export default { l: new Array(4294967295) };",
        "export default { l: 'x'.repeat(2 ** 23) };",
    ] {
        check(
            policy,
            "error[evaluation-failed] the policy is too large\nfound more than 4 MiB\nexpect at most 4 MiB as JSON",
        );
    }
}

#[test]
fn getters_that_throw_are_named_by_their_path() {
    check(
        "export default { functions: { 'a b': [{ get env() { throw new Error('no env'); } }] } };",
        "error[evaluation-failed] a value of the policy cannot be read
        at neon.ts:1:53
        path functions.a b[0].env
        found no env
        stack: at get env (neon.ts:1:59)",
    );
    check(
        "const hostile = Object.create(new Proxy({}, { ownKeys() { throw 'trap'; }, get() { throw 'trap'; } })); export default { a: { hostile } };",
        "error[evaluation-failed] a value of the policy cannot be read
        at neon.ts:1:84
        path a.hostile
        found trap",
    );
}

#[test]
fn a_commonjs_default_is_found() {
    check("export default { __esModule: true, default: { a: 1 }, other: 2 };", "{a: 1}");
    check("export default { default: { a: 1 } };", "{a: 1}");
    check("export default { default: 1, a: 2 };", "{default: 1, a: 2}");
}
