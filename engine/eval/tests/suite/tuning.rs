//! The `branch` closure: how it is called and what becomes of what it does.

use serde_json::json;

use super::support::{compare, tune};
use super::{Project, check_tuned};

#[test]
fn the_closure_is_called_for_each_branch() {
    check_tuned(
        "let calls = 0; export default { branch: (b) => b.name === 'main' ? { protected: true, calls: ++calls } : b.name === 'dev' ? null : undefined };",
        &["main", "dev", "other", "main"],
        "{branch: function}
        main: {protected: true, calls: 1}
        dev: nothing
        other: nothing
        main: {protected: true, calls: 2}",
    );
}

#[test]
fn without_a_closure_there_is_nothing() {
    check_tuned("export default {};", &["main"], "{}\nmain: nothing");
    check_tuned(
        "export default { branch: { ttl: '1d' } };",
        &["main"],
        "{branch: {ttl: \"1d\"}}\nmain: nothing",
    );
    check_tuned(
        "export default { nested: { branch() {} } };",
        &["main"],
        "{nested: {branch: function}}\nmain: nothing",
    );
}

#[test]
fn the_descriptor_is_frozen_plain_data() {
    let project = Project::new(&[(
        "neon.ts",
        "export default { name: 'p', branch(b) { 'use strict'; let error; try { b.name = 'x'; } catch (e) { error = e.name; }
            return { ...b, error, deep: Object.isFrozen(b.more), self: this.name }; } };",
    )]);
    let mut loaded = project.load().unwrap();
    let facts = json!({"name": "näme\u{2028}", "exists": true, "more": {"x": [1]}, "isDefault": false});
    compare(
        &tune(&mut loaded, &facts),
        "{name: \"näme\\u{2028}\", exists: true, more: {x: [1]}, isDefault: false, error: \"TypeError\", deep: true, self: \"p\"}",
    );
}

#[test]
fn a_closure_that_throws_names_the_branch_and_the_message() {
    check_tuned(
        "const pick = (name) => { throw new RangeError('no size for ' + name); };\nexport default { branch: (b) => b.name === 'ok' ? { ttl: 1 } : pick(b.name) };",
        &["pr-7", "ok"],
        "{branch: function}
        pr-7: error[closure-threw] the `branch` function threw
        at neon.ts:1:26
        found RangeError: no size for pr-7
        branch: pr-7
        stack: at pick (neon.ts:1:32) | at branch (neon.ts:2:64)
        ok: {ttl: 1}",
    );
    check_tuned(
        "export default { branch() { throw 'just text'; } };",
        &["main"],
        "{branch: function}
        main: error[closure-threw] the `branch` function threw
        at neon.ts:1:29
        found just text
        branch: main",
    );
}

#[test]
fn an_async_closure_is_a_promise() {
    check_tuned(
        "export default { branch: async () => ({ ttl: 1 }) };",
        &["main"],
        "{branch: function}\nmain: <a promise>",
    );
    check_tuned(
        "export default { branch: async () => { throw new Error('x'); } };",
        &["main", "main"],
        "{branch: function}\nmain: <a promise>\nmain: <a promise>",
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    check_tuned(
        "export default { branch: () => ({ postgres: { get computeSettings() { throw new Error('later'); } } }) };",
        &["main"],
        "{branch: function}
        main: error[closure-threw] a value that the `branch` function returned cannot be read
        at neon.ts:1:71
        path postgres.computeSettings
        found later
        branch: main
        stack: at get computeSettings (neon.ts:1:77)",
    );
}

#[test]
fn the_sandbox_holds_in_the_closure() {
    check_tuned(
        "export default { branch: () => { console.log('tuning', Date.now()); return { env: process.exit() }; } };",
        &["main"],
        "{branch: function}
        > tuning 1767323045678
        main: error[sandbox] the policy asked for something the sandbox does not give
        at neon.ts:1:91
        found the policy called process.exit(0); throw an error to stop instead
        branch: main
        stack: at branch (neon.ts:1:91)",
    );
}

#[test]
fn many_policies_live_at_once() {
    let threads: Vec<_> = (0..4)
        .map(|number| {
            std::thread::spawn(move || {
                let policy =
                    format!("let n = {number}; export default {{ branch: () => ({{ n: n += 10 }}) }};");
                let project = Project::new(&[("neon.ts", &policy)]);
                let mut first = project.load().unwrap();
                let mut second = project.load().unwrap();
                let facts = json!({"name": "main"});
                let found = [tune(&mut first, &facts), tune(&mut second, &facts), tune(&mut first, &facts)];
                let expected = [10, 10, 20].map(|more| format!("{{n: {}}}", number + more));
                assert_eq!(found, expected);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
