//! What an apply leaves behind, and how `neonform log` tells it: of runs that were done, failed, were interrupted and
//! were killed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use neonform_local::{Fault, Options};
use serde_json::Value as Json;

use super::interrupting::{NOTE, Running, buckets, in_flight};
use super::page::Server;
use super::platform::Platform;
use super::support::{Ran, Scratch, golden};

/// The journals, the oldest first.
pub(super) fn journals(scratch: &Scratch) -> Vec<PathBuf> {
    let entries = fs::read_dir(scratch.path().join(".neonform/journal")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn log(scratch: &Scratch, arguments: &[&str]) -> Ran {
    scratch.run(&[&["log"], arguments].concat())
}

/// The document about one run with what differs from run to run replaced, and the lines between the first two and the
/// last in one order: requests of several changes cross each other.
fn steady(printed: &str) -> String {
    let mut document: Json = serde_json::from_str(printed).unwrap();
    let run = &mut document["journals"][0];
    let mut names = BTreeMap::new();
    for line in run["lines"].as_array().unwrap().iter().filter(|line| line["event"] == "request") {
        let name = format!("[{} {}]", line["operation"].as_str().unwrap(), line["attempt"]);
        names.insert(line["request"].as_str().unwrap().to_owned(), name);
    }
    (run["run"], run["began"]) = ("[run]".into(), "[time]".into());
    for id in run["undecided"].as_array_mut().unwrap() {
        *id = names[id.as_str().unwrap()].clone().into();
    }
    let lines = run["lines"].as_array_mut().unwrap();
    for line in lines.iter_mut() {
        line["time"] = "[time]".into();
        if let Some(id) = line["request"].as_str() {
            line["request"] = names[id].clone().into();
        }
        for (field, value) in
            [("run", Json::from("[run]")), ("milliseconds", 1.5.into()), ("againAfter", 250.into())]
        {
            if line.get(field).is_some() {
                line[field] = value;
            }
        }
    }
    let last = lines.len() - 1;
    lines[2..last].sort_by_key(ToString::to_string);
    format!("exit 0\n--- stdout\n{document:#}\n--- stderr\n")
}

/// What stands for a word that differs from run to run.
fn replaced(word: &str) -> &str {
    const SHAPES: [(&str, &str); 5] = [
        ("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "[request]"),
        ("xxxxxxxx", "[run-id]"),
        ("xxxx-xx-xx", "[date]"),
        ("xx:xx:xx", "[time]"),
        ("xx:xx:xx.xxx", "[time]"),
    ];
    let is = |shape: &str| {
        let fits = |(c, s): (char, char)| if s == 'x' { c.is_ascii_hexdigit() } else { c == s };
        word.len() == shape.len() && word.chars().zip(shape.chars()).all(fits)
    };
    SHAPES.iter().find(|(shape, _)| is(shape)).map_or(word, |(_, name)| name)
}

/// A text with its times, ids and durations replaced.
fn plain(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n', ',']).map(|word| {
        let end = word.trim_end_matches([' ', '\n', ',']);
        format!("{}{}", replaced(end), &word[end.len()..])
    });
    let text: String = words.collect();
    // `201 in 12 ms`
    let lines = text.lines().map(|line| match (line.find(" in "), line.find(" ms")) {
        (Some(from), Some(to)) if from < to => format!("{} in [n]{}\n", &line[..from], &line[to..]),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

const SECRETS: [&str; 3] = ["napi_swordfish", "correct-horse", "postgres://owner:battery-staple@db"];

/// Two buckets, one that is refused once and one whose creation gets no answer, a function that is refused, and a
/// trigger that needs it.
fn failing() -> (Scratch, neonform_local::Server, tokio::runtime::Runtime) {
    let scratch = Scratch::with_policy(&format!(
        r#"export default {{
  buckets: {{ one: {{}}, two: {{}} }},
  functions: {{ f: {{ name: "F", source: "./f.ts", env: {{ PASSWORD: "{}", DATABASE_URL: "{}" }} }} }},
  triggers: {{ t: {{ type: "schedule", cron: "0 * * * *", function: "f" }} }},
}};"#,
        SECRETS[1], SECRETS[2]
    ));
    scratch.write("f.ts", "export default { fetch: () => new Response('1') };");
    let options = Options { seed_default_project: true, ..Options::default() };
    let Platform { server, runtime } = Platform::start(options);
    let once =
        |operation: &str| Fault { operation: operation.to_owned(), times: Some(1), ..Fault::default() };
    server.inject(vec![
        Fault {
            matching: Some(r#""one""#.to_owned()),
            status: 429,
            request_id: Some("theirs".to_owned()),
            ..once("createBranchBucket")
        },
        Fault {
            matching: Some(r#""two""#.to_owned()),
            hang_up: true,
            after_effect: true,
            ..once("createBranchBucket")
        },
        Fault { status: 400, message: "not like this".to_owned(), ..once("deployBranchFunction") },
    ]);
    (scratch, server, runtime)
}

#[test]
fn everything_that_was_sent_and_done_is_in_it_and_no_secret() {
    let (scratch, server, runtime) = failing();
    let env = [("NEON_API_HOST", server.url())];
    let apply = ["apply", "--api-key", SECRETS[0], "-vv", "--trace", "trace.jsonl", "--quiet"];
    let ran = scratch.run_with(&apply, &env);
    assert_eq!(ran.code, 1, "{}", ran.text());
    golden("journal", "failed-json", &steady(&log(&scratch, &["last", "--output", "json"]).done()));
    let file = journals(&scratch).pop().unwrap();
    let trace = scratch.path().join("trace.jsonl");
    let written = [&file, &trace].map(|path| fs::read_to_string(path).unwrap());
    for secret in SECRETS {
        assert!(!ran.text().contains(secret), "{}", ran.text());
        assert!(written.iter().all(|text| !text.contains(secret)), "{written:?}");
    }
    #[cfg(unix)]
    for path in [&file, &trace] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    // The ids of the journal are those that the server was asked with.
    let asked: Vec<String> = server.log().into_iter().map(|exchange| exchange.request_id).collect();
    let sent: Vec<Json> = written[0].lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sent = sent.iter().filter(|line| line["event"] == "request");
    let unknown: Vec<&str> = sent
        .map(|line| line["request"].as_str().unwrap())
        .filter(|id| !asked.iter().any(|asked| asked == id))
        .collect();
    assert_eq!(unknown.len(), 1, "only the one that was answered with another id: {unknown:?} {asked:?}");
    let again = scratch.run_with(&["apply", "--api-key", SECRETS[0]], &env);
    assert_eq!(again.code, 0, "{}", again.text());
    runtime.block_on(server.shutdown());
}

#[test]
fn runs_are_listed_the_newest_first() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    golden("journal", "none", &log(&scratch, &[]).text());
    assert!(!scratch.path().join(".neonform").exists(), "looking leaves nothing behind");
    scratch.local(&["apply"]).done();
    scratch.local(&["apply"]).done();
    scratch.local(&["apply", "--branch", "preview", "--create", "--quiet"]).done();
    scratch.local(&["plan"]).done();
    scratch.local(&["apply", "--branch", "gone"]);
    golden("journal", "table", &plain(&log(&scratch, &[]).text()));
    assert_eq!(log(&scratch, &["-n", "1"]).done().lines().count(), 2);
    let last = log(&scratch, &["last"]);
    let told = last.done();
    let id = told.split_once("/branches/br-").unwrap().1.split('/').next().unwrap().to_owned();
    golden("journal", "creation", &plain(&told.replace(&id, "[id]")));
    let unknown = log(&scratch, &["zzz"]);
    golden("journal", "unknown", &plain(&unknown.text()));
    let several: Json = serde_json::from_str(&log(&scratch, &["--output", "json"]).done()).unwrap();
    let runs = several["journals"].as_array().unwrap();
    assert!(runs.len() == 3 && runs.iter().all(|run| run.get("lines").is_none()), "{several:#}");
}

#[test]
fn an_interrupted_run_says_so() {
    let scratch = buckets();
    let server = Server::on(&scratch);
    let (gate, mut running, _) = in_flight(&scratch, &server, &["--quiet"]);
    assert!(log(&scratch, &[]).done().contains("0 of 10 done  running\n"));
    running.signal("-TERM");
    running.says(NOTE);
    gate.open();
    assert_eq!(running.end().code, 143);
    golden("journal", "interrupted-json", &steady(&log(&scratch, &["last", "--output", "json"]).done()));
    assert!(log(&scratch, &["last"]).done().contains("\nOutcome: interrupted by SIGTERM; 8 of 10 done.\n"));
}

#[test]
fn a_killed_run_says_which_requests_nobody_knows_of() {
    let scratch = buckets();
    let server = Server::on(&scratch);
    let (gate, running, _) = in_flight(&scratch, &server, &[]);
    running.signal("-KILL");
    assert_eq!(running.end().code, -1);
    assert!(log(&scratch, &[]).done().contains("0 of 10 done  killed\n"));
    let told = log(&scratch, &["last"]).done();
    assert!(told.contains("It is not known whether 8 requests took effect:\n  POST /projects/"), "{told}");
    gate.open();
    let mut again = Running::start(&scratch, &["apply"], &gate.host);
    again.says("+ bucket.b9");
    assert_eq!(again.end().code, 0);
    assert!(log(&scratch, &["last"]).done().contains("Outcome: done;"));

    // The machine lost power as well: the last line is only half there.
    let path = journals(&scratch).remove(0);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 9]).unwrap();
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let torn = log(&scratch, &[name.rsplit_once('-').unwrap().1]);
    assert_eq!(torn.code, 0, "{}", torn.text());
    assert!(torn.out.contains("\nThe journal has lines that cannot be read: 1"), "{}", torn.text());
}

#[test]
fn the_newest_hundred_are_kept() {
    let scratch = Scratch::with_policy("export default {};");
    for n in 0..120 {
        scratch.write(&format!(".neonform/journal/20200101T000000.{n:03}Z-0000{n:04}.jsonl"), "");
    }
    scratch.write(".neonform/journal/notes.txt", "mine");
    scratch.local(&["apply"]).done();
    let names: Vec<String> = journals(&scratch)
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 101, "a hundred, and what is no journal");
    assert!(names[0].ends_with("00000021.jsonl") && names.contains(&"notes.txt".to_owned()), "{names:?}");
    assert!(log(&scratch, &["-n", "2"]).done().ends_with("killed\n"));
}

#[test]
fn an_apply_goes_on_without_a_journal_and_says_so_once() {
    let scratch = Scratch::with_policy("export default { buckets: { a: {} } };");
    scratch.write(".neonform/journal", "a file where the folder was");
    let ran = scratch.local(&["apply"]);
    golden("journal", "not-written", &ran.text());
    assert_eq!(log(&scratch, &["last"]).code, 1);
}
