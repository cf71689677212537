//! The globals of a policy: what is there, what it does, and what is not there.

use super::support::compare;
use super::{Project, check};

/// Evaluates an expression as the whole policy.
#[track_caller]
fn value(expression: &str, expected: &str) {
    check(&format!("export default {{ v: {expression} }};"), &format!("{{v: {expected}}}"));
}

#[test]
fn nothing_of_the_engine_or_the_host_is_reachable() {
    check(
        r#"
        const seen = new Set();
        const leaks = [];
        const suspect = /^(Deno|__bootstrap|WebAssembly|SharedArrayBuffer|Atomics|ops|core|kit|importFile|classify)$/;
        const walk = (value, path) => {
            if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
            seen.add(value);
            for (const key of Reflect.ownKeys(value)) {
                if (suspect.test(String(key))) leaks.push(path + "." + String(key));
                const { value: inner, get, set } = Object.getOwnPropertyDescriptor(value, key);
                for (const part of [inner, get, set]) walk(part, path + "." + String(key));
            }
            walk(Object.getPrototypeOf(value), path + ".__proto__");
        };
        walk(globalThis, "globalThis");
        const asynchronous = Object.getPrototypeOf(async function () {}).constructor("return typeof Deno")();
        export default { leaks, many: seen.size > 500, deno: await asynchronous, shared: typeof SharedArrayBuffer };
        "#,
        r#"{leaks: [], many: true, deno: "undefined", shared: "undefined"}"#,
    );
}

#[test]
fn the_globals_are_a_closed_list() {
    check(
        "export default Object.getOwnPropertyNames(globalThis).filter((n) => !/^(is|parse|de|en|(un)?escape)|Error$|Array$|Stack$/.test(n)).sort();",
        r#"["AbortController", "AbortSignal", "ArrayBuffer", "BigInt", "Boolean", "Buffer", "Crypto", "CustomEvent",
        "DOMException", "DataView", "Date", "Event", "EventTarget", "FinalizationRegistry", "Function", "Infinity",
        "Intl", "Iterator", "JSON", "Map", "Math", "NaN", "Number", "Object", "Promise", "Proxy", "Reflect", "RegExp",
        "Set", "String", "Symbol", "TextDecoder", "TextEncoder", "URL", "URLSearchParams", "WeakMap", "WeakRef",
        "WeakSet", "__neonform_import", "atob", "btoa", "clearImmediate", "clearInterval", "clearTimeout", "console",
        "crypto", "eval", "fetch", "global", "globalThis", "performance", "process", "queueMicrotask", "setImmediate",
        "setInterval", "setTimeout", "structuredClone", "undefined"]"#
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .as_str(),
    );
}

