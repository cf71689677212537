//! Policies that export anything at all: values with getters, proxies, cycles, symbols, sizes that no list has. The
//! real engine ends in a value or in problems, within its caps.

use std::time::{Duration, Instant};

use neonform_fuzz::holds;
use proptest::prelude::*;
use proptest::sample::select;

use super::support::Project;

/// How long a policy may take: its own cap, and what starting takes on a busy machine.
const BOUND: Duration = Duration::from_secs(30);

/// Values without parts.
const LEAVES: [&str; 34] = [
    "undefined",
    "null",
    "NaN",
    "-0",
    "Infinity",
    "1e308",
    "10n",
    "''",
    "'\\ud800'",
    "'x'.repeat(1e6)",
    "Symbol('s')",
    "() => ({})",
    "class A {}",
    "async () => ({})",
    "new Date(NaN)",
    "/x/",
    "new Map([[1, 2]])",
    "new WeakMap()",
    "Promise.reject(new Error('no'))",
    "new Array(4294967295)",
    "Object.assign([], { length: 1e7 })",
    "new Uint8Array(1e6)",
    "new Proxy({}, { ownKeys() { throw new Error('keys') } })",
    "new Proxy({}, { ownKeys() { return ['a', 'a'] } })",
    "new Proxy([], { get(t, k) { return k === 'length' ? 2 ** 53 : t[k] } })",
    "new Proxy(function () {}, { getPrototypeOf() { throw 1 } })",
    "{ get a() { throw { toString() { throw 2 } } } }",
    "{ get a() { return this } }",
    "{ toJSON() { throw 3 } }",
    "Object.create(null)",
    "(() => { const a = {}; a.a = a; return a })()",
    "(() => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a })()",
    "(() => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy })()",
    "new Error('e', { cause: 1 })",
];

/// Keys that the policy language has, and others.
const KEYS: [&str; 16] = [
    "auth",
    "dataApi",
    "buckets",
    "functions",
    "triggers",
    "preview",
    "branch",
    "name",
    "source",
    "env",
    "__proto__",
    "constructor",
    "then",
    "length",
    "[Symbol.iterator]",
    "'\\u0000'",
];

fn value() -> impl Strategy<Value = String> {
    let leaf = select(LEAVES.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let entry = (select(KEYS.to_vec()), inner.clone()).prop_map(|(key, value)| format!("{key}: {value}"));
        let getter = (select(KEYS[..10].to_vec()), inner.clone());
        let getter = getter.prop_map(|(key, value)| format!("get {key}() {{ return {value} }}"));
        prop_oneof![
            4 => proptest::collection::vec(prop_oneof![3 => entry, 1 => getter], 0..4)
                .prop_map(|entries| format!("{{ {} }}", entries.join(", "))),
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            1 => inner.clone().prop_map(|value| format!("new Proxy(Object({value}), {{}})")),
            1 => inner.prop_map(|value| format!("() => ({value})")),
        ]
    })
}

#[test]
fn whatever_a_policy_exports_its_evaluation_ends() {
    holds(20, (value(), value()), |(exported, tuning)| {
        let policy = format!("const exported: any = {exported};\nexport default exported;\n");
        let tuned = format!("export default {{ branch: () => ({tuning}) }};\n");
        for policy in [policy, tuned] {
            let started = Instant::now();
            let text = Project::new(&[("neon.ts", &policy)]).run(&["main"]);
            let took = started.elapsed();
            if took > BOUND || text.contains("bug in neonform") {
                return Err(format!("{took:?}\n{policy}\n{}", text.chars().take(2_000).collect::<String>()));
            }
        }
        Ok(())
    });
}
