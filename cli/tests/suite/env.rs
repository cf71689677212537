//! `env pull`: which file, what in it changes and what stays, for whom it can be read, and what is said.

use std::fs;

use neonform_local::Options;

use super::platform::Platform;
use super::support::{Ran, Scratch, golden};

/// A folder, and a backend that runs for longer than one command.
pub struct World {
    pub scratch: Scratch,
    pub platform: Platform,
    pub project: &'static str,
}

impl World {
    pub fn new() -> Self {
        let platform = Platform::start(Options::default());
        Self { scratch: Scratch::new(), platform, project: "local-project-00000001" }
    }

    pub fn with_policy(policy: &str) -> Self {
        let world = Self::new();
        world.scratch.write("neon.ts", policy);
        world
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub fn run_with(&self, arguments: &[&str], env: &[(&str, &str)]) -> Ran {
        let own = [
            ("NEON_API_KEY", "key"),
            ("NEON_API_HOST", self.platform.server.url()),
            ("NO_COLOR", "1"),
            ("PATH", "/usr/bin:/bin"),
        ];
        let words = [&["--project-id", self.project], arguments].concat();
        self.scratch.run_with(&words, &[&own[..], env].concat())
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.scratch.path().join(file)).unwrap()
    }

    pub fn has(&self, file: &str) -> bool {
        self.scratch.path().join(file).exists()
    }

    /// The names that a file assigns to, in its order.
    pub fn names(&self, file: &str) -> Vec<String> {
        let text = self.read(file);
        text.lines().filter_map(|line| Some(line.split_once('=')?.0.to_owned())).collect()
    }

    /// What a file gives a name.
    pub fn value(&self, file: &str, name: &str) -> String {
        let text = self.read(file);
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("{name} in {text}")).trim_matches('"').to_owned()
    }

    /// How often an operation was asked for.
    pub fn asked(&self, operation: &str) -> usize {
        self.platform.server.log().iter().filter(|exchange| exchange.operation == operation).count()
    }

    pub fn end(self) {
        self.platform.end();
    }
}

#[test]
fn a_new_file_is_for_its_owner_and_kept_out_of_git() {
    let world = World::new();
    let ran = world.run(&["env", "pull", "-s", "postgres"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.text());
    golden("env", "first-pull", &ran.text());
    assert_eq!(world.names(".env.local"), ["DATABASE_URL", "DATABASE_URL_UNPOOLED", "NEON_BRANCH"]);
    assert_eq!(world.read(".gitignore"), ".env.local\n");
    let again = world.run(&["env", "pull", "-s", "postgres"]);
    assert!(again.err.contains(".env.local holds the branch's variables already"), "{}", again.text());
    world.end();
}

#[cfg(unix)]
#[test]
fn a_file_of_secrets_is_for_its_owner_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let world = World::new();
    let mode =
        |file: &str| fs::metadata(world.scratch.path().join(file)).unwrap().permissions().mode() & 0o777;
    world.run(&["env", "pull"]).done();
    assert_eq!(mode(".env.local"), 0o600);
    world.scratch.write(".env.open", "MINE=1\n");
    fs::set_permissions(world.scratch.path().join(".env.open"), fs::Permissions::from_mode(0o644)).unwrap();
    world.run(&["env", "pull", "--file", ".env.open"]).done();
    assert_eq!(mode(".env.open"), 0o600);
    // Through a link, what it leads to is written, also where that is not there yet; the link stays.
    fs::create_dir(world.scratch.path().join("shared")).unwrap();
    for (link, target) in [(".env.one", "shared/one"), (".env.two", "shared/two")] {
        symlink(target, world.scratch.path().join(link)).unwrap();
    }
    world.scratch.write("shared/one", "MINE=1\n");
    for (link, target, first) in
        [(".env.one", "shared/one", "MINE"), (".env.two", "shared/two", "DATABASE_URL")]
    {
        world.run(&["env", "pull", "--file", link]).done();
        assert!(fs::symlink_metadata(world.scratch.path().join(link)).unwrap().is_symlink());
        assert_eq!((mode(target), world.names(target)[0].as_str()), (0o600, first));
    }
    world.end();
}

