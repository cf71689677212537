//! What `-v`, `-vv` and `--trace` tell, and that nothing is told without them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::support::{Scratch, golden};

fn scratch() -> Scratch {
    let scratch = Scratch::of("examples/todo-api");
    scratch.local(&["apply", "--update-existing"]).done();
    scratch
}

#[test]
fn standard_error_tells_as_much_as_is_asked_for() {
    let scratch = scratch();
    let told = |flags: &[&str]| {
        let ran = scratch.local(&[&["plan", "--quiet"], flags].concat());
        assert_eq!(ran.code, 0, "{}", ran.text());
        ran.err
    };
    assert_eq!(told(&[]), "");
    let some = told(&["-v"]);
    assert!(some.contains(" INFO planned branch=\"main\" changes=0 unchanged=6"), "{some}");
    assert!(
        some.contains(
            " INFO answered method=GET path=\"/projects/local-project-00000001/branches\" status=200"
        )
    );
    let more = told(&["-vv"]);
    assert!(more.contains("DEBUG sending operation=\"listBranches\""), "{more}");
    assert!(more.contains("DEBUG the bundle is taken from the cache slug=\"api\""), "{more}");
    let levels = ["DEBUG", " INFO"];
    for (text, levels) in [(&some, &levels[1..]), (&more, &levels[..])] {
        assert!(text.lines().all(|line| levels.iter().any(|level| line.starts_with(level))), "{text}");
        assert!(!text.contains("hyper") && !text.contains('\u{1b}') && !text.contains("timing"), "{text}");
    }
}

#[test]
fn a_trace_has_what_takes_how_long() {
    let scratch = scratch();
    let ran = scratch.local(&["plan", "--quiet", "--trace", "trace.jsonl"]);
    assert!(ran.code == 0 && ran.err.is_empty(), "{}", ran.text());
    let text = std::fs::read_to_string(scratch.path().join("trace.jsonl")).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["event"], &lines[0]["version"]), (&"trace".into(), &1.into()));
    let mut spans: BTreeMap<u64, &Json> = BTreeMap::new();
    let mut ended = Vec::new();
    for line in &lines[1..] {
        assert!(line["target"].as_str().unwrap().starts_with("neonform"), "{line}");
        let at = line["at"].as_u64().unwrap();
        match line["event"].as_str().unwrap() {
            "begin" => assert!(spans.insert(line["span"].as_u64().unwrap(), line).is_none(), "{line}"),
            "end" => {
                let began = spans[&line["span"].as_u64().unwrap()];
                let [from, took, busy] = ["began", "took", "busy"].map(|field| line[field].as_u64().unwrap());
                assert_eq!((&line["name"], Some(from)), (&began["name"], began["at"].as_u64()));
                assert!(busy <= took && (from + took).abs_diff(at) <= 1, "{line}");
                ended.push(line["name"].as_str().unwrap());
            }
            "message" => assert!(line["text"].is_string() && line["fields"].is_object(), "{line}"),
            other => panic!("{other}"),
        }
    }
    for part in ["evaluation", "request", "render", "command"] {
        assert!(ended.contains(&part), "{part}: {ended:?}");
    }
}

#[test]
fn a_trace_that_cannot_be_written_is_told_before_anything_is_done() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    let ran = scratch.local(&["apply", "--trace", "missing/trace.jsonl"]);
    golden("journal", "trace-not-written", &ran.text());
    assert!(!scratch.path().join("state.sqlite").exists());
}
