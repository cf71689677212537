//! Policies of strangers: `testdata/hostile` holds one attempt a file. Each has to end in time, in one clear error or
//! harmlessly, without what is outside the repository, without control characters in what is printed, and without a
//! trace on disk; as usual and with `--untrusted`, where nothing of what git ignores may show either. What became of
//! each is one golden an engine: which limit an endless one meets first depends on the machine, so both read as "limit".

use std::fs;

use super::support::{Scratch, golden, root};

/// What is outside, and must never show.
const SECRET: &str = "hunter2";

/// What the names of those begin with that only a limit ends.
const ENDLESS: [&str; 6] =
    ["console-flood", "heap-", "loop", "regex-bomb", "stack-trace", "thenable-endless"];

#[test]
fn no_attempt_gets_anywhere() {
    let folder = root().join("testdata/hostile");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() > 40, "the corpus moved");
    // Several at once: the endless ones wait for their limit.
    let told: String = std::thread::scope(|scope| {
        let share = names.len().div_ceil(4);
        let tell = |names: &[String]| -> String {
            names.iter().map(|name| format!("{}\n", told(name).trim_end())).collect()
        };
        let parts: Vec<_> = names.chunks(share).map(|names| scope.spawn(move || tell(names))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    let engine = if Scratch::new().run(&["version"]).out.contains("V8") { "v8" } else { "quickjs" };
    golden("hostile", engine, &told);
}

/// How one ended as usual, and with `--untrusted` where that differs or is what it is about.
fn told(name: &str) -> String {
    let text = fs::read_to_string(root().join("testdata/hostile").join(name)).unwrap();
    let untrusted = attempt(name, &text, &["--untrusted"]);
    if text.contains("// only: untrusted") {
        return format!("{name:<26} {:<30} untrusted: {untrusted}", "");
    }
    let usual = attempt(name, &text, &[]);
    match usual == untrusted {
        true => format!("{name:<26} {usual}"),
        false => format!("{name:<26} {usual:<30} untrusted: {untrusted}"),
    }
}

/// What there is to steal.
fn booty(text: &str) -> Scratch {
    let scratch = Scratch::new();
    let module = format!("export default '{SECRET}';");
    scratch.write("secret.txt", SECRET);
    scratch.write("secret.js", &module);
    scratch.write("secret.json", &format!("{{ \"word\": \"{SECRET}\" }}"));
    scratch.write("repository/.git/HEAD", "");
    scratch.write("repository/neon.ts", text);
    scratch.write("repository/linked/index.mjs", "export default {};");
    link("../secret.txt", &scratch, "repository/link.txt");
    link("../secret.js", &scratch, "repository/link.js");
    link("../../secret.js", &scratch, "repository/linked/secret.js");
    // What git ignores.
    scratch.write("repository/.gitignore", "*.key\nignored/\n!.env\n!node_modules\n");
    scratch.write("repository/.env", SECRET);
    scratch.write("repository/.git/config", SECRET);
    scratch.write("repository/token.key", SECRET);
    scratch.write("repository/ignored/module.js", &module);
    scratch.write("repository/node_modules/installed/index.js", &module);
    scratch.write("repository/node_modules/installed/package.json", "{ \"name\": \"installed\" }");
    link("token.key", &scratch, "repository/shown.txt");
    // What is a stranger's own.
    scratch.write("repository/plain.ts", "export default { fetch: () => new Response() };");
    scratch.write("repository/reads-ignored.ts", "import s from './ignored/module.js'; export default s;");
    scratch.write("repository/uses-package.ts", "import s from 'installed'; export default s;");
    scratch.write("repository/partly/index.mjs", "export default {};");
    scratch.write("repository/partly/a.key", SECRET);
    scratch
}

/// Tries one; tells how it ended.
fn attempt(name: &str, text: &str, flags: &[&str]) -> String {
    let scratch = booty(text);
    let command = if text.contains("// run: bundle") { "bundle" } else { "eval" };
    // One that ends by itself gets time for it, however busy the machine is.
    let seconds = if ENDLESS.iter().any(|endless| name.starts_with(endless)) { "5" } else { "40" };
    let limits = ["--timeout", seconds, "--max-heap", "64", "--config", "repository/neon.ts"];
    let before = listing(&scratch);
    let ran = scratch.run_with(&[&[command], flags, &limits[..]].concat(), &[("SECRET", SECRET)]);
    let printed = ran.out.clone() + &ran.err;
    assert!(!printed.contains(SECRET) && !printed.contains("root:"), "{name} {flags:?}: {printed}");
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!printed.chars().any(control), "{name} prints control characters: {printed:?}");
    assert!(matches!(ran.code, 0 | 1), "{name} {flags:?}: exit {}: {printed}", ran.code);
    assert_eq!(listing(&scratch), before, "{name} leaves a trace");
    let codes: Vec<&str> = ran
        .err
        .lines()
        .filter_map(|line| line.strip_prefix("error[")?.split_once(']').map(|(code, _)| code))
        .collect();
    if ran.code == 1 {
        assert!(!codes.is_empty(), "{name}: {printed}");
    }
    let mut told: Vec<String> = Vec::new();
    for code in codes {
        let code = if matches!(code, "time-limit" | "heap-limit") { "limit" } else { code };
        if !told.iter().any(|known| known == code) {
            told.push(code.to_owned());
        }
    }
    format!("exit {} {}", ran.code, told.join(", ")).trim_end().to_owned()
}

fn link(to: &str, scratch: &Scratch, from: &str) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(to, scratch.path().join(from)).unwrap();
    #[cfg(not(unix))]
    let _ = (to, scratch, from);
}

/// Every file, but for our own cache.
fn listing(scratch: &Scratch) -> Vec<String> {
    let mut open = vec![scratch.path().to_owned()];
    let mut found = Vec::new();
    while let Some(place) = open.pop() {
        for entry in fs::read_dir(place).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.ends_with(".cache") {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                open.push(path.clone());
            }
            found.push(path.display().to_string());
        }
    }
    found.sort();
    found
}