#[test]
fn the_date_stands_still_and_dates_still_work() {
    value("Date.now()", "1767323045678");
    value("new Date().toISOString()", r#""2026-01-02T03:04:05.678Z""#);
    value("typeof Date()", r#""string""#);
    value("new Date(0).getTime()", "0");
    value("new Date(2020, 1, 1).getFullYear()", "2020");
    value("Date.UTC(2020, 0)", "1577836800000");
    value("Date.parse('2020-01-01T00:00:00Z')", "1577836800000");
    value(
        "[new Date() instanceof Date, new Date().constructor === Date, Date.length, Date.name]",
        r#"[true, true, 7, "Date"]"#,
    );
    value(
        "(class D extends Date { year() { return this.getUTCFullYear(); } }).prototype instanceof Date",
        "true",
    );
    value("new (class D extends Date { year() { return this.getUTCFullYear(); } })().year()", "2026");
    value("performance.now()", "0");
    value("process.hrtime()", "[0, 0]");
    value("await new Promise((done) => setTimeout(() => done(Date.now()), 3600000))", "1767323045678");
}

#[cfg(not(feature = "quickjs"))]
#[test]
fn dates_are_formatted_at_the_frozen_time() {
    let policy = "const f = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeZone: 'UTC' });
        export default [f.format(), f.format === f.format, f.formatToParts()[0].value, f.format(0)];";
    check(policy, r#"["Friday, January 2, 2026", true, "Friday", "Thursday, January 1, 1970"]"#);
}

#[test]
fn randomness_is_the_same_in_every_run() {
    let policy = "const b = crypto.getRandomValues(new Uint32Array(2));
        export default [Math.random(), Math.random() < 1, crypto.randomUUID(), ...b];";
    let first = Project::new(&[("neon.ts", policy)]).run(&[]);
    compare(&Project::new(&[("neon.ts", policy)]).run(&[]), &first);
    assert!(first.starts_with("[0."), "{first}");
}

#[test]
fn the_console_prints_line_by_line() {
    check(
        r#"
        console.log("plain", 1, true, null, undefined, -0, 10n, Symbol("s"));
        console.info("%s is %d%% of %o, %j", "a", 50, { b: 1 }, { c: [1] }, "rest");
        console.warn({ a: { b: { c: { d: 1 } } }, list: [1, "two", [3, [4, [5]]]], f() {}, k: class K {} });
        console.error(new Map([["a", { b: 1 }]]), new Set([1]), new Date(0), /x/g, new Error("bad"), new URL("http://x/"));
        console.debug({ long: "a long text that will not fit", other: "another long text that will not fit either", x: 1 });
        const circular = { name: "c" }; circular.self = circular; console.log(circular);
        console.log(Object.create(null), new (class Point { x = 1 })(), [,1], new Uint8Array(2), { get a() { return 1; }, set a(v) {} });
        console.group("outer"); console.log("inner\nlines"); console.groupEnd(); console.log("back");
        console.assert(1 === 2, "math"); console.assert(true, "no"); console.count(); console.count(); console.dir({ a: 1 });
        console.table([{ a: 1, b: "x" }, { a: 2 }]); console.time("t"); console.timeEnd("t"); console.trace("here");
        process.stdout.write("written\n"); process.stderr.write("also");
        export default {};
        "#,
        r#"
        > plain 1 true null undefined -0 10n Symbol(s)
        > a is 50% of { b: 1 }, {"c":[1]} rest
        > {
        a: { b: { c: [Object] } },
        list: [ 1, 'two', [ 3, [Array] ] ],
        f: [Function: f],
        k: [class K]
        }
        > Map(1) { 'a' => { b: 1 } } Set(1) { 1 } 1970-01-01T00:00:00.000Z /x/g Error: bad URL 'http://x/'
        > {
        long: 'a long text that will not fit',
        other: 'another long text that will not fit either',
        x: 1
        }
        > { name: 'c', self: [Circular *1] }
        > [Object: null prototype] {} Point { x: 1 } [ undefined, 1 ] Uint8Array(2) [ 0, 0 ] { a: [Getter/Setter] }
        > outer
        >   inner
        lines
        > back
        > Assertion failed: math
        > default: 1
        > default: 2
        > { a: 1 }
        > | (index) | a | b   |
        | ------- | - | --- |
        | 0       | 1 | 'x' |
        | 1       | 2 |     |
        > t: 0ms
        > Trace: here
        > written
        > also
        {}
        "#,
    );
}

#[test]
fn the_environment_is_what_was_handed_over() {
    let mut project = Project::new(&[(
        "neon.ts",
        "process.env.ADDED = 'x'; export default { ...process.env, path: process.env.PATH, cwd: process.cwd() };",
    )]);
    project.env.insert("A".to_owned(), "1".to_owned());
    project.env.insert("QUOTE".to_owned(), "\"\u{2028}\\".to_owned());
    compare(
        &project.run(&[]),
        r#"{A: "1", QUOTE: "\"\u{2028}\\", ADDED: "x", path: undefined, cwd: "ROOT"}"#,
    );
}

#[test]
fn the_process_is_a_shadow() {
    value(
        "[process.platform, process.version, process.versions.node, process.argv.length, process.pid]",
        r#"["linux", "v24.0.0", "24.0.0", 2, 1]"#,
    );
    value("await new Promise((done) => process.nextTick(done, 7))", "7");
    value("process.on('exit', () => {}) === process", "true");
    check(
        "process.exit(2); export default {};",
        "error[sandbox] the policy asked for something the sandbox does not give
        at neon.ts:1:9
        found the policy called process.exit(2); throw an error to stop instead
        stack: at neon.ts:1:9",
    );
}

#[test]
fn there_is_no_network() {
    check(
        "await fetch('http://127.0.0.1'); export default {};",
        "error[sandbox] the policy asked for something the sandbox does not give
        at neon.ts:1:7
        found fetch is not available: a policy has no network
        stack: at neon.ts:1:7",
    );
    value(
        "await crypto.subtle.digest('SHA-256', new Uint8Array()).catch((e) => e.message)",
        r#""crypto.subtle.digest is not available to a policy""#,
    );
}

#[test]
fn buffers_convert() {
    value("Buffer.from('h\u{e9}llo \u{1f600}').toString('base64')", r#""aMOpbGxvIPCfmIA=""#);
    value("Buffer.from('aMOpbGxvIPCfmIA', 'base64').toString()", "\"h\u{e9}llo \u{1f600}\"");
    value("Buffer.from('fb-_', 'base64url').toString('hex')", r#""7dbfbf""#);
    value("Buffer.from('00ff1', 'hex').toJSON().data", "[0, 255]");
    value("Buffer.from([104, 105]).toString('latin1')", r#""hi""#);
    value("Buffer.concat([Buffer.from('a'), new Uint8Array([98])]).toString()", r#""ab""#);
    value(
        "[Buffer.byteLength('\u{e9}'), Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(new Uint8Array())]",
        "[2, true, false]",
    );
    value("Buffer.from('abc').subarray(1).toString()", r#""bc""#);
    value("Buffer.alloc(4, 'ab').toString()", r#""abab""#);
    value("Buffer.from('a').equals(new Uint8Array([97]))", "true");
    value("Buffer.from('abcabc').indexOf('ca')", "2");
    value("Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 1)[0]", "2");
    value("JSON.stringify(Buffer.from('a'))", r#""{\"type\":\"Buffer\",\"data\":[97]}""#);
}

#[test]
fn text_converts() {
    value("[...new TextEncoder().encode('\u{20ac}\u{1f600}')]", "[226, 130, 172, 240, 159, 152, 128]");
    value(
        "new TextDecoder().decode(new Uint8Array([239, 187, 191, 97, 255, 240, 159, 152]))",
        "\"a\u{fffd}\u{fffd}\"",
    );
    value(
        "new TextDecoder().decode(new Uint8Array([0xe0, 0x80, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90]))",
        "\"\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\"",
    );
    check(
        "new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])); export default 1;",
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:1:43
        found TypeError: The encoded data was not valid for encoding utf-8
        stack: at neon.ts:1:43",
    );
    value("[btoa('h\u{e9}'), atob(' aOk= ')]", "[\"aOk=\", \"h\u{e9}\"]");
    value(
        "(() => { try { btoa('\u{20ac}') } catch (e) { return [e.name, e.code, e instanceof DOMException, e instanceof Error] } })()",
        r#"["InvalidCharacterError", 5, true, true]"#,
    );
    value("(() => { try { atob('a') } catch (e) { return e.name } })()", r#""InvalidCharacterError""#);
    value("new TextEncoder().encodeInto('\u{20ac}a', new Uint8Array(3))", "{read: 1, written: 3}");
}

#[test]
fn urls_follow_the_standard() {
    value(
        "new URL('../x?q=1#h', 'HTTPS://user:pa%20ss@Ex\u{e4}mple.com:443/a/b/').href",
        r#""https://user:pa%20ss@xn--exmple-cua.com/a/x?q=1#h""#,
    );
    check(
        "const u = new URL('http://a.b:81/p'); u.port = '80'; u.pathname = 'x y'; u.search = 'a=1'; u.hash = '#z'; u.protocol = 'https';
        u.username = 'me'; u.host = 'c.d:99'; export default [u.href, u.origin, u.host, u.port, String(u), JSON.stringify({ u })];",
        r#"["https://me@c.d:99/x%20y?a=1#z", "https://c.d:99", "c.d:99", "99", "https://me@c.d:99/x%20y?a=1#z", "{\"u\":\"https://me@c.d:99/x%20y?a=1#z\"}"]"#,
    );
    check(
        "const u = new URL('http://a/?x=1&y=2'); u.searchParams.append('z', 'a b&c'); u.searchParams.delete('x');
        const before = u.href; u.search = '?k=v'; export default [before, u.searchParams.get('k'), u.searchParams.size];",
        r#"["http://a/?y=2&z=a+b%26c", "v", 1]"#,
    );
    value("[URL.canParse('x'), URL.canParse('x', 'http://a'), URL.parse('x')]", "[false, true, null]");
    value(
        "(() => { try { new URL('nope') } catch (e) { return [e.name, e.code, e.input] } })()",
        r#"["TypeError", "ERR_INVALID_URL", "nope"]"#,
    );
    value("[...new URLSearchParams('?a=1&b=%C3%A9+x&a=2')].join('|')", "\"a,1|b,\u{e9} x|a,2\"");
    value("new URLSearchParams({ q: '\u{e9}&=~*', r: '' }).toString()", r#""q=%C3%A9%26%3D%7E*&r=""#);
    value(
        "(() => { const p = new URLSearchParams([['b', 1], ['a', 2], ['b', 3]]); p.sort(); p.set('b', 9); return [p.toString(), p.has('a', '2'), p.getAll('b')] })()",
        r#"["a=2&b=9", true, ["9"]]"#,
    );
}

#[test]
fn structured_clones_are_deep() {
    check(
        "const a = { d: new Date(5), m: new Map([[1, { x: 1 }]]), s: new Set(['q']), r: /a/g, u: new Uint8Array([1, 2]).subarray(1), h: [1, , 3], e: new TypeError('t') };
        a.self = a; const b = structuredClone(a);
        export default [b !== a, b.self === b, b.d.getTime(), b.m.get(1).x, b.m.get(1) !== a.m.get(1), b.s.has('q'), String(b.r), b.u[0], 1 in b.h, b.h.length, b.e.message, b.e.name];",
        r#"[true, true, 5, 1, true, true, "/a/g", 2, false, 3, "t", "TypeError"]"#,
    );
    value(
        "(() => { try { structuredClone({ f() {} }) } catch (e) { return [e.name, e.message] } })()",
        r#"["DataCloneError", "function f could not be cloned."]"#,
    );
}

#[test]
fn timers_fire_in_due_order_without_waiting() {
    check(
        "const seen = []; const note = (n) => () => seen.push(n);
        setTimeout(note('day'), 86400000); setTimeout(note('two'), 2); setTimeout(note('one'), 1); setImmediate(note('now'));
        queueMicrotask(note('micro')); process.nextTick(note('tick'));
        const gone = setTimeout(note('gone'), 5); clearTimeout(gone);
        let count = 0; const every = setInterval(() => { if (++count === 3) clearInterval(every); seen.push('i' + count); }, 10);
        await new Promise((done) => setTimeout(done, 100000000));
        setTimeout(() => { throw new Error('never') }, 1);
        export default seen;",
        r#"["micro", "tick", "one", "now", "two", "i1", "i2", "i3", "day"]"#,
    );
    check(
        "setTimeout(() => { throw new Error('in a timer') }, 1); await new Promise((done) => setTimeout(done, 2)); export default {};",
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:1:20
        found in a timer
        stack: at neon.ts:1:26",
    );
}

#[test]
fn events_and_abort_signals_work() {
    check(
        "const seen = []; const c = new AbortController(); c.signal.addEventListener('abort', (e) => seen.push(e.type, c.signal.reason.name), { once: true });
        c.abort(); c.abort(); const t = new EventTarget(); t.addEventListener('x', { handleEvent: (e) => { seen.push(e.detail); e.preventDefault(); } });
        seen.push(t.dispatchEvent(new CustomEvent('x', { detail: 4, cancelable: true })));
        const late = AbortSignal.timeout(50); await new Promise((done) => late.onabort = done);
        seen.push(late.reason.name, AbortSignal.any([late]).aborted, c.signal instanceof AbortSignal);
        try { c.signal.throwIfAborted() } catch (e) { seen.push(e.message) }
        export default seen;",
        r#"["abort", "AbortError", 4, false, "TimeoutError", true, true, "This operation was aborted"]"#,
    );
}

#[test]
fn memory_that_is_not_counted_is_not_given() {
    check(
        "new ArrayBuffer(8, { maxByteLength: 16 }); export default {};",
        "error[sandbox] the policy asked for something the sandbox does not give
        at neon.ts:1:1
        found resizable array buffers are not available to a policy
        stack: at neon.ts:1:1",
    );
    value(
        "[new ArrayBuffer(8).byteLength, new ArrayBuffer(8) instanceof ArrayBuffer, new Uint8Array(4).buffer.constructor === ArrayBuffer, ArrayBuffer.isView(new DataView(new ArrayBuffer(1)))]",
        "[8, true, true, true]",
    );
}

#[test]
fn redefined_built_ins_deceive_nobody_but_the_policy() {
    check(
        "const evil = () => { throw new Error('evil') };
        for (const [object, names] of [[JSON, ['stringify', 'parse']], [Object, ['keys', 'entries', 'freeze', 'getOwnPropertyNames']],
            [Array, ['isArray', 'from']], [Reflect, Reflect.ownKeys(Reflect)], [Array.prototype, ['push', 'join', 'map']],
            [String.prototype, ['toWellFormed', 'slice', 'replace']], [WeakMap.prototype, ['get', 'set']], [Map.prototype, ['get', 'set']],
            [Function.prototype, ['call', 'apply', 'bind']], [Object.prototype, ['toString', 'hasOwnProperty', 'valueOf']], [Promise.prototype, ['then']]])
            for (const name of names) Object.defineProperty(object, name, { value: evil, configurable: true, writable: true });
        Array.prototype[Symbol.iterator] = evil;
        for (let i = 0, all = ['JSON', 'Object', 'Array', 'Reflect', 'String', 'WeakMap', 'Map', 'Promise', 'Error', 'Symbol']; i < all.length; i++) globalThis[all[i]] = undefined;
        export default { functions: { api: { name: 'a', list: [1, 'two'] } }, branch: (b) => ({ protected: b.name === 'main' }) };",
        r#"{functions: {api: {name: "a", list: [1, "two"]}}, branch: function}"#,
    );
    check(
        "Object.defineProperty(Array.prototype, 1, { set() { throw new Error('setter') } }); Array.prototype[0] = 'z';
        Object.defineProperty(Object.prototype, 'then', { value: undefined });
        Object.defineProperty(Object.prototype, 'value', { get() { return 'polluted' }, set() {}, configurable: true });
        Object.prototype.toJSON = () => 'x'; String.prototype.toJSON = () => 'y'; Object.prototype.writable = true;
        Object.prototype.get = () => 1;
        export default { a: 'b', list: [, 2], none: [] };",
        r#"{a: "b", list: [undefined, 2], none: []}"#,
    );
}

#[test]
fn tricks_to_get_out_lead_nowhere() {
    check(
        "const found = [];
        Error.prepareStackTrace = (e, sites) => { for (const s of sites) { found.push(typeof s.getThis?.()); found.push(typeof s.getFunction?.()); } return ''; };
        const trap = { toString() { void new Error().stack; return 'x' } };
        try { new URL(trap) } catch {} try { console.log(trap) } catch {}
        found.push(...[await globalThis.__neonform_import.constructor('return typeof process.binding')(), (0, eval)('typeof Deno'), typeof process.mainModule, typeof process.binding]);
        export default [...new Set(found)].sort();",
        "> { toString: [Function: toString] }\n[\"undefined\"]",
    );
    check(
        "export default { a: await eval(\"import('./x.js')\").catch((e) => e.message) };",
        r#"{a: "./x.js cannot be imported from here; import it in the policy itself"}"#,
    );
}
