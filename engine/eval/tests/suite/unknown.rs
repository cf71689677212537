//! Variables that a policy may not see: what depends on them is unknown, and what a policy can try against that.

use serde_json::json;

use super::Project;
use super::support::{compare, tune};

#[track_caller]
fn check(policy: &str, expected: &str) {
    check_for(policy, &[], expected);
}

#[track_caller]
fn check_for(policy: &str, branches: &[&str], expected: &str) {
    let mut project = Project::new(&[("neon.ts", policy)]);
    project.env.insert("SHOWN".to_owned(), "here".to_owned());
    project.untrusted = true;
    compare(&project.run(branches), expected);
}

/// The exported `a`, alone.
#[track_caller]
fn a(expression: &str, expected: &str) {
    check(&format!("export default {{ a: {expression} }};"), &format!("{{a: {expected}}}"));
}

#[test]
fn what_may_be_seen_is_known() {
    a("process.env.SHOWN", "\"here\"");
    a("process.env.SHOWN ?? process.env.HIDDEN", "\"here\"");
    a(
        "[typeof process.env.toString, process.env.then, 'SHOWN' in process.env]",
        "[\"function\", undefined, true]",
    );
}

#[test]
fn what_may_be_seen_and_is_unset_is_unset() {
    let mut project =
        Project::new(&[("neon.ts", "export default { a: process.env.ALLOWED ?? 'no', b: process.env.X };")]);
    project.untrusted = true;
    project.env_allow = Some(["ALLOWED".to_owned()].into());
    compare(&project.run(&[]), "{a: \"no\", b: (unknown: X)}");
}

#[test]
fn values_that_depend_on_a_hidden_variable_are_unknown() {
    a("process.env.X", "(unknown: X)");
    a("process.env['X']", "(unknown: X)");
    a("process.env.X!", "(unknown: X)");
    a("process.env.X ?? 'default'", "(unknown: X)");
    a("process.env.X || undefined", "(unknown: X)");
    a("`https://${process.env.HOST}/`", "(unknown: HOST)");
    a("new URL(process.env.U ?? 'https://x.test').hostname", "(unknown: U)");
    a("Number(process.env.N)", "(unknown: N)");
    a("parseInt(process.env.N ?? '10', 10)", "(unknown: N)");
    a("process.env.N > '5'", "(unknown: N)");
    a("Number(process.env.N) > 1000", "(unknown: N)");
    a("process.env.X === 'yes'", "(unknown: X)");
    a("typeof process.env.X", "(unknown: X)");
    a("'X' in process.env", "(unknown: X)");
    a("process.env.CI ? '1d' : '7d'", "(unknown: CI)");
    a("({ small: 1, large: 4 })[process.env.SIZE] ?? 2", "(unknown: SIZE)");
    a(
        "(() => { switch (process.env.STAGE) { case 'prod': return 1; default: return 2; } })()",
        "(unknown: STAGE)",
    );
    a("[1, process.env.X]", "[1, (unknown: X)]");
    a("{ same: 1, ...(process.env.CI ? { more: 2 } : {}) }", "{same: 1, more: (unknown: CI)}");
}

#[test]
fn each_value_is_unknown_for_its_own_variables() {
    check(
        "const { A, B, C, D } = process.env;
         export default { a: A === 'x' ? 1 : 2, b: `${B}${C}`, d: D && 'set', none: D ? 1 : 1 };",
        "{a: (unknown: A), b: (unknown: B C), d: (unknown: D), none: 1}",
    );
}

#[test]
fn what_exists_is_unknown_part_by_part() {
    a("process.env.CI ? { x: {} } : {}", "{x: (unknown: CI)}");
    a("{ [process.env.NAME]: {}, other: 1 }", "(unknown: NAME)");
    a("{ [`x-${process.env.NAME.toUpperCase()}`]: {} }", "(unknown: NAME)");
    a("process.env.LIST?.split(',') ?? []", "(unknown: LIST)");
    a("process.env", "(unknown: )");
    a("{ ...process.env }", "(unknown: )");
    check("export default process.env.CI ? { a: 1 } : [];", "(unknown: CI)");
}

