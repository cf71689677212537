//! A scratch folder to run `neonform` in, and what it printed as one text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A scratch folder that a command runs in.
pub struct Scratch {
    folder: TempDir,
}

/// What a command did.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Everything as one text, for goldens.
    pub fn text(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }

    /// Standard output of a success.
    pub fn done(self) -> String {
        assert_eq!(self.code, 0, "{}", self.text());
        self.out
    }
}

impl Scratch {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// A copy of a folder below `testdata`.
    pub fn of(testdata: &str) -> Self {
        let scratch = Self::new();
        copy(&root().join("testdata").join(testdata), scratch.path());
        scratch
    }

    /// A policy that is this text.
    pub fn with_policy(policy: &str) -> Self {
        let scratch = Self::new();
        scratch.write("neon.ts", policy);
        scratch
    }

    /// The same once more, elsewhere.
    pub fn copied(&self) -> Self {
        let scratch = Self::new();
        copy(self.path(), scratch.path());
        scratch
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs `neonform` here, with an empty environment but for a cache of its own.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub fn run_with(&self, arguments: &[&str], env: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_neonform"));
        command.args(arguments).current_dir(self.path()).env_clear();
        command.env("NEONFORM_CACHE_DIR", self.path().join(".cache")).envs(env.iter().copied());
        let output = command.output().unwrap();
        let place = self.path().canonicalize().unwrap().display().to_string();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace(&place, "[scratch]");
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Runs a command on the embedded backend.
    pub fn local(&self, arguments: &[&str]) -> Ran {
        self.run(&[arguments, &["--backend", "local:state.sqlite"]].concat())
    }
}

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Compares with `snapshots/FOLDER/NAME.snap`.
pub fn golden(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
