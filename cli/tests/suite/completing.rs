//! Completions: asked as the shells ask, and in a real bash on a terminal. No completion ever prints an error.

use std::path::Path;
use std::process::Command;

use neonform_local::Options;

use super::platform::Platform;
use super::support::{Ran, Scratch};
use super::terminal::{Typed, on_terminal_with};

const LOCAL: [&str; 2] = ["--backend", "local:state.sqlite"];
/// A branch whose name is a command where a shell takes it for words.
const HOSTILE: &str = "$(touch taken)";

fn scratch() -> Scratch {
    let scratch = Scratch::of("examples/todo-api");
    for branch in ["preview/login", "preview/search", HOSTILE] {
        scratch.local(&["apply", "--create", "--branch", branch, "--update-existing"]).done();
    }
    scratch
}

/// Asks for the last of these words.
fn ask(scratch: &Scratch, shell: &str, words: &[&str], env: &[(&str, &str)]) -> Ran {
    let index = words.len().to_string();
    let line = format!("neonform {}", words.join(" "));
    let asked = [
        ("NEONFORM_COMPLETE", shell),
        ("_CLAP_COMPLETE_INDEX", &index),
        ("_CLAP_IFS", "\n"),
        ("_NEONFORM_LINE", &line),
    ];
    let ran = scratch.run_with(&[&["--", "neonform"], words].concat(), &[&asked, env].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}: {}", ran.text());
    ran
}