#[test]
fn a_policy_that_insists_on_a_variable_is_read_as_if_it_had_one() {
    check(
        "if (!process.env.TOKEN) throw new Error('TOKEN is missing'); export default { a: 1, t: process.env.TOKEN };",
        "{a: 1, t: (unknown: TOKEN)}",
    );
    check(
        "const stage = process.env.STAGE; if (!['dev', 'prod'].includes(stage)) throw new Error('no stage ' + stage);
         export default { small: stage === 'dev', a: 1 };",
        "{small: (unknown: STAGE), a: 1}",
    );
    check(
        "throw new Error(`never ${process.env.TOKEN}`);",
        "error[evaluation-failed] the policy threw while it was evaluated
        at neon.ts:1:1
        found never (unknown)
        stack: at neon.ts:1:7
        not shown: TOKEN",
    );
}

#[test]
fn the_closure_is_asked_as_often() {
    check_for(
        "export default { branch: (b) => b.name === 'main' ? { ttl: process.env.CI ? 1 : 2, protected: true }
            : process.env.CI ? { ttl: 1 } : undefined };",
        &["main", "dev"],
        "{branch: function}
        main: {ttl: (unknown: CI), protected: true}
        dev: {ttl: (unknown: CI)}",
    );
    check_for(
        "if (process.env.A) { /* read */ } let calls = 0; export default { branch: () => ({ calls: ++calls }) };",
        &["main", "main"],
        "{branch: function}\nmain: {calls: 1}\nmain: {calls: 1}",
    );
}

#[test]
fn only_the_first_evaluation_is_heard_and_never_what_stands_in() {
    check("console.log('token', process.env.TOKEN); export default { a: 1 };", "> token (unknown)\n{a: 1}");
}

#[test]
fn tricks_make_nothing_known() {
    a("JSON.parse(JSON.stringify({ x: process.env.X })).x", "(unknown: X)");
    a("[...(process.env.X ?? '')].join('')", "(unknown: X)");
    a("btoa(process.env.X)", "(unknown: X)");
    a("Buffer.from(process.env.X ?? '').toString('hex')", "(unknown: X)");
    a("process.env.X?.length", "(unknown: X)");
    a("/^k[0-9a-f]+x$/.test(process.env.X) ? 'guessed' : 'no'", "(unknown: X)");
    a("Object.getOwnPropertyDescriptor(process.env, 'X')?.value", "(unknown: X)");
    a("Reflect.get(process.env, 'X', {})", "(unknown: X)");
    a("Object.entries(process.env).length", "(unknown: )");
    check(
        "String.prototype.slice = () => 'x'; String = () => 'x'; JSON.stringify = () => '\"x\"'; Object.prototype.get = 1;
         RegExp.prototype.test = () => true; Array.prototype.push = () => 0;
         export default { a: process.env.X };",
        "{a: (unknown: X)}",
    );
    check(
        "globalThis.Proxy = class {}; process.env.X = 'mine'; delete process.env.Y;
         export default { x: process.env.X, y: process.env.Y, z: process.env.Z };",
        "{x: \"mine\", y: undefined, z: (unknown: Z)}",
    );
}

#[test]
fn nothing_is_left_of_one_policy_for_the_next() {
    let mut project = Project::new(&[(
        "neon.ts",
        "globalThis.seen = [process.env.X]; export default { branch: () => ({ seen: globalThis.seen }) };",
    )]);
    project.untrusted = true;
    let mut loaded = project.load().unwrap();
    for _ in 0..2 {
        compare(&tune(&mut loaded, &json!({"name": "main"})), "{seen: [(unknown: X)]}");
    }
}