#[test]
fn the_file_is_the_named_one_or_env_where_there_is_one() {
    let world = World::new();
    world.scratch.write(".env", "MINE=1\n");
    world.run(&["env", "pull"]).done();
    assert!(world.read(".env").starts_with("MINE=1\nDATABASE_URL=") && !world.has(".env.local"));
    assert!(!world.has(".gitignore"), "only a new file is added");
    world.scratch.write("config/here", "");
    world.run(&["env", "pull", "--file", "config/.env.preview"]).done();
    assert!(world.has("config/.env.preview"));
    assert_eq!(world.read("config/.gitignore"), ".env.preview\n");
    world.scratch.write("other/.gitignore", "*.preview");
    world.run(&["env", "pull", "--file", "other/x.preview"]).done();
    assert_eq!(world.read("other/.gitignore"), "*.preview");
    world.end();
}

#[test]
fn a_file_that_cannot_be_used_is_left_alone() {
    let world = World::new();
    fs::write(world.scratch.path().join("latin"), b"NAME=caf\xe9\n").unwrap();
    fs::create_dir(world.scratch.path().join("folder")).unwrap();
    for file in ["latin", "folder", "gone/.env"] {
        let ran = world.run(&["env", "pull", "--file", file]);
        assert_eq!(ran.code, 1, "{}", ran.text());
        assert!(ran.err.contains("error[usage]: the env file cannot be"), "{}", ran.text());
    }
    assert_eq!(fs::read(world.scratch.path().join("latin")).unwrap(), b"NAME=caf\xe9\n");
    world.end();
}

/// Puts a text into a file, pulls connection strings into it, and returns the file with their values shortened.
fn merged(text: &str) -> String {
    let world = World::new();
    world.scratch.write(".env", text);
    world.run(&["env", "pull", "-s", "postgres"]).done();
    let mut after = world.read(".env");
    for (name, short) in [("DATABASE_URL", "(pooled)"), ("DATABASE_URL_UNPOOLED", "(direct)")] {
        let value = world.value(".env", name);
        after = after.replace(&format!("\"{value}\""), short);
    }
    world.end();
    after
}

#[test]
fn only_lines_of_the_variables_change() {
    let rest = "DATABASE_URL_UNPOOLED=(direct)\nNEON_BRANCH=main\n";
    assert_eq!(merged("A=1"), format!("A=1\nDATABASE_URL=(pooled)\n{rest}"));
    assert_eq!(
        merged("\u{feff}# mine\n\n A = 'x' # y\n\n\n"),
        format!("\u{feff}# mine\n\n A = 'x' # y\nDATABASE_URL=(pooled)\n{rest}")
    );
    assert_eq!(
        merged("A=1\r\nDATABASE_URL=old\r\nB=2\r\n"),
        "A=1\r\nDATABASE_URL=(pooled)\r\nB=2\r\nDATABASE_URL_UNPOOLED=(direct)\r\nNEON_BRANCH=main\r\n"
    );
    assert_eq!(
        merged("DATABASE_URL=1\nNEON_BRANCH='main'\nnot an assignment\n# DATABASE_URL=2\nDATABASE_URL=3\n"),
        "DATABASE_URL=(pooled)\nNEON_BRANCH='main'\nnot an assignment\n# DATABASE_URL=2\nDATABASE_URL=(pooled)\n\
         DATABASE_URL_UNPOOLED=(direct)\n"
    );
    assert_eq!(
        merged("DATABASE_URL_UNPOOLED=\nNEON_BRANCH=\nB=2"),
        "DATABASE_URL_UNPOOLED=(direct)\nNEON_BRANCH=main\nB=2\nDATABASE_URL=(pooled)\n"
    );
}

