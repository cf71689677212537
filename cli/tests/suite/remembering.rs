//! Digests of environments are made once for a key, and what is kept of them says nothing to others.

use std::fs;

use neonform_local::Options;

use super::platform::Platform;
use super::support::{Ran, Scratch};

const POLICY: &str = "export default { functions: {
    mail: { name: 'Mail', source: './f.ts', env: { TOKEN: process.env.TOKEN } },
    search: { name: 'Search', source: './f.ts', env: { REGION: 'eu-north' } },
    plain: { name: 'Plain', source: './f.ts' },
} };";
const KEY: &str = "no-key-of-any-service-but-as-long-and-as-mixed-as-one-0123456789";

struct World {
    scratch: Scratch,
    platform: Platform,
}

impl World {
    fn new() -> Self {
        let scratch = Scratch::with_policy(POLICY);
        scratch.write("f.ts", "export default { fetch: () => new Response('hello') };");
        Self { scratch, platform: Platform::start(Options::default()) }
    }

    /// Runs a command, and counts the digests that it made.
    fn run(&self, arguments: &[&str], (key, token): (&str, &str)) -> (Ran, usize) {
        let env = [
            ("NEON_API_KEY", key),
            ("NEON_API_HOST", self.platform.server.url()),
            ("TOKEN", token),
            ("NEONFORM_LOG", "neonform::timing=debug"),
            ("NO_COLOR", "1"),
        ];
        let about = ["--project-id", "local-project-00000001"];
        let ran = self.scratch.run_with(&[arguments, &about].concat(), &env);
        let made =
            ran.err.lines().filter(|line| line.contains("environment digest: neonform::timing: close"));
        let made = made.count();
        (ran, made)
    }

    fn kept(&self) -> std::path::PathBuf {
        self.scratch.path().join(".cache/environments")
    }

    fn end(self) {
        self.platform.end();
    }
}

#[test]
fn an_environment_is_digested_once_and_a_changed_one_again() {
    let world = World::new();
    let (ran, made) = world.run(&["plan"], (KEY, "swordfish"));
    assert_eq!((ran.code, made), (0, 2), "{}", ran.text());
    let (ran, made) = world.run(&["apply"], (KEY, "swordfish"));
    assert_eq!((ran.code, made), (0, 0), "{}", ran.text());
    let (ran, made) = world.run(&["plan"], (KEY, "swordfish"));
    assert_eq!(made, 0);
    assert!(ran.done().contains("No changes."));
    // What is known does not hide what is new, nor the way back.
    let (ran, made) = world.run(&["plan"], (KEY, "tench"));
    assert_eq!(made, 1);
    assert!(ran.done().contains("~ function.mail"));
    let (ran, made) = world.run(&["plan"], (KEY, "swordfish"));
    assert_eq!(made, 0);
    assert!(ran.done().contains("No changes."));
    // Another key of the same account knows nothing of it and comes to the same.
    let (ran, made) = world.run(&["plan"], (&KEY.to_uppercase(), "swordfish"));
    assert_eq!(made, 2);
    assert!(ran.done().contains("No changes."));
    world.end();
}

#[test]
fn what_is_kept_is_the_owners_and_says_nothing() {
    let world = World::new();
    world.run(&["apply"], (KEY, "swordfish")).0.done();
    let text = fs::read_to_string(world.kept()).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.bytes().all(|byte| byte.is_ascii_hexdigit() || b" \n".contains(&byte)), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(world.kept()).unwrap().permissions().mode() & 0o777, 0o600);
    }
    world.end();
}

#[test]
fn a_file_that_somebody_edited_hides_no_change() {
    let world = World::new();
    world.run(&["apply"], (KEY, "swordfish")).0.done();
    let applied = fs::read_to_string(world.kept()).unwrap();
    world.run(&["plan"], (KEY, "tench")).0.done();
    let both = fs::read_to_string(world.kept()).unwrap();
    let new = both.lines().find(|line| !applied.contains(line)).unwrap();
    let (question, _) = new.split_once(' ').unwrap();
    // Each digest that was applied, in the place of the new environment's.
    for line in applied.lines() {
        let (_, answer) = line.split_once(' ').unwrap();
        fs::write(world.kept(), format!("{question} {answer}\n")).unwrap();
        let (ran, made) = world.run(&["plan"], (KEY, "tench"));
        assert_eq!(made, 2);
        assert!(ran.done().contains("~ function.mail"));
    }
    world.end();
}

#[test]
fn nothing_is_kept_for_a_key_that_could_be_guessed() {
    let world = World::new();
    for _ in 0..2 {
        let (ran, made) = world.run(&["plan"], ("no-key", "swordfish"));
        assert_eq!((ran.code, made), (0, 2), "{}", ran.text());
    }
    assert!(!world.kept().exists());
    world.end();
}
