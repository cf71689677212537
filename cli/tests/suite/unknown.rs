//! Plans of strangers' policies that depend on variables which are not shown.

use super::support::{Ran, Scratch, golden};

/// Everything that the policy of `testdata/unknown/plan` asks for.
const ENV: &[(&str, &str)] = &[
    ("API_TOKEN", "token-5ecret"),
    ("HOST", "host-5ecret"),
    ("STAGE", "prod"),
    ("CI", "1"),
    ("PROTECT", "no"),
];

fn planned(scratch: &Scratch, flags: &[&str], env: &[(&str, &str)]) -> Ran {
    let backend = ["plan", "--untrusted", "--backend", "local:state.sqlite"];
    scratch.run_with(&[&backend, flags].concat(), env)
}

#[test]
fn what_is_not_known_shows_as_such_in_every_format() {
    let scratch = Scratch::of("unknown/plan");
    for output in ["human", "json", "markdown", "neon-json"] {
        let ran = planned(&scratch, &["--branch", "preview/x", "--create", "--output", output], ENV);
        assert!(!ran.text().contains("5ecret"), "{}", ran.text());
        golden("unknown", &format!("new-{output}"), &ran.text());
    }
}

#[test]
fn what_exists_is_compared_with_what_is_not_known() {
    let scratch = Scratch::of("unknown/plan");
    let applied = scratch.run_with(&["apply", "--update-existing", "--backend", "local:state.sqlite"], ENV);
    assert_eq!(applied.code, 0, "{}", applied.text());
    for output in ["human", "json"] {
        golden(
            "unknown",
            &format!("existing-{output}"),
            &planned(&scratch, &["--output", output], ENV).text(),
        );
    }
    let all = "API_TOKEN,STAGE,ROWS,CI,HOST,CRON,PROTECT";
    let known = planned(&scratch, &["--env-allow", all], ENV);
    assert!(known.out.contains("No changes."), "{}", known.text());
}

#[test]
fn whether_a_variable_is_set_makes_no_difference() {
    let scratch = Scratch::of("unknown/plan");
    let set = planned(&scratch, &[], ENV).text();
    assert_eq!(planned(&scratch, &[], &[]).text(), set);
}

#[test]
fn an_evaluation_says_what_is_not_known() {
    let ran = Scratch::of("unknown/plan").run_with(&["eval", "--untrusted", "--env-allow", "STAGE"], ENV);
    golden("unknown", "eval", &ran.text());
}

#[test]
fn a_value_that_decides_what_exists_is_refused() {
    let cases = [
        ("functions", "functions: process.env.CI ? { api: { name: 'a', source: './a.ts' } } : {}"),
        ("source", "functions: { api: { name: 'a', source: `./${process.env.FILE}.ts` } }"),
        ("name", "buckets: { [`b-${process.env.NAME}`]: {} }"),
        ("domain", "functions: { api: { name: 'a', source: './a.ts', customDomains: [process.env.HOST] } }"),
        ("auth", "auth: process.env.CI === 'true'"),
        (
            "trigger",
            "triggers: { t: { type: 'schedule', cron: '0 3 * * *', function: process.env.FUNCTION } }",
        ),
        ("closure", "branch: process.env.CI ? () => ({}) : undefined"),
        ("parent", "branch: () => ({ parent: process.env.PARENT })"),
        ("environment", "functions: { api: { name: 'a', source: './a.ts', env: { ...process.env } } }"),
        ("insists", "a: (() => { throw new Error(`bad ${process.env.TOKEN}`); })()"),
    ];
    let mut text = String::new();
    for (name, part) in cases {
        let scratch = Scratch::with_policy(&format!("export default {{ {part} }};"));
        scratch.write("a.ts", "export default { fetch: () => new Response('ok') };");
        let ran = scratch.run(&["eval", "--untrusted"]);
        // The stacks of the engines differ.
        let told = ran.text();
        let is_of_a_stack = |line: &str| line.starts_with("  stack ") || line.starts_with("             at ");
        let lines: Vec<&str> = told.lines().filter(|line| !is_of_a_stack(line)).collect();
        text.push_str(&format!("### {name}: {part}\n{}\n", lines.join("\n")));
    }
    golden("unknown", "refused", &text);
}