#[test]
fn what_the_branch_has_no_more_is_taken_out_and_what_others_write_stays() {
    let world = World::new();
    let stale = "DATABASE_URL=old\nNEON_AUTH_BASE_URL=a\nNEON_AUTH_JWKS_URL=b\nNEON_DATA_API_URL=c\n\
                 NEON_FUNCTION_GONE_BASE_URL=d\nAWS_ACCESS_KEY_ID=e\nAWS_SECRET_ACCESS_KEY=f\nAWS_REGION=g\nNEON_OTHER=h\n";
    world.scratch.write(".env", stale);
    let ran = world.run(&["env", "pull", "-o", "json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.done()).unwrap();
    let gone =
        ["NEON_AUTH_BASE_URL", "NEON_AUTH_JWKS_URL", "NEON_DATA_API_URL", "NEON_FUNCTION_GONE_BASE_URL"];
    assert_eq!(told["removed"], serde_json::json!(gone));
    assert_eq!(
        world.names(".env"),
        [
            "DATABASE_URL",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_REGION",
            "NEON_OTHER",
            "DATABASE_URL_UNPOOLED",
            "NEON_BRANCH",
            "NEON_AI_GATEWAY_TOKEN",
            "NEON_AI_GATEWAY_BASE_URL"
        ]
    );
    // A pull of something says nothing of everything else.
    world.scratch.write(".env", stale);
    world.run(&["env", "pull", "-e", "DATABASE_URL"]).done();
    assert_eq!(
        world.read(".env").lines().skip(1).collect::<Vec<_>>(),
        stale.lines().skip(1).collect::<Vec<_>>()
    );
    world.end();
}

#[test]
fn names_and_services_that_mean_nothing_are_told_at_once_and_values_are_not_repeated() {
    let world = World::new();
    let ran = world.run(&[
        "env",
        "pull",
        "-s",
        "auht,postgres",
        "-e",
        "DATABASE_URL=postgres://hunter2",
        "-e",
        "SOMETHING",
        "-e",
        "AWS_ACCESS_KEY_ID",
    ]);
    assert!(!ran.text().contains("hunter2") && !world.has(".env.local"), "{}", ran.text());
    golden("env", "unknown-names", &ran.text());
    let nothing = world.run(&["env", "pull", "-s", ","]);
    assert!(
        nothing.code == 1 && nothing.err.contains("--service and --env name nothing"),
        "{}",
        nothing.text()
    );
    assert_eq!(world.asked("getConnectionUri"), 0);
    world.end();
}

#[test]
fn what_was_written_can_be_read_by_programs_without_a_secret() {
    let world = World::new();
    world.scratch.write(".env", "NEON_DATA_API_URL=old\n");
    let ran = world.run(&["env", "pull", "-o", "json"]);
    let text = ran.text();
    let url = world.value(".env", "DATABASE_URL");
    let password = url.split(':').nth(2).unwrap().split('@').next().unwrap();
    assert!(password.len() > 8 && !text.contains(password), "{text}");
    golden("env", "pull-json", &text);
    for format in ["markdown", "sarif", "github"] {
        let refused = world.run(&["env", "pull", "-o", format]);
        assert!(refused.code == 1 && refused.err.contains("error[usage]"), "{}", refused.text());
    }
    assert_eq!(world.run(&["env", "pull", "-o", "neon-json"]).done(), "");
    world.end();
}

#[test]
fn an_apply_pulls_where_the_reference_does_unless_told_otherwise() {
    let policy = "export default { buckets: { a: {} } };";
    let pulls = |words: &[&str], env: &[(&str, &str)]| {
        let world = World::with_policy(policy);
        let ran = world.run_with(words, env);
        let pulled = world.has(".env.local");
        assert_eq!((ran.code, ran.err.contains("Wrote into .env.local")), (0, pulled), "{}", ran.text());
        world.end();
        pulled
    };
    assert!(pulls(&["deploy"], &[]));
    assert!(pulls(&["config", "apply"], &[("CI", "false")]));
    assert!(!pulls(&["deploy", "--no-env-pull"], &[]));
    assert!(!pulls(&["deploy"], &[("CI", "1")]));
    assert!(pulls(&["deploy", "--env-pull"], &[("CI", "1")]));
    assert!(!pulls(&["apply"], &[]));
    assert!(pulls(&["apply", "--env-pull"], &[]));
}

#[test]
fn a_pull_along_the_way_that_fails_is_a_warning() {
    let world = World::with_policy("export default { buckets: { a: {} } };");
    world.scratch.write(".env.local/in-the-way", "");
    let ran = world.run(&["deploy", "--branch", "main"]);
    golden("env", "pull-along-the-way-fails", &ran.text());
    // A broken apply pulls nothing.
    world.scratch.write("neon.ts", "export default { buckets: 5 };");
    let broken = world.run(&["deploy"]);
    assert!(broken.code == 1 && !broken.err.contains("env-not-pulled"), "{}", broken.text());
    world.end();
}