/// The words that bash is offered.
fn offered(scratch: &Scratch, words: &[&str]) -> Vec<String> {
    let answer = ask(scratch, "bash", words, &[]).out;
    answer.split('\u{b}').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn commands_flags_branches_functions_and_paths() {
    let scratch = scratch();
    let on_local = |words: &[&str]| offered(&scratch, &[&LOCAL, words].concat());
    assert_eq!(offered(&scratch, &["pl"]), ["plan"]);
    assert_eq!(offered(&scratch, &["plan", "--det"]), ["--detailed-exitcode", "--details"]);
    assert_eq!(on_local(&["status", "--branch", "pre"]), ["preview/login", "preview/search"]);
    assert_eq!(on_local(&["status", "--branch", ""]), ["main", "preview/login", "preview/search"]);
    assert_eq!(on_local(&["status", "--project-id", ""]), ["local-project-00000001"]);
    assert_eq!(offered(&scratch, &["explain", ""]), ["function.api", "function.digest", "function.health"]);
    assert_eq!(offered(&scratch, &["plan", "--config", "ne"]), ["neon.ts"]);
    assert_eq!(offered(&scratch, &["env", "pull", "--service", "data-api,p"]), ["data-api,postgres"]);
    for shell in ["zsh", "fish", "powershell"] {
        let answer = ask(&scratch, shell, &[&LOCAL[..], &["status", "--branch", "pre"]].concat(), &[]).out;
        assert!(answer.contains("preview/login\n") && !answer.contains("main"), "{shell}: {answer}");
    }
}

#[test]
fn nothing_comes_next_where_nothing_is_known() {
    let empty = Scratch::new();
    assert_eq!(offered(&empty, &["explain", "f"]), [""; 0]);
    assert_eq!(offered(&empty, &["status", "--branch", "m"]), [""; 0]);
    assert_eq!(offered(&empty, &["--backend", "local:state.sqlite", "status", "--branch", "m"]), [""; 0]);
    assert!(!empty.path().join("state.sqlite").exists());
    empty.write("neon.ts", "console.log('loud'); export default { functions: 5 };");
    assert_eq!(offered(&empty, &["explain", "f"]), [""; 0]);
    assert_eq!(ask(&empty, "tcsh", &["pl"], &[]).out, "");
    let closed = [("NEON_API_KEY", "k"), ("NEON_API_HOST", "http://127.0.0.1:9/api/v2")];
    assert_eq!(ask(&empty, "bash", &["status", "--branch", "m"], &closed).out, "");
}

#[test]
fn what_the_api_said_is_kept_for_a_moment_without_the_key() {
    let scratch = Scratch::new();
    let platform = Platform::start(Options { seed_default_project: true, ..Options::default() });
    let host = platform.server.url().to_owned();
    let env = [
        ("NEON_API_KEY", "napi_swordfish0123456789abcdefghijklmnopqrstuvwxyz"),
        ("NEON_API_HOST", host.as_str()),
    ];
    let words = ["status", "--branch", "m"];
    assert_eq!(ask(&scratch, "bash", &words, &env).out, "main");
    // A file under a digest of this one would tell which it is.
    let weak = [("NEON_API_KEY", "swordfish"), ("NEON_API_HOST", host.as_str())];
    assert_eq!(ask(&scratch, "bash", &words, &weak).out, "main");
    platform.end();
    assert_eq!(ask(&scratch, "bash", &words, &env).out, "main");
    let other = [("NEON_API_KEY", "napi_other"), ("NEON_API_HOST", host.as_str())];
    assert_eq!(ask(&scratch, "bash", &words, &other).out, "", "what one key was told is not another's");
    let kept: Vec<_> =
        std::fs::read_dir(scratch.path().join(".cache/completions")).unwrap().flatten().collect();
    assert_eq!(kept.len(), 1);
    let (name, text) = (kept[0].file_name(), std::fs::read_to_string(kept[0].path()).unwrap());
    assert_eq!(text, r#"["main"]"#);
    assert!(!name.to_string_lossy().contains("swordfish"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&kept[0].metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

/// What is on the line of an interactive bash once keys were typed behind `neonform`.
fn in_bash(scratch: &Scratch, typed: &str, shown: &str) {
    let binary = Path::new(env!("CARGO_BIN_EXE_neonform")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    scratch.write("rc", "source <(neonform completions bash)\nPS1='ready> '\n");
    let line = "exec bash --noprofile --rcfile rc -i";
    let begin: &[Typed<'_>] = &[("ready> ", typed.as_bytes()), (shown, b"\x15exit\r")];
    let screen = on_terminal_with(scratch, 140, line, &[("PATH", &path)], begin);
    assert!(screen.raw.contains(shown), "{typed:?} gave no {shown:?}: {}", screen.raw);
    assert!(!screen.raw.contains("error"), "{}", screen.raw);
}

#[test]
fn in_a_real_bash() {
    let scratch = scratch();
    in_bash(&scratch, "neonform expl\t", "neonform explain ");
    in_bash(
        &scratch,
        "neonform status --backend local:state.sqlite --branch preview/l\t",
        "--branch preview/login ",
    );
    in_bash(
        &scratch,
        "neonform status --backend local:state.sqlite --branch=preview/s\t",
        "--branch=preview/search ",
    );
    in_bash(&scratch, "neonform explain function.d\t", "explain function.digest ");
    in_bash(&scratch, "neonform plan --redeploy=api,he\t", "--redeploy=api,health ");
    in_bash(&scratch, "neonform plan --config ne\t", "--config neon.ts ");
    in_bash(&scratch, "neonform status --backend local:state.sqlite --branch \t\t", "preview/login");
    assert!(!scratch.path().join("taken").exists());
}

#[test]
fn the_scripts_are_what_their_shells_read() {
    let scratch = Scratch::new();
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        scratch.write("script", &scratch.run(&["completions", shell]).done());
        match Command::new(shell).arg(check).arg(scratch.path().join("script")).output() {
            Ok(read) => assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr)),
            Err(cause) => assert_ne!(shell, "bash", "{cause}"),
        }
    }
    let powershell = scratch.run(&["completions", "powershell"]).done();
    assert!(powershell.contains("Register-ArgumentCompleter -Native -CommandName neonform"), "{powershell}");
    let of_user = scratch.run_with(&["completions"], &[("SHELL", "/usr/bin/fish")]).done();
    assert_eq!(of_user, scratch.run(&["completions", "fish"]).done());
    for env in [&[][..], &[("SHELL", "/bin/csh")]] {
        let refused = scratch.run_with(&["completions"], env);
        assert!(refused.code == 1 && refused.err.contains("error[usage]"), "{}", refused.text());
    }
    let refused = scratch.run(&["completions", "bash", "--output", "json"]);
    assert!(refused.code == 1 && refused.err.contains("leave out --output"), "{}", refused.text());
}
