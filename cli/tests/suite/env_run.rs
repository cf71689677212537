//! `env run` and `env export`: a process with the variables, and the variables in forms that others read.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::env::World;
use super::support::golden;

#[test]
fn a_command_runs_with_the_variables_over_its_own_and_nothing_on_disk() {
    let world = World::new();
    let script = "printf '%s|%s|%s' \"$NEON_BRANCH\" \"$MINE\" \"${DATABASE_URL%%:*}\"; exit 7";
    let words = ["env", "run", "--", "/bin/sh", "-c", script];
    let ran = world.run_with(&words, &[("MINE", "kept"), ("NEON_BRANCH", "old"), ("DATABASE_URL", "old")]);
    assert_eq!((ran.code, ran.out.as_str()), (7, "main|kept|postgresql"), "{}", ran.text());
    assert!(!world.has(".env.local") && !world.has(".env") && !world.has(".gitignore"));
    // Words behind -- are the command's, whatever they look like.
    let echo = world.run(&["env", "run", "-s", "postgres", "--", "/bin/echo", "--branch", "x y", "--"]);
    assert_eq!(echo.out, "--branch x y --\n");
    world.end();
}

#[test]
fn a_command_that_cannot_be_run_ends_as_in_a_shell() {
    let world = World::new();
    let gone = world.run(&["env", "run", "--", "no-such-command-anywhere"]);
    golden("env", "run-not-found", &gone.text());
    let closed = world.run(&["env", "run", "--", "/etc"]);
    assert_eq!(closed.code, 126, "{}", closed.text());
    // What fails before is our own failure.
    let lacking = world.run(&["env", "run", "-s", "auth", "--", "/bin/true"]);
    assert_eq!((lacking.code, lacking.out.as_str()), (1, ""), "{}", lacking.text());
    assert_eq!(world.run(&["env", "run", "--"]).code, 1);
    assert_eq!(world.run(&["env", "run", "-o", "json", "--", "/bin/true"]).code, 1);
    world.end();
}

#[test]
fn signals_reach_the_command() {
    let world = World::new();
    let script = "trap 'echo stopped; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = Command::new(env!("CARGO_BIN_EXE_neonform"))
        .args(["env", "run", "--project-id", world.project, "--", "/bin/sh", "-c", script])
        .current_dir(world.scratch.path())
        .env_clear()
        .envs([
            ("NEON_API_KEY", "key"),
            ("NEON_API_HOST", world.platform.server.url()),
            ("PATH", "/usr/bin:/bin"),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!((child.wait().unwrap().code(), rest.as_str()), (Some(3), "stopped\n"));
    world.end();
}

/// Runs a script in a shell with `neonform` as `$N`.
fn shell(world: &World, script: &str) -> String {
    let output = Command::new("/bin/sh")
        .args(["-euc", script])
        .current_dir(world.scratch.path())
        .env_clear()
        .envs([
            ("N", env!("CARGO_BIN_EXE_neonform")),
            ("NEON_API_KEY", "key"),
            ("NEON_API_HOST", world.platform.server.url()),
            ("PATH", "/usr/bin:/bin"),
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_exported_is_what_a_shell_and_a_program_read() {
    let world = World::new();
    // A name with everything that a shell could take for something else.
    let name = r#"it's "$HOME" `id` \n #1 & <a>;*"#;
    world.scratch.write("neon.ts", "export default {};");
    world.run(&["apply", "--branch", name, "--create"]).done();
    let export = |format: &str| {
        world.run(&["env", "export", "--branch", name, "-s", "postgres", "--format", format]).done()
    };
    world.scratch.write("name", name);
    world.scratch.write("shell", &export("shell"));
    let read = "eval \"$(cat shell)\"; test \"$NEON_BRANCH\" = \"$(cat name)\"; printf %s \"$DATABASE_URL\"";
    let url = shell(&world, read);
    assert!(url.starts_with("postgresql://"), "{url}");
    let json: serde_json::Value = serde_json::from_str(&export("json")).unwrap();
    assert_eq!(
        (json["NEON_BRANCH"].as_str(), json["DATABASE_URL"].as_str()),
        (Some(name), Some(url.as_str()))
    );
    assert_eq!(json.as_object().unwrap().len(), 3);
    // The lines of a file are read back by the program that writes them.
    world.scratch.write(".env", &export("dotenv"));
    let held = world.run(&["env", "pull", "--branch", name, "-s", "postgres"]);
    assert!(held.err.contains("holds the branch's variables already"), "{}", held.text());
    // And a name without quotes of both kinds by a shell, too.
    let plain = r#"say "$HOME" `id` \n #1"#;
    world.run(&["apply", "--branch", plain, "--create"]).done();
    world.scratch.write("name", plain);
    world.scratch.write("lines", &world.run(&["env", "export", "--branch", plain]).done());
    shell(&world, "set -a; . ./lines; test \"$NEON_BRANCH\" = \"$(cat name)\"");
    world.end();
}

#[test]
fn the_format_of_results_says_how_variables_are_exported() {
    let world = World::new();
    let json = world.run(&["env", "export", "-o", "json"]).done();
    assert!(serde_json::from_str::<serde_json::Value>(&json).unwrap().is_object());
    let dotenv = world.run(&["env", "export"]).done();
    assert!(dotenv.starts_with("DATABASE_URL=\"postgresql://"), "{dotenv}");
    assert_eq!(world.run(&["env", "export", "-o", "sarif"]).code, 1);
    world.end();
}
